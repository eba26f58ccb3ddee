import { isFloat } from "../core/dtype.ts";
import { type Shape, sameShape, sizeOf } from "../core/shape.ts";
import type { Simplification } from "./simplification.ts";

/** @file Rules for primitives that only move elements, and for reductions that reduce nothing. A copy changes no bit. */

/** Elements in row-major order under another shape, and then under a third: the second does not matter. */
export const reshapeOnce: Simplification<"reshape"> = ({ shape, inputs: [x] }, b) => {
  if (sameShape(x.shape, shape)) return x;
  return x.prim === "reshape" ? b.reshape(x.inputs[0], shape) : undefined;
};

/**
 * Two transposes are one, and one that leaves all axes in place is none. Where only axes of size 1 change places, the
 * order in memory stays, so a reshape does it.
 */
export const transposeOnce: Simplification<"transpose"> = ({ shape, attrs: { perm }, inputs: [x] }, b) => {
  const long = perm.filter((axis) => x.shape[axis] !== 1);
  if (long.every((axis, i) => i === 0 || axis > long[i - 1]!)) return b.reshape(x, shape);
  if (x.prim !== "transpose") return undefined;
  const inner = x.attrs.perm;
  return b.transpose(
    x.inputs[0],
    perm.map((axis) => inner[axis]!),
  );
};

/** Two broadcasts are one; one that repeats nothing is a reshape; leading axes of size 1 are added by any broadcast. */
export const broadcastOnce: Simplification<"broadcast"> = ({ shape, inputs: [x] }, b) => {
  if (sizeOf(x.shape) === sizeOf(shape)) return b.reshape(x, shape);
  if (x.prim === "broadcast") return b.broadcast(x.inputs[0], shape);
  if (x.prim === "reshape" && onlyAddsLeadingOnes(x.inputs[0].shape, x.shape)) return b.broadcast(x.inputs[0], shape);
  return undefined;
};

function onlyAddsLeadingOnes(from: Shape, to: Shape): boolean {
  const lead = to.length - from.length;
  return lead > 0 && to.every((n, axis) => n === (axis < lead ? 1 : from[axis - lead]));
}

/** One number repeated looks the same however it is moved. */
export const repeatInPlace: Simplification<"reshape" | "transpose" | "slice" | "flip"> = (
  { shape, inputs: [x] },
  b,
) => {
  if (x.prim !== "broadcast") return undefined;
  const [source] = x.inputs;
  return sizeOf(source.shape) === 1 ? b.broadcast(b.reshape(source, []), shape) : undefined;
};

/** A slice of everything; steps are positive, so as many elements are the same ones. */
export const dropWholeSlice: Simplification<"slice"> = ({ shape, inputs: [x] }) =>
  sameShape(x.shape, shape) ? x : undefined;

/** A pad by nothing; amounts are not negative. */
export const dropEmptyPad: Simplification<"pad"> = ({ shape, inputs: [x] }) =>
  sameShape(x.shape, shape) ? x : undefined;

export const dropSingleConcat: Simplification<"concat"> = ({ inputs }) => (inputs.length === 1 ? inputs[0] : undefined);

/** A flip of axes of size 1, and a flip of what was flipped along the same axes. */
export const dropFlip: Simplification<"flip"> = ({ attrs: { axes }, inputs: [x] }) => {
  if (axes.every((axis) => x.shape[axis]! <= 1)) return x;
  return x.prim === "flip" && sameShape(x.attrs.axes, axes) ? x.inputs[0] : undefined;
};

/**
 * A reduction over axes of size 1. The product starts from 1, the extremes from what is beyond all numbers: x comes out.
 * The sum starts from 0, so −0 becomes 0, as it does in x + 0.
 */
export const reduceNothing: Simplification<"sum" | "prod" | "max" | "min"> = (value, b) => {
  const { prim, dtype, shape, attrs, inputs } = value;
  const [x] = inputs;
  if (!attrs.axes.every((axis) => x.shape[axis] === 1)) return undefined;
  const same = b.reshape(x, shape);
  return prim === "sum" && isFloat(dtype) ? b.add(same, 0) : same;
};
