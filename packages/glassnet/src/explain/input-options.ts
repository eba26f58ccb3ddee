import type { Device } from "../backends/backend.ts";
import type { OptionTable } from "../core/option.ts";
import type { Shape } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import type { InputStep } from "./input-step.ts";

/** An input by its name in `names`, or by its position, counted from 0. */
export type InputName = string | number;

/** Values of all inputs in their order, or by name. */
export type InputValues = ArrayLike<number> | Readonly<Record<string, number>>;

/** The least and the greatest value that a knob may take; ±Infinity where there is no limit. */
export type InputBounds = readonly [low: number, high: number];

export interface CommonInputOptions {
  /** Which output is meant, counted from 0, if the model has several. 0 by default. */
  readonly output?: number;
  /** What the inputs are called, in order: with it, knobs and bounds may be given by name. */
  readonly names?: readonly string[];
  /** The inputs that may be turned; by default all that are not `fixed`. */
  readonly knobs?: readonly InputName[];
  /** Limits of the knobs, by name or position; a pair alone is for all of them. Without limits by default. */
  readonly bounds?: InputBounds | Readonly<Record<InputName, InputBounds>>;
  /** Inputs that stay as they are at the start, or by name the values that they are set to before. */
  readonly fixed?: readonly InputName[] | Readonly<Record<InputName, number>>;
  /**
   * Plain gradient descent with this rate, in the inputs' own units: xᵢ ← xᵢ − learningRate · ∂loss/∂xᵢ, cut off at the
   * bounds. It may overshoot and diverge. By default the step size is found at each step, and the loss never rises.
   */
  readonly learningRate?: number;
  /** Most steps of each start. 200 by default. */
  readonly maxSteps?: number;
  /** How small the slope must be, measured on the knobs' ranges and against the steepest one seen; how near to a target, as a share of it. 1e-7 by default. */
  readonly tolerance?: number;
  /** How many further starts are drawn at random within the bounds; the best of all is the result. 0 by default. */
  readonly restarts?: number;
  /** Where the further starts come from. 0 by default. */
  readonly seed?: number;
  /** What the model learnt from, in raw units: with it, the result says where it left the data. */
  readonly data?: Dataset;
  /** "f64" (default) is exact and computed by the reference backend, "f32" is for large models. */
  readonly dtype?: "f32" | "f64";
  /** Shape of one input, without the batch axis; a saved model knows it. The number of inputs alone by default. */
  readonly inputShape?: Shape;
  /** Called at each step, also for the last point of each start. A promise is waited for: so a picture can keep up. */
  readonly onStep?: (step: InputStep) => void | Promise<void>;
  /** Ends the search between two steps; the result says "stopped". */
  readonly signal?: AbortSignal;
  /** Where to compute with "f32"; the default device otherwise. */
  readonly device?: Device;
}

/** What is to be reached: the greatest output, the least, or a certain one with loss = (target − predicted)². */
export type InputGoal =
  | { readonly maximize: true; readonly minimize?: never; readonly target?: never }
  | { readonly minimize: true; readonly maximize?: never; readonly target?: never }
  | { readonly target: number; readonly maximize?: never; readonly minimize?: never };

export type OptimizeInputsOptions = InputGoal & CommonInputOptions;

/** The options that are plain values: their checks, defaults and help. */
export const inputOptions = {
  output: { kind: "integer", min: 0, default: 0, help: "which output is meant" },
  maxSteps: { kind: "integer", min: 1, default: 200, help: "most steps of each start" },
  tolerance: { kind: "number", min: 0, above: true, below: 1, default: 1e-7, help: "how small the slope must be" },
  restarts: { kind: "integer", min: 0, max: 10_000, default: 0, help: "further starts, drawn within the bounds" },
  seed: { kind: "integer", min: 0, max: Number.MAX_SAFE_INTEGER, default: 0, help: "where further starts come from" },
  dtype: { kind: "choice", of: ["f32", "f64"], default: "f64", help: "the precision of the search" },
} as const satisfies OptionTable;
