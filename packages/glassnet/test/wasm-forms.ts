import { hasRelaxedSimd } from "../src/backends/wasm/probe.ts";

/** @file The forms of the kernels in WebAssembly that this engine runs. Where it lacks one, a device would take another silently. */

export interface WasmForm {
  readonly title: string;
  /** With the multiply-add that rounds as the machine likes. */
  readonly relaxed: boolean;
}

export const wasmForms: readonly WasmForm[] = [
  { title: "wasm", relaxed: false },
  ...(hasRelaxedSimd() ? [{ title: "wasm, relaxed", relaxed: true }] : []),
];

/** Says aloud what is not tested here. */
export function tellOfMissingForms(): void {
  if (hasRelaxedSimd()) return;
  const reason = `Node ${process.versions.node} has no relaxed SIMD (npm run prove takes them to Node 24)`;
  process.stderr.write(`\nNOT CHECKED: the relaxed builds of WebAssembly, because ${reason}\n`);
}
