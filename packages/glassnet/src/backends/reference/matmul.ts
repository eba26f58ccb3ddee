import type { TypedArray } from "../../core/dtype.ts";
import { broadcastStrides } from "../../core/shape.ts";
import type { Kernel } from "./kernel.ts";
import { eachRow } from "./strided.ts";
import { workspace } from "./workspace.ts";

/**
 * @file Products by tiles of 4 × 3 outputs. A tile loads 7 numbers for 12 multiplications, and its 12 sums, one column
 * factor and three row factors just fill the 16 registers of x64; of the tilings from 1 × 4 to 8 × 2 it was the
 * fastest. Both operands are packed in f64 in the order in which tiles read them, padded with zeros to whole tiles, so
 * the inner loop converts nothing and has no edges. A sum is taken over k = 0, 1, … in one f64, whatever the tiling.
 */
const ROWS = 4;
const COLUMNS = 3;

export const matmul: Kernel<"matmul"> = ({ inputs: [a, b], output }) => {
  const [m, n] = output.shape.slice(-2);
  const depth = a.shape.at(-1) ?? 0;
  const columns = COLUMNS * Math.ceil(n / COLUMNS);
  const space = workspace(columns * depth + ROWS * depth);
  const panel = columns * depth; // where the rows of a start

  const batch = output.shape.slice(0, -2);
  const strides = [a, b].map(({ shape }) => broadcastStrides(shape.slice(0, -2), batch)); // in matrices
  let packed = -1;
  let index = 0;
  eachRow(batch, strides, ([i, j], [di, dj], count) => {
    for (let k = 0; k < count; k++, i += di, j += dj) {
      if (packed !== j) packColumns(b.data, j * depth * n, depth, n, space);
      packed = j;
      multiply(a.data, i * m * depth, output.data, index++ * m * n, m, depth, n, space, panel);
    }
  });
};

/** Columns of b, three at a time: for each k, the elements of row k. */
function packColumns(b: TypedArray, start: number, depth: number, n: number, space: Float64Array): void {
  let to = 0;
  for (let column = 0; column < n; column += COLUMNS) {
    const count = Math.min(COLUMNS, n - column);
    for (let k = 0; k < depth; k++) {
      const from = start + k * n + column;
      space[to++] = b[from];
      space[to++] = count > 1 ? b[from + 1] : 0;
      space[to++] = count > 2 ? b[from + 2] : 0;
    }
  }
}

function multiply(
  a: TypedArray,
  start: number,
  out: TypedArray,
  to: number,
  m: number,
  depth: number,
  n: number,
  space: Float64Array,
  panel: number,
): void {
  const tile = new Float64Array(ROWS * COLUMNS);
  for (let row = 0; row < m; row += ROWS) {
    const rows = Math.min(ROWS, m - row);
    for (let r = 0; r < ROWS; r++) {
      const from = start + (row + r) * depth;
      for (let k = 0; k < depth; k++) space[panel + k * ROWS + r] = r < rows ? a[from + k] : 0;
    }
    for (let column = 0; column < n; column += COLUMNS) {
      multiplyTile(space, panel, column * depth, depth, tile);
      const columns = Math.min(COLUMNS, n - column);
      for (let r = 0; r < rows; r++) {
        const base = to + (row + r) * n + column;
        for (let c = 0; c < columns; c++) out[base + c] = tile[r * COLUMNS + c];
      }
    }
  }
}

function multiplyTile(space: Float64Array, i: number, j: number, depth: number, tile: Float64Array): void {
  let [s00, s01, s02, s10, s11, s12] = [0, 0, 0, 0, 0, 0];
  let [s20, s21, s22, s30, s31, s32] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < depth; k++, i += ROWS, j += COLUMNS) {
    const b0 = space[j];
    const b1 = space[j + 1];
    const b2 = space[j + 2];
    const a0 = space[i];
    s00 += a0 * b0;
    s01 += a0 * b1;
    s02 += a0 * b2;
    const a1 = space[i + 1];
    s10 += a1 * b0;
    s11 += a1 * b1;
    s12 += a1 * b2;
    const a2 = space[i + 2];
    s20 += a2 * b0;
    s21 += a2 * b1;
    s22 += a2 * b2;
    const a3 = space[i + 3];
    s30 += a3 * b0;
    s31 += a3 * b1;
    s32 += a3 * b2;
  }
  tile[0] = s00;
  tile[1] = s01;
  tile[2] = s02;
  tile[3] = s10;
  tile[4] = s11;
  tile[5] = s12;
  tile[6] = s20;
  tile[7] = s21;
  tile[8] = s22;
  tile[9] = s30;
  tile[10] = s31;
  tile[11] = s32;
}
