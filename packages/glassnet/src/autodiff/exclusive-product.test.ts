import { expect, test } from "vitest";
import type { Shape } from "../core/shape.ts";
import { GraphBuilder } from "../ir/builder.ts";
import { topologicalOrder, type Value } from "../ir/graph.ts";
import { infer } from "../ops/all.ts";
import { Ops } from "../ops/operations.ts";
import { graphFunction } from "../testing/graph-function.ts";
import { exclusiveProduct } from "./exclusive-product.ts";

function built(shape: Shape, axes: readonly number[]) {
  const builder = new GraphBuilder(infer);
  const x = builder.input({ dtype: "f64", shape }, "x");
  return { x, product: exclusiveProduct(new Ops(builder), x, axes) };
}

test.each([
  [[2, 3, 4, 5], [0], [60, 40, 30, 24]],
  [[2, 0, 4], [0], [0, 8, 0]],
  [[0, 3, 0], [0], [0, 0, 0]],
  [[7], [0], [1]],
  [[2, 3], [], [1, 1]],
])("of %j along %j is %j", (values, axes, expected) => {
  const { x, product } = built([values.length], axes);
  expect(graphFunction([x], [product])([Float64Array.from(values)])[0]).toEqual(Float64Array.from(expected));
});

test("runs over several axes that do not lie together", () => {
  const { x, product } = built([2, 2, 2], [0, 2]);
  // groups by the middle axis: {1, 2, 5, 6} and {3, 4, 7, 8}
  const data = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const expected = data.map((y) => (([1, 2, 5, 6] as number[]).includes(y) ? 60 : 672) / y);
  expect(graphFunction([x], [product])([data])[0]).toEqual(expected);
});

test("takes a number of operations that grows with log n", () => {
  const count = (n: number) => topologicalOrder<Value>([built([n], [0]).product]).length;
  expect(count(1024) - count(512)).toBe(count(64) - count(32));
});

test("over no elements is nothing", () => {
  const { x, product } = built([0, 3], [0]);
  expect(product).toBe(x);
});
