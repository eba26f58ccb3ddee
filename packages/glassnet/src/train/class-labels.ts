import { isFloat } from "../core/dtype.ts";
import type { TensorType } from "../core/shape.ts";
import { checkLabels, type Dataset } from "../data/dataset.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import type { Loss } from "../loss/reduction.ts";

/**
 * Class indices are checked against the outputs that the model has: one that is too large would count as no class at
 * all. A data set with `classNames` was checked against those when it was made.
 *
 * @throws UsageError naming the row.
 */
export function checkClassLabels(loss: Loss, output: TensorType, { name, targets }: Dataset): void {
  if (loss === crossEntropy && !isFloat(targets.dtype)) checkLabels(name, targets.data, output.shape.at(-1) ?? 0);
}
