import type { Device } from "../backends/backend.ts";
import { alternatives, UsageError } from "../core/errors.ts";
import { checkOption, type OptionTable } from "../core/option.ts";
import { checkBatchSize } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Loss } from "../loss/reduction.ts";
import type { Metric } from "../metric/accuracy.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { Snapshot } from "./snapshot.ts";

/** The options of training that are plain values: their checks, defaults and help. */
export const trainOptions = {
  epochs: { kind: "integer", min: 1, default: 10, help: "passes over the training set" },
  batchSize: { kind: "integer", min: 1, default: 32, help: "examples per step" },
  learningRate: { kind: "number", min: 0, above: true, default: 1e-3, help: "step size of the optimizer" },
  seed: { kind: "integer", min: 0, max: Number.MAX_SAFE_INTEGER, default: 0, help: "where all randomness comes from" },
  empiricalLoss: {
    kind: "choice",
    of: ["end", "epoch", "never"],
    default: "end",
    help: "when the loss over the whole training set is measured",
  },
} as const satisfies OptionTable;

/** The step size at each step, counted from 0. */
export type Schedule = (step: number) => number;

export interface TrainOptions {
  readonly loss: Loss;
  /** `adamW()` by default. */
  readonly optimizer?: Optimizer;
  /** Passes over the training set. 10 by default. */
  readonly epochs?: number;
  /** Examples per step. 32 by default. */
  readonly batchSize?: number;
  /** Step size, or a function of the step. 0.001 by default. */
  readonly learningRate?: number | Schedule;
  /** Where all randomness comes from: shuffling, dropout. 0 by default. */
  readonly seed?: number;
  /** Measured over whole data sets, beside the loss. */
  readonly metrics?: Readonly<Record<string, Metric>>;
  /** Examples that are not trained on, measured after each epoch. */
  readonly validation?: Dataset;
  /** When the loss over the whole training set is measured: at the "end" (default), after each "epoch" or "never". */
  readonly empiricalLoss?: "end" | "epoch" | "never";
  /** Whether the model ends with the weights of the best epoch instead of the last. Needs `validation`. */
  readonly keepBest?: boolean;
  /** By what the best epoch is told: "loss" (least, default) or one of `metrics` (greatest), on `validation`. */
  readonly monitor?: string;
  /** Stops training between steps; the last event then says "stopped". */
  readonly signal?: AbortSignal;
  /** Where to train; the default device otherwise. */
  readonly device?: Device;
  /** Goes on where a snapshot was taken, with the same bits as if it had never stopped. */
  readonly restore?: Snapshot;
}

/** @throws UsageError naming the option, what was got and what was expected. */
export function checkTrainOptions(data: Dataset, options: TrainOptions): void {
  const { epochs, batchSize, learningRate, seed, empiricalLoss } = trainOptions;
  const given = { epochs: options.epochs, batchSize: options.batchSize, seed: options.seed };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) checkOption("train", name, { epochs, batchSize, seed }[name as keyof typeof given], value);
  }
  checkOption("train", "empiricalLoss", empiricalLoss, options.empiricalLoss ?? empiricalLoss.default);
  if (typeof options.learningRate !== "function") {
    checkOption("train", "learningRate", learningRate, options.learningRate ?? learningRate.default);
  }
  if (typeof options.loss !== "function") {
    throw new UsageError("invalid-option", "train", `loss must be a function, got ${String(options.loss)}`, {
      help: "pass one such as crossEntropy",
    });
  }
  checkBatchSize("train", options.batchSize ?? batchSize.default, data.size);
  const { monitor = "loss", metrics = {}, keepBest = false, validation } = options;
  const known = ["loss", ...Object.keys(metrics)];
  if (!known.includes(monitor)) {
    throw new UsageError("invalid-option", "train", `unknown monitor "${monitor}": expected ${alternatives(known)}`);
  }
  if (keepBest && validation === undefined) {
    throw new UsageError("invalid-option", "train", "keepBest needs a validation set to tell the best by", {
      help: "set examples apart with holdOut(data, count)",
    });
  }
}
