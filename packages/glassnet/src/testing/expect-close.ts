import type { ArrayData } from "../core/array.ts";
import { formatShape, type Shape, sameShape } from "../core/shape.ts";
import { computeSync } from "../tensor/compute.ts";
import { tensor } from "../tensor/create.ts";
import { type NestedArray, Tensor } from "../tensor/tensor.ts";

/** How far an element may be off: `absolute + relative · |expected|`. A plain number stands for both. */
export type Tolerance = number | { readonly relative?: number; readonly absolute?: number };

type Numbers = Tensor | ArrayData | NestedArray;

const MAX_SHOWN = 3;

function arrayOf(x: Numbers): { readonly shape: Shape; readonly data: ArrayLike<number> } {
  if (typeof x === "object" && !(x instanceof Tensor) && "data" in x) return x;
  const known = x instanceof Tensor ? x : tensor(x as NestedArray, { dtype: "f64" });
  computeSync([known]);
  return { shape: known.shape, data: known.stored! };
}

function positionOf(at: number, shape: Shape): string {
  const position: number[] = [];
  let rest = at;
  for (const n of shape.toReversed()) {
    position.unshift(rest % n);
    rest = Math.floor(rest / n);
  }
  return formatShape(position);
}

/**
 * Compares shapes exactly and elements within a tolerance. NaN equals NaN, an infinity only itself.
 *
 * @throws Error listing the first elements that differ, with their positions.
 * @example expectClose(tensor([1, 2]).mul(2), [2, 4], 1e-6);
 */
export function expectClose(actual: Numbers, expected: Numbers, tolerance: Tolerance): void {
  const [got, want] = [arrayOf(actual), arrayOf(expected)];
  if (!sameShape(got.shape, want.shape)) {
    throw new Error(`expectClose: shape ${formatShape(got.shape)} where ${formatShape(want.shape)} was expected`);
  }
  const { relative = 0, absolute = 0 } =
    typeof tolerance === "number" ? { relative: tolerance, absolute: tolerance } : tolerance;
  const wrong: number[] = [];
  for (let i = 0; i < want.data.length; i++) {
    const [x, y] = [got.data[i]!, want.data[i]!];
    const near = Number.isFinite(y) && Math.abs(x - y) <= absolute + relative * Math.abs(y);
    if (!near && x !== y && !(Number.isNaN(x) && Number.isNaN(y))) wrong.push(i);
  }
  if (wrong.length === 0) return;
  const lines = wrong.slice(0, MAX_SHOWN).map((i) => {
    const [x, y] = [got.data[i]!, want.data[i]!];
    return `  at ${positionOf(i, want.shape)}: ${x} where ${y} was expected, off by ${Math.abs(x - y).toExponential(1)}`;
  });
  if (wrong.length > MAX_SHOWN) lines.push("  …");
  throw new Error([`expectClose: ${wrong.length} of ${want.data.length} elements differ`, ...lines].join("\n"));
}
