import { isFloat } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { formatType } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

export interface MetricOptions {
  /** "mean" (default) over the examples, or "none": one value for each. */
  readonly reduction?: "mean" | "none" | undefined;
}

/**
 * A number that says how good outputs are. Passes over a data set ask for the reduction "none" and take the mean over all
 * examples themselves, in double precision; a metric that gives its mean over the batch all the same is weighted by the
 * size of the batch.
 */
export type Metric = (output: Tensor, targets: Tensor, options?: MetricOptions) => Tensor;

/**
 * Share of examples whose largest output is the target's class; with reduction "none", for each whether it is.
 *
 * Shapes: output [batch, classes]; targets [batch] class indices, or [batch, classes] probabilities.
 *
 * @throws ShapeError for fewer than two classes.
 */
export function accuracy(output: Tensor, targets: Tensor, { reduction = "mean" }: MetricOptions = {}): Tensor {
  if ((output.shape.at(-1) ?? 0) < 2) {
    throw new ShapeError("shape-mismatch", "accuracy", "needs two classes at least: one column is always the largest", {
      operands: { output: formatType(output), targets: formatType(targets) },
      help: "for a yes or no from one logit use binaryAccuracy",
    });
  }
  const classes = isFloat(targets.dtype) ? targets.argmax({ axis: -1 }) : targets;
  const isRight = output.argmax({ axis: -1 }).eq(classes); // bool[batch]
  return reduction === "none" ? isRight : isRight.mean();
}
