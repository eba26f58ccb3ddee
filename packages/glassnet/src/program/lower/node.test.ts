import { expect, test } from "vitest";
import { ProgramSketch } from "../../../test/program-sketch.ts";
import type { Value } from "../../ir/graph.ts";
import { nodesOf } from "./node.ts";

const sketch = new ProgramSketch();
const { builder } = sketch;

const nodes = (outputs: Readonly<Record<string, Value>>, perStep: Readonly<Record<string, Value>> = {}) =>
  nodesOf(sketch.program({ outputs, perStep }));

test("movements are views, and make no work of their own", () => {
  const x = sketch.feed([2, 3]);
  const transposed = builder.emit("transpose", [x], { perm: [1, 0] });
  const flipped = builder.emit("flip", [transposed], { axes: [0] });
  const y = builder.emit("neg", [flipped], {});
  const made = nodes({ y });
  expect(made.nodes.map(({ kind }) => kind)).toEqual(["map"]);
  expect(made.nodes[0]).toMatchObject({ inputs: [{ root: 0, offset: 2, strides: [-1, 3] }] });
});

test("an output that is a row is copied: a row lies elsewhere at each step, and the last is wanted", () => {
  const row = sketch.input("row", { dtype: "f32", shape: [3] });
  const { memory, nodes: made, outputs } = nodes({ row });
  expect(made).toMatchObject([{ prim: "copy", inputs: [{ root: 0 }], output: 1 }]);
  expect(outputs).toEqual([{ name: "row", memory: 1 }]);
  expect(memory[1]!.source.kind).toBe("scratch");
});

test("what is collected at every step and returned at the end has memory for each", () => {
  const x = builder.emit("neg", [sketch.feed([3])], {});
  const { perStep, outputs } = nodes({ x }, { x });
  expect(perStep[0]!.memory).not.toBe(outputs[0]!.memory);
});

test("a value that is a view of a state is copied before the state takes it", () => {
  const state = sketch.input("state", { dtype: "f32", shape: [2, 2] });
  const value = builder.emit("transpose", [state], { perm: [1, 0] });
  const { writes, nodes: made } = nodesOf(sketch.program({ writes: [{ state, value }] }));
  expect(made).toMatchObject([{ prim: "copy", inputs: [{ root: writes[0]!.state }], output: writes[0]!.next }]);
});

test("two states that take each other's value get copies of their own", () => {
  const a = sketch.input("state", { dtype: "i32", shape: [2] });
  const b = sketch.input("state", { dtype: "i32", shape: [2] });
  const writes = [
    { state: a, value: b as Value },
    { state: b, value: a as Value },
  ];
  const made = nodesOf(sketch.program({ writes }));
  expect(new Set(made.writes.flatMap(({ state, next }) => [state, next])).size).toBe(4);
});

test("a batch of products with one right side is one product with more rows", () => {
  const a = sketch.feed([4, 2, 3]);
  const b = sketch.feed([3, 5]);
  const y = builder.emit("matmul", [a, b], {});
  expect(nodes({ y }).nodes).toMatchObject([{ kind: "product", batch: 1, m: 8, n: 5, k: 3 }]);
});
