import type { ArrayOf, DType } from "./dtype.ts";
import type { Shape } from "./shape.ts";

/** An n-dimensional array as plain data, row-major. `Tensor` is the same with operations, several layers up. */
export interface ArrayData<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly data: ArrayOf[D];
}
