import { describe, expect, test } from "vitest";
import { ProgramSketch } from "../../../test/program-sketch.ts";
import type { Value } from "../../ir/graph.ts";
import { softmax } from "../../ops/composite.ts";
import { type BlockPlan, blockScratch, encodeBlock } from "./block.ts";
import { lowerProgram } from "./lower.ts";
import { MAX_DIMS } from "./many-dims.ts";
import { nodesOf } from "./node.ts";

const sketch = new ProgramSketch();
const { o } = sketch;
const feed: ProgramSketch["feed"] = (shape, dtype) => sketch.feed(shape, dtype);

const plansOf = (...values: readonly Value[]): BlockPlan[] =>
  lowerProgram(sketch.programOf(...values)).instructions.flatMap(({ kernel, plan }) =>
    kernel === "block" ? [plan!] : [],
  );

const planOf = (...values: readonly Value[]): BlockPlan => plansOf(...values)[0]!;

describe("the index space of a block", () => {
  test("has as few dimensions as its operands allow", () => {
    expect(planOf(o.exp(feed([3, 4, 5]))).sizes).toEqual([60]);
    expect(planOf(o.add(feed([3, 4, 5]), feed([5]))).sizes).toEqual([12, 5]);
    expect(planOf(o.add(feed([3, 4, 5]), feed([4, 1]))).sizes).toEqual([3, 4, 5]);
  });

  test("is one element for numbers without axes", () => {
    expect(planOf(o.exp(feed([]))).sizes).toEqual([1]);
  });

  test("keeps rows apart from what is before them", () => {
    const { sizes, rowDims } = planOf(softmax(o, feed([3, 4, 5])));
    expect([sizes, rowDims]).toEqual([[12, 5], 1]);
  });
});

describe("the slots of a block", () => {
  test("are shared by results that are never needed at the same time", () => {
    let y = feed([64]);
    for (let i = 0; i < 30; i++) y = o.tanh(y);
    expect(planOf(y).slots).toBeLessThanOrEqual(4);
  });

  test("hold a whole row where rows are reduced, and a thread has room for all of them", () => {
    const plan = planOf(softmax(o, feed([3, 3000])));
    expect(plan.tile).toBeGreaterThanOrEqual(3000);
    expect(plan.tile % 16).toBe(0);
    expect(blockScratch(plan)).toBe(plan.slots * (plan.tile + 16) * 4);
  });

  test("hold each constant once, and each operand once", () => {
    const x = feed([8]);
    const plan = planOf(o.add(o.mul(x, 2), o.mul(o.exp(x), 2)));
    expect([plan.constants.length, plan.inputs.length]).toEqual([1, 1]);
  });
});

describe("threads divide", () => {
  test("a large block along its outermost long dimension, and a small one not at all", () => {
    expect(planOf(o.exp(o.add(feed([512, 512]), feed([512])))).split).toBe(0);
    expect(planOf(o.exp(feed([8, 8]))).split).toBe(-1);
  });

  test("no dimension that is folded: each sum is one thread's", () => {
    const [plan] = plansOf(o.sum(o.exp(feed([512, 512])), { axes: [0] }));
    expect(plan!.split).toBe(1);
  });

  test("no row", () => {
    expect(planOf(softmax(o, feed([64, 1024]))).split).toBe(0);
  });
});

test("a block is written as the head, sizes, inputs, constants, operations and outputs of kernels/block.h", () => {
  const y = o.maximum(o.mul(feed([3, 4]), 2), feed([4]));
  const program = sketch.programOf(y);
  const plan = lowerProgram(program).instructions[0]!.plan!;
  const words = encodeBlock(plan, nodesOf(program).memory);
  const [input, constant, operation, output] = [5 + MAX_DIMS, 2, 7, 5 + MAX_DIMS];
  expect(words.slice(0, 9)).toEqual([2, 2, -1, plan.tile, 2, 1, 2, 1, plan.slots]);
  expect(words.slice(9, 15)).toEqual([3, 4, 1, 1, 1, 1]);
  expect(words).toHaveLength(9 + MAX_DIMS + 2 * input + constant + 2 * operation + output);
});
