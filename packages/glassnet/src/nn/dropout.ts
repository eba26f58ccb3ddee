import { checkOption, type NumberOption } from "../core/option.ts";
import { where } from "../tensor/functions.ts";
import { randomUniform } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Layer, type LayerConfig } from "./layer.ts";
import type { Run } from "./run.ts";

/** The option of `dropout`: its check, default and help. */
export const dropoutRate = {
  kind: "number",
  min: 0,
  below: 1,
  default: 0.5,
  help: "share of the elements that each step leaves out",
} as const satisfies NumberOption;

/**
 * In training sets each element to 0 with probability `rate` and scales the others by 1 / (1 − rate), so that the
 * expected value stays; otherwise leaves x alone.
 *
 * @see Srivastava et al. 2014, Journal of Machine Learning Research 15.
 */
export class Dropout extends Layer<number, "same"> {
  readonly rate: number;

  constructor(rate: number) {
    super();
    checkOption("dropout", "rate", dropoutRate, rate);
    this.rate = rate;
  }

  protected override forward(x: Tensor, run: Run): Tensor {
    if (!run.training || this.rate === 0) return x;
    const kept = randomUniform(run.key(this), x.shape).ge(this.rate);
    return where(kept, x.mul(1 / (1 - this.rate)), 0);
  }

  override config(): LayerConfig {
    return { kind: "dropout", rate: this.rate };
  }
}

/** A `Dropout` layer. @throws UsageError unless 0 ≤ rate < 1. */
export const dropout = (rate: number): Dropout => new Dropout(rate);
