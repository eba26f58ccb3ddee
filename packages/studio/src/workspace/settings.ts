import type { ActivationName } from "glassnet";

/** Where start values of weights come from; as in `init` of the library. "default" is that of the layer. */
export const initNames = [
  "default",
  "glorotUniform",
  "glorotNormal",
  "heUniform",
  "heNormal",
  "lecunUniform",
  "lecunNormal",
  "zeros",
] as const;
export type InitName = (typeof initNames)[number];

export const lossNames = ["crossEntropy", "meanSquaredError", "meanAbsoluteError", "binaryCrossEntropy"] as const;
export type LossName = (typeof lossNames)[number];

export const optimizerNames = ["sgd", "adam", "adamW"] as const;
export type OptimizerName = (typeof optimizerNames)[number];

export const scheduleNames = ["constant", "step", "cosine"] as const;
export type ScheduleName = (typeof scheduleNames)[number];

/** Activations of hidden layers. Softmax is none: it is in the loss. */
export const hiddenActivations = [
  "relu",
  "leakyRelu",
  "elu",
  "silu",
  "gelu",
  "sigmoid",
  "tanh",
  "softplus",
] as const satisfies readonly ActivationName[];

/** A hidden layer: linear, then its activation, then dropout. */
export interface HiddenLayer {
  readonly units: number;
  readonly activation: ActivationName;
  readonly init: InitName;
  /** Share of the outputs that each step leaves out. */
  readonly dropout: number;
}

/** How stored numbers become what the network sees. */
export interface InputCard {
  /** Pixels as shades, or as black and white. Tables know only "intensity": the numbers as they are. */
  readonly encoding: "intensity" | "binary";
  /** As they are (pixels: 0 to 1), with the mean taken off, or divided by the standard deviation too. Binary ones stay. */
  readonly scaling: "plain" | "centred" | "standardised";
}

export interface OptimizerSettings {
  readonly kind: OptimizerName;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly decay: number;
}

export interface ScheduleSettings {
  readonly kind: ScheduleName;
  /** Learning rate at the start. */
  readonly rate: number;
  /** "step": every so many epochs the rate is multiplied by `factor`. "cosine": it falls to 0 over so many epochs. */
  readonly epochs: number;
  readonly factor: number;
}

/** Everything from which a training begins, as plain data: equal settings and data give the same bits. */
export interface Settings {
  readonly hidden: readonly HiddenLayer[];
  /** Start values of the last layer. */
  readonly outputInit: InitName;
  readonly input: InputCard;
  readonly loss: LossName;
  readonly optimizer: OptimizerSettings;
  readonly schedule: ScheduleSettings;
  readonly batchSize: number;
  /** Where all randomness comes from: start values, order of the examples, dropout. */
  readonly seed: number;
}

export const MAX_UNITS = 2048;
export const MAX_HIDDEN_LAYERS = 8;
export const MAX_BATCH_SIZE = 4096;

export const hiddenLayer = (units: number, activation: ActivationName = "relu"): HiddenLayer => ({
  units,
  activation,
  init: "default",
  dropout: 0,
});

export const initialSettings: Settings = {
  hidden: [hiddenLayer(128), hiddenLayer(64)],
  outputInit: "default",
  input: { encoding: "intensity", scaling: "plain" },
  loss: "crossEntropy",
  optimizer: {
    kind: "adamW",
    momentum: 0.9,
    nesterov: false,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    decay: 0.01,
  },
  schedule: { kind: "constant", rate: 1e-3, epochs: 10, factor: 0.5 },
  batchSize: 64,
  seed: 0,
};

/** The learning rate at a step, counted from 0. */
export function rateAt({ kind, rate, epochs, factor }: ScheduleSettings, step: number, stepsPerEpoch: number): number {
  switch (kind) {
    case "constant":
      return rate;
    case "step":
      return rate * factor ** Math.floor(step / (epochs * stepsPerEpoch));
    case "cosine": {
      const part = Math.min(1, step / (epochs * stepsPerEpoch));
      return (rate * (1 + Math.cos(Math.PI * part))) / 2;
    }
  }
}
