import { isFloat } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { formatType, sameShape } from "../core/shape.ts";
import { logSoftmax, mul, oneHot, where } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkClassIndices } from "./class-indices.ts";
import { type LossOptions, reduceLosses } from "./reduction.ts";

/**
 * Cross-entropy of the softmax of logits with the targets, over the last axis: −Σ p log softmax(z). From logits rather
 * than probabilities, because log softmax(z) = z − log Σ eᶻ never takes the logarithm of 0.
 *
 * Shapes: logits [..., classes]; targets class indices [...] (integers), or probabilities [..., classes] (floats).
 * Losses have shape [...]; the mean is over them all.
 *
 * @throws ShapeError for fewer than two classes, if the targets fit neither form, or naming a class index that does not exist. (Indices inside a
 * trace cannot be looked at: `train` and `evaluate` check their data set instead; elsewhere one that does not exist adds
 * nothing to the loss.)
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options?: LossOptions): Tensor {
  const classes = logits.shape.at(-1);
  const expected = isFloat(targets.dtype) ? logits.shape : logits.shape.slice(0, -1);
  if (classes === undefined || !sameShape(targets.shape, expected)) {
    const misfit = isFloat(targets.dtype)
      ? "probabilities must have the shape of the logits"
      : "class indices must have the shape of the logits without the last axis";
    const what = classes === undefined ? "logits must have an axis of classes" : misfit;
    throw new ShapeError("shape-mismatch", "crossEntropy", what, {
      operands: { logits: formatType(logits), targets: formatType(targets) },
    });
  }
  if (classes < 2) {
    throw new ShapeError(
      "shape-mismatch",
      "crossEntropy",
      "needs two classes at least: the softmax of one is always 1",
      {
        operands: { logits: formatType(logits), targets: formatType(targets) },
        help: "for a yes or no from one logit use binaryCrossEntropy, for values meanSquaredError",
      },
    );
  }
  if (!isFloat(targets.dtype)) checkClassIndices("crossEntropy", targets, classes);
  const logs = logSoftmax(logits); // [..., classes]
  // Chosen rather than multiplied by 0: a class that is ruled out has the logit −∞, and 0 · ∞ is not a number.
  const terms = isFloat(targets.dtype) ? mul(logs, targets) : where(oneHot(targets, classes, "bool"), logs, 0);
  return reduceLosses(terms.sum({ axes: -1 }).neg(), options);
}
