import { checkSameShape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { MetricOptions } from "./accuracy.ts";

/**
 * Share of answers that are right, where a logit above 0 says yes and a target above 1/2 means yes; with reduction "none",
 * the share for each example.
 *
 * Shapes: logits and targets alike, [batch] or [batch, questions].
 */
export function binaryAccuracy(logits: Tensor, targets: Tensor, { reduction = "mean" }: MetricOptions = {}): Tensor {
  checkSameShape("binaryAccuracy", logits, targets);
  const isRight = logits.gt(0).eq(targets.gt(0.5));
  if (reduction === "mean") return isRight.mean();
  return logits.rank < 2 ? isRight : isRight.mean({ axes: logits.shape.slice(1).map((_, i) => i + 1) });
}
