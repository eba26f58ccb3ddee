import { describe, expect, test } from "vitest";
import { runPrimitive } from "../backends/reference/kernels.ts";
import { GraphBuilder } from "../ir/builder.ts";
import type { Value } from "../ir/graph.ts";
import { verifyGraph } from "../ir/verify.ts";
import { infer } from "../ops/all.ts";
import { Ops } from "../ops/operations.ts";
import { type Evaluate, foldConstants } from "./fold-constants.ts";
import { rewriteGraph } from "./rewrite.ts";

const evaluate: Evaluate = ({ prim, attrs }, operands) => runPrimitive(prim, operands as never, attrs as never).data;

const builder = new GraphBuilder(infer);
const b = new Ops<Value>(builder);
const x = builder.input({ dtype: "f32", shape: [2] }, "x");
const f32 = (...data: number[]) => b.constant(Float32Array.from(data), "f32", [data.length]);

function folded(value: Value): Value {
  const [output] = rewriteGraph([value], (each) => foldConstants(each, evaluate));
  verifyGraph({ inputs: [x], outputs: [output!] }, infer, "folding");
  return output!;
}

describe("becomes a constant:", () => {
  test.each<[string, Value, readonly number[]]>([
    [
      "arithmetic, rounded as in f32",
      b.add(f32(0.1, 16777216), f32(0.2, 1)),
      [Math.fround(Math.fround(0.1) + Math.fround(0.2)), 16777216],
    ],
    ["a chain", b.neg(b.sqrt(b.div(f32(1, 18), 2))), [-Math.fround(Math.sqrt(0.5)), -3]],
    [
      "zeros with their sign, NaN and infinities",
      b.div(f32(0, -0, 1, -1, Number.NaN), f32(-1, -1, 0, 0, 1)),
      [-0, 0, 1 / 0, -1 / 0, Number.NaN],
    ],
    ["a comparison", b.lt(f32(1, 3), 2), [1, 0]],
    ["whole numbers that wrap", b.mul(b.constant(Int32Array.of(65537), "i32", [1]), 65537), [131073]],
    ["a sum of whole numbers", b.sum(b.constant(Int32Array.of(2 ** 31 - 1, 1), "i32", [2])), [-(2 ** 31)]],
    ["the largest of floats", b.max(f32(-1, 3, 2)), [3]],
    ["a cast", b.cast(f32(1.9, -3e9), "i32"), [1, -(2 ** 31)]],
    ["a movement", b.flip(f32(1, 2, 3)), [3, 2, 1]],
    ["a read by index", b.gather(f32(5, 6, 7), b.constant(Int32Array.of(2, 0), "i32", [2])), [7, 5]],
  ])("%s", (_, value, expected) => {
    const constant = folded(value);
    expect(constant).toMatchObject({ prim: "constant", inputs: [], dtype: value.dtype, shape: value.shape });
    expect(constant.prim === "constant" && [...constant.attrs.data]).toEqual(expected);
  });
});

describe("stays an operation:", () => {
  const long = b.constant(new Float32Array(1025), "f32", [1025]);
  test.each<[string, Value]>([
    ["what depends on an input", b.add(x, 1)],
    ["what has no operands", b.iota([4], 0)],
    ["one number repeated", b.full([8], 1)],
    ["a table of all pairs", b.mul(b.constant(Float32Array.of(1, 2, 3), "f32", [3, 1]), f32(1, 2, 3))],
    ["much data", b.neg(long)],
    ["a function that backends round in their own way", b.exp(f32(1))],
    ["a sum of floats, whose order is a backend's choice", b.sum(f32(1, 2))],
  ])("%s", (_, value) => {
    expect(folded(value)).toBe(value);
  });
});

test("one number taken out of much data is folded, and keeps the scope", () => {
  const long = b.constant(
    Float32Array.from({ length: 2000 }, (_, i) => i),
    "f32",
    [2000],
  );
  const value = { ...b.slice(long, [{ start: 7, stop: 8 }]), scope: "layers.0" };
  expect(folded(value)).toMatchObject({ attrs: { data: Float32Array.of(7) }, scope: "layers.0" });
});
