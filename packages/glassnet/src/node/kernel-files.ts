import { readFile } from "node:fs/promises";
import type { WasmRefusal } from "../backends/notice.ts";
import { assetOf } from "../backends/wasm/asset.ts";
import { moduleFault } from "../backends/wasm/module-fault.ts";
import { errorCode } from "./io-error.ts";

const modules = [
  "kernels.wasm",
  "kernels-relaxed.wasm",
  "kernels-threads.wasm",
  "kernels-relaxed-threads.wasm",
] as const;
/** What each thread runs, beside the modules. */
const THREAD = "thread.js";

const locationOf = (file: string): URL => (file === THREAD ? new URL(THREAD, assetOf(modules[0])) : assetOf(file));

async function faultOf(file: string): Promise<WasmRefusal | undefined> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await readFile(locationOf(file)));
  } catch (error) {
    const gap = errorCode(error) === "ENOENT" ? "file-missing" : "file-unreadable";
    return { gap, file, says: (error as Error).message };
  }
  const says = file === THREAD ? emptiness(bytes) : await moduleFault(file, bytes);
  return says === undefined ? undefined : { gap: "not-kernels", file, says };
}

const emptiness = ({ length }: Uint8Array): string | undefined => (length > 0 ? undefined : "it is empty");

/**
 * Looks at the files of the kernels in WebAssembly that belong to the package, those too that this machine would not take, and gives
 * what is wrong with them.
 *
 * @example (await faultyKernelFiles()).map(({ file }) => file); // []
 */
export async function faultyKernelFiles(): Promise<readonly WasmRefusal[]> {
  const faults = await Promise.all([...modules, THREAD].map(faultOf));
  return faults.filter((fault) => fault !== undefined);
}
