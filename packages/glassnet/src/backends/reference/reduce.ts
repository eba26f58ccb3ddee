import type { DType, TypedArray } from "../../core/dtype.ts";
import { reducedShape, sizeOf, stridesOf } from "../../core/shape.ts";
import type { Attrs } from "../../ir/prim.ts";
import type { Buffer, Kernel } from "./kernel.ts";
import { eachRow } from "./strided.ts";
import { workspace } from "./workspace.ts";

/** Folds n elements of x into accumulators; dO is 0 where they share one. */
type Row = (x: TypedArray, i: number, di: number, acc: TypedArray, o: number, dO: number, n: number) => void;

interface ReduceCall {
  readonly inputs: readonly [Buffer];
  readonly output: Buffer;
  readonly attrs: Attrs<"sum">;
}

/** Every output element takes its elements in row-major order, starting from `initial`. */
function reduce({ inputs: [x], output, attrs: { axes } }: ReduceCall, initial: number, row: Row): void {
  const acc = output.dtype === "f32" ? workspace(output.data.length) : output.data;
  acc.fill(initial, 0, output.data.length);
  const kept = stridesOf(reducedShape(x.shape, axes, true));
  const strides = [stridesOf(x.shape), kept.map((stride, axis) => (axes.includes(axis) ? 0 : stride))];
  eachRow(x.shape, strides, ([i, o], [di, dO], n) => row(x.data, i, di, acc, o, dO, n));
  if (acc !== output.data) for (let i = 0; i < output.data.length; i++) output.data[i] = acc[i];
}

const sumRow: Row = (x, i, di, acc, o, dO, n) => {
  for (let k = 0; k < n; k++, i += di, o += dO) acc[o] += x[i];
};
const prodRow: Row = (x, i, di, acc, o, dO, n) => {
  for (let k = 0; k < n; k++, i += di, o += dO) acc[o] *= x[i];
};
const prodWholeRow: Row = (x, i, di, acc, o, dO, n) => {
  for (let k = 0; k < n; k++, i += di, o += dO) acc[o] = Math.imul(acc[o], x[i]);
};
const maxRow: Row = (x, i, di, acc, o, dO, n) => {
  for (let k = 0; k < n; k++, i += di, o += dO) acc[o] = Math.max(acc[o], x[i]);
};
const minRow: Row = (x, i, di, acc, o, dO, n) => {
  for (let k = 0; k < n; k++, i += di, o += dO) acc[o] = Math.min(acc[o], x[i]);
};

const LOWEST: { readonly [D in DType]: number } = {
  bool: 0,
  u8: 0,
  i32: -(2 ** 31),
  f32: Number.NEGATIVE_INFINITY,
  f64: Number.NEGATIVE_INFINITY,
};
const HIGHEST: { readonly [D in DType]: number } = {
  bool: 1,
  u8: 255,
  i32: 2 ** 31 - 1,
  f32: Number.POSITIVE_INFINITY,
  f64: Number.POSITIVE_INFINITY,
};

export const sum: Kernel<"sum"> = (call) => reduce(call, 0, sumRow);
export const prod: Kernel<"prod"> = (call) => reduce(call, 1, call.output.dtype === "i32" ? prodWholeRow : prodRow);
export const max: Kernel<"max"> = (call) => reduce(call, LOWEST[call.output.dtype], maxRow);
export const min: Kernel<"min"> = (call) => reduce(call, HIGHEST[call.output.dtype], minRow);

export const argmax: Kernel<"argmax"> = ({ inputs: [x], output, attrs: { axis } }) => {
  const n = x.shape[axis];
  const inner = sizeOf(x.shape.slice(axis + 1));
  for (let o = 0; o < output.data.length; o++) {
    const start = Math.floor(o / inner) * n * inner + (o % inner);
    let best = 0;
    for (let k = 1; k < n; k++) if (isLarger(x.data[start + k * inner], x.data[start + best * inner])) best = k;
    output.data[o] = best;
  }
};

/** NaN counts as largest. */
function isLarger(a: number, b: number): boolean {
  return a > b || (Number.isNaN(a) && !Number.isNaN(b));
}
