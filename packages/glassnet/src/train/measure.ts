import { UsageError } from "../core/errors.ts";
import { describeValue, isPlainObject } from "../core/tree.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Loss } from "../loss/reduction.ts";
import { checkLoss, checkSingleNumber } from "../loss/single-number.ts";
import type { Metric } from "../metric/accuracy.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Scores } from "./events.ts";
import { Pass, passOptions } from "./pass.ts";
import type { Residence } from "./residence.ts";

/** What is measured: a loss, and metrics beside it. */
export interface Measured {
  readonly loss: Loss;
  readonly metrics?: Readonly<Record<string, Metric>> | undefined;
}

/** @throws UsageError unless both are functions, and the metrics have names of their own. */
export function checkMeasured(where: string, { loss, metrics = {} }: Measured): void {
  if (typeof loss !== "function") {
    throw new UsageError("invalid-option", where, `loss must be a function, got ${String(loss)}`, {
      help: "pass one such as crossEntropy",
    });
  }
  if (!isPlainObject(metrics)) {
    throw new UsageError("invalid-option", where, `metrics must be functions by name, got ${describeValue(metrics)}`, {
      help: "pass them as { accuracy }",
    });
  }
  for (const [name, metric] of Object.entries(metrics)) {
    if (typeof metric === "function") continue;
    const what = `the metric "${name}" must be a function, got ${describeValue(metric)}`;
    throw new UsageError("invalid-option", where, what, { help: "pass one such as accuracy" });
  }
  if (!Object.hasOwn(metrics, "loss")) return;
  throw new UsageError("invalid-option", "metrics", 'no metric can be called "loss": the loss itself has that name');
}

/** A metric as one number for a batch, or as one for each of its examples, [batch]. */
function perBatchOrExample(name: string, score: Tensor, batch: number): Tensor {
  const isPerExample = score instanceof Tensor && score.rank > 0 && score.shape[0] === batch;
  if (!isPerExample) checkSingleNumber("evaluate", `metric "${name}"`, score);
  else if (score.rank > 1) return score.mean({ axes: score.shape.map((_, axis) => axis).slice(1) });
  return score;
}

/** A pass that measures a loss and metrics over a whole data set. */
export class Measure {
  readonly #pass: Pass;
  readonly #size: number;

  constructor(
    residence: Residence,
    model: Layer,
    data: Dataset,
    { loss, metrics = {} }: Measured,
    batchSize: number = passOptions.batchSize.default,
  ) {
    this.#size = data.size;
    this.#pass = new Pass(residence, data, batchSize, (x, targets) => {
      const output = model.call(x, new Run());
      const scores = { loss: loss(output, targets) };
      checkLoss("evaluate", scores.loss);
      for (const [name, metric] of Object.entries(metrics)) {
        const score = metric(output, targets, { reduction: "none" });
        Object.assign(scores, { [name]: perBatchOrExample(name, score, x.shape[0]!) });
      }
      return scores;
    });
  }

  /** See `Pass.trace`. */
  trace(): void {
    this.#pass.trace();
  }

  /** See `Pass.load`. */
  load(): Promise<void> {
    return this.#pass.load();
  }

  /**
   * Means over all examples, in f64: of their own values, or of the means of batches, weighted by size, so that a
   * smaller last batch counts as what it is.
   */
  async scores(): Promise<Scores> {
    const sums: Record<string, number> = {};
    await this.#pass.run((perStep, batch, steps) => {
      for (const [name, values] of Object.entries(perStep)) {
        const weight = (steps * batch) / values.length; // examples that a value stands for
        for (let i = 0; i < values.length; i++) sums[name] = (sums[name] ?? 0) + values[i]! * weight;
      }
    });
    const means = Object.entries(sums).map(([name, sum]) => [name, sum / this.#size]);
    return Object.fromEntries(means) as Scores;
  }

  release(): Promise<void> {
    return this.#pass.release();
  }
}
