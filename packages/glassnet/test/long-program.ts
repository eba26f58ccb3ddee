import { GraphBuilder } from "../src/ir/builder.ts";
import type { Value, ValueOf } from "../src/ir/graph.ts";
import { infer } from "../src/ops/all.ts";
import { Ops } from "../src/ops/operations.ts";
import { buildProgram } from "../src/program/build.ts";
import type { Program, Source } from "../src/program/program.ts";

/** @file Programs much longer than a training step. */

const builder = new GraphBuilder(infer);
/** Operations on the values of long programs. */
export const o = new Ops<Value>(builder);

/** A program of `length` links, each made of the one before it, the input and its number. */
export function programOf(length: number, next: (y: Value, x: Value, i: number) => Value): Program {
  const input = builder.input({ dtype: "f32", shape: [16, 16] }, "x");
  const sources = new Map<ValueOf<"input">, Source>([[input, { kind: "feed", name: "x" }]]);
  const x = input as Value;
  let y = x;
  for (let i = 0; i < length; i++) y = next(y, x, i);
  return buildProgram({ sources, outputs: { y } });
}
