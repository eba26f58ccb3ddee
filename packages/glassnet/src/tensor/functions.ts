import { ShapeError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { formatType, type Shape } from "../core/shape.ts";
import * as composite from "../ops/composite.ts";
import {
  type Axes,
  type ConvOptions,
  checkPool,
  convNames,
  type PoolOptions,
  type ReduceOptions,
} from "../ops/options.ts";
import { operand, ops, type Tensor, type TensorLike, tensorOf, toTensor } from "./tensor.ts";
import type { Variable } from "./variable.ts";

/**
 * @file The operations as functions. Operands are tensors or variables, where it makes sense plain numbers, which adopt
 * the dtype of what they meet. Formulas, shapes and sources stand with the compositions (`ops/composite.ts`) and the
 * contracts (`ops/`).
 */

type T = Tensor | Variable;
interface AxisOptions {
  readonly axis?: number | undefined;
  readonly keepDims?: boolean | undefined;
}

// Arithmetic, with broadcasting

/** a + b, element by element, broadcasting. @throws ShapeError if the shapes do not broadcast. */
export const add = (a: TensorLike, b: TensorLike): Tensor => ops.add(operand(a), operand(b));
/** a − b, element by element, broadcasting. @throws ShapeError if the shapes do not broadcast. */
export const sub = (a: TensorLike, b: TensorLike): Tensor => ops.sub(operand(a), operand(b));
/** a · b, element by element, broadcasting. @throws ShapeError if the shapes do not broadcast. */
export const mul = (a: TensorLike, b: TensorLike): Tensor => ops.mul(operand(a), operand(b));
/** a / b; integers give f32. */
export const div = (a: TensorLike, b: TensorLike): Tensor => ops.div(operand(a), operand(b));
/** aᵇ, element by element, broadcasting; integers give f32. */
export const pow = (a: TensorLike, b: TensorLike): Tensor => ops.pow(operand(a), operand(b));
/** The remainder with the sign of b. */
export const mod = (a: TensorLike, b: TensorLike): Tensor => ops.mod(operand(a), operand(b));
/** The larger of a and b, element by element, broadcasting; NaN if either is NaN. */
export const maximum = (a: TensorLike, b: TensorLike): Tensor => ops.maximum(operand(a), operand(b));
/** The smaller of a and b, element by element, broadcasting; NaN if either is NaN. */
export const minimum = (a: TensorLike, b: TensorLike): Tensor => ops.minimum(operand(a), operand(b));

// Comparisons and logic, giving bool

/** Where a equals b; NaN equals nothing. */
export const eq = (a: TensorLike, b: TensorLike): Tensor => ops.eq(operand(a), operand(b));
/** Where a differs from b; NaN differs from everything. */
export const ne = (a: TensorLike, b: TensorLike): Tensor => composite.ne(ops, operand(a), operand(b));
/** Where a < b. */
export const lt = (a: TensorLike, b: TensorLike): Tensor => ops.lt(operand(a), operand(b));
/** Where a ≤ b. */
export const le = (a: TensorLike, b: TensorLike): Tensor => ops.le(operand(a), operand(b));
/** Where a > b. */
export const gt = (a: TensorLike, b: TensorLike): Tensor => composite.gt(ops, operand(a), operand(b));
/** Where a ≥ b. */
export const ge = (a: TensorLike, b: TensorLike): Tensor => composite.ge(ops, operand(a), operand(b));
/** Where both are true; numbers count as true unless they are 0. */
export const and = (a: T, b: T): Tensor => ops.and(tensorOf(a), tensorOf(b));
/** Where either is true; numbers count as true unless they are 0. */
export const or = (a: T, b: T): Tensor => ops.or(tensorOf(a), tensorOf(b));
/** Where x is false; numbers count as false if they are 0. */
export const not = (x: T): Tensor => ops.not(tensorOf(x));
/** a where the condition holds, b elsewhere. */
export const where = (condition: T, a: TensorLike, b: TensorLike): Tensor =>
  ops.where(tensorOf(condition), operand(a), operand(b));

// Elementwise

/** −x; u8 and bool give i32. */
export const neg = (x: TensorLike): Tensor => ops.neg(toTensor(x));
/** |x|, with slope 0 at 0. */
export const abs = (x: TensorLike): Tensor => ops.abs(toTensor(x));
/** −1, 0 or 1 with the sign of x; NaN stays NaN. */
export const sign = (x: TensorLike): Tensor => ops.sign(toTensor(x));
/** eˣ; integers give f32, here and in the functions below. */
export const exp = (x: TensorLike): Tensor => ops.exp(toTensor(x));
/** Natural logarithm; −∞ at 0, NaN below. */
export const log = (x: TensorLike): Tensor => ops.log(toTensor(x));
/** √x; NaN below 0. */
export const sqrt = (x: TensorLike): Tensor => ops.sqrt(toTensor(x));
/** x². */
export const square = (x: TensorLike): Tensor => composite.square(ops, toTensor(x));
/** 1 / x. */
export const reciprocal = (x: TensorLike): Tensor => composite.reciprocal(ops, toTensor(x));
/** Sine of x in radians. */
export const sin = (x: TensorLike): Tensor => ops.sin(toTensor(x));
/** Cosine of x in radians. */
export const cos = (x: TensorLike): Tensor => ops.cos(toTensor(x));
/** Hyperbolic tangent of x. */
export const tanh = (x: TensorLike): Tensor => ops.tanh(toTensor(x));
/** Error function 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf = (x: TensorLike): Tensor => ops.erf(toTensor(x));
/** Largest whole number not above x, as a float. */
export const floor = (x: TensorLike): Tensor => ops.floor(toTensor(x));
/** Smallest whole number not below x, as a float. */
export const ceil = (x: TensorLike): Tensor => composite.ceil(ops, toTensor(x));
/** log(1 + x), accurate near 0. */
export const log1p = (x: TensorLike): Tensor => composite.log1p(ops, toTensor(x));
/** eˣ − 1, accurate near 0. */
export const expm1 = (x: TensorLike): Tensor => composite.expm1(ops, toTensor(x));
/** x, moved to the nearer bound where it lies outside [low, high]. */
export const clip = (x: TensorLike, low: TensorLike, high: TensorLike): Tensor =>
  composite.clip(ops, toTensor(x), operand(low), operand(high));
/** x itself, with no gradient through it. */
export const stopGradient = (x: T): Tensor => ops.stopGradient(tensorOf(x));

// Activations

/** max(x, 0), with slope 0 at 0; NaN stays NaN. */
export const relu = (x: T): Tensor => composite.relu(ops, tensorOf(x));
/** x where positive, `slope · x` elsewhere; the slope is 0.01 by default. */
export const leakyRelu = (x: T, slope?: number): Tensor => composite.leakyRelu(ops, tensorOf(x), slope);
/** x where positive, α(eˣ − 1) elsewhere; α is 1 by default. @see Clevert et al. 2016, arXiv:1511.07289. */
export const elu = (x: T, alpha?: number): Tensor => composite.elu(ops, tensorOf(x), alpha);
/** 1 / (1 + e⁻ˣ), without overflow. */
export const sigmoid = (x: T): Tensor => composite.sigmoid(ops, tensorOf(x));
/** log(1 + eˣ), without overflow. */
export const softplus = (x: T): Tensor => composite.softplus(ops, tensorOf(x));
/** x · sigmoid(x). @see Hendrycks & Gimpel 2016, arXiv:1606.08415. */
export const silu = (x: T): Tensor => composite.silu(ops, tensorOf(x));
/** x Φ(x), exactly by erf or approximately by tanh. */
export const gelu = (x: T, form?: "erf" | "tanh"): Tensor => composite.gelu(ops, tensorOf(x), form);
/** eˣ / Σ eˣ along `axis` (the last by default), shifted so that nothing overflows. */
export const softmax = (x: T, axis?: number): Tensor => composite.softmax(ops, tensorOf(x), axis);
/** x − log Σ eˣ along `axis` (the last by default): the logarithm of softmax, without its rounding to 0. */
export const logSoftmax = (x: T, axis?: number): Tensor => composite.logSoftmax(ops, tensorOf(x), axis);

// Reductions

/** Sum along `axes` (all by default); u8 and bool give i32. Over no elements it is 0. */
export const sum = (x: T, options?: ReduceOptions): Tensor => ops.sum(tensorOf(x), options);
/** Product along `axes` (all by default); u8 and bool give i32. Over no elements it is 1. */
export const prod = (x: T, options?: ReduceOptions): Tensor => ops.prod(tensorOf(x), options);
/** Largest element along `axes` (all by default). @throws ShapeError if there are no elements. */
export const max = (x: T, options?: ReduceOptions): Tensor => ops.max(tensorOf(x), options);
/** Smallest element along `axes` (all by default). @throws ShapeError if there are no elements. */
export const min = (x: T, options?: ReduceOptions): Tensor => ops.min(tensorOf(x), options);
/** Mean along `axes` (all by default), in f32 for integers. */
export const mean = (x: T, options?: ReduceOptions): Tensor => composite.mean(ops, tensorOf(x), options);
/** Mean squared distance from the mean along `axes`; divides by n − correction, and `correction` is 0 by default. */
export const variance = (x: T, options?: composite.VarianceOptions): Tensor =>
  composite.variance(ops, tensorOf(x), options);
/** √variance; see there. */
export const std = (x: T, options?: composite.VarianceOptions): Tensor => composite.std(ops, tensorOf(x), options);
/** Euclidean norm √Σx² along `axes` (all by default), without overflow; its gradient at 0 is 0. */
export const norm = (x: T, options?: ReduceOptions): Tensor => composite.norm(ops, tensorOf(x), options);
/** log Σ eˣ along `axes` (all by default), without overflow. */
export const logSumExp = (x: T, options?: ReduceOptions): Tensor => composite.logSumExp(ops, tensorOf(x), options);
/** Index (i32) of the largest element along `axis` (the last by default), the first of equals. */
export const argmax = (x: T, options?: AxisOptions): Tensor => ops.argmax(tensorOf(x), options);
/** Index (i32) of the smallest element along `axis` (the last by default), the first of equals. */
export const argmin = (x: T, options?: AxisOptions): Tensor => composite.argmin(ops, tensorOf(x), options);

// Movement

/** The same elements in row-major order under another shape; one size may be −1 and is worked out. */
export const reshape = (x: T, shape: Shape): Tensor => ops.reshape(tensorOf(x), shape);
/** Axes in the order of `perm`; reversed without it. */
export const transpose = (x: T, perm?: readonly number[]): Tensor => ops.transpose(tensorOf(x), perm);
/** x stretched to `shape` by repeating axes of size 1 and adding leading ones. */
export const broadcastTo = (x: T, shape: Shape): Tensor => ops.broadcast(tensorOf(x), shape);
/** Adds `value` around each axis: amounts before and after, one pair an axis. */
export const pad = (x: T, amounts: readonly (readonly [number, number])[], value = 0): Tensor =>
  ops.pad(
    tensorOf(x),
    amounts.map(([before]) => before),
    amounts.map(([, after]) => after),
    { value },
  );
/** Elements in reverse order along `axes` (all by default). */
export const flip = (x: T, axes?: Axes): Tensor => ops.flip(tensorOf(x), axes);
/** Joins tensors along an axis that they have (the first by default); other sizes must agree. */
export const concat = (tensors: readonly T[], axis?: number): Tensor => ops.concat(tensors.map(tensorOf), axis);
/** Joins tensors of one shape along a new axis (the first by default). */
export const stack = (tensors: readonly T[], axis?: number): Tensor =>
  composite.stack(ops, tensors.map(tensorOf), axis);
/** Cuts an axis into a number of equal parts, or into parts of the given sizes. */
export const split = (x: T, parts: number | readonly number[], axis?: number): Tensor[] =>
  composite.split(ops, tensorOf(x), parts, axis);

// Products and windows

/**
 * Matrix product [..., m, k] × [..., k, n] → [..., m, n]; leading axes broadcast, a rank-1 operand is a row or column.
 */
export const matmul = (a: T, b: T): Tensor => ops.matmul(tensorOf(a), tensorOf(b));
/** Cross-correlation: x [N, C, H, W], kernel [O, C/groups, kh, kw] → [N, O, H', W']. */
export const conv2d = (x: T, kernel: T, options: ConvOptions = {}): Tensor =>
  ops.conv2d(tensorOf(x), tensorOf(kernel), checkNames("conv2d", convNames, options));
/** Largest element of each window: x [N, C, H, W] → [N, C, H', W']. Windows do not overlap unless `stride` says so. */
export const maxPool = (x: T, options: PoolOptions): Tensor => ops.maxPool(tensorOf(x), checkPool("maxPool", options));
/** Mean of each window: x [N, C, H, W] → [N, C, H', W']. Padding counts as zeros unless `countPadding` is false. */
export const avgPool = (x: T, options: PoolOptions & { readonly countPadding?: boolean }): Tensor =>
  composite.avgPool(ops, tensorOf(x), checkPool("avgPool", options, { countPadding: true }));
const layerNormNames: OptionNames<composite.LayerNormOptions<T>> = { scale: true, shift: true, epsilon: true };

/**
 * Each row of the last axis moved to mean 0 and variance 1, then scaled and shifted, one number a feature.
 *
 *   y = (x − mean(x)) / √(variance(x) + epsilon) · scale + shift        variance divides by n, epsilon is 1e-5
 *
 * Shapes: x [..., features] → [..., features]; scale and shift [features].
 *
 * @throws ShapeError if `scale` or `shift` is not [features].
 * @see Ba, Kiros & Hinton 2016, arXiv:1607.06450, section 3.
 */
export function layerNorm(x: T, options: composite.LayerNormOptions<T> = {}): Tensor {
  checkNames("layerNorm", layerNormNames, options);
  return composite.layerNorm(ops, tensorOf(x), {
    ...options,
    scale: options.scale === undefined ? undefined : tensorOf(options.scale),
    shift: options.shift === undefined ? undefined : tensorOf(options.shift),
  });
}

// Reading and writing by index

/**
 * Indices that are known must exist; computed ones are clamped, see the contract of `gather`.
 *
 * @internal
 */
export function checkIndices(where: string, indices: Tensor, size: number): void {
  const at = indices.stored?.findIndex((i) => !(i >= 0 && i < size)) ?? -1;
  if (at < 0) return;
  throw new ShapeError(
    "index-out-of-range",
    where,
    `index ${indices.stored?.[at]} at position ${at}: expected 0 to ${size - 1}`,
    {
      operands: { indices: formatType(indices) },
      details: { position: at, index: indices.stored?.[at], size },
    },
  );
}

function checked(where: string, x: T, indices: T, axis: number): [Tensor, Tensor] {
  const [tensor, index] = [tensorOf(x), tensorOf(indices)];
  const size = tensor.shape.at(axis);
  if (size !== undefined) checkIndices(where, index, size);
  return [tensor, index];
}

/** Whole slices of x along `axis`, in the shape of `indices`. @throws ShapeError naming an index that does not exist. */
export const gather = (x: T, indices: T, axis = 0): Tensor => ops.gather(...checked("gather", x, indices, axis), axis);
/** x with slices of updates added where the indices point. @throws ShapeError naming an index that does not exist. */
export const scatterAdd = (x: T, indices: T, updates: T, axis = 0): Tensor =>
  ops.scatterAdd(...checked("scatterAdd", x, indices, axis), tensorOf(updates), axis);
/** One element of x for each index along `axis`. @throws ShapeError naming an index that does not exist. */
export const gatherElements = (x: T, indices: T, axis = -1): Tensor =>
  ops.gatherElements(...checked("gatherElements", x, indices, axis), axis);
/** The block of `sizes` that begins at `start`, one index an axis; moved inside if it would stick out. */
export const dynamicSlice = (x: T, start: T, sizes: Shape): Tensor =>
  ops.dynamicSlice(tensorOf(x), tensorOf(start), sizes);
/** x with the block that begins at `start` replaced; moved inside if it would stick out. */
export const dynamicUpdateSlice = (x: T, update: T, start: T): Tensor =>
  ops.dynamicUpdateSlice(tensorOf(x), tensorOf(update), tensorOf(start));
/** A last axis of `classes` numbers with 1 at the index. */
export const oneHot = (indices: T, classes: number, dtype?: Tensor["dtype"]): Tensor =>
  composite.oneHot(ops, tensorOf(indices), classes, dtype);
/** Indices (i32) that sort x along `axis` (the last by default); equals keep their order. */
export const argsort = (x: T, options?: { axis?: number; descending?: boolean }): Tensor =>
  ops.argsort(tensorOf(x), options);
/** Elements in rising order along `axis` (the last by default), falling with `descending`. */
export const sort = (x: T, options?: { axis?: number; descending?: boolean }): Tensor =>
  composite.sort(ops, tensorOf(x), options);
/** The k largest elements along `axis` (the last by default), largest first, and their indices. */
export const topK = (x: T, k: number, axis?: number): { values: Tensor; indices: Tensor } =>
  composite.topK(ops, tensorOf(x), k, axis);
