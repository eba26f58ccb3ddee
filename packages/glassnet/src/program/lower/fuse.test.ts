import { describe, expect, test } from "vitest";
import { ProgramSketch } from "../../../test/program-sketch.ts";
import type { Value } from "../../ir/graph.ts";
import { layerNorm, relu, softmax } from "../../ops/composite.ts";
import { fuse } from "./fuse.ts";
import { lowerProgram } from "./lower.ts";
import { nodesOf } from "./node.ts";
import { schedule, type Unit } from "./unit.ts";

const sketch = new ProgramSketch();
const { o } = sketch;
const feed: ProgramSketch["feed"] = (shape, dtype) => sketch.feed(shape, dtype);

function unitsOf(...values: readonly Value[]): Unit[] {
  const { nodes, memory } = nodesOf(sketch.programOf(...values));
  return schedule(fuse(nodes, memory));
}

/** How many slots the blocks of a program need. */
const slotsOf = (...values: readonly Value[]): number[] =>
  lowerProgram(sketch.programOf(...values)).instructions.map(({ plan }) => plan!.slots);

/** What each unit does: a block's primitives, with a product in front if it has one. */
const summary = (units: readonly Unit[]): string[] =>
  units.map((unit) => {
    if (unit.kind === "product") return "product";
    if (unit.kind === "kernel") return unit.node.instruction.prim;
    const parts = unit.nodes.map((node) => (node.kind === "guard" ? "guard" : node.prim));
    return [...(unit.product === undefined ? [] : ["product"]), ...parts].join(" ");
  });

describe("one block is made of", () => {
  test("an elementwise chain with several operands and results", () => {
    const [a, b] = [feed([8, 4]), feed([4])];
    const y = o.tanh(o.add(a, b));
    expect(summary(unitsOf(y, o.mul(y, a)))).toEqual(["add tanh mul"]);
  });

  test("rows that are reduced, with what goes before and after: softmax", () => {
    expect(summary(unitsOf(softmax(o, feed([8, 4]))))).toEqual([expect.stringMatching(/^max .*exp sum .*div$/)]);
  });

  test("layer norm, which reduces twice", () => {
    expect(unitsOf(layerNorm(o, feed([8, 16])))).toHaveLength(1);
  });

  test("two blocks that meet in one operation", () => {
    const [a, b] = [feed([8, 4]), feed([8, 4])];
    expect(unitsOf(o.add(o.exp(a), o.tanh(b)))).toHaveLength(1);
  });

  test("a product with bias and activation", () => {
    const y = relu(o, o.add(o.matmul(feed([8, 4]), feed([4, 6])), feed([6])));
    const [only, ...others] = summary(unitsOf(y));
    expect([others, only]).toEqual([[], expect.stringMatching(/^product add /)]);
  });

  test("a product and the update of what it is the gradient for", () => {
    const w = feed([6, 4]);
    const grad = o.matmul(o.transpose(feed([8, 6])), feed([8, 4]));
    expect(summary(unitsOf(o.sub(w, o.mul(grad, 0.1))))).toEqual(["product mul sub"]);
  });
});

describe("blocks stay apart", () => {
  test("where one reads the other's elements in another order", () => {
    const y = o.tanh(feed([8, 4]));
    expect(summary(unitsOf(o.exp(o.transpose(y))))).toEqual(["tanh", "exp"]);
    expect(summary(unitsOf(o.exp(o.flip(y, [0]))))).toEqual(["tanh", "exp"]);
  });

  test("where a sum over rows is needed whole before anything else", () => {
    const x = feed([8, 4]);
    const total = o.sum(o.exp(x), { axes: [0], keepDims: true });
    expect(summary(unitsOf(o.div(x, total)))).toEqual(["exp sum", "div"]);
  });

  test("where rows are too long to lie in the cache", () => {
    expect(unitsOf(softmax(o, feed([2, 5000]))).length).toBeGreaterThan(1);
    expect(unitsOf(softmax(o, feed([2, 4096])))).toHaveLength(1);
  });

  test("where something between them has a kernel of its own", () => {
    const x = o.tanh(feed([8, 4]));
    const order = o.argmax(x, { axis: 1 });
    const y = o.add(x, o.cast(o.reshape(order, [8, 1]), "f32"));
    expect(summary(unitsOf(y))).toEqual(["tanh", "argmax", "cast", "add"]);
  });

  test("where a product needs what the block makes", () => {
    const x = o.tanh(feed([4, 4]));
    const y = o.add(o.matmul(x, feed([4, 4])), x);
    expect(summary(unitsOf(y))).toEqual(["tanh", "product add"]);
  });

  test("where more operands would be needed than there are slots", () => {
    const sum = Array.from({ length: 100 }, () => feed([4])).reduce((a, b) => o.add(a, b));
    const units = unitsOf(sum);
    expect(units.length).toBeGreaterThan(3);
    expect(units.length).toBeLessThan(8);
  });

  test("where more views of the same operands would be needed than there are slots", () => {
    const [x, mask] = [feed([200]), feed([200], "bool")];
    const window = (value: Value, start: number): Value => o.slice(value, [{ start, stop: start + 100 }]);
    let y = window(x, 0);
    for (let i = 0; i < 42; i++) y = o.where(window(mask, i), window(x, i + 1), y);
    const slots = slotsOf(y);
    expect(Math.max(...slots)).toBeLessThanOrEqual(64);
    expect(slots.length).toBeLessThan(8);
  });

  test("where numbers that are spread over their rows would need more than there are", () => {
    const x = feed([6, 9]);
    const results: Value[] = [];
    const choices: (readonly [Value, Value, Value])[] = [];
    let last = o.max(x, { axes: 1, keepDims: true });
    for (let i = 0; i < 8; i++) {
      const no = o.tanh(last);
      const choice = [o.lt(last, no), last, no] as const;
      choices.push(choice);
      results.push(...choice); // kept, so that each has a slot to itself
      last = o.neg(no);
    }
    const spread = (row: Value): Value => o.broadcast(row, [6, 9]);
    for (const [of, yes, no] of choices) results.push(o.where(spread(of), spread(yes), spread(no)));
    for (const [of, yes, no] of choices) results.push(o.where(spread(of), spread(no), spread(yes)));
    expect(Math.max(...slotsOf(...results))).toBeLessThanOrEqual(64);
  });
});
