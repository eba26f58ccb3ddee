import { expect, test } from "vitest";
import { infer } from "../ops/all.ts";
import { Ops } from "../ops/operations.ts";
import { GraphBuilder } from "./builder.ts";
import { printGraph } from "./print.ts";

test("a graph prints as a listing: types on the left, attributes that say more, scopes", () => {
  const builder = new GraphBuilder(infer);
  const b = new Ops(builder);
  const x = builder.input({ dtype: "f32", shape: [2, 3] }, "x");
  const unused = builder.input({ dtype: "i32", shape: [] }, "unused");
  const table = b.constant(Float32Array.of(1, 2.5, 3, 4, 5, 6), "f32", [6]);
  builder.scope = "layers.0";
  const hidden = b.tanh(b.add(x, b.slice(table, [{ stop: 5, step: 2 }])));
  builder.scope = "";
  const total = b.sum(hidden, { axes: 1, keepDims: true });
  const padded = b.pad(b.cast(total, "f64"), [1, 0], [0, 0], { value: Number.NEGATIVE_INFINITY });
  const pooled = b.maxPool(b.reshape(x, [1, 1, 2, 3]), {
    kernel: 2,
    stride: [2, 1],
    padding: [
      [0, 1],
      [1, 0],
    ],
  });
  const print = printGraph({ inputs: [x, unused], outputs: [padded, b.iota([2], 0), pooled] });
  expect(print).toMatchInlineSnapshot(`
    "%0: f32[2, 3] = input {name=x}
    %1: i32[] = input {name=unused}
    %2: f32[6] = constant {data=[1, 2.5, 3, 4, …]}
    %3: f32[3] = slice %2 {start=[0], stop=[5], step=[2]}  # layers.0
    %4: f32[2, 3] = add %0 %3  # layers.0
    %5: f32[2, 3] = tanh %4  # layers.0
    %6: f32[2, 1] = sum %5 {axes=[1], keepDims=true}
    %7: f64[2, 1] = cast %6
    %8: f64[3, 1] = pad %7 {low=[1, 0], high=[0, 0], interior=[0, 0], value=-Infinity}
    %9: i32[2] = iota {axis=0}
    %10: f32[1, 1, 2, 3] = reshape %0
    %11: f32[1, 1, 1, 3] = maxPool %10 {kernel=[2, 2], stride=[2, 1], padding=[[0, 1], [1, 0]]}
    return %8, %9, %11"
  `);
});

test("a graph of an input alone returns it", () => {
  const x = new GraphBuilder(infer).input({ dtype: "bool", shape: [] }, "flag");
  expect(printGraph({ inputs: [x], outputs: [x, x] })).toMatchInlineSnapshot(`
    "%0: bool[] = input {name=flag}
    return %0, %0"
  `);
});
