import type { Device } from "../backends/backend.ts";
import { UsageError } from "../core/errors.ts";
import { checkNames, checkOption, type OptionNames, type OptionTable } from "../core/option.ts";
import { describeValue, isPlainObject } from "../core/tree.ts";
import { checkBatchSize } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Loss } from "../loss/reduction.ts";
import type { Metric } from "../metric/accuracy.ts";
import { Layer } from "../nn/layer.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { checkMeasured } from "./measure.ts";
import { checkMonitor, type Monitor } from "./monitor.ts";
import { MAX_RESIDENT_BYTES } from "./residence.ts";
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
  maxDataBytes: {
    kind: "integer",
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    default: MAX_RESIDENT_BYTES,
    help: "larger data sets are given to the device batch by batch instead of lying on it",
  },
  keepBest: { kind: "flag", default: false, help: "whether the model ends with the weights of the best epoch" },
} as const satisfies OptionTable;

/** The step size at each step, counted from 0. */
export type Schedule = (step: number) => number;

export interface TrainOptions {
  readonly loss: Loss;
  /** `adamW()` by default. */
  readonly optimizer?: Optimizer;
  /** Passes over the training set. 10 by default. */
  readonly epochs?: number;
  /** Examples per step. 32 by default, or all of a smaller data set. */
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
  /**
   * By what the best epoch is told, on `validation`: "loss" (the least; default), the name of one of `metrics` (the
   * greatest), or `{ metric, best }` that says which.
   */
  readonly monitor?: string | Monitor;
  /**
   * Data sets of more bytes stay in the memory of the program, and their batches are given to the device step by step; smaller
   * ones lie on the device. 1 GiB by default.
   */
  readonly maxDataBytes?: number;
  /**
   * At most how many steps run before the next event, asked anew each time: 1 to go step by step. By default a few milliseconds'
   * worth. It changes no result.
   */
  readonly stepsPerEvent?: () => number;
  /** Stops training between steps; the last event then says "stopped". */
  readonly signal?: AbortSignal;
  /** Where to train; the default device otherwise. */
  readonly device?: Device;
  /** Goes on where a snapshot was taken, with the same bits as if it had never stopped. */
  readonly restore?: Snapshot;
}

const known: OptionNames<TrainOptions> = {
  loss: true,
  optimizer: true,
  epochs: true,
  batchSize: true,
  learningRate: true,
  seed: true,
  metrics: true,
  validation: true,
  empiricalLoss: true,
  keepBest: true,
  maxDataBytes: true,
  monitor: true,
  stepsPerEvent: true,
  signal: true,
  device: true,
  restore: true,
};

function fail(what: string, help?: string): never {
  throw new UsageError("invalid-option", "train", what, help === undefined ? {} : { help });
}

/** The batch size that was asked for, or the default if the data set has so many rows. */
export function resolveBatchSize(batchSize: number | undefined, size: number): number {
  return batchSize ?? Math.min(trainOptions.batchSize.default, size);
}

/** @throws UsageError naming the argument or option, what was got and what was expected. */
export function checkTrainOptions(model: Layer, data: Dataset, options: TrainOptions): void {
  if (!(model instanceof Layer)) fail(`the model must be a layer, got ${describeValue(model)}`);
  checkDataset("the training data", data);
  checkNames("train", known, options);
  for (const [name, option] of Object.entries(trainOptions)) {
    const value = options[name as keyof typeof trainOptions];
    const isSchedule = name === "learningRate" && typeof value === "function";
    if (value !== undefined && !isSchedule) checkOption("train", name, option, value);
  }
  checkMeasured("train", options);
  checkBatchSize("train", resolveBatchSize(options.batchSize, data.size), data.size);
  const {
    optimizer,
    monitor,
    metrics = {},
    keepBest = false,
    validation,
    stepsPerEvent,
    signal,
    device,
    restore,
  } = options;
  if (optimizer !== undefined) checkOptimizer(optimizer);
  if (validation !== undefined) checkDataset("validation", validation);
  if (monitor !== undefined) checkMonitor(monitor, Object.keys(metrics));
  const needy = keepBest ? "keepBest" : monitor === undefined ? undefined : "monitor";
  if (needy !== undefined && validation === undefined) {
    fail(`${needy} needs a validation set to tell the best by`, "set examples apart with holdOut(data, count)");
  }
  checkIs("stepsPerEvent", "a function", stepsPerEvent, typeof stepsPerEvent === "function");
  checkIs("signal", "an AbortSignal", signal, typeof signal?.aborted === "boolean");
  checkIs("device", "an open device", device, typeof device?.run === "function");
  checkIs("restore", "a snapshot", restore, typeof restore?.step === "number");
}

function checkIs(name: string, expected: string, value: unknown, isOne: boolean): void {
  if (value !== undefined && !isOne) fail(`${name} must be ${expected}, got ${describeValue(value)}`);
}

function checkDataset(what: string, data: Dataset): void {
  const { inputs, targets, size, preprocessing }: Partial<Dataset> = data ?? {};
  if (inputs !== undefined && targets !== undefined && typeof size === "number" && preprocessing !== undefined) return;
  fail(`${what} must be a data set, got ${describeValue(data)}`, "make one with dataset({ name, inputs, targets })");
}

function checkOptimizer(optimizer: Optimizer): void {
  if (typeof optimizer === "function") {
    fail("optimizer must be an optimizer, got a function", "call it, as in adamW()");
  }
  const { kind, config, slots, scalars, update }: Partial<Optimizer> = optimizer ?? {};
  if (typeof scalars !== "function" || typeof update !== "function" || typeof kind !== "string") {
    fail(`optimizer must be an optimizer, got ${describeValue(optimizer)}`, "pass one such as adamW()");
  }
  if (!isPlainObject(config)) fail(`the config of the optimizer "${kind}" must be an object`);
  if (!Array.isArray(slots) || new Set(slots).size !== slots.length || slots.some((slot) => typeof slot !== "string")) {
    fail(`the slots of the optimizer "${kind}" must be a list of different names`);
  }
}
