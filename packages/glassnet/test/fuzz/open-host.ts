import { readFileSync } from "node:fs";
import { assetOf } from "../../src/backends/wasm/asset.ts";
import type { KernelExports } from "../../src/backends/wasm/crew.ts";
import { WasmHost } from "../../src/backends/wasm/host.ts";

const PATIENCE_MS = 60_000;
const MAX_PAGES = 16_384;

/** The kernels in WebAssembly without a device around them, on so many threads. */
export function openHost(threads: number): WasmHost {
  const isShared = threads > 1;
  const module = new WebAssembly.Module(readFileSync(assetOf(isShared ? "kernels-threads.wasm" : "kernels.wasm")));
  const memory = new WebAssembly.Memory({ initial: 32, maximum: MAX_PAGES, shared: isShared });
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  const notice = (text: string): void => {
    throw new Error(text);
  };
  const crew = isShared ? { threads, patienceMs: PATIENCE_MS, module, notice } : undefined;
  return new WasmHost("fuzz", exports, memory, crew);
}
