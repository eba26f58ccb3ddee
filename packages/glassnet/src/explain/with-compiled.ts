import type { Device } from "../backends/backend.ts";
import type { Tree } from "../core/tree.ts";
import { type Compiled, compile } from "../tensor/compile.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Lends a compiled function to `work`, and gives its programs back whatever happens. */
export async function withCompiled<Args extends readonly Tree<Tensor>[], R extends Tree<Tensor>, T>(
  device: Device,
  fn: (...args: Args) => R,
  work: (compiled: Compiled<Args, R>) => Promise<T>,
): Promise<T> {
  const compiled = compile(fn, { device });
  try {
    return await work(compiled);
  } finally {
    await compiled.release();
  }
}

/** Runs a function of tensors as one program, once. */
export function runOnce<Args extends readonly Tree<Tensor>[], R extends Tree<Tensor>>(
  device: Device,
  fn: (...args: Args) => R,
  ...args: Args
): Promise<R> {
  return withCompiled(device, fn, (compiled) => compiled(...args));
}
