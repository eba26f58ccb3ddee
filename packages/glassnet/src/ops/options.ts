import type { ConvAttrs, Padding, PoolAttrs } from "../ir/prim.ts";

/** @file What callers may say of an operation in short, and the attributes that it stands for. */

/** A tensor, or a number that takes the dtype of what it meets. */
export type Operand<V> = V | number;

export type Axes = number | readonly number[];

export interface ReduceOptions {
  /** Which axes to reduce; all of them by default. */
  readonly axes?: Axes | undefined;
  /** Whether reduced axes stay, with size 1. False by default. */
  readonly keepDims?: boolean | undefined;
}

export interface SliceRange {
  readonly start?: number | undefined;
  readonly stop?: number | undefined;
  readonly step?: number | undefined;
}

export type Pair = readonly [number, number];
type Amount = number | Pair;

export interface ConvOptions {
  readonly stride?: Amount | undefined;
  /** Zeros on each side: one number, one for height and width each, or [[top, bottom], [left, right]]. */
  readonly padding?: Amount | Padding | undefined;
  readonly dilation?: Amount | undefined;
  readonly groups?: number | undefined;
}

export interface PoolOptions {
  readonly kernel: Amount;
  /** The kernel's size by default, so that windows do not overlap. */
  readonly stride?: Amount | undefined;
  readonly padding?: Amount | Padding | undefined;
}

const pairOf = (amount: Amount): Pair => (typeof amount === "number" ? [amount, amount] : amount);

function paddingOf(padding: Amount | Padding): Padding {
  const [h, w] = typeof padding === "number" ? [padding, padding] : padding;
  return [typeof h === "number" ? [h, h] : h, typeof w === "number" ? [w, w] : w];
}

export const convAttrs = ({ stride = 1, padding = 0, dilation = 1, groups = 1 }: ConvOptions): ConvAttrs => ({
  stride: pairOf(stride),
  padding: paddingOf(padding),
  dilation: pairOf(dilation),
  groups,
});

export const poolAttrs = ({ kernel, stride = kernel, padding = 0 }: PoolOptions): PoolAttrs => ({
  kernel: pairOf(kernel),
  stride: pairOf(stride),
  padding: paddingOf(padding),
});
