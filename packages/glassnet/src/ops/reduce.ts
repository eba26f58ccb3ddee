import { reducedShape, sizeOf, type TensorType } from "../core/shape.ts";
import { type Contract, commonDtype, shapeError } from "./contract.ts";

interface ReduceAttrs {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

const reduce = (prim: string, [x]: readonly [TensorType], { axes, keepDims }: ReduceAttrs): TensorType => ({
  dtype: commonDtype(prim, [x], "numeric"),
  shape: reducedShape(x.shape, axes, keepDims),
});

/** As `reduce`, for reductions that have no answer over no elements. */
function reduceSome(prim: string, x: readonly [TensorType], attrs: ReduceAttrs): TensorType {
  const out = reduce(prim, x, attrs);
  if (sizeOf(out.shape) > 0 && sizeOf(x[0].shape) === 0) {
    throw shapeError(prim, `no elements along axes ${attrs.axes.join(", ")}, so there is no ${prim}`, x);
  }
  return out;
}

export const sum: Contract<"sum"> = {
  summary: "Adds elements along `axes`; over no elements the result is 0.",
  infer: (x, attrs) => reduce("sum", x, attrs),
};
export const prod: Contract<"prod"> = {
  summary: "Multiplies elements along `axes`; over no elements the result is 1.",
  infer: (x, attrs) => reduce("prod", x, attrs),
};
export const max: Contract<"max"> = {
  summary: "Largest element along `axes`; NaN if any is NaN.",
  infer: (x, attrs) => reduceSome("max", x, attrs),
};
export const min: Contract<"min"> = {
  summary: "Smallest element along `axes`; NaN if any is NaN.",
  infer: (x, attrs) => reduceSome("min", x, attrs),
};
export const argmax: Contract<"argmax"> = {
  summary: "Index of the largest element along `axis`, the first of equals; NaN counts as largest.",
  infer: (x, { axis, keepDims }) => {
    const { shape } = reduceSome("argmax", x, { axes: [axis], keepDims });
    return { dtype: "i32", shape };
  },
};
