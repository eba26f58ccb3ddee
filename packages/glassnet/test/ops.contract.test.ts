import { describe, expect, test } from "vitest";
import { kernels, runPrimitive } from "../src/backends/reference/kernels.ts";
import type { ArrayData } from "../src/core/array.ts";
import { allocate, type DType, isFloat, type TypedArray } from "../src/core/dtype.ts";
import { type Shape, sizeOf, type TensorType } from "../src/core/shape.ts";
import type { Attrs, Inputs, PrimName } from "../src/ir/prim.ts";
import { contracts, infer } from "../src/ops/all.ts";
import { type Call, definitions, threefry, wrapped } from "./definitions.ts";
import { type AnySample, allSamples, samplesOf } from "./samples.ts";

const prims = Object.keys(contracts) as PrimName[];
const computed = prims.filter((prim) => prim !== "input" && prim !== "constant");

/** How far the kernels may be from `definitions`, in f64. */
const TOLERANCE = {
  relative: 1e-12, // formulas of exp, log, tanh … that are not the kernel's, and sums in another order
  absolute: 1e-13, // near 0, where those formulas cancel
};

function runSample({ prim, inputs, attrs }: AnySample, operands: readonly ArrayData[] = inputs): ArrayData {
  return runPrimitive(prim, operands as Inputs<PrimName, ArrayData>, attrs as Attrs<PrimName>) as ArrayData;
}

function inF64(x: ArrayData): ArrayData {
  return x.dtype === "f32" ? { dtype: "f64", shape: x.shape, data: Float64Array.from(x.data) } : x;
}

function isClose(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  return Math.abs(a - b) <= TOLERANCE.absolute + TOLERANCE.relative * Math.max(Math.abs(a), Math.abs(b));
}

test("every primitive has at least three samples, with titles of their own", () => {
  for (const prim of prims) {
    const titles = samplesOf(prim).map(({ title }) => title);
    expect(titles.length, prim).toBeGreaterThanOrEqual(3);
    expect(new Set(titles).size, prim).toBe(titles.length);
  }
});

test("a sample that rules out the gradient says why", () => {
  for (const { prim, title, gradient, reason } of allSamples()) {
    expect(reason !== undefined, `${prim}: ${title}`).toBe(gradient !== undefined);
  }
});

test("inputs and constants have a type and no kernel", () => {
  for (const prim of ["input", "constant"] as const) {
    for (const { inputs, attrs } of samplesOf(prim)) {
      const type = infer(prim, [], attrs as Attrs<typeof prim>);
      expect(type).toEqual({ dtype: (attrs as TensorType).dtype, shape: (attrs as TensorType).shape });
      expect(() => runPrimitive(prim, inputs as [], attrs as Attrs<typeof prim>)).toThrow("bug in glassnet");
    }
  }
});

describe.each(computed)("%s", (prim) => {
  test.each(samplesOf(prim))("$title: agrees with its definition", (sample) => {
    const inputs = sample.inputs.map(inF64);
    const got = runSample(sample, inputs);
    const define = definitions[prim] as (call: Call<unknown>) => (number | bigint)[];
    const expected = wrapped(define({ inputs, attrs: sample.attrs, dtype: got.dtype, shape: got.shape }), got.dtype);
    expect(got.data.length).toBe(expected.length);
    expected.forEach((value, i) => {
      if (!isClose(got.data[i]!, value)) expect.fail(`element ${i} is ${got.data[i]}, expected ${value}`);
    });
  });

  test.each(samplesOf(prim))("$title: f32 is the result in f64, rounded once", (sample) => {
    const got = runSample(sample);
    const inDouble = runSample(sample, sample.inputs.map(inF64));
    const rounded = got.dtype === "f32" ? Float32Array.from(inDouble.data) : inDouble.data;
    expect([...got.data]).toEqual([...rounded]);
  });

  test.each(samplesOf(prim))("$title: writes every element and no operand", (sample) => {
    const before = sample.inputs.map(({ data }) => data.slice());
    const expected = runSample(sample);
    const dirty = { ...expected, data: allocate(expected.dtype, expected.data.length).fill(Number.NaN).fill(85) };
    if (isFloat(dirty.dtype)) dirty.data.fill(Number.NaN);
    const kernel = kernels[prim] as (call: unknown) => void;
    kernel({ inputs: sample.inputs, output: dirty, attrs: sample.attrs });
    expect(dirty.data).toEqual(expected.data);
    expect(sample.inputs.map(({ data }) => data)).toEqual(before);
  });
});

// Values worked out by hand

const tensor = (dtype: DType, shape: Shape, values: readonly number[]): ArrayData => {
  const data: TypedArray = allocate(dtype, sizeOf(shape));
  data.set(values);
  return { dtype, shape, data };
};
const f32 = (shape: Shape, ...values: number[]) => tensor("f32", shape, values);
const f64 = (shape: Shape, ...values: number[]) => tensor("f64", shape, values);
const i32 = (shape: Shape, ...values: number[]) => tensor("i32", shape, values);
const u8 = (shape: Shape, ...values: number[]) => tensor("u8", shape, values);
const bool = (shape: Shape, ...values: number[]) => tensor("bool", shape, values);
const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

const plain = {
  stride: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
  dilation: [1, 1],
  groups: 1,
} as const;
const halves = {
  kernel: [2, 2],
  stride: [2, 2],
  padding: [
    [0, 0],
    [0, 0],
  ],
} as const;
const overlapping = {
  kernel: [2, 2],
  stride: [1, 1],
  padding: [
    [1, 0],
    [0, 0],
  ],
} as const;

type Row = { [P in PrimName]: readonly [P, Inputs<P, ArrayData>, Attrs<P>, ArrayData] }[PrimName];

const byHand: readonly Row[] = [
  ["iota", [], { dtype: "i32", shape: [2, 3], axis: 1 }, i32([2, 3], 0, 1, 2, 0, 1, 2)],
  ["iota", [], { dtype: "u8", shape: [2, 1], axis: 0 }, u8([2, 1], 0, 1)],

  ["neg", [f64([3], 0, -INF, NAN)], {}, f64([3], -0, INF, NAN)],
  ["neg", [i32([2], -2147483648, 3)], {}, i32([2], -2147483648, -3)],
  ["neg", [u8([2], 0, 1)], {}, u8([2], 0, 255)],
  ["abs", [f64([4], -0, -INF, NAN, -2.5)], {}, f64([4], 0, INF, NAN, 2.5)],
  ["abs", [i32([2], -2147483648, -3)], {}, i32([2], -2147483648, 3)],
  ["sign", [f64([6], -3, 0.1, 0, NAN, INF, -INF)], {}, f64([6], -1, 1, 0, NAN, 1, -1)],
  ["sign", [i32([3], -3, 0, 9)], {}, i32([3], -1, 0, 1)],
  // Compared in f32: the last bit of these in f64 is up to the engine.
  ["exp", [f32([5], 0, 1, -INF, INF, NAN)], {}, f32([5], 1, Math.E, 0, INF, NAN)],
  ["log", [f32([6], 1, 2, 0, -1, INF, NAN)], {}, f32([6], 0, Math.LN2, -INF, NAN, INF, NAN)],
  ["sqrt", [f32([5], 4, 2.25, -0, -1, INF)], {}, f32([5], 2, 1.5, -0, NAN, INF)],
  ["sqrt", [f32([1], 2)], {}, f32([1], Math.fround(Math.SQRT2))],
  ["tanh", [f32([5], 0, INF, -INF, NAN, 1)], {}, f32([5], 0, 1, -1, NAN, 0.7615941559557649)],
  // Abramowitz & Stegun, table 7.1, and mpmath for the tails.
  [
    "erf",
    [f32([4], 0.5, 1, 2, 1e-10)],
    {},
    f32([4], 0.5204998778130465, 0.8427007929497149, 0.9953222650189527, 1.1283791670955126e-10),
  ],
  ["erf", [f32([5], 0, INF, -INF, NAN, -7)], {}, f32([5], 0, 1, -1, NAN, -1)],
  ["sin", [f32([3], 0, INF, NAN)], {}, f32([3], 0, NAN, NAN)],
  ["cos", [f32([3], 0, INF, NAN)], {}, f32([3], 1, NAN, NAN)],
  ["floor", [f64([6], 2.5, -2.5, -0.5, -INF, NAN, 4)], {}, f64([6], 2, -3, -1, -INF, NAN, 4)],
  ["not", [bool([2], 0, 1)], {}, bool([2], 1, 0)],
  [
    "cast",
    [f64([6], 2.9, -2.9, 1e10, -1e10, NAN, INF)],
    { dtype: "i32" },
    i32([6], 2, -2, 2147483647, -2147483648, 0, 2147483647),
  ],
  ["cast", [f32([6], 2.9, -2.9, 256, 255.5, NAN, INF)], { dtype: "u8" }, u8([6], 2, 0, 255, 255, 0, 255)],
  ["cast", [i32([3], 258, -1, 7)], { dtype: "u8" }, u8([3], 2, 255, 7)],
  ["cast", [f32([4], 0, -0, NAN, 1e-30)], { dtype: "bool" }, bool([4], 0, 0, 1, 1)],
  ["cast", [i32([1], 16777217)], { dtype: "f32" }, f32([1], 16777216)],
  ["stopGradient", [i32([2], 3, 4)], {}, i32([2], 3, 4)],

  ["add", [f32([2, 1], 1, 2), f32([2], 10, 20)], {}, f32([2, 2], 11, 21, 12, 22)],
  ["add", [f64([3], INF, INF, NAN), f64([3], 1, -INF, 1)], {}, f64([3], INF, NAN, NAN)],
  ["add", [i32([1], 2147483647), i32([1], 1)], {}, i32([1], -2147483648)],
  ["sub", [u8([1], 1), u8([1], 2)], {}, u8([1], 255)],
  ["sub", [f64([], 3), f64([2], 1, INF)], {}, f64([2], 2, -INF)],
  ["mul", [i32([2], 123456789, 65536), i32([2], 987654321, 65536)], {}, i32([2], -67153019, 0)],
  ["mul", [f64([2], 0, -2), f64([2], INF, 0)], {}, f64([2], NAN, -0)],
  ["div", [f64([4], 1, -1, 0, 1), f64([4], 0, 0, 0, -INF)], {}, f64([4], INF, -INF, NAN, -0)],
  ["pow", [f64([6], 1, 1, -1, 0, 2, -8), f64([6], NAN, INF, -INF, 0, -1, 1 / 3)], {}, f64([6], 1, 1, 1, 1, 0.5, NAN)],
  ["mod", [f64([4], 5, -5, 5, -5), f64([4], 3, 3, -3, -3)], {}, f64([4], 2, 1, -1, -2)],
  ["mod", [f64([6], 4, 4, -1, 1, 1, INF), f64([6], 2, -2, INF, INF, 0, 2)], {}, f64([6], 0, -0, INF, 1, NAN, NAN)],
  ["mod", [i32([4], -7, 7, -7, 7), i32([4], 3, -3, -3, 0)], {}, i32([4], 2, -2, -1, 0)],
  ["maximum", [f64([5], 1, NAN, 1, -INF, -0), f64([5], 2, 1, NAN, INF, 0)], {}, f64([5], 2, NAN, NAN, INF, 0)],
  ["minimum", [f64([5], 1, NAN, 1, -INF, 0), f64([5], 2, 1, NAN, INF, -0)], {}, f64([5], 1, NAN, NAN, -INF, -0)],
  ["eq", [f64([4], NAN, 0, INF, 1), f64([4], NAN, -0, INF, 2)], {}, bool([4], 0, 1, 1, 0)],
  ["lt", [f64([5], NAN, 1, 1, -INF, -0), f64([5], 1, NAN, 1, INF, 0)], {}, bool([5], 0, 0, 0, 1, 0)],
  ["le", [f64([5], NAN, 1, 1, INF, 0), f64([5], 1, NAN, 1, INF, -0)], {}, bool([5], 0, 0, 1, 1, 1)],
  ["and", [bool([2, 1], 0, 1), bool([2], 0, 1)], {}, bool([2, 2], 0, 0, 0, 1)],
  ["or", [bool([2, 1], 0, 1), bool([2], 0, 1)], {}, bool([2, 2], 0, 1, 1, 1)],
  ["where", [bool([2, 1], 1, 0), f64([2], 1, 2), f64([], NAN)], {}, f64([2, 2], 1, 2, NAN, NAN)],

  ["sum", [f32([2, 2], 1, 2, 3, 4)], { axes: [0], keepDims: true }, f32([1, 2], 4, 6)],
  ["sum", [f32([3], 2 ** 24, 1, 1)], { axes: [0], keepDims: false }, f32([], 2 ** 24 + 2)], // f32 sums would lose both
  ["sum", [i32([2], 2147483647, 2)], { axes: [0], keepDims: false }, i32([], -2147483647)],
  ["sum", [f64([3], INF, -INF, 1)], { axes: [0], keepDims: false }, f64([], NAN)],
  ["sum", [f32([0, 2])], { axes: [0], keepDims: false }, f32([2], 0, 0)],
  ["prod", [i32([3], 65536, 65537, 1)], { axes: [0], keepDims: true }, i32([1], 65536)],
  ["prod", [f32([2, 0])], { axes: [1], keepDims: false }, f32([2], 1, 1)],
  ["max", [f64([2, 3], 1, NAN, 2, -INF, -INF, -3)], { axes: [1], keepDims: false }, f64([2], NAN, -3)],
  ["max", [i32([2], -2147483648, -2147483648)], { axes: [0], keepDims: false }, i32([], -2147483648)],
  ["min", [f64([2, 3], 1, 2, NAN, INF, INF, INF)], { axes: [1], keepDims: false }, f64([2], NAN, INF)],
  ["min", [u8([2], 255, 255)], { axes: [0], keepDims: false }, u8([], 255)],
  ["argmax", [f64([3, 3], 1, 3, 3, 5, NAN, NAN, -INF, -INF, -INF)], { axis: 1, keepDims: false }, i32([3], 1, 1, 0)],

  ["reshape", [f32([2, 3], 1, 2, 3, 4, 5, 6)], { shape: [3, 2] }, f32([3, 2], 1, 2, 3, 4, 5, 6)],
  ["transpose", [f32([2, 3], 1, 2, 3, 4, 5, 6)], { perm: [1, 0] }, f32([3, 2], 1, 4, 2, 5, 3, 6)],
  ["transpose", [i32([1, 2, 3], 1, 2, 3, 4, 5, 6)], { perm: [2, 0, 1] }, i32([3, 1, 2], 1, 4, 2, 5, 3, 6)],
  ["broadcast", [f32([2, 1], 1, 2)], { shape: [2, 2, 2] }, f32([2, 2, 2], 1, 1, 2, 2, 1, 1, 2, 2)],
  ["slice", [i32([7], 0, 1, 2, 3, 4, 5, 6)], { start: [1], stop: [7], step: [3] }, i32([2], 1, 4)],
  ["pad", [f32([2], 1, 2)], { low: [1], high: [2], interior: [1], value: 9 }, f32([6], 9, 1, 9, 2, 9, 9)],
  ["concat", [f32([2, 1], 1, 2), f32([2, 2], 3, 4, 5, 6)], { axis: 1 }, f32([2, 3], 1, 3, 4, 2, 5, 6)],
  ["flip", [f32([2, 2], 1, 2, 3, 4)], { axes: [0, 1] }, f32([2, 2], 4, 3, 2, 1)],

  ["matmul", [f32([2, 2], 1, 2, 3, 4), f32([2, 2], 5, 6, 7, 8)], {}, f32([2, 2], 19, 22, 43, 50)],
  ["matmul", [f32([1, 0]), f32([0, 2])], {}, f32([1, 2], 0, 0)],
  ["matmul", [f32([2, 2], NAN, 0, 0, 1), f32([2, 1], 1, 2)], {}, f32([2, 1], NAN, 2)],
  [
    "conv2d",
    [f32([1, 1, 2, 3], 1, 2, 3, 4, 5, 6), f32([1, 1, 2, 2], 1, 10, 100, 1000)],
    plain,
    f32([1, 1, 1, 2], 5421, 6532),
  ],
  [
    "conv2dInputGrad",
    [f32([1, 1, 1, 2], 1, 2), f32([1, 1, 2, 2], 1, 10, 100, 1000)],
    { ...plain, inputSize: [2, 3] },
    f32([1, 1, 2, 3], 1, 12, 20, 100, 1200, 2000),
  ],
  [
    "conv2dKernelGrad",
    [f32([1, 1, 2, 3], 1, 2, 3, 4, 5, 6), f32([1, 1, 1, 2], 1, 10)],
    { ...plain, kernelSize: [2, 2] },
    f32([1, 1, 2, 2], 21, 32, 54, 65),
  ],
  ["maxPool", [f64([1, 1, 2, 4], 1, 2, -1, -INF, 3, NAN, -2, -INF)], halves, f64([1, 1, 1, 2], NAN, -1)],
  ["maxPool", [f64([1, 1, 1, 3], -1, -2, -3)], overlapping, f64([1, 1, 1, 2], -1, -2)], // padding is not 0
  ["argmaxPool", [f64([1, 1, 2, 4], 1, 3, -INF, -INF, 3, 2, -INF, -INF)], halves, i32([1, 1, 1, 2], 1, 2)],
  ["argmaxPool", [f64([1, 1, 1, 3], -1, NAN, NAN)], overlapping, i32([1, 1, 1, 2], 1, 1)],
  ["sumPool", [f64([1, 1, 1, 3], -1, -2, -3)], overlapping, f64([1, 1, 1, 2], -3, -5)],
  ["sumPoolGrad", [f64([1, 1, 1, 2], 1, 10)], { ...overlapping, inputSize: [1, 3] }, f64([1, 1, 1, 3], 1, 11, 10)],

  ["gather", [f32([2, 2], 1, 2, 3, 4), i32([3], 1, -9, 9)], { axis: 0 }, f32([3, 2], 3, 4, 1, 2, 3, 4)],
  ["gather", [f32([2, 2], 1, 2, 3, 4), i32([], 1)], { axis: 1 }, f32([2], 2, 4)],
  ["scatterAdd", [f32([2], 1, 1), i32([3], 0, 0, 7), f32([3], 1, 2, 3)], { axis: 0 }, f32([2], 4, 4)],
  ["scatterAdd", [f32([1], 2 ** 24), i32([2], 0, 0), f32([2], 1, 1)], { axis: 0 }, f32([1], 2 ** 24 + 2)],
  ["gatherElements", [f32([2, 2], 1, 2, 3, 4), i32([2, 1], 1, 0)], { axis: 1 }, f32([2, 1], 2, 3)],
  [
    "scatterAddElements",
    [f32([2, 2], 1, 2, 3, 4), i32([2, 2], 1, 1, 0, 1), f32([2, 2], 10, 20, 30, 40)],
    { axis: 1 },
    f32([2, 2], 1, 32, 33, 44),
  ],
  ["dynamicSlice", [f32([3], 1, 2, 3), i32([1], 2)], { sizes: [2] }, f32([2], 2, 3)],
  ["dynamicUpdateSlice", [f32([3], 1, 2, 3), f32([2], 8, 9), i32([1], -1)], {}, f32([3], 8, 9, 3)],
  ["argsort", [f64([6], 2, NAN, 1, -INF, 2, NAN)], { axis: 0, descending: false }, i32([6], 3, 2, 0, 4, 1, 5)],
  ["argsort", [f64([6], 2, NAN, 1, -INF, 2, NAN)], { axis: 0, descending: true }, i32([6], 1, 5, 0, 4, 2, 3)],
];

describe("values worked out by hand", () => {
  const titled = byHand.map((row, i) => [`${row[0]}, row ${i + 1} of the table`, row] as const);

  test.each(titled)("%s", (_, [prim, inputs, attrs, expected]) => {
    const got = runPrimitive(prim, inputs as Inputs<PrimName, ArrayData>, attrs as Attrs<PrimName>);
    expect({ dtype: got.dtype, shape: [...got.shape] }).toEqual({ dtype: expected.dtype, shape: expected.shape });
    expect([...got.data]).toEqual([...expected.data]); // NaN equals NaN here, and 0 differs from -0
  });

  test("they cover every primitive but the random one, which has vectors of its own", () => {
    const covered = new Set<PrimName>(byHand.map(([prim]) => prim));
    expect(computed.filter((prim) => !covered.has(prim))).toEqual(["randomBits"]);
  });

  test("random bits of the key 0 are the vector of Random123", () => {
    const bits = runPrimitive("randomBits", [i32([2], 0, 0)], { shape: [2], bits: 32, stream: 0 });
    expect([...bits.data].map((word) => word >>> 0)).toEqual([0x6b200159, 0x99ba4efe]);
  });

  // threefry2x32 with 20 rounds in its file kat_vectors
  test("the definition of random bits reproduces the vectors of Random123", () => {
    const hex = (words: [bigint, bigint]) => words.map((word) => word.toString(16));
    expect(hex(threefry([0n, 0n], [0n, 0n]))).toEqual(["6b200159", "99ba4efe"]);
    expect(hex(threefry([-1n, -1n], [-1n, -1n]))).toEqual(["1cb996fc", "bb002be7"]);
    expect(hex(threefry([0x13198a2en, 0x03707344n], [0x243f6a88n, 0x85a308d3n]))).toEqual(["c4923a9c", "483df7a0"]);
  });
});
