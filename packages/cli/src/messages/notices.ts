import type {
  NativeGap,
  Notice,
  NoticeCode,
  NoticeDetails,
  OneThreadCause,
  WasmGap,
  WasmRefusal,
} from "glassnet/engine";

/**
 * @file What a device has to tell, in Chinese; the library tells it in English. Total over its codes: one that is missing does
 * not compile. What a system, a compiler or a file says of itself stays as it is.
 */

const nativeGaps: { readonly [C in NativeGap]: (reason: string) => string } = {
  browser: () => "浏览器没有本机插件",
  "not-installed": () => "没有安装软件包 @glassnet/native",
  "other-version": (reason) => `软件包 @glassnet/native 与库的版本不同（${reason}）`,
  "not-run": () => "软件包的安装脚本没有运行",
  "no-compiler": () => "没有 C 编译器，因此没有构建",
  "no-make": () => "没有 make，因此没有构建",
  "no-gyp": () => "没有找到 npm 的 node-gyp，因此没有构建",
  "no-headers": () => "Node 旁边没有安装它的头文件（include/node），因此没有构建",
  windows: () => "不提供 Windows 版",
  architecture: (reason) => `没有适合这种处理器架构的内核（${reason}）`,
  "build-failed": (reason) => `构建失败（${reason}）`,
  "other-system": (reason) => `它是为另一种系统构建的，请运行 npm rebuild @glassnet/native（${reason}）`,
  changed: () => "文件与当初构建的不同，请运行 npm rebuild @glassnet/native",
  "not-loadable": (reason) => `无法加载（${reason}）`,
  "no-variant": (reason) => `没有这种指令集的版本（${reason}）`,
  processor: () => "这个处理器不能运行所要求的指令集",
  "other-kernels": () => "插件是由另一版本的内核构建的，请运行 npm rebuild @glassnet/native",
};

const wasmGaps: { readonly [G in WasmGap]: (file: string, says: string) => string } = {
  "no-simd": () => "这台机器的 WebAssembly 没有 SIMD",
  "no-memory": () => "系统不给内存，连最多 256 MiB 的也没有",
  "file-missing": (file) => `软件包中缺少文件 ${file}`,
  "file-unreadable": (file, says) => `无法读取软件包中的文件 ${file}（${says}）`,
  "not-kernels": (file, says) => `软件包中的文件 ${file} 已损坏，或不是计算核心（${says}）`,
};

const oneThreadCauses: { readonly [C in OneThreadCause]: string } = {
  "not-isolated": "页面没有跨源隔离，因此内存不能共享",
  "not-shared": "内存不能共享",
  "single-file": "单文件版本不含多线程的内核",
};

const notices: { readonly [C in NoticeCode]: (details: NoticeDetails[C]) => string } = {
  "native-not-used": ({ cause, reason }) => `没有使用本机后端：${nativeGaps[cause](reason)}`,
  "wasm-not-used": (refusal) => `没有使用 wasm 后端：${wasmGapInChinese(refusal)}`,
  "one-thread": ({ cause }) => `wasm 只用一个线程计算：${oneThreadCauses[cause]}`,
  "fewer-threads": ({ started, wanted }) => `系统只启动了 ${wanted} 个线程中的 ${started} 个`,
  "thread-not-started": ({ reason }) => `wasm 有一个线程未能启动：${reason}`,
  "thread-lost": ({ reason }) => `wasm 失去了一个线程，改用一个线程计算：${reason}`,
  "left-to-another": ({ backend, by, what }) => `${backend} 后端不能计算的由 ${by} 后端计算：${what}`,
};

/** Why the native backend cannot be used. */
export const nativeGapInChinese = ({ cause, reason }: NoticeDetails["native-not-used"]): string =>
  nativeGaps[cause](reason);

/** Why the kernels in WebAssembly cannot be used, or what is wrong with a file of theirs. */
export const wasmGapInChinese = ({ gap, file = "?", says = "?" }: WasmRefusal): string => wasmGaps[gap](file, says);

export function noticeInChinese({ code, details }: Notice): string {
  const text = notices[code] as (facts: Notice["details"]) => string;
  return text(details);
}
