import type { TensorType } from "../src/core/shape.ts";
import type { Program } from "../src/program/program.ts";
import { traceProgram } from "../src/tensor/trace-program.ts";

/** A program that adds 1 to all numbers of a state at each step. What it collects is the mean before the step. */
export function counting(size: number, name = "x"): { readonly program: Program; readonly type: TensorType } {
  const type: TensorType = { dtype: "f32", shape: [size] };
  const traced = traceProgram(
    ({ input }) => {
      const state = input(type, { kind: "state", name });
      return { writes: [{ state, value: state.add(1) }], perStep: { before: state.mean() } };
    },
    () => ({ kind: "feed", name: "none" }),
  );
  return { type, program: traced.build() };
}
