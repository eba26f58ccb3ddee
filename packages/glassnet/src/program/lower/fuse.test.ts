import { describe, expect, test } from "vitest";
import type { TensorType } from "../../core/shape.ts";
import { GraphBuilder } from "../../ir/builder.ts";
import type { Value, ValueOf } from "../../ir/graph.ts";
import { infer } from "../../ops/all.ts";
import { layerNorm, relu, softmax } from "../../ops/composite.ts";
import { Ops } from "../../ops/operations.ts";
import { buildProgram } from "../build.ts";
import type { Source } from "../program.ts";
import { fuse } from "./fuse.ts";
import { lowerProgram } from "./lower.ts";
import { nodesOf } from "./node.ts";
import { schedule, type Unit } from "./unit.ts";

const builder = new GraphBuilder(infer);
const o = new Ops<Value>(builder);
const sources = new Map<ValueOf<"input">, Source>();

function feed(shape: TensorType["shape"], dtype: TensorType["dtype"] = "f32"): Value {
  const value = builder.input({ dtype, shape }, "x");
  sources.set(value, { kind: "feed", name: `x${sources.size}` });
  return value as Value;
}

function unitsOf(...values: readonly Value[]): Unit[] {
  const outputs = Object.fromEntries(values.map((value, i) => [`y${i}`, value]));
  const { nodes, memory } = nodesOf(buildProgram({ sources, outputs }));
  return schedule(fuse(nodes, memory));
}

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
    expect(summary(unitsOf(o.exp(builder.emit("flip", [y], { axes: [0] }))))).toEqual(["tanh", "exp"]);
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
    const program = buildProgram({ sources, outputs: { y } });
    const slots = lowerProgram(program).instructions.map(({ plan }) => plan!.slots);
    expect(Math.max(...slots)).toBeLessThanOrEqual(64);
    expect(slots.length).toBeLessThan(8);
  });
});
