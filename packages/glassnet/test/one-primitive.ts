import type { ArrayData } from "../src/core/array.ts";
import type { TypedArray } from "../src/core/dtype.ts";
import type { Value, ValueOf } from "../src/ir/graph.ts";
import type { PrimName } from "../src/ir/prim.ts";
import { contracts, infer } from "../src/ops/all.ts";
import { buildProgram } from "../src/program/build.ts";
import type { Program, Source } from "../src/program/program.ts";
import { type AnySample, samplesOf } from "./samples.ts";

/** @file Samples of the contract suite as programs, and how exactly a fast backend has to agree with the reference. */

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

/**
 * How far a kernel may be off, in units of the last place. Elementwise functions are within 3 (`kernels/math.h`). A sum may be
 * off by a unit of the sum of its terms' magnitudes for each term, so that is the measure for sums.
 */
export function toleranceOf({ prim, inputs }: AnySample): { relative: number; absolute: number } {
  const operands = inputs as readonly ArrayData[];
  const largest = (data: TypedArray) => Math.max(0, ...Array.from(data, Math.abs).filter(Number.isFinite));
  const isSum = /^(sum|prod|matmul|conv2d|scatterAdd)/.test(prim);
  const terms = Math.max(1, ...operands.map(({ data }) => data.length));
  const term = operands.reduce((product, { data }) => product * largest(data), 1);
  return { relative: 3 * 2 ** -23, absolute: isSum ? terms * term * 2 ** -23 : 2 ** -149 };
}

/** Every sample of every primitive that computes something, but for those in f64, which the reference alone has. */
export const ableSamples = (Object.keys(contracts) as PrimName[])
  .filter((prim) => prim !== "input" && prim !== "constant")
  .flatMap((prim) => samplesOf(prim).map((sample) => [`${prim}: ${sample.title}`, sample] as const))
  .filter(([, { inputs, attrs }]) => !JSON.stringify([inputs, attrs]).includes('"f64"'));
