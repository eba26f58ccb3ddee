import { openReference } from "../backends/reference/device.ts";
import type { ArrayData } from "../core/array.ts";
import type { TypedArray } from "../core/dtype.ts";
import type { Value, ValueOf } from "../ir/graph.ts";
import { buildProgram } from "../program/build.ts";
import type { Source } from "../program/program.ts";

/**
 * A graph as a function of arrays, computed by the reference backend: the data of each input in, the data of each
 * output out. It is lowered once and may be called any number of times.
 */
export function graphFunction(
  inputs: readonly ValueOf<"input">[],
  outputs: readonly Value[],
): (data: readonly TypedArray[]) => TypedArray[] {
  const sources = new Map<ValueOf<"input">, Source>();
  for (const input of inputs) sources.set(input, { kind: "feed", name: input.attrs.name });
  const program = buildProgram({ sources, outputs: Object.fromEntries(outputs.map((value, i) => [i, value])) });
  const { sync } = openReference();
  const loaded = sync.load(program);
  return (data) => {
    const feeds = Object.fromEntries(inputs.map((input, i) => [input.attrs.name, data[i]!]));
    const result = sync.run(loaded, { steps: 1, feeds });
    return outputs.map((_, i) => result.outputs[i]!);
  };
}

/** The same array with f32 data widened to f64, in which gradients are checked. */
export function widened({ dtype, shape, data }: ArrayData): ArrayData {
  return dtype === "f32" ? { dtype: "f64", shape, data: Float64Array.from(data) } : { dtype, shape, data };
}
