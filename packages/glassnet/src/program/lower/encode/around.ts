import { type Shape, sizeOf } from "../../../core/shape.ts";

/** A shape seen as [outer, n, inner] around an axis, as kernels take it. */
export function around(shape: Shape, axis: number): readonly [outer: number, n: number, inner: number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis]!, sizeOf(shape.slice(axis + 1))];
}
