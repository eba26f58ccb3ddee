import { runPrimitive } from "../src/backends/reference/kernels.ts";
import type { ArrayData } from "../src/core/array.ts";
import { sizeOf } from "../src/core/shape.ts";
import type { Attrs, Inputs, PrimName } from "../src/ir/prim.ts";
import { accuracyOf, ulpOf } from "./accuracy.ts";
import type { AnySample } from "./samples.ts";

/**
 * @file How exactly a fast backend has to agree with the reference, which keeps f64 in between and rounds once: a rule for every
 * primitive. Of integers and booleans all bits are the same; the rules are about f32.
 */

/** How far each element may be from the reference's; undefined if all bits must be the same. */
type Rule = (sample: AnySample, expected: ArrayData) => Float64Array | undefined;

/** Half a unit of the last place, relative: what one rounding may add. */
const UNIT = 2 ** -24;
/** Half of the smallest number. */
const HALF_SMALLEST = 2 ** -150;

/** Higham's γ: so many roundings in a row are off by no more, relative to the exact number. */
const gamma = (roundings: number): number => (roundings * UNIT) / (1 - roundings * UNIT);

/**
 * Nothing is rounded, or each element once and correctly. So does the reference: to round a sum, a product, a quotient or a root
 * to f64 first changes nothing, since f64 has more than twice the digits of f32.
 *
 * @see Figueroa 1995, When is double rounding innocuous?, SIGNUM Newsletter 30(3).
 */
const same: Rule = () => undefined;

/** Off by what `kernels/test/accuracy.h` says of the function, and the reference by its one rounding. */
const within =
  (name: string): Rule =>
  (_, { data }) =>
    Float64Array.from(data, (y) => (accuracyOf(name) + 0.5) * ulpOf(y));

/** The same primitive on other numbers, in f64; what is an index remains. */
function onOthers({ prim, inputs, attrs }: AnySample, other: (x: number) => number): ArrayData {
  const operands = (inputs as readonly ArrayData[]).map(
    (x): ArrayData => (x.dtype === "f32" ? { ...x, dtype: "f64", data: Float64Array.from(x.data, other) } : x),
  );
  return runPrimitive(prim, operands as unknown as Inputs<PrimName, ArrayData>, attrs as Attrs<PrimName>);
}

/**
 * A sum of n terms, added in any order, with `products` roundings in each term: off by γ(n − 1 + products) of the sum of its
 * terms' magnitudes, and by what a product loses that is smaller than normal numbers are. The primitive is linear in each
 * operand. So of ones it makes n, element by element (at an image's edge a window has fewer), and of magnitudes their sum.
 *
 * @see Higham 2002, Accuracy and Stability of Numerical Algorithms, section 3.1 and eq. (4.4).
 */
const sumOf =
  (products: 0 | 1): Rule =>
  (sample, { data }) => {
    const terms = onOthers(sample, () => 1).data;
    const magnitudes = onOthers(sample, (x) => (Number.isFinite(x) ? Math.abs(x) : 0)).data;
    return Float64Array.from(data, (y, i) => {
      const roundings = Math.max(0, terms[i]! - 1) + products;
      if (roundings === 0 || !Number.isFinite(y)) return 0;
      return gamma(roundings) * magnitudes[i]! + UNIT * Math.abs(y) + products * terms[i]! * HALF_SMALLEST;
    });
  };

/**
 * A product of n factors, multiplied in any order: n − 1 roundings in a row, each relative to the product so far. Magnitudes do
 * not add up, so this is no rule of sums: the samples' partial products stay normal numbers.
 */
const productOf: Rule = ({ inputs }, { data, shape }) => {
  const factors = (inputs as readonly ArrayData[])[0]!.data.length / Math.max(1, sizeOf(shape));
  const relative = factors > 1 ? gamma(factors - 1) + UNIT : 0;
  return Float64Array.from(data, (y) => (Number.isFinite(y) ? relative * Math.abs(y) : 0));
};

/** The table of tolerances. */
const tolerances: { readonly [P in Exclude<PrimName, "input" | "constant">]: Rule } = {
  iota: same,
  randomBits: same,
  neg: same,
  abs: same,
  sign: same,
  exp: within("exp"),
  log: within("log"),
  sqrt: same,
  tanh: within("tanh"),
  erf: within("erf"),
  sin: within("sin"),
  cos: within("cos"),
  floor: same,
  not: same,
  cast: same,
  stopGradient: same,
  add: same,
  sub: same,
  mul: same,
  div: same,
  pow: within("pow"),
  mod: same, // exact in f64 but for the last addition, which the reference makes too
  maximum: same,
  minimum: same,
  eq: same,
  lt: same,
  le: same,
  and: same,
  or: same,
  where: same,
  sum: sumOf(0),
  prod: productOf,
  max: same,
  min: same,
  argmax: same,
  reshape: same,
  transpose: same,
  broadcast: same,
  slice: same,
  pad: same,
  concat: same,
  flip: same,
  matmul: sumOf(1),
  conv2d: sumOf(1),
  conv2dInputGrad: sumOf(1),
  conv2dKernelGrad: sumOf(1),
  maxPool: same,
  argmaxPool: same,
  sumPool: sumOf(0),
  sumPoolGrad: sumOf(0),
  gather: same,
  scatterAdd: sumOf(0),
  gatherElements: same,
  scatterAddElements: sumOf(0),
  dynamicSlice: same,
  dynamicUpdateSlice: same,
  argsort: same,
};

/** How far each element of a sample's result may be from the reference's; undefined if all bits must be the same. */
export function toleranceOf(sample: AnySample, expected: ArrayData): Float64Array | undefined {
  if (sample.prim === "input" || sample.prim === "constant" || expected.dtype !== "f32") return undefined;
  return tolerances[sample.prim](sample, expected);
}

/** What is wrong with a result; undefined if it is as the reference has it. */
export function faultOf(got: ArrayData["data"], sample: AnySample, expected: ArrayData): string | undefined {
  if (got.constructor !== expected.data.constructor) return `it is a ${got.constructor.name}`;
  if (got.length !== expected.data.length) return `it has ${got.length} elements, expected ${expected.data.length}`;
  const tolerance = toleranceOf(sample, expected);
  for (let i = 0; i < got.length; i++) {
    const [x, y] = [got[i]!, expected.data[i]!];
    if (Object.is(x, y) || (tolerance !== undefined && Math.abs(x - y) <= tolerance[i]!)) continue;
    return `element ${i} is ${x}, expected ${y}${tolerance === undefined ? "" : ` ± ${tolerance[i]}`}`;
  }
  return undefined;
}
