import type { Device } from "../backends/backend.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import type { Layer } from "../nn/layer.ts";
import { Run, type RunOptions } from "../nn/run.ts";
import { ones } from "../tensor/create.ts";
import { deviceOr } from "../tensor/device.ts";
import { gradientsOf } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Attribution, checkDifferentiable, doublesOf, productsOf, sumOf } from "./attribution.ts";
import { checkSingle, Intervention } from "./calls.ts";
import { answersOf, chosenOf, type OutputChoice, outputChoiceNames } from "./output-choice.ts";
import { runOnce } from "./with-compiled.ts";

export interface GradientTimesInputOptions extends OutputChoice {
  /** Attribute to what this layer gives, by path (`path#2` is its second call), instead of to the inputs. */
  readonly layer?: string | undefined;
  /** Where to compute; the default device otherwise. */
  readonly device?: Device | undefined;
}

export interface GradientTimesInput extends Attribution {
  /** The numbers that it is attributed to: inputs, or what the layer gave. */
  readonly inputs: Float64Array;
  /** How the explained number changes with each of them. */
  readonly gradient: Float64Array;
}

/**
 * The explained number and its gradient for the inputs, or for what one layer gave, row by row. Called inside a trace.
 * Rows of a batch must not influence each other, as in evaluation they do not.
 */
export function gradientOfChoice(where: string, model: Layer, x: Tensor, choice: OutputChoice, layer?: string) {
  let from: Tensor | undefined = layer === undefined ? x : undefined;
  let intervention: Intervention | undefined;
  const makeRun = (options: RunOptions): Run => {
    if (layer === undefined) return new Run(options);
    const keep = (output: Tensor): Tensor => {
      from = output;
      return output;
    };
    intervention = new Intervention(model, layer, keep, options);
    return intervention;
  };
  const answers = answersOf(where, model, x, choice, makeRun);
  intervention?.checkMade(where);
  const chosen = chosenOf(choice, answers); // [batch]
  checkDifferentiable(where, from!);
  const [gradient] = gradientsOf([chosen], [ones(chosen.shape, { dtype: chosen.dtype })], [from!]);
  return { from: from!, gradient: gradient!, chosen, answers };
}

const optionNames: OptionNames<GradientTimesInputOptions> = { ...outputChoiceNames, layer: true, device: true };

/**
 * Gradient × input: what a number of the output would lose if it were linear in the inputs and an input were set to 0.
 *
 *   aᵢ = xᵢ · ∂f/∂xᵢ
 *
 * For a network of linear layers and ReLU the attributions sum to f less what the biases add. With `layer` it is
 * activation × gradient of that layer's units; for the last hidden layer, before a linear one, that is the evidence.
 *
 * @param x one example as the network sees it: [1, ...]
 * @throws UsageError for a class or layer that there is not; DtypeError if the inputs are indices.
 * @example const { values } = await gradientTimesInput(model, x, { classIndex: 3, versus: 8 });
 * @see Shrikumar et al. 2016, arXiv:1605.01713; Ancona et al. 2018, arXiv:1711.06104.
 */
export async function gradientTimesInput(
  model: Layer,
  x: Tensor,
  options: GradientTimesInputOptions,
): Promise<GradientTimesInput> {
  checkNames("gradientTimesInput", optionNames, options);
  const where = "gradientTimesInput";
  checkSingle(where, x);
  const device = await deviceOr(options.device);
  const run = (input: Tensor) => {
    const { from, gradient, chosen } = gradientOfChoice(where, model, input, options, options.layer);
    return { from, gradient, chosen };
  };
  const found = await runOnce(device, run, x);
  const [inputs, gradient, output] = await doublesOf([found.from, found.gradient, found.chosen], device);
  const values = productsOf(inputs!, gradient!);
  const shape = found.from.shape.slice(1);
  return { values, shape, sum: sumOf(values), output: output![0]!, inputs: inputs!, gradient: gradient! };
}
