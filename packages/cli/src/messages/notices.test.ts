import type { NativeGap, Notice, NoticeCode, OneThreadCause, WasmGap } from "glassnet/engine";
import { expect, test } from "vitest";
import { noticeInChinese } from "./notices.ts";

const facts: { readonly [C in NativeGap]: string } & { readonly [C in OneThreadCause]: string } = {
  browser: "浏览器",
  "not-installed": "没有安装",
  "other-version": "版本不同（why）",
  "not-run": "安装脚本",
  "no-compiler": "没有 C 编译器",
  "no-make": "没有 make",
  "no-gyp": "node-gyp",
  "no-headers": "include/node",
  windows: "Windows",
  architecture: "架构的内核（why）",
  "build-failed": "构建失败（why）",
  "other-system": "另一种系统",
  changed: "npm rebuild",
  "not-loadable": "无法加载（why）",
  "no-variant": "指令集的版本（why）",
  processor: "处理器",
  "other-kernels": "另一版本的内核",
  "not-isolated": "跨源隔离",
  "not-shared": "内存不能共享",
  "single-file": "单文件版本",
};
const nativeGaps = Object.keys(facts).slice(0, 17) as NativeGap[];
const oneThreadCauses = Object.keys(facts).slice(17) as OneThreadCause[];

const others: Omit<{ readonly [C in NoticeCode]: Notice }, "native-not-used" | "wasm-not-used" | "one-thread"> = {
  "fewer-threads": { code: "fewer-threads", message: "", details: { started: 1, wanted: 3 } },
  "thread-not-started": { code: "thread-not-started", message: "", details: { reason: "no memory" } },
  "thread-lost": { code: "thread-lost", message: "", details: { reason: "exit code 1" } },
  "left-to-another": {
    ...{ code: "left-to-another", message: "" },
    details: { backend: "wasm", by: "reference", what: "f64[2]", reason: "" },
  },
};

test("why native kernels are not used is told in Chinese, whatever the cause", () => {
  for (const cause of nativeGaps) {
    const text = noticeInChinese({ code: "native-not-used", message: "", details: { cause, reason: "why" } });
    expect(text).toMatch(/^没有使用本机后端：/);
    expect(text).toContain(facts[cause]);
  }
});

test("why there is one thread is told in Chinese, whatever the cause", () => {
  for (const cause of oneThreadCauses) {
    const text = noticeInChinese({ code: "one-thread", message: "", details: { cause } });
    expect(text).toMatch(/^wasm 只用一个线程计算：/);
    expect(text).toContain(facts[cause]);
  }
});

test("the other notices are told in Chinese, with their facts", () => {
  expect(Object.values(others).map(noticeInChinese)).toEqual([
    "系统只启动了 3 个线程中的 1 个",
    "wasm 有一个线程未能启动：no memory",
    "wasm 失去了一个线程，改用一个线程计算：exit code 1",
    "wasm 后端不能计算的由 reference 后端计算：f64[2]",
  ]);
});

const wasmGaps: { readonly [G in WasmGap]: string } = {
  "no-simd": "没有使用 wasm 后端：这台机器的 WebAssembly 没有 SIMD",
  "no-memory": "没有使用 wasm 后端：系统不给内存，连最多 256 MiB 的也没有",
  "file-missing": "没有使用 wasm 后端：软件包中缺少文件 kernels.wasm",
  "file-unreadable": "没有使用 wasm 后端：无法读取软件包中的文件 kernels.wasm（why）",
  "not-kernels": "没有使用 wasm 后端：软件包中的文件 kernels.wasm 已损坏，或不是计算核心（why）",
};

test("why WebAssembly is not used is told in Chinese, whatever the reason", () => {
  for (const [gap, text] of Object.entries(wasmGaps)) {
    const refusal = { gap: gap as WasmGap, file: "kernels.wasm", says: "why" };
    const details = { ...refusal, cause: "unsupported", reason: "in English" } as const;
    expect(noticeInChinese({ code: "wasm-not-used", message: "", details })).toBe(text);
  }
});
