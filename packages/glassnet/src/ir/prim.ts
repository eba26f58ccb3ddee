import type { DType, TypedArray } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";

/**
 * @file The table of contents of the engine: every primitive, how many tensors it takes and what else it is told.
 * Contracts (`ops/`), gradients (`autodiff/vjp.ts`), kernels (`backends/`) and samples (`test/samples.ts`) are total
 * tables over this list, so a forgotten entry does not compile. Anything that can be composed of these is a
 * composition (`ops/composite.ts`), with no gradient and no kernel of its own.
 */

export type NoAttrs = Readonly<Record<never, never>>;

/** How many tensors a primitive takes, and what else it is told. */
interface Prim<Arity extends 0 | 1 | 2 | 3 | "many", A extends object = NoAttrs> {
  readonly arity: Arity;
  readonly attrs: Readonly<A>;
}

interface ReduceAttrs {
  /** Sorted and non-negative. */
  axes: readonly number[];
  keepDims: boolean;
}

type Pair = readonly [height: number, width: number];

/** Zeros (for a maximum: minus infinity) added around the plane: [[top, bottom], [left, right]]. */
export type Padding = readonly [height: readonly [number, number], width: readonly [number, number]];

export interface ConvAttrs {
  stride: Pair;
  padding: Padding;
  dilation: Pair;
  /** Channels are split into this many independent convolutions. */
  groups: number;
}

export interface PoolAttrs {
  kernel: Pair;
  stride: Pair;
  padding: Padding;
}

export interface Prims {
  // Sources
  input: Prim<0, { dtype: DType; shape: Shape; name: string }>;
  constant: Prim<0, { dtype: DType; shape: Shape; data: TypedArray }>;
  iota: Prim<0, { dtype: DType; shape: Shape; axis: number }>;
  randomBits: Prim<1, { shape: Shape; bits: number; stream: number }>;

  // Elementwise, one operand
  neg: Prim<1>;
  abs: Prim<1>;
  sign: Prim<1>;
  exp: Prim<1>;
  log: Prim<1>;
  sqrt: Prim<1>;
  tanh: Prim<1>;
  erf: Prim<1>;
  sin: Prim<1>;
  cos: Prim<1>;
  floor: Prim<1>;
  not: Prim<1>;
  cast: Prim<1, { dtype: DType }>;
  stopGradient: Prim<1>;

  // Elementwise, several operands that broadcast
  add: Prim<2>;
  sub: Prim<2>;
  mul: Prim<2>;
  div: Prim<2>;
  pow: Prim<2>;
  mod: Prim<2>;
  maximum: Prim<2>;
  minimum: Prim<2>;
  eq: Prim<2>;
  lt: Prim<2>;
  le: Prim<2>;
  and: Prim<2>;
  or: Prim<2>;
  where: Prim<3>;

  // Reductions
  sum: Prim<1, ReduceAttrs>;
  max: Prim<1, ReduceAttrs>;
  min: Prim<1, ReduceAttrs>;
  prod: Prim<1, ReduceAttrs>;
  argmax: Prim<1, { axis: number; keepDims: boolean }>;

  // Movement
  reshape: Prim<1, { shape: Shape }>;
  transpose: Prim<1, { perm: readonly number[] }>;
  broadcast: Prim<1, { shape: Shape }>;
  slice: Prim<1, { start: readonly number[]; stop: readonly number[]; step: readonly number[] }>;
  pad: Prim<1, { low: readonly number[]; high: readonly number[]; interior: readonly number[]; value: number }>;
  concat: Prim<"many", { axis: number }>;
  flip: Prim<1, { axes: readonly number[] }>;

  // Products and windows
  matmul: Prim<2>;
  conv2d: Prim<2, ConvAttrs>;
  conv2dInputGrad: Prim<2, ConvAttrs & { inputSize: Pair }>;
  conv2dKernelGrad: Prim<2, ConvAttrs & { kernelSize: Pair }>;
  maxPool: Prim<1, PoolAttrs>;
  argmaxPool: Prim<1, PoolAttrs>;
  sumPool: Prim<1, PoolAttrs>;
  sumPoolGrad: Prim<1, PoolAttrs & { inputSize: Pair }>;

  // Reading and writing by index
  gather: Prim<2, { axis: number }>;
  scatterAdd: Prim<3, { axis: number }>;
  gatherElements: Prim<2, { axis: number }>;
  scatterAddElements: Prim<3, { axis: number }>;
  dynamicSlice: Prim<2, { sizes: readonly number[] }>;
  dynamicUpdateSlice: Prim<3>;
  argsort: Prim<1, { axis: number; descending: boolean }>;
}

export type PrimName = keyof Prims;
export type Attrs<P extends PrimName> = Prims[P]["attrs"];

/** The operands of a primitive, as a tuple of the right length. */
export type Inputs<P extends PrimName, T> = {
  0: readonly [];
  1: readonly [T];
  2: readonly [T, T];
  3: readonly [T, T, T];
  many: readonly T[];
}[Prims[P]["arity"]];
