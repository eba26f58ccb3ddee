import type { TypedArray } from "../../core/dtype.ts";
import { broadcastStrides } from "../../core/shape.ts";
import type { Buffer, Kernel } from "./kernel.ts";
import { eachRow } from "./strided.ts";

/**
 * @file Elementwise primitives of several operands. Broadcasting cuts the output into rows along which each operand
 * either advances by one element or stands still (di, dj = 1 or 0); a primitive is a loop over one row. The loops are
 * written out, not made from functions of two numbers: a shared loop would call such a function for every element.
 */

type Row = (
  a: TypedArray,
  i: number,
  di: number,
  b: TypedArray,
  j: number,
  dj: number,
  out: TypedArray,
  o: number,
  end: number,
) => void;

interface BinaryCall {
  readonly inputs: readonly [Buffer, Buffer];
  readonly output: Buffer;
}

function overRows({ inputs: [a, b], output }: BinaryCall, row: Row): void {
  const size = output.data.length;
  const [x, y, out] = [a.data, b.data, output.data];
  if (size === 0) return;
  if ((x.length === size || x.length === 1) && (y.length === size || y.length === 1)) {
    row(x, 0, x.length === 1 ? 0 : 1, y, 0, y.length === 1 ? 0 : 1, out, 0, size);
    return;
  }
  const strides = [broadcastStrides(a.shape, output.shape), broadcastStrides(b.shape, output.shape)];
  let o = 0;
  eachRow(output.shape, strides, (offsets, steps, n) => {
    row(x, offsets[0], steps[0], y, offsets[1], steps[1], out, o, o + n);
    o += n;
  });
}

const addRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = a[i] + b[j];
};
const subRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = a[i] - b[j];
};
const mulRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = a[i] * b[j];
};
const mulWholeRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = Math.imul(a[i], b[j]); // f64 is not exact beyond 2^53
};
const divRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = a[i] / b[j];
};
const powRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = power(a[i], b[j]);
};
const modRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = modulo(a[i], b[j]);
};
const maximumRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = Math.max(a[i], b[j]);
};
const minimumRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = Math.min(a[i], b[j]);
};
const eqRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = a[i] === b[j] ? 1 : 0;
};
const ltRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = a[i] < b[j] ? 1 : 0;
};
const leRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = a[i] <= b[j] ? 1 : 0;
};
const andRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = a[i] & b[j];
};
const orRow: Row = (a, i, di, b, j, dj, out, o, end) => {
  for (; o < end; o++, i += di, j += dj) out[o] = a[i] | b[j];
};

/** As IEEE 754 and NumPy: 1 to any power, even NaN, is 1, and so is (−1)^±∞; `Math.pow` answers NaN. */
function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY)) return 1;
  return a ** b;
}

/**
 * As Python: the exact remainder moved to the sign of b, so a zero has that sign too and −1 mod ∞ is ∞. By zero it is
 * NaN, which an integer output stores as 0.
 */
function modulo(a: number, b: number): number {
  const r = a % b;
  if (r === 0) return b < 0 ? -0 : 0;
  return r < 0 === b < 0 ? r : r + b;
}

export const add: Kernel<"add"> = (call) => overRows(call, addRow);
export const sub: Kernel<"sub"> = (call) => overRows(call, subRow);
export const mul: Kernel<"mul"> = (call) => overRows(call, call.output.dtype === "i32" ? mulWholeRow : mulRow);
export const div: Kernel<"div"> = (call) => overRows(call, divRow);
export const pow: Kernel<"pow"> = (call) => overRows(call, powRow);
export const mod: Kernel<"mod"> = (call) => overRows(call, modRow);
export const maximum: Kernel<"maximum"> = (call) => overRows(call, maximumRow);
export const minimum: Kernel<"minimum"> = (call) => overRows(call, minimumRow);
export const eq: Kernel<"eq"> = (call) => overRows(call, eqRow);
export const lt: Kernel<"lt"> = (call) => overRows(call, ltRow);
export const le: Kernel<"le"> = (call) => overRows(call, leRow);
export const and: Kernel<"and"> = (call) => overRows(call, andRow);
export const or: Kernel<"or"> = (call) => overRows(call, orRow);

export const where: Kernel<"where"> = ({ inputs, output }) => {
  const [condition, a, b] = inputs.map(({ data }) => data);
  const out = output.data;
  const strides = inputs.map(({ shape }) => broadcastStrides(shape, output.shape));
  let o = 0;
  eachRow(output.shape, strides, ([c, i, j], [dc, di, dj], n) => {
    chooseRow(condition, c, dc, a, i, di, b, j, dj, out, o, o + n);
    o += n;
  });
};

function chooseRow(
  condition: TypedArray,
  c: number,
  dc: number,
  a: TypedArray,
  i: number,
  di: number,
  b: TypedArray,
  j: number,
  dj: number,
  out: TypedArray,
  o: number,
  end: number,
): void {
  for (; o < end; o++, c += dc, i += di, j += dj) out[o] = condition[c] !== 0 ? a[i] : b[j];
}
