import { isFloat } from "../core/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A number that says how good outputs are, as a mean over examples. */
export type Metric = (output: Tensor, targets: Tensor) => Tensor;

/**
 * Share of examples whose largest output is the target's class.
 *
 * Shapes: output [batch, classes]; targets [batch] class indices, or [batch, classes] probabilities.
 */
export function accuracy(output: Tensor, targets: Tensor): Tensor {
  const classes = isFloat(targets.dtype) ? targets.argmax({ axis: -1 }) : targets;
  return output.argmax({ axis: -1 }).eq(classes).mean();
}
