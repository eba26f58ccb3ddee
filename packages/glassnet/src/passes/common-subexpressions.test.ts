import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../ir/builder.ts";
import { topologicalOrder, type Value } from "../ir/graph.ts";
import { printGraph } from "../ir/print.ts";
import { verifyGraph } from "../ir/verify.ts";
import { infer } from "../ops/all.ts";
import { Ops } from "../ops/operations.ts";
import { mergeEqualValues } from "./common-subexpressions.ts";
import { rewriteGraph } from "./rewrite.ts";

function setting() {
  const builder = new GraphBuilder(infer);
  const x = builder.input({ dtype: "f32", shape: [2, 2] }, "x");
  const y = builder.input({ dtype: "f32", shape: [2, 2] }, "y");
  return { builder, b: new Ops<Value>(builder), x, y };
}

type Setting = ReturnType<typeof setting>;

/** Whether both become one value. */
function areMerged(make: (s: Setting) => readonly [Value, Value]): boolean {
  const s = setting();
  const outputs = rewriteGraph(make(s), mergeEqualValues());
  const inputs = topologicalOrder<Value>([s.x, s.y, ...outputs]).filter((value) => value.prim === "input");
  verifyGraph({ inputs, outputs }, infer, "merging");
  return outputs[0] === outputs[1];
}

test("equal values become the first of them, which keeps its scope; so do those that are equal only then", () => {
  const { builder, b, x, y } = setting();
  builder.scope = "layers.0";
  const first = b.tanh(b.matmul(x, y));
  builder.scope = "layers.1";
  const second = b.tanh(b.matmul(x, y));
  const outputs = rewriteGraph([b.add(first, second), second], mergeEqualValues());
  expect(printGraph({ inputs: [x, y], outputs })).toMatchInlineSnapshot(`
    "%0: f32[2, 2] = input {name=x}
    %1: f32[2, 2] = input {name=y}
    %2: f32[2, 2] = matmul %0 %1  # layers.0
    %3: f32[2, 2] = tanh %2  # layers.0
    %4: f32[2, 2] = add %3 %3  # layers.1
    return %4, %3"
  `);
});

describe("are merged:", () => {
  test.each<[string, (s: Setting) => readonly [Value, Value]]>([
    ["one operation on the same operands", ({ b, x }) => [b.exp(x), b.exp(x)]],
    ["a + b and b + a", ({ b, x, y }) => [b.add(x, y), b.add(y, x)]],
    ["min(a, b) and min(b, a)", ({ b, x, y }) => [b.minimum(x, y), b.minimum(y, x)]],
    ["reductions along the same axes", ({ b, x }) => [b.sum(x, { axes: 0 }), b.sum(x, { axes: [-2] })]],
    ["equal numbers", ({ b }) => [b.scalar(0.1), b.scalar(0.1)]],
    ["NaN and NaN", ({ b }) => [b.scalar(Number.NaN), b.scalar(Number.NaN)]],
    [
      "short constants of equal contents",
      ({ b }) => [b.constant(Int32Array.of(1, 2), "i32", [2]), b.constant(Int32Array.of(1, 2), "i32", [2])],
    ],
    [
      "long constants around one array",
      ({ b }) => {
        const data = new Float32Array(100);
        return [b.constant(data, "f32", [100]), b.constant(data, "f32", [100])];
      },
    ],
    [
      "random bits of one key and stream",
      ({ b }) => {
        const key = b.constant(Int32Array.of(1, 2), "i32", [2]);
        return [b.randomBits(key, [3], 24, 7), b.randomBits(key, [3], 24, 7)];
      },
    ],
  ])("%s", (_, make) => {
    expect(areMerged(make)).toBe(true);
  });
});

describe("are not merged:", () => {
  test.each<[string, (s: Setting) => readonly [Value, Value]]>([
    ["inputs", ({ x, y }) => [x, y]],
    ["different operations", ({ b, x }) => [b.exp(x), b.tanh(x)]],
    ["a − b and b − a", ({ b, x, y }) => [b.sub(x, y), b.sub(y, x)]],
    ["a · b and b · a of matrices", ({ b, x, y }) => [b.matmul(x, y), b.matmul(y, x)]],
    ["reductions along other axes", ({ b, x }) => [b.sum(x, { axes: 0 }), b.sum(x, { axes: 1 })]],
    ["a reduction that keeps its axis", ({ b, x }) => [b.sum(x, { axes: 0 }), b.sum(x, { axes: 0, keepDims: true })]],
    ["casts to different dtypes", ({ b, x }) => [b.cast(x, "i32"), b.cast(x, "f64")]],
    ["0 and −0", ({ b }) => [b.scalar(0), b.scalar(-0)]],
    [
      "pads with 0 and with −0",
      ({ b, x }) => [b.pad(x, [1, 0], [0, 0], { value: 0 }), b.pad(x, [1, 0], [0, 0], { value: -0 })],
    ],
    [
      "pads with NaN and with ∞",
      ({ b, x }) => [b.pad(x, [1, 0], [0, 0], { value: Number.NaN }), b.pad(x, [1, 0], [0, 0], { value: 1 / 0 })],
    ],
    ["pads before and behind", ({ b, x }) => [b.pad(x, [1, 0], [0, 1]), b.pad(x, [0, 1], [1, 0])]],
    ["numbers of different dtypes", ({ b }) => [b.scalar(1, "f32"), b.scalar(1, "f64")]],
    [
      "the same numbers in different shapes",
      ({ b }) => [b.constant(Int32Array.of(1), "i32", [1]), b.constant(Int32Array.of(1), "i32", [])],
    ],
    [
      "long constants around two arrays",
      ({ b }) => [b.constant(new Float32Array(100), "f32", [100]), b.constant(new Float32Array(100), "f32", [100])],
    ],
    [
      "random bits of two streams",
      ({ b }) => {
        const key = b.constant(Int32Array.of(1, 2), "i32", [2]);
        return [b.randomBits(key, [3], 24, 7), b.randomBits(key, [3], 24, 8)];
      },
    ],
  ])("%s", (_, make) => {
    expect(areMerged(make)).toBe(false);
  });
});
