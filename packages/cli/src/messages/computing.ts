import type { Notice } from "glassnet/engine";
import { noticeInChinese } from "./notices.ts";

/** @file What computes: the backend of a run, and what `doctor` says of all of them. */

interface Computer {
  readonly backend: string;
  readonly variant: string;
  readonly threads: number;
}

const en = {
  notReproducible: (where: string) =>
    `${where}: --backend native and --reproducible exclude each other: the native backend's bits depend on the processor`,
  notReproducibleHint: "leave the backend out, or choose wasm or reference",
  by: ({ backend, variant, threads }: Computer) =>
    `Computed by the backend ${backend} (${variant}), on ${threads === 1 ? "one thread" : `up to ${threads} threads`}.`,
  notice: (notice: Notice) => `note: ${notice.message}`,
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
  },
};

export type Computing = typeof en;

const zh: Computing = {
  notReproducible: (where) => `${where}：--backend native 与 --reproducible 不能同时使用：本机后端的结果因处理器而异`,
  notReproducibleHint: "去掉 --backend，或选用 wasm 或 reference",
  by: ({ backend, variant, threads }) =>
    `由后端 ${backend}（${variant}）计算，${threads === 1 ? "一个线程" : `最多 ${threads} 个线程`}。`,
  notice: (notice) => `说明：${noticeInChinese(notice)}`,
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
  },
};

export const computing = { en, zh };
