import { expect, test } from "vitest";
import { GraphBuilder } from "../../ir/builder.ts";
import type { Value, ValueOf } from "../../ir/graph.ts";
import { infer } from "../../ops/all.ts";
import { Ops } from "../../ops/operations.ts";
import { buildProgram } from "../build.ts";
import type { Program, Source } from "../program.ts";
import { lowerProgram } from "./lower.ts";

/** @file How long it takes to lower programs much longer than a training step: in proportion to their length. */

const builder = new GraphBuilder(infer);
const o = new Ops<Value>(builder);

function programOf(length: number, next: (y: Value, x: Value, i: number) => Value): Program {
  const input = builder.input({ dtype: "f32", shape: [16, 16] }, "x");
  const sources = new Map<ValueOf<"input">, Source>([[input, { kind: "feed", name: "x" }]]);
  const x = input as Value;
  let y = x;
  for (let i = 0; i < length; i++) y = next(y, x, i);
  return buildProgram({ sources, outputs: { y } });
}

const shapesOf = {
  chain: (y: Value) => o.tanh(y),
  "chain beside its beginning": (y: Value, x: Value) => o.add(o.neg(x), y),
  "chain with sums": (y: Value, _: Value, i: number) =>
    i % 5 === 4 ? o.mul(o.sum(y, { axes: [1], keepDims: true }), y) : o.tanh(y),
  layers: (y: Value, x: Value) => o.add(o.tanh(o.matmul(y, x)), x),
};

test.each(Object.entries(shapesOf))("lowering takes time in proportion to the length of the program: %s", (_, next) => {
  const [short, long] = [programOf(1000, next), programOf(8000, next)];
  const timeOf = (program: Program): number => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i++) {
      const begin = performance.now();
      lowerProgram(program);
      least = Math.min(least, performance.now() - begin);
    }
    return least;
  };
  timeOf(long); // by then the engine has compiled it
  // Eight times the length; work in proportion to the square would take 64 times as long.
  expect(timeOf(long)).toBeLessThan(24 * timeOf(short));
});
