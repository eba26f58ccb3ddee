import { type DType, isFloat } from "../core/dtype.ts";
import type { Value } from "../ir/graph.ts";
import type { Ops } from "../ops/operations.ts";
import { fillOf } from "./fill.ts";
import type { Simplification } from "./simplification.ts";

/** @file Exact algebra of elementwise primitives. Above each rule stands why its result has the same bits. */

/** Puts `neutral` beside x, and x comes out. */
interface Neutral {
  readonly float: number;
  readonly whole?: number;
  /** Whether it may stand on the left, too. */
  readonly isCommutative: boolean;
}

type WithNeutral = "add" | "sub" | "mul" | "div" | "pow" | "maximum" | "minimum" | "and" | "or";

/**
 * x + 0 is no identity: −0 + 0 is 0. But −0 + −0 is −0, and x − 0 = x + −0. x · 1, x / 1 and x¹ round x, which is a number
 * already. No number is beyond the infinities, and NaN wins against them as against any number.
 */
const neutrals: { readonly [P in WithNeutral]: Neutral } = {
  add: { float: -0, whole: 0, isCommutative: true },
  sub: { float: 0, whole: 0, isCommutative: false },
  mul: { float: 1, whole: 1, isCommutative: true },
  div: { float: 1, isCommutative: false },
  pow: { float: 1, isCommutative: false },
  maximum: { float: Number.NEGATIVE_INFINITY, isCommutative: true },
  minimum: { float: Number.POSITIVE_INFINITY, isCommutative: true },
  and: { float: Number.NaN, whole: 1, isCommutative: true },
  or: { float: Number.NaN, whole: 0, isCommutative: true },
};

/** x + −0, x − 0, x · 1, x / 1, x¹, max(x, −∞), min(x, ∞), x ∧ true, x ∨ false → x; see `neutrals`. */
export const dropNeutral: Simplification<WithNeutral> = ({ prim, dtype, shape, inputs: [x, y] }, b) => {
  const { float, whole, isCommutative } = neutrals[prim];
  const neutral = isFloat(dtype) ? float : whole;
  if (neutral === undefined) return undefined;
  if (Object.is(fillOf(y), neutral)) return b.broadcast(x, shape);
  if (isCommutative && Object.is(fillOf(x), neutral)) return b.broadcast(y, shape);
  return undefined;
};

/** x ∧ false → false, x ∨ true → true: whatever x is. */
export const dropDecided: Simplification<"and" | "or"> = ({ prim, shape, inputs: [x, y] }, b) => {
  const decided = prim === "and" ? 0 : 1;
  if (fillOf(x) === decided) return b.broadcast(x, shape);
  if (fillOf(y) === decided) return b.broadcast(y, shape);
  return undefined;
};

/** −−x, ¬¬x → x: a sign bit turned twice; integers are negated modulo 2ⁿ, which undoes itself, −2³¹ included. */
export const dropDouble: Simplification<"neg" | "not"> = ({ prim, inputs: [x] }) =>
  x.prim === prim ? x.inputs[0] : undefined;

/** max(x, x), min(x, x), x ∧ x, x ∨ x → x: also for NaN and −0. */
export const dropEqualOperands: Simplification<"maximum" | "minimum" | "and" | "or"> = ({ inputs: [x, y] }) =>
  x === y ? x : undefined;

/** x + −y → x − y, −x + y → y − x: IEEE 754 defines the difference so, and sums modulo 2ⁿ agree. */
export const addNegative: Simplification<"add"> = ({ inputs: [x, y] }, b) => {
  if (y.prim === "neg") return b.sub(x, y.inputs[0]);
  if (x.prim === "neg") return b.sub(y, x.inputs[0]);
  return undefined;
};

/** x − −y → x + y, as `addNegative`. */
export const subtractNegative: Simplification<"sub"> = ({ inputs: [x, y] }, b) =>
  y.prim === "neg" ? b.add(x, y.inputs[0]) : undefined;

/** −x · −y → x · y, −x / −y → x / y: the sign of the result is that of the two signs, its magnitude knows none. */
export const cancelSigns: Simplification<"mul" | "div"> = ({ prim, inputs: [x, y] }, b) => {
  if (x.prim !== "neg" || y.prim !== "neg") return undefined;
  return prim === "mul" ? b.mul(x.inputs[0], y.inputs[0]) : b.div(x.inputs[0], y.inputs[0]);
};

/** x · −1 → −x: the magnitude is not rounded; i32 wraps alike. */
export const negate: Simplification<"mul"> = ({ shape, inputs: [x, y] }, b) => {
  if (fillOf(y) === -1) return b.broadcast(b.neg(x), shape);
  if (fillOf(x) === -1) return b.broadcast(b.neg(y), shape);
  return undefined;
};

/**
 * x / ±2ᵏ → x · ±2⁻ᵏ: both round the same real number once. Only where 2⁻ᵏ is a normal number, because some processors
 * take others for 0.
 */
export const multiplyByReciprocal: Simplification<"div"> = ({ dtype, shape, inputs: [x, y] }, b) => {
  const divisor = fillOf(y);
  const exponent = divisor === undefined ? undefined : exponentOf(divisor);
  if (divisor === undefined || exponent === undefined) return undefined;
  if (Math.abs(exponent) > (dtype === "f32" ? 126 : 1022)) return undefined;
  return b.broadcast(b.mul(x, 1 / divisor), shape);
};

/** k for ±2ᵏ, from the bits: the logarithm of the engine need not be exact. */
function exponentOf(x: number): number | undefined {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const [high, low] = [view.getUint32(0), view.getUint32(4)];
  const biased = (high >>> 20) & 0x7ff;
  const isPower = (high & 0xfffff) === 0 && low === 0 && biased > 0 && biased < 0x7ff;
  return isPower ? biased - 1023 : undefined;
}

/**
 * x⁰ → 1: even for NaN. x² → x · x in f32: the square of 24 bits fits the 53 in which the power is computed, so both
 * round the same number; f64 has no such room.
 */
export const expandPower: Simplification<"pow"> = ({ dtype, shape, inputs: [x, y] }, b) => {
  const exponent = fillOf(y);
  if (exponent === 0) return b.full(shape, 1, dtype);
  if (exponent === 2 && dtype === "f32") return b.broadcast(b.mul(x, x), shape);
  return undefined;
};

/** Where the condition is the same everywhere, or both branches are one, the choice is made; ¬ swaps the branches. */
export const choose: Simplification<"where"> = ({ shape, inputs: [condition, x, y] }, b) => {
  const decided = fillOf(condition);
  if (decided !== undefined) return b.broadcast(decided === 0 ? y : x, shape);
  if (x === y) return b.broadcast(x, shape);
  if (condition.prim === "not") return b.where(condition.inputs[0], y, x);
  return undefined;
};

/** No gradient is asked for any more. */
export const dropStopGradient: Simplification<"stopGradient"> = ({ inputs: [x] }) => x;

/** |−x|, ||x|| → |x|: the sign does not count. u8 has none: its −x is 256 − x. */
export const dropSign: Simplification<"abs"> = ({ dtype, inputs: [x] }, b) => {
  if (x.prim === "abs") return x;
  return x.prim === "neg" && dtype !== "u8" ? b.abs(x.inputs[0]) : undefined;
};

/** What can be written in another dtype and read back without loss. */
const exactIn: { readonly [D in DType]: readonly DType[] } = {
  bool: ["u8", "i32", "f32", "f64"],
  u8: ["i32", "f32", "f64"],
  i32: ["f64"],
  f32: ["f64"],
  f64: [],
};

/**
 * A cast to the dtype that is there already, and a cast in between that loses nothing, are left out. Except from i32
 * through f64 to u8: a float saturates where a whole number keeps its low byte.
 */
export const castDirectly: Simplification<"cast"> = ({ dtype, inputs: [x] }, b) => {
  if (x.dtype === dtype) return x;
  if (x.prim !== "cast") return undefined;
  const [source]: readonly [Value] = x.inputs;
  const isExact = exactIn[source.dtype].includes(x.dtype);
  if (!isExact || (source.dtype === "i32" && isFloat(x.dtype) && dtype === "u8")) return undefined;
  return b.cast(source, dtype);
};

type Elementwise =
  | "neg"
  | "abs"
  | "sign"
  | "exp"
  | "log"
  | "sqrt"
  | "tanh"
  | "erf"
  | "sin"
  | "cos"
  | "floor"
  | "not"
  | "cast"
  | WithNeutral
  | "mod"
  | "eq"
  | "lt"
  | "le"
  | "where";

/**
 * What is computed element by element need not be repeated first: f(broadcast(x), y) → f(x, y), which is repeated
 * afterwards, where f itself does not stretch it to its shape. A constant that is one number everywhere is such a
 * repetition, too, even of a single element: numbers of rank 0 can be merged.
 */
export const computeBeforeBroadcast: Simplification<Elementwise> = (value, b, emitter) => {
  const inputs: readonly Value[] = value.inputs;
  const sources = inputs.map((x) => sourceOf(x, b));
  if (sources.every((x, i) => x === inputs[i])) return undefined;
  const narrow = emitter.emit(value.prim, sources as never, value.attrs as never); // as many operands as before
  return b.broadcast(narrow, value.shape);
};

function sourceOf(x: Value, b: Ops<Value>): Value {
  if (x.prim === "broadcast") return x.inputs[0];
  if (x.prim !== "constant" || x.shape.length === 0) return x;
  const fill = fillOf(x);
  return fill === undefined ? x : b.scalar(fill, x.dtype);
}
