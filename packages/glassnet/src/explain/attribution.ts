import type { Device } from "../backends/backend.ts";
import { isFloat, type TypedArray } from "../core/dtype.ts";
import { DtypeError, ShapeError, UsageError } from "../core/errors.ts";
import { formatType, type Shape, sameShape } from "../core/shape.ts";
import { elementsOf } from "../tensor/compute.ts";
import { full } from "../tensor/create.ts";
import { Tensor } from "../tensor/tensor.ts";

/** How much each input adds to the number that is explained. */
export interface Attribution {
  /** One number for each input, row-major; positive ones speak for it. */
  readonly values: Float64Array;
  /** Shape of one example, without the batch axis. */
  readonly shape: Shape;
  /** Sum of `values`. */
  readonly sum: number;
  /** The explained number for the example, as the model gives it. */
  readonly output: number;
}

/**
 * What "not there" means, as the network sees it: one number for all inputs, or an example of its own, with or without
 * the batch axis. 0 by default, which is black for pixels from 0 to 1 and the mean for standardised columns.
 */
export type Baseline = number | Tensor;

/** A baseline as a tensor like x. @throws ShapeError unless it is one example; UsageError for a number that is not finite. */
export function baselineOf(where: string, x: Tensor, baseline: Baseline = 0): Tensor {
  if (baseline instanceof Tensor) {
    const isExample = sameShape(baseline.shape, x.shape) || sameShape(baseline.shape, x.shape.slice(1));
    if (isExample) return baseline.reshape(x.shape).cast(x.dtype);
    throw new ShapeError("shape-mismatch", where, "the baseline must be one example", {
      operands: { x: formatType(x), baseline: formatType(baseline) },
    });
  }
  if (Number.isFinite(baseline)) return full(x.shape, baseline, { dtype: x.dtype });
  throw new UsageError("invalid-option", where, `the baseline must be a finite number or a tensor, got ${baseline}`);
}

/** @throws DtypeError unless x has gradients. */
export function checkDifferentiable(where: string, x: Tensor): void {
  if (isFloat(x.dtype)) return;
  throw new DtypeError("dtype-mismatch", where, `only floats have gradients, and the inputs are ${formatType(x)}`, {
    help: "use occlusion, or gradientTimesInput with a layer behind the one that looks them up",
  });
}

/** Reads tensors as doubles. */
export async function doublesOf(tensors: readonly Tensor[], device: Device): Promise<Float64Array[]> {
  return (await elementsOf(tensors, { device })).map((data) => Float64Array.from(data));
}

export const sumOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
};

/** values · other, number by number, in f64. */
export const productsOf = (values: TypedArray, other: TypedArray): Float64Array =>
  Float64Array.from(values, (value, i) => value * other[i]!);
