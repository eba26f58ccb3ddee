import { checkSameShape } from "../core/shape.ts";
import { softplus } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type LossOptions, reduceLosses } from "./reduction.ts";

/**
 * Cross-entropy of sigmoid(z) with probabilities p of a yes, element by element: softplus(z) − p z, which is
 * −p log σ(z) − (1 − p) log(1 − σ(z)) without overflow. The mean is over all elements.
 *
 * Shapes: logits and targets alike; integer targets 0 and 1 are taken as probabilities.
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor, options?: LossOptions): Tensor {
  checkSameShape("binaryCrossEntropy", logits, targets);
  return reduceLosses(softplus(logits).sub(logits.mul(targets)), options);
}
