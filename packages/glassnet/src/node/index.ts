/** @module What needs a file system: the digits, model files, atomic writing. */

export { writeFileAtomic } from "./atomic-write.ts";
export { faultyKernelFiles } from "./kernel-files.ts";
export type { MnistOptions } from "./mnist.ts";
export { loadMnist } from "./mnist.ts";
export type { SaveOptions } from "./model-file.ts";
export { load, save } from "./model-file.ts";
export type { ReadOptions } from "./read-file.ts";
export { readBytes } from "./read-file.ts";
