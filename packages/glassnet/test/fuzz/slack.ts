import { runPrimitive } from "../../src/backends/reference/kernels.ts";
import type { ArrayData } from "../../src/core/array.ts";
import type { TypedArray } from "../../src/core/dtype.ts";
import { type Shape, sizeOf } from "../../src/core/shape.ts";
import type { Attrs, Inputs, PrimName } from "../../src/ir/prim.ts";

/**
 * @file How far two correct backends may be apart. Beside each reference value goes its *slack*: a bound of the difference
 * to the value that the same program gives in other hands, which may add sums in any order and may be off by `ULPS` in
 * elementary functions. Slack is carried through a program by the usual rules of running error analysis:
 *
 * - What is rounded correctly adds nothing where its operands have no slack: both sides round the same number.
 * - A sum or product adds nothing either where it is exact in any order, as with small whole numbers or halves.
 * - Where a result jumps within the slack of its operands (a comparison of equal numbers, the floor of 2 ± 1e-7), it is
 *   infinite: nothing can be said. Whole numbers and booleans have a slack of 0 or infinity.
 *
 * @see Higham 2002, Accuracy and Stability of Numerical Algorithms, sections 3.3 and 4.2.
 */

/** A reference value with its slack, one number an element. */
export interface Bounded extends ArrayData {
  readonly slack: Float64Array;
}

const INF = Number.POSITIVE_INFINITY;
/** Half a unit of the last place of f32, relative to the number. */
const HALF_ULP = 2 ** -24;
const SMALLEST = 2 ** -149;
const LARGEST = (2 - 2 ** -23) * 2 ** 127;
/** Of elementary functions, in units of the last place: those of the kernels (`kernels/math.h`) and one to spare. */
const ULPS = 3;

const rounding = (size: number): number => HALF_ULP * size + SMALLEST;
/** Two results of correct rounding, each rounded from a number near y. */
const twoRoundings = (y: number, slack: number): number => 2 * rounding(Math.abs(y) + slack);
const elementary = (size: number): number => ULPS * 2 * rounding(size);

type OfOne = (x: number, s: number, y: number) => number;
type OfTwo = (a: number, b: number, sa: number, sb: number, y: number) => number;

const oneIfSure = (isSure: boolean): number => (isSure ? 0 : INF);

const unary: { readonly [P in PrimName]?: OfOne } = {
  neg: (_, s) => s,
  abs: (_, s) => s,
  not: (_, s) => s,
  stopGradient: (_, s) => s,
  sign: (x, s) => oneIfSure(s === 0 || Math.abs(x) > s),
  exp: (_, s, y) => Math.abs(y) * Math.expm1(s) + elementary(Math.abs(y) * Math.exp(s)),
  log: (x, s, y) => {
    if (s === 0) return Number.isFinite(y) ? elementary(Math.abs(y)) : 0;
    return x > s ? Math.log(x / (x - s)) + elementary(Math.abs(y) + 1) : oneIfSure(x + s < 0);
  },
  sqrt: (x, s, y) => {
    if (s === 0) return 0;
    return x >= s ? Math.sqrt(x + s) - Math.sqrt(x - s) + twoRoundings(y, 0) : oneIfSure(x + s < 0);
  },
  tanh: (_, s, y) => s + elementary(Math.abs(y)),
  erf: (_, s, y) => 1.13 * s + elementary(Math.abs(y)),
  sin: (_, s, y) => s + elementary(Math.abs(y)),
  cos: (_, s, y) => s + elementary(Math.abs(y)),
  floor: (x, s) => Math.floor(x + s) - Math.floor(x - s),
};

const isSame = (a: number, b: number, sa: number, sb: number): boolean =>
  sa + sb === 0 || (sa + sb < INF && !(Math.abs(a - b) <= sa + sb));

const binary: { readonly [P in PrimName]?: OfTwo } = {
  add: (_, __, sa, sb, y) => sa + sb && sa + sb + twoRoundings(y, sa + sb),
  sub: (_, __, sa, sb, y) => sa + sb && sa + sb + twoRoundings(y, sa + sb),
  mul: (a, b, sa, sb, y) => {
    if (sa + sb === 0) return 0;
    const s = (sa && sa * Math.abs(b)) + (sb && sb * Math.abs(a)) + (sa && sb && sa * sb);
    return s + twoRoundings(y, s);
  },
  div: (a, b, sa, sb, y) => {
    if (Math.abs(b) <= sb) return INF; // and the sign of a zero is not kept track of
    if (sa + sb === 0) return 0;
    const s = (sa + Math.abs(a / b) * sb) / (Math.abs(b) - sb);
    return s + twoRoundings(y, s);
  },
  pow: (a, b, sa, sb, y) => {
    if (sa + sb === 0) return a === 0 && b < 0 ? INF : elementary(Math.abs(y));
    if (!(a > sa)) return INF;
    const corners = [a - sa, a + sa].flatMap((x) => [x ** (b - sb), x ** (b + sb)]);
    const s = Math.max(...corners.map((corner) => Math.abs(corner - y)));
    return s + elementary(Math.abs(y) + s);
  },
  mod: (_, __, sa, sb) => oneIfSure(sa + sb === 0),
  maximum: (_, __, sa, sb) => Math.max(sa, sb),
  minimum: (_, __, sa, sb) => Math.max(sa, sb),
  eq: (a, b, sa, sb) => oneIfSure(isSame(a, b, sa, sb)),
  lt: (a, b, sa, sb) => oneIfSure(isSame(a, b, sa, sb)),
  le: (a, b, sa, sb) => oneIfSure(isSame(a, b, sa, sb)),
  and: (_, __, sa, sb) => Math.max(sa, sb),
  or: (_, __, sa, sb) => Math.max(sa, sb),
};

type Run<T> = (prim: PrimName, inputs: readonly ArrayData[], attrs: object) => T;

const run: Run<ArrayData> = (prim, inputs, attrs) =>
  runPrimitive(prim, inputs as unknown as Inputs<PrimName, ArrayData>, attrs as Attrs<PrimName>);

const wide = (shape: Shape, data: ArrayLike<number>): ArrayData => ({
  dtype: "f64",
  shape,
  data: Float64Array.from(data),
});
const slackOf = (x: Bounded): ArrayData => ({ dtype: "f64", shape: x.shape, data: x.slack });
const sizesOf = (x: ArrayData): ArrayData => wide(x.shape, Array.from(x.data, Math.abs));

function stretched(x: ArrayData, shape: Shape): TypedArray {
  return x.shape.length === shape.length && x.shape.every((n, i) => n === shape[i])
    ? x.data
    : run("broadcast", [x], { shape }).data;
}

/** The largest power of two of which all are whole multiples, as its exponent; −∞ if one is not finite. */
function unitOf(data: TypedArray): number {
  let unit = INF;
  const word = new DataView(new ArrayBuffer(4));
  for (const x of data) {
    if (x === 0) continue;
    if (!Number.isFinite(x)) return -INF;
    word.setFloat32(0, x);
    const bits = word.getUint32(0);
    const exponent = (bits >>> 23) & 255;
    const mantissa = exponent === 0 ? bits & 0x7fffff : (bits & 0x7fffff) | 0x800000;
    const trailing = 31 - Math.clz32(mantissa & -mantissa);
    unit = Math.min(unit, Math.max(exponent, 1) - 150 + trailing);
  }
  return unit;
}

/** Whether numbers that are multiples of 2^unit, and whose sizes add up to at most `total`, add up exactly in any order. */
const addsExactly = (unit: number, total: number): boolean => total === 0 || total <= 2 ** 24 * 2 ** unit;

const isSure = (x: Bounded): boolean => x.slack.every((s) => s === 0);
const largestOf = (data: ArrayLike<number>): number => {
  let largest = 0;
  for (let i = 0; i < data.length; i++) if (!(data[i]! <= largest)) largest = data[i]!;
  return largest;
};

interface Call {
  readonly prim: PrimName;
  readonly inputs: readonly Bounded[];
  readonly attrs: object;
  readonly output: ArrayData;
}

/** Sums of products: `total` adds the sizes of the terms, `carried` is what slack of the operands does to the result. */
function ofSum(y: ArrayData, unit: number, total: ArrayLike<number>, carried: ArrayLike<number>, terms: number) {
  const exact = addsExactly(unit, largestOf(total)) && largestOf(carried) === 0;
  return Float64Array.from(y.data, (value, i) => {
    if (exact) return 0;
    // Infinities and NaN come through, unless it is a matter of order whether a sum of finite numbers overflows.
    if (carried[i] === 0 && !Number.isFinite(value) && !(total[i]! < INF && total[i]! > LARGEST / 2)) return 0;
    return carried[i]! + (terms + 2) * rounding(total[i]! + carried[i]!);
  });
}

const finiteSizes = (x: ArrayData): ArrayData =>
  wide(
    x.shape,
    Array.from(x.data, (v) => (Number.isFinite(v) ? Math.abs(v) : 0)),
  );

const rules: { readonly [P in PrimName]?: (call: Call) => Float64Array } = {
  sum: ({ inputs: [x], attrs, output }) => {
    if (output.dtype !== "f32") return run("max", [slackOf(x!)], attrs).data as Float64Array;
    const total = run("sum", [finiteSizes(x!)], attrs).data;
    const terms = x!.data.length / Math.max(1, output.data.length);
    return ofSum(output, unitOf(x!.data), total, run("sum", [slackOf(x!)], attrs).data, terms);
  },
  prod: ({ inputs: [x], attrs, output }) => {
    const carriedMax = reduced("max", slackOf(x!), attrs, output.data.length);
    if (output.dtype !== "f32") return carriedMax;
    const outer = wide(
      x!.shape,
      x!.slack.map((s, i) => Math.abs(x!.data[i]!) + s),
    );
    const largest = run("prod", [outer], attrs).data;
    const atLeastOne = wide(
      x!.shape,
      Array.from(x!.data, (v) => Math.max(1, Math.abs(v))),
    );
    const partial = run("prod", [atLeastOne], attrs).data;
    const whole = unitOf(x!.data) >= 0;
    const terms = x!.data.length / Math.max(1, output.data.length);
    return Float64Array.from(output.data, (y, i) => {
      if (carriedMax[i] === 0 && whole && partial[i]! <= 2 ** 24) return 0;
      if (!(partial[i]! < 1e30)) return INF; // it may overflow on the way
      if (!Number.isFinite(y)) return oneIfSure(carriedMax[i] === 0);
      return largest[i]! - Math.abs(y) + (terms + 2) * 2 * rounding(largest[i]!);
    });
  },
  max: ({ inputs: [x], attrs, output }) => reduced("max", slackOf(x!), attrs, output.data.length),
  min: ({ inputs: [x], attrs, output }) => reduced("max", slackOf(x!), attrs, output.data.length),
  argmax: ({ inputs: [x], attrs, output }) => {
    const { axis, keepDims } = attrs as Attrs<"argmax">;
    return reduced("max", slackOf(x!), { axes: [axis], keepDims }, output.data.length).map((s) => oneIfSure(s === 0));
  },
  argsort: ({ inputs: [x], attrs }) => {
    if (x!.data.length === 0) return new Float64Array(0);
    const { axis } = attrs as Attrs<"argsort">;
    const row = run("max", [slackOf(x!)], { axes: [axis], keepDims: true });
    return Float64Array.from(stretched(row, x!.shape), (s) => oneIfSure(s === 0));
  },
  matmul: (call) => ofProduct(call, call.inputs[0]!.shape.at(-1)!),
  conv2d: (call) => ofProduct(call, sizeOf(call.inputs[1]!.shape.slice(1))),
  conv2dInputGrad: (call) => {
    const [o, , ...window] = call.inputs[1]!.shape;
    return ofProduct(call, (o! / (call.attrs as Attrs<"conv2d">).groups) * sizeOf(window));
  },
  conv2dKernelGrad: (call) => {
    const [n, , ...plane] = call.inputs[1]!.shape;
    return ofProduct(call, n! * sizeOf(plane));
  },
  argmaxPool: ({ inputs: [x], attrs }) =>
    (run("maxPool", [slackOf(x!)], attrs).data as Float64Array).map((s) => oneIfSure(s === 0)),
  sumPool: ofWindows,
  sumPoolGrad: ofWindows,
  where: ({ inputs: [c, a, b], output: { shape } }) => {
    const [condition, sc] = [stretched(c!, shape), stretched(slackOf(c!), shape)];
    const [sa, sb] = [stretched(slackOf(a!), shape), stretched(slackOf(b!), shape)];
    return Float64Array.from(condition, (holds, i) => (sc[i]! > 0 ? INF : holds ? sa[i]! : sb[i]!));
  },
  cast: ({ inputs: [x], output }) =>
    x!.slack.map((s, i) => {
      if (s === 0 || output.dtype === "f32" || output.dtype === "f64") return s;
      const v = x!.data[i]!;
      if (x!.dtype !== "f32") return INF;
      return oneIfSure(output.dtype === "bool" ? Math.abs(v) > s : Math.trunc(v - s) === Math.trunc(v + s));
    }),
  pad: ({ inputs: [x], attrs }) => run("pad", [slackOf(x!)], { ...attrs, value: 0 }).data as Float64Array,
  scatterAdd: scattered,
  scatterAddElements: scattered,
  gather: indexed,
  gatherElements: indexed,
  dynamicSlice: indexed,
  dynamicUpdateSlice: indexed,
  randomBits: ({ inputs: [key], output }) => new Float64Array(output.data.length).fill(oneIfSure(isSure(key!))),
  iota: ({ output }) => new Float64Array(output.data.length),
};

/** Of what is linear in both operands, and adds so many terms for each element. */
function ofProduct({ prim, inputs: [a, b], attrs, output }: Call, terms: number): Float64Array {
  const isBounded = (x: Bounded): boolean => x.data.every(Number.isFinite) && x.slack.every(Number.isFinite);
  if (!isBounded(a!) || !isBounded(b!)) return new Float64Array(output.data.length).fill(INF);
  const product = (x: ArrayData, y: ArrayData) => run(prim, [x, y], attrs).data;
  const [p, q] = [sizesOf(a!), sizesOf(b!)];
  const [sa, sb] = [slackOf(a!), slackOf(b!)];
  const total = product(p, q);
  const parts = [product(p, sb), product(sa, q), product(sa, sb)];
  const carried = Float64Array.from(total, (_, i) => parts.reduce((sum, part) => sum + part[i]!, 0));
  return ofSum(output, unitOf(a!.data) + unitOf(b!.data), total, carried, terms);
}

/** Of sums over windows. */
function ofWindows({ prim, inputs: [x], attrs, output }: Call): Float64Array {
  const [total, carried] = [finiteSizes(x!), slackOf(x!)].map((sizes) => run(prim, [sizes], attrs).data);
  return ofSum(output, unitOf(x!.data), total!, carried!, sizeOf((attrs as Attrs<"sumPool">).kernel));
}

function reduced(prim: "max" | "sum", x: ArrayData, attrs: object, size: number): Float64Array {
  return x.data.length === 0 ? new Float64Array(size) : (run(prim, [x], attrs).data as Float64Array);
}

/** Which of the operands are indices; if they are in doubt, so is all that they pick. */
function indexed({ prim, inputs, attrs, output }: Call): Float64Array {
  const indices = prim === "dynamicUpdateSlice" ? 2 : 1;
  if (!isSure(inputs[indices]!)) return new Float64Array(output.data.length).fill(INF);
  const operands = inputs.map((x, i) => (i === indices ? x : slackOf(x)));
  return run(prim, operands, attrs).data as Float64Array;
}

function scattered({ prim, inputs: [x, indices, updates], attrs, output }: Call): Float64Array {
  if (!isSure(indices!)) return new Float64Array(output.data.length).fill(INF);
  const carried = run(prim, [slackOf(x!), indices!, slackOf(updates!)], attrs).data;
  if (output.dtype !== "f32") return Float64Array.from(carried, (s) => oneIfSure(s === 0));
  const total = run(prim, [finiteSizes(x!), indices!, finiteSizes(updates!)], attrs).data;
  const unit = Math.min(unitOf(x!.data), unitOf(updates!.data));
  return ofSum(output, unit, total, carried, updates!.data.length);
}

/** Transposes and the like treat slack as they treat numbers. */
function moved({ prim, inputs, attrs }: Call): Float64Array {
  return run(prim, inputs.map(slackOf), attrs).data as Float64Array;
}

function slackOfCall(call: Call): Float64Array {
  const { prim, inputs, output } = call;
  const { shape, data } = output;
  const ofOne = unary[prim];
  if (ofOne !== undefined) {
    const [x] = inputs;
    return Float64Array.from(data, (y, i) => ofOne(x!.data[i]!, x!.slack[i]!, y));
  }
  const ofTwo = binary[prim];
  if (ofTwo !== undefined) {
    const [a, b] = inputs.map((x) => stretched(x, shape)) as [TypedArray, TypedArray];
    const [sa, sb] = inputs.map((x) => stretched(slackOf(x), shape)) as [TypedArray, TypedArray];
    return Float64Array.from(data, (y, i) => ofTwo(a[i]!, b[i]!, sa[i]!, sb[i]!, y));
  }
  return (rules[prim] ?? moved)(call);
}

/** Computes a primitive by the reference, and how far others may be from it. */
export function runBounded(prim: PrimName, inputs: readonly Bounded[], attrs: object): Bounded {
  const output = run(prim, inputs, attrs);
  const slack = slackOfCall({ prim, inputs, attrs, output });
  const isInDoubt = !inputs.every(isSure);
  for (let i = 0; i < slack.length; i++) {
    const [s, y] = [slack[i]!, output.data[i]!];
    if (output.dtype !== "f32") slack[i] = oneIfSure(s === 0);
    else if (Number.isNaN(s) || (isInDoubt && s > 0 && !Number.isFinite(y))) slack[i] = INF;
    else if (s > 0 && Math.abs(y) + s > LARGEST) slack[i] = INF;
    else if (!Number.isFinite(y) && s > 0) slack[i] = INF;
  }
  return { ...output, slack };
}

/** A number that is known exactly. */
export const exactly = (x: ArrayData): Bounded => ({ ...x, slack: new Float64Array(sizeOf(x.shape)) });
