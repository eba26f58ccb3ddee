import { sizeOf } from "../core/shape.ts";
import type { Value } from "../ir/graph.ts";
import type { Ops } from "../ops/operations.ts";

/** Product of all elements before each one along the last axis, in log₂ n doublings. x [rows, n] → [rows, n]. */
function productBefore(b: Ops<Value>, x: Value): Value {
  const n = x.shape[1]!;
  const shifted = (y: Value, by: number) =>
    b.pad(b.slice(y, [undefined, { stop: n - by }]), [0, by], [0, 0], { value: 1 });
  let running = shifted(x, 1);
  for (let reach = 1; reach < n; reach *= 2) running = b.mul(running, shifted(running, reach));
  return running;
}

/**
 * For each element, the product of all others along `axes`. No division, so elements that are 0 are exact, and so are
 * further derivatives.
 */
export function exclusiveProduct(b: Ops<Value>, x: Value, axes: readonly number[]): Value {
  if (sizeOf(x.shape) === 0) return x;
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const perm = [...kept, ...axes];
  const n = sizeOf(axes.map((axis) => x.shape[axis]!));
  const moved = b.transpose(x, perm);
  const rows = b.reshape(moved, [sizeOf(x.shape) / n, n]);
  const after = b.flip(productBefore(b, b.flip(rows, 1)), 1);
  const others = b.reshape(b.mul(productBefore(b, rows), after), moved.shape);
  return b.transpose(
    others,
    perm.map((_, axis) => perm.indexOf(axis)),
  );
}
