import type { TypedArray } from "../../core/dtype.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";

/** Called for one row of `n` elements: operand k has its elements at offsets[k], offsets[k] + steps[k], … */
export type Row = (offsets: readonly number[], steps: readonly number[], n: number) => void;

/**
 * Walks several operands together over `shape` in row-major order, each by its own strides (0 repeats, negative runs
 * backwards), a row at a time. Neighbouring axes that every operand crosses evenly are merged, so rows are long.
 */
export function eachRow(
  shape: Shape,
  strides: readonly (readonly number[])[],
  row: Row,
  start?: readonly number[],
): void {
  if (sizeOf(shape) === 0) return;
  const sizes: number[] = []; // merged axes, innermost first
  const moves: number[][] = []; // by merged axis, then operand
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue;
    const inner = moves.at(-1);
    const width = sizes.at(-1) ?? 1;
    if (inner !== undefined && strides.every((own, k) => own[axis] === inner[k] * width)) {
      sizes[sizes.length - 1] *= shape[axis];
    } else {
      sizes.push(shape[axis]);
      moves.push(strides.map((own) => own[axis]));
    }
  }

  const offsets = strides.map((_, k) => start?.[k] ?? 0);
  const steps = moves[0] ?? strides.map(() => 0);
  const n = sizes[0] ?? 1;
  const counts = sizes.map(() => 0);
  for (;;) {
    row(offsets, steps, n);
    let axis = 1;
    for (; axis < sizes.length; axis++) {
      const move = moves[axis];
      for (let k = 0; k < move.length; k++) offsets[k] += move[k];
      if (++counts[axis] < sizes[axis]) break;
      for (let k = 0; k < move.length; k++) offsets[k] -= move[k] * sizes[axis];
      counts[axis] = 0;
    }
    if (axis >= sizes.length) return;
  }
}

/** Elements of a tensor seen through an offset and strides. */
export interface View {
  readonly data: TypedArray;
  readonly strides: readonly number[];
  readonly start?: number;
}

/** Copies the elements of `shape` from one view to another. */
export function copyView(shape: Shape, from: View, to: View): void {
  const [source, target] = [from.data, to.data];
  const row: Row = ([i, o], [di, dO], n) => copyRow(source, i, di, target, o, dO, n);
  eachRow(shape, [from.strides, to.strides], row, [from.start ?? 0, to.start ?? 0]);
}

function copyRow(x: TypedArray, i: number, di: number, out: TypedArray, o: number, dO: number, n: number): void {
  for (let k = 0; k < n; k++, i += di, o += dO) out[o] = x[i];
}
