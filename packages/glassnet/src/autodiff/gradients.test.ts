import { describe, expect, test } from "vitest";
import type { DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import { GraphBuilder } from "../ir/builder.ts";
import { topologicalOrder, type Value } from "../ir/graph.ts";
import { printGraph } from "../ir/print.ts";
import { verifyGraph } from "../ir/verify.ts";
import { infer } from "../ops/all.ts";
import { Ops } from "../ops/operations.ts";
import { graphFunction } from "../testing/graph-function.ts";
import { gradients } from "./gradients.ts";

function setting() {
  const builder = new GraphBuilder(infer);
  const input = (name: string, shape: Shape = [], dtype: DType = "f64") => builder.input({ dtype, shape }, name);
  return { builder, b: new Ops(builder), input };
}

test("the gradient of a sum of squares is written down as a graph", () => {
  const { builder, b, input } = setting();
  const x = input("x", [3]);
  const [g] = gradients(builder, [b.sum(b.mul(x, x))], [b.scalar(1, "f64")], [x]);
  const graph = { inputs: [x], outputs: [g!] };
  verifyGraph(graph, infer, "gradients");
  expect(printGraph(graph)).toMatchInlineSnapshot(`
    "%0: f64[3] = input {name=x}
    %1: f64[] = constant {data=[1]}
    %2: f64[1] = reshape %1
    %3: f64[3] = broadcast %2
    %4: f64[3] = mul %3 %0
    %5: f64[3] = mul %3 %0
    %6: f64[3] = add %4 %5
    return %6"
  `);
});

describe("what is asked for", () => {
  test("gets null where nothing depends on it: unused, through whole numbers, behind a stop", () => {
    const { builder, b, input } = setting();
    const [x, unused, rounded, stopped] = [input("x"), input("unused"), input("rounded"), input("stopped")];
    const y = b.add(b.add(b.exp(x), b.cast(b.cast(rounded, "i32"), "f64")), b.stopGradient(b.exp(stopped)));
    const wrt = [x, unused, rounded, stopped];
    expect(gradients(builder, [y], [b.scalar(1, "f64")], wrt).map((g) => g === null)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  test("may be the output itself, something on the way, or named twice", () => {
    const { builder, b, input } = setting();
    const x = input("x");
    const inner = b.exp(x);
    const y = b.mul(inner, 3);
    const one = b.scalar(1, "f64");
    const [byY, byInner, byX, again] = gradients(builder, [y], [one], [y, inner, x, x]);
    expect(byY).toBe(one);
    expect(again).toBe(byX);
    const [a, c] = graphFunction([x], [byInner!, byX!])([Float64Array.of(0)]);
    expect([a![0], c![0]]).toEqual([3, 3]);
  });

  test("gets the sum over all uses and all outputs, each weighed by its cotangent", () => {
    const { builder, b, input } = setting();
    const [x, v] = [input("x"), input("v")];
    const square = b.mul(x, x);
    const [g] = gradients(builder, [square, b.mul(x, 5), square], [v, b.scalar(2, "f64"), v], [x]);
    // 2 · v · 2x + 2 · 5
    expect(graphFunction([x, v], [g!])([Float64Array.of(3), Float64Array.of(7)])[0]).toEqual(Float64Array.of(94));
  });

  test("no output gives no gradient", () => {
    const { builder, input } = setting();
    expect(gradients(builder, [], [], [input("x")])).toEqual([null]);
  });
});

test("only the way between outputs and targets is differentiated", () => {
  const { builder, b, input } = setting();
  const [x, data] = [input("x", [4]), input("data", [4])];
  let heavy: Value = data;
  for (let i = 0; i < 50; i++) heavy = b.tanh(heavy);
  const y = b.mul(x, heavy);
  const [g] = gradients(builder, [y], [b.full([4], 1, "f64")], [x]);
  const forward = new Set(topologicalOrder<Value>([y]));
  const added = topologicalOrder<Value>([g!]).filter((value) => !forward.has(value));
  expect(added.map(({ prim }) => prim)).toEqual(["constant", "broadcast", "mul"]);
});

test("gradients carry the scope of what they are for", () => {
  const { builder, b, input } = setting();
  const x = input("x");
  builder.scope = "layers.1";
  const y = b.exp(x);
  builder.scope = "loss";
  const [g] = gradients(builder, [y], [b.scalar(1, "f64")], [x]);
  expect(g!.scope).toBe("layers.1 (gradient)");
  expect(builder.scope).toBe("loss");
});

test("f32 stays f32 through a cast to f64 and back", () => {
  const { builder, b, input } = setting();
  const x = input("x", [2], "f32");
  const y = b.cast(b.exp(b.cast(x, "f64")), "f32");
  const [g] = gradients(builder, [y], [b.full([2], 1)], [x]);
  expect(g!.dtype).toBe("f32");
});

test("a cotangent of another type than its output is refused", () => {
  const { builder, b, input } = setting();
  const x = input("x", [2]);
  expect(() => gradients(builder, [b.exp(x)], [b.scalar(1, "f64")], [x])).toThrowErrorMatchingInlineSnapshot(`
    [GraphError: gradients: a cotangent must have the type of its output
      output: f64[2]
      cotangent: f64[]]
  `);
});
