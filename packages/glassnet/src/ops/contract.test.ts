import { describe, expect, test } from "vitest";
import type { DType } from "../core/dtype.ts";
import { DtypeError, ShapeError } from "../core/errors.ts";
import type { Shape, TensorType } from "../core/shape.ts";
import type { Attrs, Inputs, PrimName } from "../ir/prim.ts";
import { contracts, infer } from "./all.ts";

/** `type("f32", 2, 3)` is f32[2, 3]. */
const type = (dtype: DType, ...shape: number[]): TensorType => ({ dtype, shape });
const f = (...shape: number[]) => type("f32", ...shape);
const i = (...shape: number[]) => type("i32", ...shape);

/** Every way in which operands do not fit a primitive. */
type Misfits = { readonly [P in PrimName]: readonly (readonly [Inputs<P, TensorType>, Attrs<P>])[] };

const source = (shape: Shape) => ({ dtype: "f32", shape }) as const;
const reduce = { axes: [1], keepDims: false };
const conv = (parts: Partial<Attrs<"conv2d">> = {}): Attrs<"conv2d"> => ({
  stride: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
  dilation: [1, 1],
  groups: 1,
  ...parts,
});
const pool = (parts: Partial<Attrs<"maxPool">> = {}): Attrs<"maxPool"> => ({
  kernel: [2, 2],
  stride: [2, 2],
  padding: [
    [0, 0],
    [0, 0],
  ],
  ...parts,
});
const numeric = [[[type("bool", 2)], {}]] as const;
const float = [[[i(2)], {}]] as const;
const arithmetic = [
  [[f(2), type("f64", 2)], {}],
  [[type("bool", 2), type("bool", 2)], {}],
  [[f(4, 3), f(2, 1)], {}],
] as const;
const logic = [
  [[f(2), f(2)], {}],
  [[type("bool", 2), type("bool", 3)], {}],
] as const;
const pooling = [
  [[f(2, 3)], pool()],
  [[i(1, 1, 4, 4)], pool()],
  [[f(1, 1, 1, 4)], pool()],
  [
    [f(1, 1, 4, 4)],
    pool({
      padding: [
        [0, 0],
        [2, 0],
      ],
    }),
  ],
  [[f(1, 1, 4, 4)], pool({ stride: [0, 1] })],
  [[f(1, 1, 4, 0)], pool()],
] as const;
const extremes = [
  [[type("bool", 2, 3)], reduce],
  [[f(2, 0)], reduce],
] as const;

const misfits: Misfits = {
  input: [[[], { ...source([2, -1]), name: "x" }]],
  constant: [[[], { ...source([2.5]), data: new Float32Array(2) }]],
  iota: [
    [[], { dtype: "bool", shape: [2], axis: 0 }],
    [[], { ...source([2 ** 20, 2 ** 20]), axis: 0 }],
  ],
  randomBits: [
    [[f(2)], { shape: [3], bits: 8, stream: 0 }],
    [[i(2)], { shape: [3], bits: 33, stream: 0 }],
  ],
  neg: numeric,
  abs: numeric,
  sign: numeric,
  exp: float,
  log: float,
  sqrt: float,
  tanh: float,
  erf: float,
  sin: float,
  cos: float,
  floor: float,
  not: [[[f(2)], {}]],
  cast: [],
  stopGradient: [],
  add: arithmetic,
  sub: arithmetic,
  mul: arithmetic,
  div: [[[i(2), i(2)], {}], ...arithmetic],
  pow: [[[i(2), i(2)], {}], ...arithmetic],
  mod: arithmetic,
  maximum: arithmetic,
  minimum: arithmetic,
  eq: [
    [[f(2), i(2)], {}],
    [[f(2), f(3)], {}],
  ],
  lt: arithmetic,
  le: arithmetic,
  and: logic,
  or: logic,
  where: [
    [[f(2), f(2), f(2)], {}],
    [[type("bool", 2), f(2), i(2)], {}],
    [[type("bool", 3), f(2), f(1)], {}],
  ],
  sum: [[[type("bool", 2, 3)], reduce]],
  prod: [[[type("bool", 2, 3)], reduce]],
  max: extremes,
  min: extremes,
  argmax: [[[f(2, 0)], { axis: 1, keepDims: false }]],
  reshape: [
    [[f(2, 3)], { shape: [4] }],
    [[f(2, 3)], { shape: [-2, -3] }],
  ],
  transpose: [
    [[f(2, 3)], { perm: [0, 0] }],
    [[f(2, 3)], { perm: [0] }],
  ],
  broadcast: [
    [[f(2, 3)], { shape: [3] }],
    [[f(2)], { shape: [4, 3] }],
  ],
  slice: [
    [[f(4)], { start: [1], stop: [5], step: [1] }],
    [[f(4)], { start: [0], stop: [4], step: [0] }],
    [[f(4)], { start: [0.5], stop: [4], step: [1] }],
  ],
  pad: [
    [[f(4)], { low: [-1], high: [0], interior: [0], value: 0 }],
    [[f(4)], { low: [2 ** 31], high: [0], interior: [0], value: 0 }],
  ],
  concat: [
    [[], { axis: 0 }],
    [[f(2), i(2)], { axis: 0 }],
    [[f(2, 3), f(2, 4)], { axis: 0 }],
  ],
  flip: [],
  matmul: [
    [[f(32, 784), f(100, 10)], {}],
    [[f(3), f(3, 2)], {}],
    [[i(2, 3), i(3, 2)], {}],
    [[f(2, 4, 3), f(3, 3, 4)], {}],
  ],
  conv2d: [
    [[f(1, 3, 8), f(4, 3, 3, 3)], conv()],
    [[f(1, 3, 8, 8), f(4, 2, 3, 3)], conv()],
    [[f(1, 3, 8, 8), f(4, 1, 3, 3)], conv({ groups: 2 })],
    [[f(1, 1, 2, 8), f(1, 1, 3, 3)], conv()],
    [[f(1, 1, 8, 8), f(1, 1, 3, 3)], conv({ dilation: [4, 1] })],
    [[f(1, 1, 8, 8), f(1, 1, 3, 3)], conv({ stride: [0, 1] })],
    [
      [f(1, 1, 8, 8), f(1, 1, 3, 3)],
      conv({
        padding: [
          [0, -1],
          [0, 0],
        ],
      }),
    ],
    [[f(1, 1, 8, 8), type("f64", 1, 1, 3, 3)], conv()],
  ],
  conv2dInputGrad: [
    [[f(1, 2, 3, 3), f(2, 1, 2, 2)], { ...conv(), inputSize: [5, 5] }],
    [[f(1, 3, 4, 4), f(2, 1, 2, 2)], { ...conv(), inputSize: [5, 5] }],
  ],
  conv2dKernelGrad: [[[f(1, 2, 5, 5), f(1, 2, 3, 3)], { ...conv(), kernelSize: [2, 2] }]],
  maxPool: pooling,
  argmaxPool: pooling,
  sumPool: pooling,
  sumPoolGrad: [
    [[f(1, 1, 3, 3)], { ...pool(), inputSize: [4, 4] }],
    [[f(3, 3)], { ...pool(), inputSize: [4, 4] }],
  ],
  gather: [
    [[f(3, 2), f(2)], { axis: 0 }],
    [[f(0, 2), i(1)], { axis: 0 }],
  ],
  scatterAdd: [
    [[f(3, 2), i(4), f(4, 3)], { axis: 0 }],
    [[f(3, 2), i(4), i(4, 2)], { axis: 0 }],
    [[type("bool", 3), i(4), type("bool", 4)], { axis: 0 }],
  ],
  gatherElements: [
    [[f(3, 2), i(3)], { axis: 1 }],
    [[f(3, 2), i(2, 2)], { axis: 1 }],
    [[f(3, 0), i(3, 1)], { axis: 1 }],
  ],
  scatterAddElements: [
    [[f(3, 2), i(3, 1), f(3, 2)], { axis: 1 }],
    [[f(3, 2), f(3, 1), f(3, 1)], { axis: 1 }],
  ],
  dynamicSlice: [
    [[f(3, 2), i(1)], { sizes: [1, 1] }],
    [[f(3, 2), f(2)], { sizes: [1, 1] }],
    [[f(3, 2), i(2)], { sizes: [4, 1] }],
    [[f(3, 2), i(2)], { sizes: [1.5, 1] }],
  ],
  dynamicUpdateSlice: [
    [[f(3), f(4), i(1)], {}],
    [[f(3), i(1), i(1)], {}],
    [[f(3), f(1), i(2)], {}],
  ],
  argsort: [],
};

const families: Readonly<Record<string, readonly PrimName[]>> = {
  sources: ["input", "constant", "iota", "randomBits"],
  "one operand": ["neg", "exp", "not"],
  "several operands": ["add", "div", "eq", "and", "where"],
  reductions: ["sum", "max", "argmax"],
  movement: ["reshape", "transpose", "broadcast", "slice", "pad", "concat"],
  products: ["matmul", "conv2d", "conv2dInputGrad", "conv2dKernelGrad"],
  pools: ["maxPool", "sumPoolGrad"],
  indices: ["gather", "scatterAdd", "gatherElements", "scatterAddElements", "dynamicSlice", "dynamicUpdateSlice"],
};

function failuresOf<P extends PrimName>(prim: P): Error[] {
  return misfits[prim].map(([inputs, attrs]) => {
    try {
      infer(prim, inputs as unknown as Inputs<P, TensorType>, attrs as Attrs<P>);
    } catch (error) {
      return error as Error;
    }
    throw new Error(`${prim} accepts ${JSON.stringify(inputs)}`);
  });
}

describe("operands that do not fit are refused", () => {
  test.each(Object.keys(misfits) as PrimName[])("by %s, in its own name, with what it was given", (prim) => {
    for (const error of failuresOf(prim)) {
      expect(error).toBeInstanceOf(error.name === "DtypeError" ? DtypeError : ShapeError);
      expect(error.message).toMatch(new RegExp(`^${prim}: `));
    }
  });

  const textsOf = (family: string) =>
    families[family]!.flatMap((prim) => failuresOf(prim).map(({ name, message }) => `${name}: ${message}`)).join("\n");

  test("by sources", () =>
    expect(textsOf("sources")).toMatchInlineSnapshot(`
    "ShapeError: input: a size must be a whole number of at least 0, got -1
      shape: [2, -1]
    ShapeError: constant: a size must be a whole number of at least 0, got 2.5
      shape: [2.5]
    DtypeError: iota: counts numbers, not bool
    ShapeError: iota: a tensor has at most 2147483647 elements, got 1099511627776
      shape: [1048576, 1048576]
    ShapeError: randomBits: the key must be i32[2]
      x: f32[2]
    ShapeError: randomBits: bits must be 1 to 32, got 33
      x: i32[2]"
  `));
  test("by elementwise operations of one operand", () =>
    expect(textsOf("one operand")).toMatchInlineSnapshot(`
    "DtypeError: neg: expected a number type, got bool
      x: bool[2]
    DtypeError: exp: expected f32 or f64, got i32
      x: i32[2]
    DtypeError: not: expected bool, got f32
      x: f32[2]"
  `));
  test("by elementwise operations of several", () =>
    expect(textsOf("several operands")).toMatchInlineSnapshot(`
      "DtypeError: add: operands have different dtypes
        a: f32[2]
        b: f64[2]
      DtypeError: add: expected a number type, got bool
        a: bool[2]
        b: bool[2]
      ShapeError: add: shapes do not broadcast: 4 and 2 at axis -2
        a: f32[4, 3]
        b: f32[2, 1]
      DtypeError: div: expected f32 or f64, got i32
        a: i32[2]
        b: i32[2]
      DtypeError: div: operands have different dtypes
        a: f32[2]
        b: f64[2]
      DtypeError: div: expected f32 or f64, got bool
        a: bool[2]
        b: bool[2]
      ShapeError: div: shapes do not broadcast: 4 and 2 at axis -2
        a: f32[4, 3]
        b: f32[2, 1]
      DtypeError: eq: operands have different dtypes
        a: f32[2]
        b: i32[2]
      ShapeError: eq: shapes do not broadcast: 2 and 3 at axis -1
        a: f32[2]
        b: f32[3]
      DtypeError: and: expected bool, got f32
        a: f32[2]
        b: f32[2]
      ShapeError: and: shapes do not broadcast: 2 and 3 at axis -1
        a: bool[2]
        b: bool[3]
      DtypeError: where: the condition must be bool, got f32
        a: f32[2]
        b: f32[2]
        c: f32[2]
      DtypeError: where: the branches have different dtypes
        a: bool[2]
        b: f32[2]
        c: i32[2]
      ShapeError: where: shapes do not broadcast: 3 and 2 at axis -1
        a: bool[3]
        b: f32[2]
        c: f32[1]"
    `));
  test("by reductions", () =>
    expect(textsOf("reductions")).toMatchInlineSnapshot(`
    "DtypeError: sum: expected a number type, got bool
      x: bool[2, 3]
    DtypeError: max: expected a number type, got bool
      x: bool[2, 3]
    ShapeError: max: no elements along axes 1, so there is no max
      x: f32[2, 0]
    ShapeError: argmax: no elements along axes 1, so there is no argmax
      x: f32[2, 0]"
  `));
  test("by movement", () =>
    expect(textsOf("movement")).toMatchInlineSnapshot(`
    "ShapeError: reshape: 6 elements do not fill [4]
      x: f32[2, 3]
    ShapeError: reshape: a size must be a whole number of at least 0, got -2
      shape: [-2, -3]
    ShapeError: transpose: perm must name each axis once, got [0, 0]
      x: f32[2, 3]
    ShapeError: transpose: perm must name each axis once, got [0]
      x: f32[2, 3]
    ShapeError: broadcast: cannot be stretched to [3]
      x: f32[2, 3]
    ShapeError: broadcast: shapes do not broadcast: 2 and 3 at axis -1
      a: [2]
      b: [4, 3]
    ShapeError: slice: 1:5:1 does not lie within axis 0 of size 4
      x: f32[4]
    ShapeError: slice: 0:4:0 does not lie within axis 0 of size 4
      x: f32[4]
    ShapeError: slice: 0.5:4:1 does not lie within axis 0 of size 4
      x: f32[4]
    ShapeError: pad: amounts must be whole numbers of at least 0
      x: f32[4]
    ShapeError: pad: a tensor has at most 2147483647 elements, got 2147483652
      shape: [2147483652]
    ShapeError: concat: needs at least one tensor
    DtypeError: concat: operands have different dtypes
      a: f32[2]
      b: i32[2]
    ShapeError: concat: sizes must agree on every axis but 0
      a: f32[2, 3]
      b: f32[2, 4]"
  `));
  test("by products", () =>
    expect(textsOf("products")).toMatchInlineSnapshot(`
      "ShapeError: matmul: inner sizes differ: 784 and 100
        a: f32[32, 784]
        b: f32[100, 10]
      ShapeError: matmul: needs at least 2 axes
        a: f32[3]
        b: f32[3, 2]
      DtypeError: matmul: expected f32 or f64, got i32
        a: i32[2, 3]
        b: i32[3, 2]
      ShapeError: matmul: shapes do not broadcast: 2 and 3 at axis -3
        a: f32[2, 4, 3]
        b: f32[3, 3, 4]
      ShapeError: conv2d: needs 4 axes: [N, C, H, W]
        a: f32[1, 3, 8]
        b: f32[4, 3, 3, 3]
      ShapeError: conv2d: the kernel takes 2 channels a group, the input has 3
        a: f32[1, 3, 8, 8]
        b: f32[4, 2, 3, 3]
      ShapeError: conv2d: 3 and 4 channels do not split into 2 groups
        a: f32[1, 3, 8, 8]
        b: f32[4, 1, 3, 3]
      ShapeError: conv2d: a window of 3 does not fit into a padded size of 2
        a: f32[1, 1, 2, 8]
        b: f32[1, 1, 3, 3]
      ShapeError: conv2d: a window of 9 does not fit into a padded size of 8
        a: f32[1, 1, 8, 8]
        b: f32[1, 1, 3, 3]
      ShapeError: conv2d: stride and dilation must be at least 1, got 0 and 1
        a: f32[1, 1, 8, 8]
        b: f32[1, 1, 3, 3]
      ShapeError: conv2d: padding must be at least 0, got 0 and -1
        a: f32[1, 1, 8, 8]
        b: f32[1, 1, 3, 3]
      DtypeError: conv2d: operands have different dtypes
        a: f32[1, 1, 8, 8]
        b: f64[1, 1, 3, 3]
      ShapeError: conv2dInputGrad: expected [1, 2, 4, 4] as output
        a: f32[1, 2, 3, 3]
        b: f32[2, 1, 2, 2]
      ShapeError: conv2dInputGrad: expected [1, 2, 4, 4] as output
        a: f32[1, 3, 4, 4]
        b: f32[2, 1, 2, 2]
      ShapeError: conv2dKernelGrad: expected [1, 2, 4, 4] as output
        a: f32[1, 2, 5, 5]
        b: f32[1, 2, 3, 3]"
    `));
  test("by pools", () =>
    expect(textsOf("pools")).toMatchInlineSnapshot(`
    "ShapeError: maxPool: needs 4 axes: [N, C, H, W]
      x: f32[2, 3]
    DtypeError: maxPool: expected f32 or f64, got i32
      x: i32[1, 1, 4, 4]
    ShapeError: maxPool: a window of 2 does not fit into a padded size of 1
      x: f32[1, 1, 1, 4]
    ShapeError: maxPool: padding must be smaller than the window
      x: f32[1, 1, 4, 4]
    ShapeError: maxPool: stride and dilation must be at least 1, got 0 and 1
      x: f32[1, 1, 4, 4]
    ShapeError: maxPool: a plane without elements has no windows
      x: f32[1, 1, 4, 0]
    ShapeError: sumPoolGrad: expected [1, 1, 2, 2] as output
      x: f32[1, 1, 3, 3]
    ShapeError: sumPoolGrad: needs 4 axes: [N, C, H, W]
      x: f32[3, 3]"
  `));
  test("by reading and writing by index", () =>
    expect(textsOf("indices")).toMatchInlineSnapshot(`
    "DtypeError: gather: indices must be i32, got f32
      a: f32[3, 2]
      b: f32[2]
    ShapeError: gather: axis 0 has no elements to read
      a: f32[0, 2]
      b: i32[1]
    ShapeError: scatterAdd: updates must be [4, 2]
      a: f32[3, 2]
      b: i32[4]
      c: f32[4, 3]
    DtypeError: scatterAdd: operands have different dtypes
      a: f32[3, 2]
      b: i32[4, 2]
    DtypeError: scatterAdd: expected a number type, got bool
      a: bool[3]
      b: bool[4]
    ShapeError: gatherElements: sizes of x and indices must agree on every axis but 1
      a: f32[3, 2]
      b: i32[3]
    ShapeError: gatherElements: sizes of x and indices must agree on every axis but 1
      a: f32[3, 2]
      b: i32[2, 2]
    ShapeError: gatherElements: axis 1 has no elements to read
      a: f32[3, 0]
      b: i32[3, 1]
    ShapeError: scatterAddElements: updates and indices must have one shape
      a: f32[3, 2]
      b: i32[3, 1]
      c: f32[3, 2]
    DtypeError: scatterAddElements: indices must be i32, got f32
      a: f32[3, 2]
      b: f32[3, 1]
      c: f32[3, 1]
    ShapeError: dynamicSlice: start must be [2], one index an axis
      a: f32[3, 2]
      b: i32[1]
    DtypeError: dynamicSlice: indices must be i32, got f32
      a: f32[3, 2]
      b: f32[2]
    ShapeError: dynamicSlice: a block of [4, 1] does not fit
      a: f32[3, 2]
      b: i32[2]
    ShapeError: dynamicSlice: a block of [1.5, 1] does not fit
      a: f32[3, 2]
      b: i32[2]
    ShapeError: dynamicUpdateSlice: the update does not fit into x
      a: f32[3]
      b: f32[4]
      c: i32[1]
    DtypeError: dynamicUpdateSlice: operands have different dtypes
      a: f32[3]
      b: i32[1]
    ShapeError: dynamicUpdateSlice: start must be [1], one index an axis
      a: f32[3]
      b: f32[1]
      c: i32[2]"
  `));
});

test("a contract says what it does in one line that a table can hold", () => {
  for (const { summary } of Object.values(contracts)) {
    expect(summary).toMatch(/^\S.*\S$/);
    expect(summary.length).toBeLessThanOrEqual(140);
  }
});
