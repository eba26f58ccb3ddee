import { alternatives, UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What becomes of the losses of the single examples: their mean, their sum, or themselves. */
export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** "mean" by default. */
  readonly reduction?: Reduction | undefined;
}

const lossNames: OptionNames<LossOptions> = { reduction: true };

/** A function of a model's output and the targets that training makes small. */
export type Loss = (output: Tensor, targets: Tensor, options?: LossOptions) => Tensor;

/** The mean (by default), the sum or all of single losses. @throws UsageError for another reduction. */
export function reduceLosses(losses: Tensor, options: LossOptions = {}): Tensor {
  checkNames("loss", lossNames, options);
  const { reduction = "mean" } = options;
  switch (reduction) {
    case "mean":
      return losses.mean();
    case "sum":
      return losses.sum();
    case "none":
      return losses;
    default:
      throw new UsageError(
        "invalid-option",
        "loss",
        `unknown reduction "${String(reduction)}": expected ${alternatives(["mean", "sum", "none"])}`,
      );
  }
}
