import { convert, type DType, isFloat } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { describeValue } from "../core/tree.ts";
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

/** The dtype in which a plain number joins a tensor: the tensor's, unless the number does not fit into it. */
export function dtypeOfNumber(x: number, beside: DType): DType {
  if (isFloat(beside)) return beside;
  if (!Number.isInteger(x) || x !== convert("f64", "i32", x)) return "f32";
  return beside === "u8" && x >= 0 && x <= 255 ? "u8" : "i32";
}

export interface ArgOptions {
  readonly axis?: number | undefined;
  readonly keepDims?: boolean | undefined;
}

export interface SortOptions {
  readonly axis?: number | undefined;
  readonly descending?: boolean | undefined;
}

export interface PadOptions {
  readonly value?: number | undefined;
  /** How many are put between neighbours. */
  readonly interior?: readonly number[] | undefined;
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

export const reduceNames: OptionNames<ReduceOptions> = { axes: true, keepDims: true };
const rangeNames: OptionNames<SliceRange> = { start: true, stop: true, step: true };
export const argNames: OptionNames<ArgOptions> = { axis: true, keepDims: true };
export const sortNames: OptionNames<SortOptions> = { axis: true, descending: true };
export const padNames: OptionNames<PadOptions> = { value: true, interior: true };
export const convNames: OptionNames<ConvOptions> = { stride: true, padding: true, dilation: true, groups: true };
const poolNames: OptionNames<PoolOptions> = { kernel: true, stride: true, padding: true };

const pairOf = (amount: Amount): Pair => (typeof amount === "number" ? [amount, amount] : amount);

function paddingOf(padding: Amount | Padding): Padding {
  const [h, w] = typeof padding === "number" ? [padding, padding] : padding;
  return [typeof h === "number" ? [h, h] : h, typeof w === "number" ? [w, w] : w];
}

/** @throws UsageError unless there is a list of ranges. */
export function checkRanges(ranges: readonly (SliceRange | undefined)[]): void {
  if (!Array.isArray(ranges)) {
    const what = `the ranges must be a list, one for each axis, got ${describeValue(ranges)}`;
    throw new UsageError("invalid-option", "slice", what, { help: "[{ start: 1 }] cuts the first axis" });
  }
  for (const range of ranges) if (range !== undefined) checkNames("slice", rangeNames, range, "a range");
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

/**
 * Looks at what a caller says of windows. Gradients do not come by: what they pass on are attributes.
 *
 * @throws UsageError for a name that is not known, or without the size of a window
 */
export function checkPool<O extends PoolOptions>(
  where: string,
  options: O,
  others: Readonly<Record<string, true>> = {},
): O {
  checkNames(where, { ...poolNames, ...others }, options);
  if (options.kernel !== undefined) return options;
  throw new UsageError("invalid-option", where, "needs the size of its windows as kernel");
}
