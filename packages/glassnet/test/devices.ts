import type { BlockingDevice } from "../src/backends/backend.ts";
import { nativeGap, openNativeSync } from "../src/backends/native/open.ts";
import { openWasm } from "../src/backends/wasm/open.ts";
import { wasmForms } from "./wasm-forms.ts";

/** The kernels in every form that runs here, each on one thread. */
export async function openKernelDevices(): Promise<readonly (readonly [title: string, device: BlockingDevice])[]> {
  const wasm = wasmForms.map(async ({ title, relaxed }) => [title, await openWasm({ relaxed })] as const);
  const native = ["avx512", "avx2", "sse2", "neon"]
    .filter((variant) => nativeGap({ variant }) === undefined)
    .map((variant) => [`native, ${variant}`, openNativeSync({ variant })] as const);
  return [...(await Promise.all(wasm)), ...native];
}
