import { expect, test } from "vitest";
import { o, programOf } from "../../../test/long-program.ts";
import type { Value } from "../../ir/graph.ts";
import type { Program } from "../program.ts";
import { lowerProgram } from "./lower.ts";

/** @file How long it takes to lower programs much longer than a training step: in proportion to their length. */

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
