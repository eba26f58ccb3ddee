import { alternatives, ShapeError, UsageError } from "../core/errors.ts";
import type { OptionNames } from "../core/option.ts";
import { formatType } from "../core/shape.ts";
import { Activation } from "../nn/activation.ts";
import type { Layer } from "../nn/layer.ts";
import type { Run, RunOptions } from "../nn/run.ts";
import { sigmoid, softmax } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { layersByPath, pathOfCall } from "./calls.ts";

/** Which number of a model's output [batch, outputs] is explained. */
export interface OutputChoice {
  /** Which output, counted from 0: a class, or the number that a regression gives. */
  readonly classIndex: number;
  /** With it, the difference to that output is explained: why this and not that. */
  readonly versus?: number | undefined;
  /**
   * "output" (default): the number that the model gives, mostly a logit. "probability": what the softmax makes of it, or
   * the sigmoid if there is one output alone; of a model that ends in one of these, its output itself.
   */
  readonly as?: "output" | "probability" | undefined;
}

export const outputChoiceNames: OptionNames<OutputChoice> = { classIndex: true, versus: true, as: true };

/** The numbers that answer a choice, one for each row. */
export interface Answers {
  readonly output: Tensor;
  readonly probability: Tensor;
  /** All outputs, [batch, outputs]. */
  readonly outputs: Tensor;
  readonly probabilities: Tensor;
}

/** Makes the run of a model; see `Intervention`. */
export type MakeRun = (options: RunOptions) => Run;

/** @throws UsageError unless `as` is known; the classes are checked against the model's outputs. */
function checkAs(where: string, as: OutputChoice["as"]): void {
  if (as === undefined || as === "output" || as === "probability") return;
  const what = `unknown as "${String(as)}": expected ${alternatives(["output", "probability"])}`;
  throw new UsageError("invalid-option", where, what);
}

/** @throws UsageError unless there is such an output. */
export function checkClass(where: string, index: number, outputs: number): void {
  if (Number.isInteger(index) && index >= 0 && index < outputs) return;
  throw new UsageError("invalid-option", where, `class must be 0 to ${outputs - 1}, got ${index}`, {
    details: { index, outputs },
  });
}

/**
 * All outputs of a model as [batch, outputs], and the probabilities they stand for. Called inside a trace.
 *
 * @throws ShapeError unless the model gives one row of numbers for each input.
 */
export function outputsOf(where: string, model: Layer, x: Tensor, makeRun: MakeRun) {
  const layers = layersByPath(model);
  const activations: { output: Tensor; name: string }[] = [];
  const onCall = (path: string, _input: Tensor, output: Tensor): void => {
    const layer = layers.get(pathOfCall(path, layers));
    if (layer instanceof Activation) activations.push({ output, name: layer.name });
  };
  const given = model.call(x, makeRun({ onCall }));
  const batch = x.shape[0];
  if (given.shape[0] !== batch || given.rank < 1 || given.rank > 2) {
    throw new ShapeError("shape-mismatch", where, "the model must give [batch, outputs], or [batch] if there is one", {
      operands: { input: formatType(x), output: formatType(given) },
    });
  }
  const ending = activations.findLast(({ output }) => output === given)?.name;
  const outputs = given.rank === 1 ? given.reshape([batch!, 1]) : given; // [batch, outputs]
  return { outputs, probabilities: probabilitiesOf(outputs, ending) };
}

function probabilitiesOf(outputs: Tensor, ending: string | undefined): Tensor {
  if (ending === "softmax" || ending === "sigmoid") return outputs;
  if (ending === "logSoftmax") return outputs.exp();
  return outputs.shape[1] === 1 ? sigmoid(outputs) : softmax(outputs);
}

/** What a model answers to a choice, for each row of x. Called inside a trace. @throws UsageError for a class that there is not. */
export function answersOf(where: string, model: Layer, x: Tensor, choice: OutputChoice, makeRun: MakeRun): Answers {
  const { classIndex, versus, as } = choice;
  checkAs(where, as);
  const { outputs, probabilities } = outputsOf(where, model, x, makeRun);
  const count = outputs.shape[1]!;
  checkClass(where, classIndex, count);
  if (versus !== undefined) checkClass(where, versus, count);
  const pick = (rows: Tensor): Tensor => {
    const own = rows.at(undefined, classIndex); // [batch]
    return versus === undefined ? own : own.sub(rows.at(undefined, versus));
  };
  return { output: pick(outputs), probability: pick(probabilities), outputs, probabilities };
}

/** The one of a model's answers that was asked for, [batch]. */
export const chosenOf = ({ as = "output" }: OutputChoice, answers: Pick<Answers, "output" | "probability">): Tensor =>
  answers[as];
