import type { DType } from "./dtype.ts";
import { ShapeError } from "./errors.ts";

export type Shape = readonly number[];

/** What is known of a tensor before it is computed. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Tensor types print like this everywhere. @example formatType({ dtype: "f32", shape: [32, 784] }); // "f32[32, 784]" */
export function formatType({ dtype, shape }: TensorType): string {
  return `${dtype}${formatShape(shape)}`;
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Number of elements; a rank-0 shape has one. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Most elements a tensor may have: indices stay exact in 32 bits, on every backend. */
export const MAX_SIZE = 2 ** 31 - 1;

/** @throws ShapeError unless every size is a whole number of at least 0 and their product is at most `MAX_SIZE`. */
export function checkShape(where: string, shape: Shape): void {
  for (const n of shape) {
    if (!Number.isInteger(n) || n < 0) {
      throw new ShapeError("invalid-shape", where, `a size must be a whole number of at least 0, got ${n}`, {
        operands: { shape: formatShape(shape) },
        details: { shape },
      });
    }
  }
  if (sizeOf(shape) > MAX_SIZE) {
    throw new ShapeError("invalid-shape", where, `a tensor has at most ${MAX_SIZE} elements, got ${sizeOf(shape)}`, {
      operands: { shape: formatShape(shape) },
      details: { shape },
    });
  }
}

/** How an error names the operands, where the shapes alone do not say it. */
export interface BroadcastContext {
  readonly operands?: Readonly<Record<string, string>>;
  /** Axes behind those that broadcast, such as the two of a matrix. */
  readonly trailing?: number;
}

/**
 * The common shape of two operands by NumPy's rule: align at the last axis; sizes agree or one of them is 1.
 *
 * @throws ShapeError naming both shapes if they do not fit.
 * @example broadcastShapes("add", [32, 1, 10], [4, 10]); // [32, 4, 10]
 */
export function broadcastShapes(where: string, a: Shape, b: Shape, shown: BroadcastContext = {}): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const m = a[a.length - i] ?? 1;
    const n = b[b.length - i] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      const { operands = { a: formatShape(a), b: formatShape(b) }, trailing = 0 } = shown;
      const axis = -(i + trailing);
      throw new ShapeError("shape-mismatch", where, `shapes do not broadcast: ${m} and ${n} at axis ${axis}`, {
        operands,
        details: { a, b, axis },
      });
    }
    out[rank - i] = m === 1 ? n : m;
  }
  return out;
}

/** Strides of `from` seen as `to`: 0 along every broadcast axis. The shapes must broadcast. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const own = stridesOf(from);
  const lead = to.length - from.length;
  return to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : own[axis - lead]!));
}

/** Counts a negative axis from the end. @throws ShapeError if it is not an axis of a tensor of this rank. */
export function resolveAxis(where: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const range = rank === 0 ? "a scalar has no axes" : `expected ${-rank} to ${rank - 1}`;
    throw new ShapeError("invalid-axis", where, `axis ${axis} does not exist: ${range}`, { details: { axis, rank } });
  }
  return axis < 0 ? axis + rank : axis;
}

/** Sorted, non-negative axes; `undefined` means all. @throws ShapeError on an axis that repeats or does not exist. */
export function resolveAxes(where: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = typeof axes === "number" ? [axes] : axes;
  const resolved = list.map((axis) => resolveAxis(where, axis, rank)).sort((a, b) => a - b);
  for (let i = 1; i < resolved.length; i++) {
    if (resolved[i] === resolved[i - 1]) {
      throw new ShapeError("invalid-axis", where, `axis ${resolved[i]} is given twice`, { details: { axes: list } });
    }
  }
  return resolved;
}

/** Shape after reducing `axes` (resolved). */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  if (keepDims) return shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/**
 * For what compares output and targets element by element: there is no broadcasting, because [32] against [32, 1] would
 * silently compare all pairs.
 *
 * @throws ShapeError unless both have one shape.
 */
export function checkSameShape(where: string, output: TensorType, targets: TensorType): void {
  if (sameShape(output.shape, targets.shape)) return;
  throw new ShapeError("shape-mismatch", where, "output and targets must have one shape", {
    operands: { output: formatType(output), targets: formatType(targets) },
  });
}
