import { UsageError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import { describeValue } from "../core/tree.ts";
import { yieldToOthers } from "../core/yield.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { Layer } from "../nn/layer.ts";
import { deviceOr, plainDevice } from "../tensor/device.ts";
import { dataSupport, type Support } from "./data-support.ts";
import { InputObjective, type Slope } from "./input-objective.ts";
import { type InputName, type InputValues, inputOptions, type OptimizeInputsOptions } from "./input-options.ts";
import { checkInputOptions, failInput, type InputSearch, resolveSearch } from "./input-search.ts";
import type { InputStep, InputStopReason } from "./input-step.ts";
import { descend, type Evaluation } from "./projected-gradient.ts";

/** A model with the preprocessing it was trained with, such as `load` gives. */
export interface ModelOfInputs {
  readonly model: Layer;
  readonly preprocessing: Preprocessing;
  readonly inputShape?: Shape;
}

/** One way from one start. */
export interface InputRun {
  /** Every point, from the start to the last. */
  readonly path: readonly InputStep[];
  readonly reason: InputStopReason;
  /** The last point, or the one with the smallest loss if a fixed rate went past it. */
  readonly best: InputStep;
}

/** A knob that ended at one of its bounds. */
export interface KnobAtBound {
  readonly input: number;
  readonly name: InputName;
  readonly bound: "low" | "high";
}

/** The best inputs that were found, and how. */
export interface OptimizedInputs {
  /** All inputs in order, in the units of the data. */
  readonly inputs: Float64Array;
  /** The same by name, if `names` were given, else by position. */
  readonly byName: Readonly<Record<InputName, number>>;
  readonly prediction: number;
  readonly loss: number;
  readonly reason: InputStopReason;
  /** Every point on the way to it, from its start. */
  readonly path: readonly InputStep[];
  /** The knobs that end at a bound. */
  readonly atBounds: readonly KnobAtBound[];
  /** How well the data know the inputs that were found, if data were given. */
  readonly support?: Support;
  /** What to beware of, a sentence each: above all that the data do not know such inputs. */
  readonly warnings: readonly string[];
  /** All starts, in order; the best of them is the result. */
  readonly runs: readonly InputRun[];
  /** s in xᵢ ← clip(xᵢ − η · sᵢ² · ∂loss/∂xᵢ): what lies between the bounds, or a standard deviation; 1 with a fixed rate. */
  readonly scales: Float64Array;
  /** How often the model was asked for a prediction and its gradient. */
  readonly evaluations: number;
}

/** How far a computed loss may be off by rounding, relative to it. */
const EPSILON = { f32: 2 ** -20, f64: 2 ** -48 } as const;

/**
 * Looks for the inputs that make a model predict the most, the least or a certain value. The weights stay as they are;
 * the gradient is taken for the inputs, and they go against the gradient of the loss, within their bounds:
 *
 *   xᵢ ← clip(xᵢ − η · sᵢ² · ∂loss/∂xᵢ)     loss = −predicted, predicted, or (target − predicted)²
 *
 * η is found at each step so that the loss falls (see `projected-gradient.ts`); `learningRate` makes it the plain rule with
 * a fixed η and s = 1. Inputs, predictions and gradients are in the units of the data: a preprocessing is part of the
 * function. The search ends where the slope does; of several starts the best is the result.
 *
 * @param model a layer, or a model with its preprocessing such as `load` gives
 * @param start values of all inputs, or several such starts
 * @throws UsageError for knobs, bounds or starts that do not fit, or a start for which the model predicts no finite number.
 * @example
 * const best = await optimizeInputs(profit, [20, 30], { maximize: true, names: ["price", "marketing"], bounds: { price: [15, 40] } });
 * best.byName; // { price: 26.2…, marketing: 41.1… }
 */
export async function optimizeInputs(
  modelOrSaved: Layer | ModelOfInputs,
  start: InputValues | readonly InputValues[],
  options: OptimizeInputsOptions,
): Promise<OptimizedInputs> {
  checkInputOptions(options);
  const isBare = modelOrSaved instanceof Layer;
  if (!isBare && !(modelOrSaved?.model instanceof Layer)) {
    failInput(`the model must be a layer, or a saved model, got ${describeValue(modelOrSaved)}`);
  }
  const model = isBare ? modelOrSaved : modelOrSaved.model;
  const preprocessing: Preprocessing = isBare ? { kind: "none" } : modelOrSaved.preprocessing;
  if (preprocessing.kind === "binary") {
    failInput("the preprocessing is binary: its steps have no slope, so there is nothing to follow");
  }
  const support = options.data === undefined ? undefined : dataSupport(options.data);
  const search = resolveSearch(start, options, {
    support,
    inputShape: isBare ? undefined : modelOrSaved.inputShape,
    deviations: preprocessing.kind === "standardize" ? preprocessing.std : undefined,
  });
  const dtype = options.dtype ?? inputOptions.dtype.default;
  const device = dtype === "f64" ? plainDevice() : await deviceOr(options.device);
  const output = options.output ?? inputOptions.output.default;
  const objective = new InputObjective(model, { preprocessing, inputShape: search.inputShape, output, dtype, device });
  let evaluations = 0;
  const ask = (point: Float64Array): Promise<Slope> => {
    evaluations++;
    return objective.at(point);
  };
  try {
    const runs: InputRun[] = [];
    for (const [k, from] of search.starts.entries()) {
      if (k > 0 && options.signal?.aborted === true) break;
      runs.push(await follow(k, from, { search, options, ask, supportAt: support?.at, epsilon: EPSILON[dtype] }));
    }
    return resultOf(runs, search, evaluations);
  } finally {
    await objective.release();
  }
}

interface Following {
  readonly search: InputSearch;
  readonly options: OptimizeInputsOptions;
  readonly ask: (point: Float64Array) => Promise<Slope>;
  readonly supportAt: ((inputs: ArrayLike<number>) => Support) | undefined;
  readonly epsilon: number;
}

interface Asked extends Evaluation, Slope {}

/** The way from one start. */
async function follow(start: number, from: Float64Array, following: Following): Promise<InputRun> {
  const { search, options, ask, supportAt, epsilon } = following;
  const { goal, isKnob } = search;
  const tolerance = options.tolerance ?? inputOptions.tolerance.default;
  const evaluate = async (point: Float64Array): Promise<Asked> => {
    const slope = await ask(point);
    const { loss, perPrediction } = lossOf(goal, slope.prediction);
    return { ...slope, loss, gradient: slope.partials.map((partial) => perPrediction * partial) };
  };
  const points = descend(from, {
    evaluate,
    low: search.low.map((low, i) => (isKnob[i] ? low : from[i]!)),
    high: search.high.map((high, i) => (isKnob[i] ? high : from[i]!)),
    scales: search.scales,
    learningRate: options.learningRate,
    tolerance,
    maxSteps: options.maxSteps ?? inputOptions.maxSteps.default,
    epsilon,
    // Near its target a squared difference is flat by itself: there the slope of the prediction tells.
    slopeOf: ({ gradient, partials, prediction }) => {
      if (goal.kind !== "target") return gradient;
      return partials.map((partial) => Math.sign(prediction - goal.target) * partial);
    },
    isReached: ({ prediction }) =>
      goal.kind === "target" && Math.abs(goal.target - prediction) <= tolerance * Math.max(Math.abs(goal.target), 1e-3),
    isStopped: () => options.signal?.aborted === true,
  });
  const path: InputStep[] = [];
  let reason: InputStopReason = "steps";
  for await (const { point, here, stepSize, move, end } of points) {
    if (path.length === 0 && end === "diverged") refuseStart(start, here, search);
    const { prediction, loss, partials, gradient } = here;
    const known = supportAt === undefined ? {} : { support: supportAt(point) };
    const at = {
      start,
      step: path.length,
      inputs: point,
      prediction,
      loss,
      partials,
      gradient,
      stepSize,
      move,
      ...known,
    };
    path.push(at);
    if (end !== undefined) reason = end;
    await options.onStep?.(at);
    if (path.length % 16 === 0) await yieldToOthers();
  }
  const best = path.reduce((least, step) => (step.loss < least.loss ? step : least));
  return { path, reason, best };
}

/** The loss of a goal and its derivative for the prediction. */
function lossOf(goal: InputSearch["goal"], prediction: number): { loss: number; perPrediction: number } {
  switch (goal.kind) {
    case "maximize":
      return { loss: -prediction, perPrediction: -1 };
    case "minimize":
      return { loss: prediction, perPrediction: 1 };
    case "target":
      return { loss: (goal.target - prediction) ** 2, perPrediction: -2 * (goal.target - prediction) };
  }
}

function refuseStart(start: number, { prediction, partials }: Slope, { nameOf, starts }: InputSearch): never {
  const which = starts.length === 1 ? "the start" : `start ${start}`;
  const input = partials.findIndex((x) => !Number.isFinite(x));
  const what = Number.isFinite(prediction)
    ? `the slope for ${describeValue(nameOf(input))} is ${partials[input]} at ${which}`
    : `the model predicts ${prediction} at ${which}`;
  throw new UsageError("invalid-data", "optimizeInputs", `${what}: expected a finite number`, {
    help: "look for weights or inputs that are not finite, or far beyond those of the training",
    details: { start, prediction },
  });
}

function resultOf(runs: readonly InputRun[], search: InputSearch, evaluations: number): OptimizedInputs {
  const run = runs.reduce((least, one) => (one.best.loss < least.best.loss ? one : least));
  const { inputs, prediction, loss, support } = run.best;
  const { nameOf, isKnob, low, high, scales } = search;
  const atBounds: KnobAtBound[] = [];
  for (const [input, x] of inputs.entries()) {
    if (!isKnob[input]) continue;
    if (x === low[input]) atBounds.push({ input, name: nameOf(input), bound: "low" });
    else if (x === high[input]) atBounds.push({ input, name: nameOf(input), bound: "high" });
  }
  return {
    ...{ inputs, prediction, loss, reason: run.reason, path: run.path, atBounds, runs, scales, evaluations },
    byName: Object.fromEntries([...inputs].map((x, input) => [nameOf(input), x])),
    warnings: warningsOf(run, search),
    ...(support !== undefined && { support }),
  };
}

const short = (x: number): string => String(Number(x.toPrecision(6)));

function warningsOf({ best, path, reason }: InputRun, { nameOf }: InputSearch): string[] {
  const warnings: string[] = [];
  const { support } = best;
  for (const { input, value, low, high } of support?.beyond ?? []) {
    const range = `${short(low)} to ${short(high)}`;
    warnings.push(
      `outside the data: ${nameOf(input)} is ${short(value)}, the data have ${range}; the model is guessing`,
    );
  }
  if (support?.isOutside === true && support.beyond.length === 0) {
    const far = `${short(support.distance)} standard deviations from the nearest rows, usual is up to ${short(support.limit)}`;
    warnings.push(`outside the data: the data have no such combination (${far}); the model is guessing`);
  }
  const left = path.find((step) => step.support?.isOutside === true);
  if (left !== undefined && support?.isOutside === false) {
    warnings.push(`the way leads outside the data at step ${left.step}, and back`);
  }
  if (reason === "steps") warnings.push("the search ended before the slope did: allow more steps, or another rate");
  if (reason === "diverged") warnings.push("the search diverged: the rate is too large, or there is no optimum");
  return warnings;
}
