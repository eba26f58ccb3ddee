import { runPrimitive } from "../src/backends/reference/kernels.ts";
import type { ArrayData } from "../src/core/array.ts";
import type { TypedArray } from "../src/core/dtype.ts";
import type { Value, ValueOf } from "../src/ir/graph.ts";
import type { Attrs, Inputs, PrimName } from "../src/ir/prim.ts";
import { contracts, infer } from "../src/ops/all.ts";
import { buildProgram } from "../src/program/build.ts";
import type { Program, Source } from "../src/program/program.ts";
import { type AnySample, samplesOf } from "./samples.ts";

/** @file Samples of the contract suite as programs, and what the reference makes of them. */

/** A program of one primitive, its operands fed. */
export function programOf({ prim, inputs, attrs }: AnySample): {
  program: Program;
  feeds: Record<string, TypedArray>;
} {
  const sources = new Map<ValueOf<"input">, Source>();
  const feeds: Record<string, TypedArray> = {};
  const operands = (inputs as readonly ArrayData[]).map(({ dtype, shape, data }, i): Value => {
    const name = `operand ${i}`;
    const value: ValueOf<"input"> = {
      prim: "input",
      inputs: [],
      attrs: { dtype, shape, name },
      dtype,
      shape,
      scope: "",
    };
    sources.set(value, { kind: "feed", name });
    feeds[name] = data;
    return value;
  });
  const { dtype, shape } = infer(prim, operands as never, attrs as never);
  const value = { prim, inputs: operands, attrs, dtype, shape, scope: "" } as unknown as Value;
  return { program: buildProgram({ sources, outputs: { result: value } }), feeds };
}

/** What the reference makes of a sample. */
export const expectedOf = ({ prim, inputs, attrs }: AnySample): ArrayData =>
  runPrimitive(prim, inputs as Inputs<PrimName, ArrayData>, attrs as Attrs<PrimName>);

/** Every sample of every primitive that computes something, but for those in f64, which the reference alone has. */
export const ableSamples = (Object.keys(contracts) as PrimName[])
  .filter((prim) => prim !== "input" && prim !== "constant")
  .flatMap((prim) => samplesOf(prim).map((sample) => [`${prim}: ${sample.title}`, sample] as const))
  .filter(([, { inputs, attrs }]) => !JSON.stringify([inputs, attrs]).includes('"f64"'));
