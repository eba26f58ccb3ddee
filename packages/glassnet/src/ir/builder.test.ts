import { expect, test } from "vitest";
import { infer } from "../ops/all.ts";
import { GraphBuilder } from "./builder.ts";

test("a value takes its type from the contract and the scope of its builder", () => {
  const builder = new GraphBuilder(infer);
  const x = builder.input({ dtype: "f32", shape: [2, 3] }, "x");
  builder.scope = "head";
  const sum = builder.emit("sum", [x], { axes: [0], keepDims: false });
  expect(x).toMatchObject({ prim: "input", inputs: [], dtype: "f32", shape: [2, 3], scope: "", attrs: { name: "x" } });
  expect(sum).toMatchObject({ prim: "sum", inputs: [x], dtype: "f32", shape: [3], scope: "head" });
});

test("what does not fit its contract is never built", () => {
  const builder = new GraphBuilder(infer);
  const x = builder.input({ dtype: "f32", shape: [2] }, "x");
  const y = builder.input({ dtype: "f64", shape: [2] }, "y");
  expect(() => builder.emit("add", [x, y], {})).toThrowErrorMatchingInlineSnapshot(`
    [DtypeError: add: operands have different dtypes
      a: f32[2]
      b: f64[2]]
  `);
  expect(() => builder.input({ dtype: "f32", shape: [-1] }, "z")).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: input: a size must be a whole number of at least 0, got -1
      shape: [-1]]
  `);
});
