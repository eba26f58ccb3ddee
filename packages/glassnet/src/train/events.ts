/**
 * @file What training tells whoever listens: progress bars, charts, logs, checkpoints. Plain data; `version` rises when a
 * field changes its meaning.
 */

export const EVENT_VERSION = 1;

/** A loss and whatever metrics were asked for, over a whole data set. */
export type Scores = Readonly<Record<string, number>> & { readonly loss: number };

export interface StartEvent {
  readonly version: typeof EVENT_VERSION;
  readonly kind: "start";
  readonly backend: string;
  readonly variant: string;
  readonly seed: number;
  readonly parameters: number;
  readonly examples: number;
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  /** Steps already done, if training was restored. */
  readonly step: number;
}

/** One or several steps that were run in one call. */
export interface StepEvent {
  readonly version: typeof EVENT_VERSION;
  readonly kind: "step";
  /** Steps done since the start, this event's included. */
  readonly step: number;
  /** Counted from 1. */
  readonly epoch: number;
  /** Loss of each of the batches, before its update, in the precision in which it was computed. */
  readonly losses: Float32Array | Float64Array;
  /** Examples in these batches. */
  readonly examples: number;
  /** Step size of the last of them. */
  readonly learningRate: number;
  /** Since training began in this process. */
  readonly elapsedMs: number;
}

export interface EpochEvent {
  readonly version: typeof EVENT_VERSION;
  readonly kind: "epoch";
  readonly epoch: number;
  readonly step: number;
  /** Mean of the batch losses of this epoch, each taken before its update: it lags behind the weights. */
  readonly batchLoss: number;
  /** The empirical loss and metrics over the whole training set with the weights of now, if asked for each epoch. */
  readonly training?: Scores;
  readonly validation?: Scores;
  /** Whether these are the best weights so far, by the monitored score. */
  readonly best: boolean;
  readonly elapsedMs: number;
}

/** Where and in what the first number that is not finite arose. */
export interface Divergence {
  readonly step: number;
  /** Path of the layer, such as `layers.2`; followed by `(gradient)` or `(update)` if it arose there; "loss" or "model". */
  readonly layer: string;
  /** The primitive that made it from finite operands, or what it was read from: the path of a variable, "the data". */
  readonly operation: string;
  readonly value: "NaN" | "Infinity" | "-Infinity";
  /** A sentence that says it all. */
  readonly message: string;
}

export interface EndEvent {
  readonly version: typeof EVENT_VERSION;
  readonly kind: "end";
  readonly reason: "completed" | "stopped" | "diverged";
  readonly step: number;
  readonly epoch: number;
  /** The empirical loss and metrics over the whole training set, with the weights that the model now has. */
  readonly training?: Scores;
  readonly validation?: Scores;
  /** Epoch whose weights the model now has, if the best were kept. */
  readonly bestEpoch?: number;
  readonly divergence?: Divergence;
  readonly elapsedMs: number;
}

export type TrainEvent = StartEvent | StepEvent | EpochEvent | EndEvent;
