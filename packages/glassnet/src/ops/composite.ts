import { type DType, isFloat, promote } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import {
  formatShape,
  resolveAxes,
  resolveAxis,
  type Shape,
  sameShape,
  sizeOf,
  type TensorType,
} from "../core/shape.ts";
import type { Ops } from "./operations.ts";
import { type Axes, type Operand, type PoolOptions, type ReduceOptions, reduceNames } from "./options.ts";

/**
 * @file Compositions: functions of the primitives, with no gradient and no kernel of their own. Each is written once
 * over `Ops<V>`, so it serves graphs and tensors alike. Formulas are the numerically stable ones; where that is not
 * obvious the reason stands beside it.
 */

/** Sums in f32 keep u8 and i32 data exact enough to divide; floats keep their dtype. */
const floatOf = <V extends TensorType>(b: Ops<V>, x: V): V => (isFloat(x.dtype) ? x : b.cast(x, "f32"));

// Comparisons

export const ne = <V extends TensorType>(b: Ops<V>, x: Operand<V>, y: Operand<V>): V => b.not(b.eq(x, y));
export const gt = <V extends TensorType>(b: Ops<V>, x: Operand<V>, y: Operand<V>): V => b.lt(y, x);
export const ge = <V extends TensorType>(b: Ops<V>, x: Operand<V>, y: Operand<V>): V => b.le(y, x);

// Elementwise

export const square = <V extends TensorType>(b: Ops<V>, x: V): V => b.mul(x, x);
export const reciprocal = <V extends TensorType>(b: Ops<V>, x: V): V => b.div(1, x);
export const ceil = <V extends TensorType>(b: Ops<V>, x: V): V => b.neg(b.floor(b.neg(floatOf(b, x))));

/** Values outside [low, high] move to the nearer bound. At a bound the slope is 1/2; PyTorch's clamp has 1 there. */
export const clip = <V extends TensorType>(b: Ops<V>, x: V, low: Operand<V>, high: Operand<V>): V =>
  b.minimum(b.maximum(x, low), high);

/**
 * log(1 + x), accurate near 0: with u = 1 + x rounded, log(u) · x / (u − 1) cancels the rounding error of u.
 * @see Kahan, in Higham 2002, Accuracy and Stability of Numerical Algorithms, problem 1.5.
 */
export function log1p<V extends TensorType>(b: Ops<V>, x: V): V {
  const y = floatOf(b, x);
  const u = b.add(y, 1);
  const regular = b.and(b.lt(0, u), b.lt(u, Number.POSITIVE_INFINITY));
  const safe = b.where(regular, u, 2);
  const exact = b.eq(safe, 1);
  const log = b.log(safe);
  const corrected = b.where(exact, y, b.mul(log, b.div(y, b.where(exact, 1, b.sub(safe, 1)))));
  // The correction mends a rounding error and is nothing to the calculus: the gradient is that of log(u) alone.
  const value = b.add(b.stopGradient(corrected), b.sub(log, b.stopGradient(log)));
  return b.where(regular, value, b.log(u));
}

/**
 * eˣ − 1, accurate near 0: eˣ − 1 = 2 tanh(x/2) / (1 − tanh(x/2)), used where |x| < 1.
 */
export function expm1<V extends TensorType>(b: Ops<V>, x: V): V {
  const y = floatOf(b, x);
  const near = b.lt(b.abs(y), 1);
  const t = b.tanh(b.mul(b.where(near, y, 0), 0.5));
  return b.where(near, b.div(b.mul(t, 2), b.sub(1, t)), b.sub(b.exp(y), 1));
}

/** 1 / (1 + e⁻ˣ), by the exponential of −|x|, which cannot overflow. */
export function sigmoid<V extends TensorType>(b: Ops<V>, x: V): V {
  const y = floatOf(b, x);
  const positive = b.le(0, y);
  const e = b.exp(b.where(positive, b.neg(y), y));
  return b.div(b.where(positive, 1, e), b.add(e, 1));
}

/** log(1 + eˣ) = max(x, 0) + log1p(e^−|x|). */
export function softplus<V extends TensorType>(b: Ops<V>, x: V): V {
  const y = floatOf(b, x);
  const positive = b.le(0, y);
  return b.add(b.where(positive, y, 0), log1p(b, b.exp(b.where(positive, b.neg(y), y))));
}

/** max(x, 0), with slope 0 at 0 as in PyTorch; NaN stays NaN. */
export const relu = <V extends TensorType>(b: Ops<V>, x: V): V => b.where(b.le(x, 0), 0, x);

export const leakyRelu = <V extends TensorType>(b: Ops<V>, x: V, slope = 0.01): V =>
  b.where(b.lt(0, x), x, b.mul(x, slope));

/** x where positive, α(eˣ − 1) elsewhere. @see Clevert et al. 2016, arXiv:1511.07289. */
export function elu<V extends TensorType>(b: Ops<V>, x: V, alpha = 1): V {
  const positive = b.lt(0, x);
  return b.where(positive, x, b.mul(expm1(b, b.where(positive, 0, x)), alpha));
}

/** x · sigmoid(x). @see Hendrycks & Gimpel 2016, arXiv:1606.08415. */
export const silu = <V extends TensorType>(b: Ops<V>, x: V): V => b.mul(x, sigmoid(b, x));

/**
 * x · Φ(x), with the normal distribution function Φ: exactly by erf, or by the paper's approximation with tanh.
 * @see Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2.
 */
export function gelu<V extends TensorType>(b: Ops<V>, x: V, form: "erf" | "tanh" = "erf"): V {
  if (form === "erf") return b.mul(b.mul(x, 0.5), b.add(b.erf(b.mul(x, Math.SQRT1_2)), 1));
  const cubic = b.add(x, b.mul(b.mul(b.mul(x, x), x), 0.044715));
  return b.mul(b.mul(x, 0.5), b.add(b.tanh(b.mul(cubic, Math.sqrt(2 / Math.PI))), 1));
}

// Statistics along axes

const countAlong = (shape: Shape, axes: Axes | undefined): number =>
  sizeOf(resolveAxes("mean", axes, shape.length).map((axis) => shape[axis]!));

/** Mean along axes; over no elements it is NaN. */
export function mean<V extends TensorType>(b: Ops<V>, x: V, options: ReduceOptions = {}): V {
  checkNames("mean", reduceNames, options);
  return b.div(b.sum(floatOf(b, x), options), countAlong(x.shape, options.axes));
}

export interface VarianceOptions extends ReduceOptions {
  /** What is taken off the count that divides: 0 for the population's variance (default), 1 for a sample's. */
  readonly correction?: number | undefined;
}

const varianceNames: OptionNames<VarianceOptions> = { ...reduceNames, correction: true };

/** Mean squared distance from the mean, in two passes. */
export function variance<V extends TensorType>(b: Ops<V>, x: V, options: VarianceOptions = {}): V {
  const { axes, keepDims, correction = 0 } = checkNames("variance", varianceNames, options);
  const centred = b.sub(floatOf(b, x), mean(b, x, { axes, keepDims: true }));
  return b.div(b.sum(square(b, centred), { axes, keepDims }), Math.max(0, countAlong(x.shape, axes) - correction));
}

export const std = <V extends TensorType>(b: Ops<V>, x: V, options: VarianceOptions = {}): V =>
  b.sqrt(variance(b, x, options));

/** Euclidean norm √Σx²; its gradient at 0 is 0. Scaled by the largest element, so squares do not overflow. */
export function norm<V extends TensorType>(b: Ops<V>, x: V, options: ReduceOptions = {}): V {
  const { axes, keepDims = false } = checkNames("norm", reduceNames, options);
  const y = floatOf(b, x);
  if (sizeOf(y.shape) === 0) return b.sqrt(b.sum(square(b, y), { axes, keepDims }));
  const largest = b.stopGradient(b.max(b.abs(y), { axes, keepDims: true }));
  const scalable = b.and(b.lt(0, largest), b.lt(largest, Number.POSITIVE_INFINITY));
  const scale = b.where(scalable, largest, 1);
  const squares = b.sum(square(b, b.div(y, scale)), { axes, keepDims: true });
  const zero = b.eq(squares, 0);
  const root = b.mul(b.where(zero, 0, b.sqrt(b.where(zero, 1, squares))), scale);
  return keepDims ? root : b.reshape(root, b.sum(y, { axes }).shape);
}

/** The largest element along `axes` where it is finite, else 0: what softmax may subtract without making NaN of ±∞. */
function shiftOf<V extends TensorType>(b: Ops<V>, x: V, axes: Axes | undefined): V {
  const largest = b.stopGradient(b.max(x, { axes, keepDims: true }));
  return b.where(b.lt(b.abs(largest), Number.POSITIVE_INFINITY), largest, 0);
}

/** log Σ eˣ along axes, shifted by the maximum so that no exponential overflows. Over no elements it is −∞. */
export function logSumExp<V extends TensorType>(b: Ops<V>, x: V, options: ReduceOptions = {}): V {
  const { axes, keepDims = false } = checkNames("logSumExp", reduceNames, options);
  const y = floatOf(b, x);
  if (countAlong(y.shape, axes) === 0) return b.log(b.sum(y, { axes, keepDims }));
  const shift = shiftOf(b, y, axes);
  const total = b.sum(b.exp(b.sub(y, shift)), { axes, keepDims: true });
  const result = b.add(b.log(total), shift);
  return keepDims ? result : b.reshape(result, b.sum(y, { axes }).shape);
}

/** eˣ / Σ eˣ along `axis`. */
export function softmax<V extends TensorType>(b: Ops<V>, x: V, axis = -1): V {
  const y = floatOf(b, x);
  if (y.shape.at(axis) === 0) return y;
  const e = b.exp(b.sub(y, shiftOf(b, y, axis)));
  return b.div(e, b.sum(e, { axes: axis, keepDims: true }));
}

/** x − log Σ eˣ along `axis`: the logarithm of softmax without its rounding to 0. */
export function logSoftmax<V extends TensorType>(b: Ops<V>, x: V, axis = -1): V {
  const y = floatOf(b, x);
  if (y.shape.at(axis) === 0) return y;
  const shifted = b.sub(y, shiftOf(b, y, axis));
  return b.sub(shifted, b.log(b.sum(b.exp(shifted), { axes: axis, keepDims: true })));
}

export interface LayerNormOptions<V> {
  readonly scale?: V | undefined;
  readonly shift?: V | undefined;
  readonly epsilon?: number | undefined;
}

/**
 * (x − mean) / √(variance + ε) over the last axis, then scaled and shifted.
 * @see Ba, Kiros & Hinton 2016, arXiv:1607.06450, section 3.
 */
export function layerNorm<V extends TensorType>(b: Ops<V>, x: V, options: LayerNormOptions<V> = {}): V {
  const { scale, shift, epsilon = 1e-5 } = options;
  const features = x.shape.at(-1);
  for (const [name, part] of Object.entries({ scale, shift })) {
    if (part !== undefined && !sameShape(part.shape, [features ?? -1])) {
      throw new ShapeError("shape-mismatch", "layerNorm", `${name} must be [${features}], one number a feature`, {
        operands: { x: formatShape(x.shape), [name]: formatShape(part.shape) },
      });
    }
  }
  const centred = b.sub(floatOf(b, x), mean(b, x, { axes: -1, keepDims: true }));
  const spread = b.sqrt(b.add(mean(b, square(b, centred), { axes: -1, keepDims: true }), epsilon));
  const normal = b.div(centred, spread);
  const scaled = scale === undefined ? normal : b.mul(normal, scale);
  return shift === undefined ? scaled : b.add(scaled, shift);
}

// Structure

/** A last axis of `classes` numbers: 1 at the index, 0 elsewhere; all 0 for an index outside. */
export function oneHot<V extends TensorType>(b: Ops<V>, indices: V, classes: number, dtype: DType = "f32"): V {
  return b.cast(b.eq(b.reshape(indices, [...indices.shape, 1]), b.iota([classes], 0)), dtype);
}

/** Joins tensors of one shape along a new axis. */
export function stack<V extends TensorType>(b: Ops<V>, tensors: readonly V[], axis = 0): V {
  const first = tensors[0];
  if (first === undefined) throw new ShapeError("shape-mismatch", "stack", "needs at least one tensor");
  const at = resolveAxis("stack", axis, first.shape.length + 1);
  for (const x of tensors) {
    if (!sameShape(x.shape, first.shape)) {
      throw new ShapeError("shape-mismatch", "stack", "tensors must have one shape", {
        operands: { first: formatShape(first.shape), other: formatShape(x.shape) },
      });
    }
  }
  const widened = tensors.map((x) => b.reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]));
  return b.concat(widened, at);
}

/** Cuts an axis into parts: a number of equal ones, or parts of the given sizes. */
export function split<V extends TensorType>(b: Ops<V>, x: V, parts: number | readonly number[], axis = 0): V[] {
  const at = resolveAxis("split", axis, x.shape.length);
  const n = x.shape[at]!;
  // No more parts than elements: splitting nothing a hundred million times is a slip, and not tried.
  const isCount = typeof parts === "number" && Number.isInteger(parts) && parts >= 1 && parts <= Math.max(n, 1);
  const counted = isCount ? Array.from({ length: parts }, () => n / parts) : [];
  const sizes = typeof parts === "number" ? counted : parts;
  const whole = sizes.length > 0 && sizes.every((size) => Number.isInteger(size) && size >= 0);
  if (!whole || sizes.reduce((sum, size) => sum + size, 0) !== n) {
    const what = `axis ${at} of size ${n} does not split into ${typeof parts === "number" ? parts : formatShape(parts)}`;
    throw new ShapeError("shape-mismatch", "split", what, { operands: { x: formatShape(x.shape) } });
  }
  let start = 0;
  return sizes.map((size) => {
    const range = { start, stop: start + size };
    start += size;
    return b.slice(x, [...Array.from({ length: at }, () => undefined), range]);
  });
}

/** Elements along `axis` in rising (or falling) order; equal elements keep their order. */
export const sort = <V extends TensorType>(
  b: Ops<V>,
  x: V,
  options: { axis?: number | undefined; descending?: boolean | undefined } = {},
): V => b.gatherElements(x, b.argsort(x, options), options.axis);

/** The k largest elements along `axis`, largest first, and where they stood. */
export function topK<V extends TensorType>(b: Ops<V>, x: V, k: number, axis = -1): { values: V; indices: V } {
  const at = resolveAxis("topK", axis, x.shape.length);
  if (!(Number.isInteger(k) && k >= 0 && k <= x.shape[at]!)) {
    throw new ShapeError("invalid-shape", "topK", `k must be 0 to ${x.shape[at]}, got ${k}`, {
      operands: { x: formatShape(x.shape) },
    });
  }
  const order = b.argsort(x, { axis: at, descending: true });
  const indices = b.slice(order, [...Array.from({ length: at }, () => undefined), { stop: k }]);
  return { values: b.gatherElements(x, indices, at), indices };
}

/** Index of the smallest element along `axis`, the first of equals; NaN counts as smallest. */
export function argmin<V extends TensorType>(
  b: Ops<V>,
  x: V,
  options: { axis?: number | undefined; keepDims?: boolean | undefined } = {},
): V {
  // −(−2³¹) overflows i32, so integers are reversed by −1 − x instead.
  const reversed = isFloat(x.dtype) ? b.neg(x) : b.sub(-1, b.cast(x, promote(x.dtype, "i32")));
  return b.argmax(reversed, options);
}

/** Mean of each window. Padding counts as zeros unless `countPadding` is false. */
export function avgPool<V extends TensorType>(
  b: Ops<V>,
  x: V,
  { countPadding = true, ...options }: PoolOptions & { readonly countPadding?: boolean | undefined },
): V {
  const total = b.sumPool(x, options);
  if (!countPadding) return b.div(total, b.sumPool(b.full([1, 1, ...x.shape.slice(2)], 1, total.dtype), options));
  const [h, w] = typeof options.kernel === "number" ? [options.kernel, options.kernel] : options.kernel;
  return b.div(total, h * w);
}

// Random numbers

/** Uniform in [0, 1): 24 random bits in f32, 53 in f64, exact on every backend. */
export function randomUniform<V extends TensorType>(
  b: Ops<V>,
  key: V,
  shape: Shape,
  stream: number,
  dtype: "f32" | "f64" = "f32",
): V {
  if (dtype === "f32") return b.mul(b.cast(b.randomBits(key, shape, 24, stream), "f32"), 2 ** -24);
  const bits = b.cast(b.randomBits(key, [...shape, 2], 27, stream), "f64");
  const [high, low] = split(b, bits, 2, -1) as [V, V];
  // 27 bits above, 26 below: 2⁻²⁷ · high + 2⁻⁵³ · ⌊low / 2⌋
  const sum = b.add(b.mul(high, 2 ** -27), b.mul(b.floor(b.mul(low, 0.5)), 2 ** -53));
  return b.reshape(sum, shape);
}
