import type { Device } from "../backends/backend.ts";
import { checkNames, checkOption, type OptionNames } from "../core/option.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Loss } from "../loss/reduction.ts";
import type { Metric } from "../metric/accuracy.ts";
import type { Layer } from "../nn/layer.ts";
import { deviceOr } from "../tensor/device.ts";
import { withCleanUp } from "./clean-up.ts";
import type { Scores } from "./events.ts";
import { checkMeasured, Measure } from "./measure.ts";
import { passOptions } from "./pass.ts";
import { Residence } from "./residence.ts";

export interface EvaluateModelOptions {
  readonly loss: Loss;
  readonly metrics?: Readonly<Record<string, Metric>>;
  /** Rows per step; it changes speed and memory, not the result beyond rounding. 256 by default. */
  readonly batchSize?: number;
  readonly device?: Device;
}

const names: OptionNames<EvaluateModelOptions> = { loss: true, metrics: true, batchSize: true, device: true };

/**
 * The empirical loss of a model over a whole data set, and metrics beside it. `loss` must be a mean over the
 * examples of a batch; a metric may also give one value for each example.
 */
export async function evaluate(model: Layer, data: Dataset, options: EvaluateModelOptions): Promise<Scores> {
  checkNames("evaluate", names, options);
  const { batchSize = passOptions.batchSize.default } = options;
  checkOption("evaluate", "batchSize", passOptions.batchSize, batchSize);
  checkMeasured("evaluate", options);
  const residence = new Residence(await deviceOr(options.device), model);
  const measure = new Measure(residence, model, data, options, batchSize);
  return withCleanUp(() => measure.scores(), [() => measure.release(), () => residence.free()]);
}
