import { readFileSync } from "node:fs";
import { platform } from "#platform";
import type { Host } from "../../src/backends/compiled/host.ts";
import type { NativeAddon } from "../../src/backends/native/addon.ts";
import { NativeHost } from "../../src/backends/native/host.ts";
import { assetOf } from "../../src/backends/wasm/asset.ts";
import type { KernelExports } from "../../src/backends/wasm/crew.ts";
import { WasmHost } from "../../src/backends/wasm/host.ts";
import { type WasmForm, wasmForms } from "../wasm-forms.ts";

const PATIENCE_MS = 60_000;
const MAX_PAGES = 16_384;

/** The kernels in WebAssembly without a device around them, on so many threads. */
export function openWasmHost(threads: number, relaxed = false): WasmHost {
  const isShared = threads > 1;
  const file = `kernels${relaxed ? "-relaxed" : ""}${isShared ? "-threads" : ""}.wasm` as const;
  const module = new WebAssembly.Module(readFileSync(assetOf(file)));
  const memory = new WebAssembly.Memory({ initial: 32, maximum: MAX_PAGES, shared: isShared });
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  const notice = (code: string, reason: string): void => {
    throw new Error(`${code}: ${reason}`);
  };
  const crew = isShared ? { threads, patienceMs: PATIENCE_MS, module, notice } : undefined;
  return new WasmHost(relaxed ? "simd, relaxed multiply-add" : "simd", exports, memory, crew);
}

/** The instruction sets of the native add-on that were built and that the processor has. */
export const nativeVariants: readonly string[] = ["avx512", "avx2", "sse2", "neon"].filter(
  (variant) => "addon" in platform.loadNative(variant),
);

/** The same in the native add-on. */
export function openNativeHost(variant: string, threads: number): Host {
  const found = platform.loadNative(variant);
  if ("reason" in found) throw new Error(found.reason);
  const addon = found.addon as NativeAddon;
  if (addon.threads(threads) < threads) throw new Error(`the system does not start ${threads} threads`);
  return new NativeHost(addon, threads, platform.memoryBytes);
}

/** One form of the kernels on one thread and on three. */
export interface Hosts {
  readonly title: string;
  readonly alone: Host;
  readonly together: Host;
}

async function openWasmHosts({ title, relaxed }: WasmForm): Promise<Hosts> {
  const [alone, together] = [openWasmHost(1, relaxed), openWasmHost(3, relaxed)];
  const joined = await together.crew!.joined();
  if (joined < 3) throw new Error(`${joined} of 3 threads have joined`);
  return { title, alone, together };
}

/** The kernels in all their forms. */
export async function openHosts(): Promise<readonly Hosts[]> {
  const wasm = await Promise.all(wasmForms.map(openWasmHosts));
  const native = nativeVariants.map((variant) => ({
    title: `native, ${variant}`,
    alone: openNativeHost(variant, 1),
    together: openNativeHost(variant, 3),
  }));
  return [...wasm, ...native];
}
