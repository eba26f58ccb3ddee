import type { ArrayData } from "../src/core/array.ts";
import { allocate, type DType, isFloat } from "../src/core/dtype.ts";
import { type Shape, sizeOf, type TensorType } from "../src/core/shape.ts";
import type { Attrs, Inputs, PrimName } from "../src/ir/prim.ts";
import { infer } from "../src/ops/all.ts";

/**
 * @file Concrete cases for every primitive. The same case serves agreement between backends, gradient checks, timing and
 * the support table, so float data lies where the primitive is smooth unless the sample says otherwise.
 */

/** A case for any primitive that takes such operands and attributes. */
interface Case<I extends readonly ArrayData[], A> {
  readonly title: string;
  readonly inputs: I;
  readonly attrs: A;
  /** Set where a numerical check in f64 cannot work: `false` for none, `"first"` for the first order only. */
  readonly gradient?: false | "first";
  /** Why `gradient` is set. */
  readonly reason?: string;
}

export type Sample<P extends PrimName> = Case<Inputs<P, ArrayData>, Attrs<P>>;

/** A sample that knows its primitive; `switch (sample.prim)` narrows the rest. */
export type AnySample = { readonly [P in PrimName]: Sample<P> & { readonly prim: P } }[PrimName];

export function allSamples(): AnySample[] {
  return (Object.keys(samples) as PrimName[]).flatMap(samplesOf);
}

/** The samples of one primitive, with the gradient ruled out where no float goes in or comes out. */
export function samplesOf<P extends PrimName>(prim: P): AnySample[] {
  const rows: readonly Sample<P>[] = samples[prim]();
  return rows.map((row) => {
    const inputs: readonly TensorType[] = row.inputs;
    const out = infer(prim, row.inputs as Inputs<P, TensorType>, row.attrs);
    const fixed = !isFloat(out.dtype)
      ? { gradient: false, reason: "the result is not a float" }
      : !inputs.some(({ dtype }) => isFloat(dtype))
        ? { gradient: false, reason: "no operand is a float" }
        : {};
    return { prim, ...fixed, ...row } as unknown as AnySample; // a union over P cannot be formed from a generic P
  });
}

function sample<const I extends readonly ArrayData[], A>(title: string, inputs: I, attrs: A): Case<I, A> {
  return { title, inputs, attrs };
}

function without<I extends readonly ArrayData[], A>(reason: string, row: Case<I, A>): Case<I, A> {
  return { ...row, gradient: false, reason };
}

// Data: a fixed sequence for each seed, so a sample is the same in every suite and on every run.

function array(dtype: DType, shape: Shape, fill: readonly number[] | ((i: number) => number)): ArrayData {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = typeof fill === "function" ? fill(i) : fill[i]!;
  return { dtype, shape, data };
}

const f32 = (shape: Shape, values: readonly number[]) => array("f32", shape, values);
const f64 = (shape: Shape, values: readonly number[]) => array("f64", shape, values);
const i32 = (shape: Shape, values: readonly number[]) => array("i32", shape, values);
const u8 = (shape: Shape, values: readonly number[]) => array("u8", shape, values);
const bool = (shape: Shape, values: readonly number[]) => array("bool", shape, values);

/** The generator of Numerical Recipes; good enough to make data that is not special. */
function fractions(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function uniform(shape: Shape, low: number, high: number, seed: number): ArrayData {
  const next = fractions(seed);
  return array("f32", shape, () => low + (high - low) * next());
}

const real = (shape: Shape, seed = 1) => uniform(shape, -2, 2, seed);
const positive = (shape: Shape, seed = 1) => uniform(shape, 0.5, 2, seed);

/** Shuffled values ±0.25, ±0.75, …: apart from each other, from 0 and from whole numbers, so no kink is near. */
function spaced(shape: Shape, seed = 1): ArrayData {
  const next = fractions(seed);
  const size = sizeOf(shape);
  const values = Array.from({ length: size }, (_, i) => (i - Math.floor(size / 2)) * 0.5 + 0.25);
  for (let i = size - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return f32(shape, values);
}

const NAN = Number.NaN;
const INF = Number.POSITIVE_INFINITY;
const SPECIAL = [NAN, INF, -INF, 0, -0, 1, -1];
const special = () => f32([7], SPECIAL);
const [left, right] = [SPECIAL.flatMap((a) => SPECIAL.map(() => a)), SPECIAL.flatMap(() => SPECIAL)]; // all pairs
const specialPairs = () => [f32([49], left), f32([49], right)] as const;
const NOT_FINITE = "values are not finite";
const KINK = "lies on a kink";

// Families of samples

const unary = (make: (shape: Shape, seed?: number) => ArrayData): Sample<"exp">[] => [
  sample("a matrix", [make([3, 4])], {}),
  sample("rank 0", [make([])], {}),
  sample("no elements", [make([2, 0])], {}),
  without(NOT_FINITE, sample("NaN, infinities and zeros", [special()], {})),
  sample("f64", [f64([3], [...make([3], 5).data])], {}),
];

const binary = (
  make: (shape: Shape, seed: number) => ArrayData,
  other: (shape: Shape, seed: number) => ArrayData = make,
): Sample<"add">[] => [
  sample("equal shapes", [make([2, 3], 1), other([2, 3], 2)], {}),
  sample("a row", [make([4, 3], 3), other([3], 4)], {}),
  sample("a column", [make([4, 1], 5), other([4, 3], 6)], {}),
  sample("both stretch", [make([2, 1, 3], 7), other([4, 1], 8)], {}),
  sample("a scalar on the left", [make([], 9), other([2, 2], 10)], {}),
  sample("a scalar on the right", [make([2, 2], 11), other([], 12)], {}),
  sample("rank 0", [make([], 13), other([], 14)], {}),
  sample("no elements", [make([0, 3], 15), other([3], 16)], {}),
  sample("inner axes stretch", [make([2, 3, 2, 2], 17), other([3, 1, 1], 18)], {}),
  without(NOT_FINITE, sample("every pair of NaN, infinities, zeros and ones", specialPairs(), {})),
];

const whole: Sample<"add">[] = [
  sample("i32, wrapping", [i32([4], [2147483647, -2147483648, 65537, -7]), i32([4], [1, -1, 65537, 3])], {}),
  sample("u8, wrapping", [u8([4], [255, 0, 16, 200]), u8([4], [1, 1, 16, 200])], {}),
  sample("i32, a row", [i32([2, 2], [-7, 7, 5, 0]), i32([2], [3, -3])], {}),
];

const reduction = (make: (shape: Shape, seed?: number) => ArrayData): Sample<"sum">[] => [
  sample("last axis", [make([2, 3])], { axes: [1], keepDims: false }),
  sample("first axis, kept", [make([2, 3])], { axes: [0], keepDims: true }),
  sample("a middle axis", [make([2, 3, 2])], { axes: [1], keepDims: false }),
  sample("outer and inner axes", [make([2, 3, 2])], { axes: [0, 2], keepDims: true }),
  sample("all axes", [make([2, 3])], { axes: [0, 1], keepDims: false }),
  sample("no axes is the identity", [make([2, 3])], { axes: [], keepDims: false }),
  sample("rank 0", [make([])], { axes: [], keepDims: false }),
  sample("an axis of size 1", [make([3, 1])], { axes: [1], keepDims: false }),
  sample("no elements to keep", [make([0, 3])], { axes: [1], keepDims: false }),
  without(NOT_FINITE, sample("rows with NaN and infinities", [specialRows()], { axes: [1], keepDims: false })),
  sample("i32, wrapping", [i32([2, 3], [2147483647, 1, -5, 65536, 65536, 7])], { axes: [1], keepDims: false }),
  sample("u8, wrapping", [u8([2, 2], [200, 100, 3, 4])], { axes: [1], keepDims: false }),
];

function specialRows(): ArrayData {
  const rows = [
    [1, NAN, 2],
    [INF, 1, 2],
    [-INF, -INF, -INF],
    [INF, -INF, 0],
    [NAN, INF, -INF],
    [-1, -0, 0],
  ];
  return f32([6, 3], rows.flat());
}

const conv = (attrs: Partial<Attrs<"conv2d">> = {}): Attrs<"conv2d"> => ({
  stride: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
  dilation: [1, 1],
  groups: 1,
  ...attrs,
});

/** A convolution from x to y through a kernel; the gradients take their operands from the same list. */
interface ConvCase {
  readonly title: string;
  readonly x: Shape;
  readonly kernel: Shape;
  readonly attrs: Attrs<"conv2d">;
}

const PADDED: Attrs<"conv2d">["padding"] = [
  [1, 1],
  [1, 1],
];
const LOPSIDED: Attrs<"conv2d">["padding"] = [
  [2, 0],
  [0, 3],
];

const convolutions: readonly ConvCase[] = [
  { title: "3 x 3, two images", x: [2, 2, 4, 5], kernel: [3, 2, 3, 3], attrs: conv() },
  { title: "1 x 1", x: [1, 3, 2, 2], kernel: [2, 3, 1, 1], attrs: conv() },
  { title: "padding", x: [1, 1, 3, 3], kernel: [1, 1, 3, 3], attrs: conv({ padding: PADDED }) },
  { title: "asymmetric padding", x: [1, 2, 3, 4], kernel: [2, 2, 2, 3], attrs: conv({ padding: LOPSIDED }) },
  { title: "stride", x: [1, 2, 6, 5], kernel: [2, 2, 3, 2], attrs: conv({ stride: [2, 3] }) },
  {
    title: "stride that leaves a rest, padding",
    x: [2, 1, 6, 6],
    kernel: [2, 1, 3, 3],
    attrs: conv({ stride: [2, 2], padding: PADDED }),
  },
  { title: "dilation", x: [1, 1, 6, 7], kernel: [2, 1, 2, 3], attrs: conv({ dilation: [3, 2] }) },
  { title: "groups", x: [2, 4, 3, 3], kernel: [6, 2, 2, 2], attrs: conv({ groups: 2 }) },
  { title: "depthwise", x: [1, 3, 4, 4], kernel: [3, 1, 3, 3], attrs: conv({ groups: 3, padding: PADDED }) },
  {
    title: "everything at once",
    x: [2, 4, 7, 6],
    kernel: [4, 2, 3, 2],
    attrs: conv({ stride: [2, 1], padding: LOPSIDED, dilation: [2, 3], groups: 2 }),
  },
  {
    title: "a kernel as large as the padded image",
    x: [1, 1, 2, 2],
    kernel: [1, 1, 4, 4],
    attrs: conv({ padding: PADDED }),
  },
  { title: "no images", x: [0, 2, 3, 3], kernel: [1, 2, 2, 2], attrs: conv() },
];

/** Numbers of which the last is infinite, and of many the first is NaN: so padding meets both. */
function partlySpecial(shape: Shape, seed: number): ArrayData {
  const { data } = real(shape, seed);
  data[data.length - 1] = INF;
  if (data.length > 16) data[0] = NAN;
  return f32(shape, [...data]);
}

const outputOf = ({ x, kernel, attrs }: ConvCase): Shape =>
  infer(
    "conv2d",
    [
      { dtype: "f32", shape: x },
      { dtype: "f32", shape: kernel },
    ],
    attrs,
  ).shape;

/** Every convolution, and again with infinities and NaN in one operand or the other. */
const convolutionSamples = <A>(parts: (row: ConvCase) => readonly [Shape, Shape, A]) =>
  convolutions.flatMap((row) => {
    const [left, right, attrs] = parts(row);
    if (row.x[0] === 0) return [sample(row.title, [real(left, 1), real(right, 2)], attrs)];
    return [
      sample(row.title, [real(left, 1), real(right, 2)], attrs),
      ...[
        sample(`${row.title}, left operand not finite`, [partlySpecial(left, 1), real(right, 2)], attrs),
        sample(`${row.title}, right operand not finite`, [real(left, 1), partlySpecial(right, 2)], attrs),
      ].map((one) => without(NOT_FINITE, one)),
    ];
  });

const pool = (attrs: Partial<Attrs<"maxPool">> = {}): Attrs<"maxPool"> => ({
  kernel: [2, 2],
  stride: [2, 2],
  padding: [
    [0, 0],
    [0, 0],
  ],
  ...attrs,
});

interface PoolCase {
  readonly title: string;
  readonly x: Shape;
  readonly attrs: Attrs<"maxPool">;
}

const pools: readonly PoolCase[] = [
  { title: "2 x 2", x: [2, 2, 4, 4], attrs: pool() },
  { title: "a rest that is dropped", x: [1, 1, 5, 3], attrs: pool() },
  { title: "overlapping windows", x: [1, 2, 5, 5], attrs: pool({ kernel: [3, 3], stride: [2, 1] }) },
  { title: "gaps between windows", x: [1, 1, 5, 7], attrs: pool({ kernel: [1, 2], stride: [2, 3] }) },
  { title: "padding", x: [1, 2, 4, 4], attrs: pool({ kernel: [3, 3], padding: PADDED }) },
  { title: "asymmetric padding", x: [1, 1, 3, 4], attrs: pool({ kernel: [3, 4], stride: [1, 1], padding: LOPSIDED }) },
  { title: "one window", x: [1, 3, 3, 3], attrs: pool({ kernel: [3, 3], stride: [1, 1] }) },
  { title: "no images", x: [0, 1, 2, 2], attrs: pool() },
];

const poolSamples = (make: (shape: Shape) => ArrayData): Sample<"maxPool">[] => [
  ...pools.map(({ title, x, attrs }) => sample(title, [make(x)], attrs)),
  without(NOT_FINITE, sample("NaN and infinities", [specialPlane()], pool())),
  sample("f64", [f64([1, 1, 2, 2], [-4, -1, -3, -2])], pool()),
];

function specialPlane(): ArrayData {
  return f32([1, 1, 2, 6], [1, NAN, -INF, -INF, INF, 2, 3, 4, -INF, -INF, -INF, 5]);
}

const x34 = () => real([3, 4]);
const x222 = () => real([2, 2, 2]);

export const samples: { readonly [P in PrimName]: () => readonly Sample<P>[] } = {
  input: () => [
    sample("a batch", [], { dtype: "f32", shape: [32, 784], name: "x" }),
    sample("labels", [], { dtype: "i32", shape: [32], name: "labels" }),
    sample("rank 0", [], { dtype: "f64", shape: [], name: "learningRate" }),
  ],
  constant: () => [
    sample("a vector", [], { dtype: "f32", shape: [2], data: Float32Array.of(1, 2) }),
    sample("rank 0", [], { dtype: "i32", shape: [], data: Int32Array.of(-1) }),
    sample("no elements", [], { dtype: "bool", shape: [0, 2], data: new Uint8Array(0) }),
  ],
  iota: () => [
    sample("a vector", [], { dtype: "i32", shape: [5], axis: 0 }),
    sample("rows", [], { dtype: "f32", shape: [2, 3], axis: 0 }),
    sample("a middle axis", [], { dtype: "f64", shape: [2, 3, 2], axis: 1 }),
    sample("u8 wraps", [], { dtype: "u8", shape: [258], axis: 0 }),
    sample("no elements", [], { dtype: "f32", shape: [0, 3], axis: 1 }),
  ],
  randomBits: () => [
    sample("24 bits", [i32([2], [1, -2])], { shape: [3, 3], bits: 24, stream: 0 }),
    sample("all 32 bits", [i32([2], [0, 0])], { shape: [4], bits: 32, stream: 0 }),
    sample("one bit of another stream", [i32([2], [-1, 7])], { shape: [9], bits: 1, stream: 5 }),
    sample("rank 0", [i32([2], [3, 4])], { shape: [], bits: 8, stream: 1 }),
    sample("no elements", [i32([2], [3, 4])], { shape: [0, 2], bits: 8, stream: 1 }),
  ],

  neg: () => [
    ...unary(real),
    sample("i32, wrapping", [i32([3], [5, -7, -2147483648])], {}),
    sample("u8, wrapping", [u8([3], [0, 1, 255])], {}),
  ],
  abs: () => [
    ...unary(spaced),
    sample("i32, wrapping", [i32([3], [5, -7, -2147483648])], {}),
    sample("u8", [u8([3], [0, 1, 255])], {}),
  ],
  sign: () => [...unary(spaced), sample("i32", [i32([3], [5, -7, 0])], {}), sample("u8", [u8([3], [0, 1, 255])], {})],
  exp: () => [
    ...unary(real),
    without("overflows", sample("beyond the range", [f32([4], [-1000, 1000, 89, -104])], {})),
  ],
  log: () => [...unary(positive), without(NOT_FINITE, sample("negative", [f32([2], [-1, -0.5])], {}))],
  sqrt: () => [...unary(positive), without(NOT_FINITE, sample("negative", [f32([2], [-1, -0.5])], {}))],
  tanh: () => [...unary(real), sample("saturated and tiny", [f32([4], [-20, 20, 1e-6, -0.01])], {})],
  erf: () => [...unary(real), sample("every branch", [f32([8], [-5, -3, -0.4, 1e-8, 0.46, 0.48, 3.9, 4.1])], {})],
  sin: () => [...unary(real), sample("far from 0", [f32([2], [100, -1000])], {})],
  cos: () => [...unary(real), sample("far from 0", [f32([2], [100, -1000])], {})],
  floor: () => [
    ...unary(spaced),
    without(KINK, sample("whole and half numbers", [f32([5], [2, -2, 2.5, -2.5, -0.5])], {})),
  ],
  not: () => [
    sample("both values", [bool([2], [0, 1])], {}),
    sample("rank 0", [bool([], [1])], {}),
    sample("no elements", [bool([0], [])], {}),
  ],
  cast: () => [
    sample("f32 to f64", [real([2, 3])], { dtype: "f64" }),
    without(
      "rounding hides small differences",
      sample("f64 to f32", [f64([3], [0.1, 1e300, -1e-300])], { dtype: "f32" }),
    ),
    sample("f32 to i32 truncates and saturates", [f32([6], [1.9, -1.9, 3e9, -3e9, NAN, -0.5])], {
      dtype: "i32",
    }),
    sample("f64 to i32", [f64([4], [2147483646.9, 2147483647.5, INF, -INF])], {
      dtype: "i32",
    }),
    sample("f32 to u8 truncates and saturates", [f32([6], [1.9, -1.9, 300, 255.9, NAN, INF])], { dtype: "u8" }),
    sample("f32 to bool", [f32([5], [0, -0, 0.1, NAN, -1])], { dtype: "bool" }),
    sample("i32 to u8 keeps the low byte", [i32([4], [-1, 256, 255, 257])], { dtype: "u8" }),
    sample("i32 to bool", [i32([3], [0, 256, -1])], { dtype: "bool" }),
    sample("i32 to f32 rounds", [i32([2], [16777217, -5])], { dtype: "f32" }),
    sample("u8 to f32", [u8([2], [0, 255])], { dtype: "f32" }),
    sample("bool to f64", [bool([2], [0, 1])], { dtype: "f64" }),
    sample("bool to i32, rank 0", [bool([], [1])], { dtype: "i32" }),
    sample("no elements", [real([0, 2])], { dtype: "i32" }),
  ],
  stopGradient: () => [
    without("its gradient is 0 by definition", sample("a matrix", [x34()], {})),
    without("its gradient is 0 by definition", sample("rank 0", [real([])], {})),
    sample("i32", [i32([2], [1, 2])], {}),
    sample("bool", [bool([2], [0, 1])], {}),
  ],

  add: () => [...binary(real), ...whole],
  sub: () => [...binary(real), ...whole],
  mul: () => [...binary(real), ...whole],
  div: () => binary(real, positive),
  pow: () => [
    ...binary(positive, real),
    without(
      "no derivative by the exponent",
      sample("negative bases", [f32([4], [-2, -2, -2, -8]), f32([4], [3, -1, 0.5, 1 / 3])], {}),
    ),
  ],
  mod: () => [
    ...binary(spaced, (shape) => array("f32", shape, (i) => (i % 2 === 0 ? 1 : -1))),
    ...whole,
    without(KINK, sample("signs", [f32([6], [5, -5, 5, -5, 4, -4]), f32([6], [3, 3, -3, -3, 2, -2])], {})),
    sample("i32 by zero", [i32([2], [5, -5]), i32([], [0])], {}),
  ],
  maximum: () => [...binary(spaced, real), ...whole],
  minimum: () => [...binary(spaced, real), ...whole],
  eq: () => [...binary(real), ...whole, sample("bool", [bool([4], [0, 0, 1, 1]), bool([4], [0, 1, 0, 1])], {})],
  lt: () => [...binary(real), ...whole],
  le: () => [...binary(real), ...whole],
  and: () => [
    sample("every pair", [bool([4], [0, 0, 1, 1]), bool([4], [0, 1, 0, 1])], {}),
    sample("a column and a row", [bool([2, 1], [0, 1]), bool([2], [0, 1])], {}),
    sample("rank 0", [bool([], [1]), bool([], [1])], {}),
  ],
  or: () => [
    sample("every pair", [bool([4], [0, 0, 1, 1]), bool([4], [0, 1, 0, 1])], {}),
    sample("a column and a row", [bool([2, 1], [0, 1]), bool([2], [0, 1])], {}),
    sample("rank 0", [bool([], [0]), bool([], [1])], {}),
  ],
  where: () => [
    sample("equal shapes", [bool([2, 2], [1, 0, 0, 1]), real([2, 2], 1), real([2, 2], 2)], {}),
    sample("everything stretches", [bool([3, 1], [1, 0, 1]), real([2, 1, 1], 3), real([4], 4)], {}),
    sample("a scalar condition", [bool([], [0]), real([2], 5), real([2], 6)], {}),
    sample("scalar branches", [bool([2, 2], [1, 0, 0, 1]), real([], 7), real([], 8)], {}),
    without(
      NOT_FINITE,
      sample("the other branch is not read", [bool([2], [1, 0]), f32([2], [1, NAN]), f32([2], [INF, 2])], {}),
    ),
    sample("i32", [bool([2], [1, 0]), i32([2], [1, 2]), i32([], [-3])], {}),
    sample("bool", [bool([2], [1, 0]), bool([2], [1, 1]), bool([2], [0, 0])], {}),
    sample("no elements", [bool([0, 1], []), real([3]), real([])], {}),
  ],

  sum: () => [...reduction(real), sample("an empty axis sums to 0", [real([0, 3])], { axes: [0], keepDims: true })],
  prod: () => [
    ...reduction(real),
    sample("an empty axis multiplies to 1", [real([2, 0])], { axes: [1], keepDims: false }),
    sample("a zero in one row, two in another", [f32([2, 3], [2, 0, 3, 0, 4, 0])], { axes: [1], keepDims: false }),
  ],
  max: () => reduction(spaced),
  min: () => reduction(spaced),
  argmax: () => [
    sample("last axis", [spaced([3, 4])], { axis: 1, keepDims: false }),
    sample("first axis, kept", [spaced([3, 4])], { axis: 0, keepDims: true }),
    sample("a middle axis", [spaced([2, 3, 2])], { axis: 1, keepDims: false }),
    sample("the first of equals", [f32([2, 3], [1, 2, 2, 0, 0, 0])], { axis: 1, keepDims: false }),
    sample("NaN is largest", [specialRows()], { axis: 1, keepDims: false }),
    sample("i32", [i32([3], [-5, -1, -2147483648])], { axis: 0, keepDims: false }),
    sample("u8", [u8([3], [1, 255, 7])], { axis: 0, keepDims: true }),
    sample("no elements to keep", [real([0, 3])], { axis: 1, keepDims: false }),
  ],

  reshape: () => [
    sample("to a vector", [x34()], { shape: [12] }),
    sample("to more axes", [x34()], { shape: [2, 1, 6] }),
    sample("rank 0 to a vector", [real([])], { shape: [1] }),
    sample("i32", [i32([2, 2], [1, 2, 3, 4])], { shape: [4, 1] }),
    sample("no elements", [real([0, 3])], { shape: [2, 0] }),
  ],
  transpose: () => [
    sample("a matrix", [x34()], { perm: [1, 0] }),
    sample("three axes", [real([2, 3, 4])], { perm: [2, 0, 1] }),
    sample("the identity", [x34()], { perm: [0, 1] }),
    sample("heads of attention", [real([2, 3, 2, 2])], { perm: [0, 2, 1, 3] }),
    sample("rank 0", [real([])], { perm: [] }),
    sample("u8", [u8([1, 3], [1, 2, 3])], { perm: [1, 0] }),
    sample("no elements", [real([2, 0])], { perm: [1, 0] }),
  ],
  broadcast: () => [
    sample("a row", [real([3])], { shape: [2, 3] }),
    sample("a column", [real([2, 1])], { shape: [2, 3] }),
    sample("rank 0", [real([])], { shape: [2, 2] }),
    sample("outer and inner axes", [real([3, 1])], { shape: [2, 3, 2] }),
    sample("bool", [bool([1], [1])], { shape: [3] }),
    sample("to no elements", [real([1, 2])], { shape: [0, 2] }),
  ],
  slice: () => [
    sample("a block", [x34()], { start: [1, 1], stop: [3, 3], step: [1, 1] }),
    sample("steps", [real([5, 6])], { start: [0, 1], stop: [5, 6], step: [2, 3] }),
    sample("nothing", [x34()], { start: [1, 2], stop: [1, 4], step: [1, 1] }),
    sample("everything", [x222()], { start: [0, 0, 0], stop: [2, 2, 2], step: [1, 1, 1] }),
    sample("rank 0", [real([])], { start: [], stop: [], step: [] }),
    sample("u8, a step beyond the end", [u8([3], [1, 2, 3])], { start: [1], stop: [3], step: [9] }),
  ],
  pad: () => [
    sample("zeros around", [x34()], { low: [1, 0], high: [0, 2], interior: [0, 0], value: 0 }),
    sample("between the elements", [real([3])], { low: [0], high: [1], interior: [2], value: 0.5 }),
    sample("all three", [real([2, 3])], { low: [1, 1], high: [1, 0], interior: [1, 2], value: -1 }),
    without(NOT_FINITE, sample("minus infinity", [real([2])], { low: [1], high: [0], interior: [0], value: -INF })),
    sample("rank 0", [real([])], { low: [], high: [], interior: [], value: 3 }),
    sample("no elements but the padding", [real([0])], { low: [2], high: [1], interior: [5], value: 7 }),
    sample("i32", [i32([2], [1, 2])], { low: [1], high: [1], interior: [0], value: -9 }),
    sample("bool", [bool([2], [1, 0])], { low: [1], high: [0], interior: [0], value: 1 }),
  ],
  concat: () => [
    sample("two rows", [real([2, 3], 1), real([1, 3], 2)], { axis: 0 }),
    sample("the last axis", [real([2, 1], 3), real([2, 2], 4), real([2, 3], 5)], { axis: 1 }),
    sample("a middle axis", [real([2, 1, 2], 6), real([2, 2, 2], 7)], { axis: 1 }),
    sample("a single tensor", [real([2, 2])], { axis: 0 }),
    sample("one is empty", [real([2, 0]), real([2, 2])], { axis: 1 }),
    sample("i32", [i32([1], [1]), i32([2], [2, 3])], { axis: 0 }),
  ],
  flip: () => [
    sample("the last axis", [x34()], { axes: [1] }),
    sample("two axes", [real([2, 3, 2])], { axes: [0, 2] }),
    sample("no axes", [x34()], { axes: [] }),
    sample("u8", [u8([3], [1, 2, 3])], { axes: [0] }),
    sample("no elements", [real([0, 2])], { axes: [0] }),
  ],

  matmul: () => [
    sample("matrices", [real([3, 4], 1), real([4, 2], 2)], {}),
    sample("larger than a tile", [real([9, 5], 3), real([5, 11], 4)], {}),
    sample("a row and a column", [real([1, 7], 5), real([7, 1], 6)], {}),
    sample("a batch", [real([3, 2, 4], 7), real([3, 4, 2], 8)], {}),
    sample("one matrix for a batch", [real([2, 3, 2, 3], 9), real([3, 2], 10)], {}),
    sample("batches stretch", [real([2, 1, 2, 3], 11), real([3, 3, 2], 12)], {}),
    sample("one matrix on the left", [real([2, 3], 13), real([4, 3, 2], 14)], {}),
    sample("an empty inner axis gives 0", [real([2, 0]), real([0, 3])], {}),
    sample("no rows", [real([0, 2]), real([2, 3])], {}),
    without(
      NOT_FINITE,
      sample(
        "NaN and infinity stay in their row and column",
        [f32([2, 2], [NAN, 1, 1, 1]), f32([2, 2], [1, 1, 1, INF])],
        {},
      ),
    ),
    sample("f64", [f64([2, 2], [1, 2, 3, 4]), f64([2, 2], [5, 6, 7, 8])], {}),
  ],
  conv2d: () => convolutionSamples((row) => [row.x, row.kernel, row.attrs]),
  conv2dInputGrad: () =>
    convolutionSamples((row) => [outputOf(row), row.kernel, { ...row.attrs, inputSize: [row.x[2]!, row.x[3]!] }]),
  conv2dKernelGrad: () =>
    convolutionSamples((row) => [row.x, outputOf(row), { ...row.attrs, kernelSize: [row.kernel[2]!, row.kernel[3]!] }]),
  maxPool: () => poolSamples(spaced),
  argmaxPool: () => [
    ...poolSamples(spaced),
    sample("the first of equals", [f32([1, 1, 2, 4], [1, 1, 0, 2, 1, 1, 2, 2])], pool()),
  ],
  sumPool: () => poolSamples(real),
  sumPoolGrad: () =>
    pools.map(({ title, x, attrs }) =>
      sample(title, [real(infer("sumPool", [{ dtype: "f32", shape: x }], attrs).shape)], {
        ...attrs,
        inputSize: [x[2]!, x[3]!],
      }),
    ),

  gather: () => [
    sample("rows", [x34(), i32([2], [2, 0])], { axis: 0 }),
    sample("columns, repeated", [x34(), i32([3], [1, 1, 3])], { axis: 1 }),
    sample("indices with axes of their own", [real([2, 3, 2]), i32([2, 2], [0, 2, 1, 1])], { axis: 1 }),
    sample("a single index", [x34(), i32([], [1])], { axis: 0 }),
    sample("clamped indices", [x34(), i32([3], [-1, 3, 99])], { axis: 0 }),
    sample("u8 images", [u8([2, 2], [1, 2, 3, 4]), i32([1], [1])], { axis: 0 }),
    sample("no indices", [x34(), i32([0], [])], { axis: 0 }),
    sample("nothing from an empty axis", [real([0, 2]), i32([0], [])], { axis: 0 }),
  ],
  scatterAdd: () => [
    sample("rows", [x34(), i32([2], [2, 0]), real([2, 4], 2)], { axis: 0 }),
    sample("equal indices add up", [real([3]), i32([4], [1, 1, 0, 1]), real([4], 2)], { axis: 0 }),
    sample("columns", [x34(), i32([3], [1, 1, 3]), real([3, 3], 2)], { axis: 1 }),
    sample("indices with axes of their own", [real([2, 3, 2]), i32([2, 2], [0, 2, 1, 1]), real([2, 2, 2, 2], 2)], {
      axis: 1,
    }),
    sample("clamped indices", [real([3]), i32([3], [-1, 3, 99]), real([3], 2)], { axis: 0 }),
    sample("no indices", [x34(), i32([0], []), real([0, 4])], { axis: 0 }),
    sample("i32, wrapping", [i32([2], [2147483647, 5]), i32([2], [0, 1]), i32([2], [1, -6])], { axis: 0 }),
  ],
  gatherElements: () => [
    sample("one of each row", [x34(), i32([3, 1], [1, 3, 0])], { axis: 1 }),
    sample("a row of each column", [x34(), i32([2, 4], [0, 1, 2, 0, 2, 2, 1, 1])], { axis: 0 }),
    sample(
      "a middle axis, more than there are",
      [real([2, 2, 2]), i32([2, 3, 2], [0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1])],
      { axis: 1 },
    ),
    sample("clamped indices", [real([3]), i32([3], [-5, 3, 1])], { axis: 0 }),
    sample("u8", [u8([3], [7, 8, 9]), i32([2], [2, 0])], { axis: 0 }),
    sample("no indices", [x34(), i32([3, 0], [])], { axis: 1 }),
  ],
  scatterAddElements: () => [
    sample("one of each row", [x34(), i32([3, 1], [1, 3, 0]), real([3, 1], 2)], { axis: 1 }),
    sample("equal indices add up", [x34(), i32([2, 4], [0, 1, 2, 0, 0, 1, 1, 1]), real([2, 4], 2)], { axis: 0 }),
    sample(
      "a middle axis",
      [real([2, 2, 2]), i32([2, 3, 2], [0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1]), real([2, 3, 2], 2)],
      { axis: 1 },
    ),
    sample("clamped indices", [real([3]), i32([3], [-5, 3, 1]), real([3], 2)], { axis: 0 }),
    sample("u8, wrapping", [u8([2], [250, 0]), i32([2], [0, 0]), u8([2], [5, 5])], { axis: 0 }),
    sample("no indices", [x34(), i32([3, 0], []), real([3, 0])], { axis: 1 }),
  ],
  dynamicSlice: () => [
    sample("a block", [x34(), i32([2], [1, 2])], { sizes: [2, 2] }),
    sample("moved inside at the end", [x34(), i32([2], [2, 9])], { sizes: [2, 3] }),
    sample("moved inside at the start", [x34(), i32([2], [-1, -100])], { sizes: [1, 2] }),
    sample("everything", [x34(), i32([2], [0, 0])], { sizes: [3, 4] }),
    sample("rank 0", [real([]), i32([0], [])], { sizes: [] }),
    sample("a block of nothing", [x34(), i32([2], [1, 1])], { sizes: [0, 2] }),
    sample("i32", [i32([3], [1, 2, 3]), i32([1], [1])], { sizes: [2] }),
  ],
  dynamicUpdateSlice: () => [
    sample("a block", [x34(), real([2, 2], 2), i32([2], [1, 2])], {}),
    sample("moved inside at the end", [x34(), real([2, 3], 2), i32([2], [2, 9])], {}),
    sample("moved inside at the start", [x34(), real([1, 2], 2), i32([2], [-1, -100])], {}),
    sample("everything", [x34(), real([3, 4], 2), i32([2], [0, 0])], {}),
    sample("rank 0", [real([]), real([], 2), i32([0], [])], {}),
    sample("a block of nothing", [x34(), real([0, 2]), i32([2], [1, 1])], {}),
    sample("bool", [bool([3], [0, 0, 0]), bool([1], [1]), i32([1], [1])], {}),
  ],
  argsort: () => [
    sample("last axis", [spaced([2, 4])], { axis: 1, descending: false }),
    sample("first axis, descending", [spaced([4, 2])], { axis: 0, descending: true }),
    sample("a middle axis", [spaced([2, 3, 2])], { axis: 1, descending: false }),
    sample("equals keep their order", [f32([6], [1, 0, 1, -0, 0, 1])], { axis: 0, descending: false }),
    sample("equals keep their order, descending", [f32([6], [1, 0, 1, -0, 0, 1])], { axis: 0, descending: true }),
    sample("NaN comes last", [special()], { axis: 0, descending: false }),
    sample("NaN comes first, descending", [specialRows()], { axis: 1, descending: true }),
    sample("i32", [i32([4], [3, -2147483648, 2147483647, 3])], { axis: 0, descending: false }),
    sample("u8", [u8([3], [2, 255, 0])], { axis: 0, descending: true }),
    sample("an axis of size 1", [spaced([3, 1])], { axis: 1, descending: false }),
    sample("no elements", [real([2, 0])], { axis: 1, descending: false }),
  ],
};
