import type { Device } from "../backends/backend.ts";
import type { TypedArray } from "../core/dtype.ts";
import { alternatives, ShapeError, UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { formatType } from "../core/shape.ts";
import { Activation } from "../nn/activation.ts";
import { FunctionLayer } from "../nn/function-layer.ts";
import type { Layer } from "../nn/layer.ts";
import { Linear } from "../nn/linear.ts";
import { Run } from "../nn/run.ts";
import { elementsOf } from "../tensor/compute.ts";
import { ones } from "../tensor/create.ts";
import { deviceOr } from "../tensor/device.ts";
import { gradientsOf } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Param, paramsOf } from "../tensor/variable.ts";
import { checkDifferentiable } from "./attribution.ts";
import { checkSingle, layersByPath, pathOfCall } from "./calls.ts";
import { type Capture, capture, type LayerCapture } from "./capture.ts";
import { runOnce } from "./with-compiled.ts";
import { behind, reweighted } from "./with-weights.ts";

/** One term of a neuron's weighted sum. */
export interface Contribution {
  /** Which input of the layer, counted from 0. */
  readonly index: number;
  readonly input: number;
  readonly weight: number;
  /** weight · input, exact in f64. */
  readonly product: number;
}

/** A neuron's weighted sum, term by term: z = Σ wᵢ xᵢ + b · 1. */
export interface Contributions {
  /** Path of the layer; `path#2` is its second call, where the model calls it more than once. */
  readonly layer: string;
  readonly unit: number;
  readonly terms: readonly Contribution[];
  /** The bias, as the weight of an input fixed at 1; 0 if the layer has none. */
  readonly bias: number;
  /** Sum of all terms and the bias, in f64. */
  readonly sum: number;
  /** The same number as the library computed it in the run. */
  readonly z: number;
  /** How far the two may differ by rounding: n · 2⁻²⁴ · (Σ|wᵢ xᵢ| + |b|), with n terms. */
  readonly bound: number;
  /** The activation that follows, and its value at z, if one does. */
  readonly activation?: { readonly name: string; readonly value: number };
}

export interface ContributionsOptions {
  /**
   * Which linear layer, or other layer with parameters, by path. Of one that the model calls twice, `path` is the first
   * call and `path#2` the second.
   */
  readonly layer: string;
  /** Which of its units, counted from 0; of another layer, which of the numbers that it gives, row-major. */
  readonly unit: number;
  /** Where to compute; the default device otherwise. */
  readonly device?: Device | undefined;
}

/** The linear layers of a model by path, in the order of their fields. One that is shared stands under its first path. */
export function linearLayers(model: Layer): Map<string, Linear<number, number>> {
  const isLinear = (entry: [string, Layer]): entry is [string, Linear<number, number>] => entry[1] instanceof Linear;
  return new Map([...layersByPath(model)].filter(isLinear));
}

/** The layer behind a call: a linear one, or another one with parameters. @throws UsageError naming what there is. */
function pickUnit(where: string, model: Layer, call: string, unit: number): Layer {
  const layers = layersByPath(model);
  const summing = [...layers].filter(([path, layer]) => path !== "" && isSumming(layer)).map(([path]) => path);
  const path = pathOfCall(call, layers);
  const layer = layers.get(path);
  if (layer === undefined || !(isSumming(layer) || paramsOf(layer).size > 0)) {
    if (summing.length === 0) throw new UsageError("unsupported", where, "the model has no linear layer");
    throw new UsageError("invalid-option", where, `no linear layer "${path}": expected ${alternatives(summing)}`);
  }
  const isUnit = Number.isInteger(unit) && unit >= 0;
  if (layer instanceof Linear) {
    if (!(isUnit && unit < layer.outFeatures)) throw noUnit(where, path, unit, layer.outFeatures);
  } else if (!isUnit) {
    throw new UsageError("invalid-option", where, `unit must be a whole number of at least 0, got ${unit}`);
  }
  return layer;
}

/** Whether a layer makes sums itself: it has parameters of its own, and is no container of such layers. */
const isSumming = (layer: Layer): boolean =>
  paramsOf(layer).size > 0 && [...layersByPath(layer).values()].every((part) => part === layer);

function noUnit(where: string, path: string, unit: number, count: number): UsageError {
  return new UsageError("invalid-option", where, `unit must be 0 to ${count - 1}, got ${unit}`, {
    details: { path, unit },
  });
}

/** One neuron of a run that was captured. `layer` names the call. */
interface Neuron {
  readonly layer: string;
  readonly unit: number;
  readonly device: Device;
}

/** The terms of one neuron in a run that was captured. Shared with `evidence`. */
export async function termsOf(where: string, model: Layer, run: Capture, neuron: Neuron): Promise<Contributions> {
  const { layer: path, unit, device } = neuron;
  const layer = pickUnit(where, model, path, unit);
  if (!(layer instanceof Linear)) return affineTerms(where, model, layer, run, neuron);
  const { inputs, weights, biases, outputs } = await numbersOf(where, model, layer, run, path, device);
  const n = layer.inFeatures;
  const terms = Array.from({ length: n }, (_, index): Contribution => {
    const [input, weight] = [inputs[index]!, weights[unit * n + index]!];
    return { index, input, weight, product: weight * input };
  });
  const bias = biases?.[unit] ?? 0;
  const next = await activationAfter(model, run, path, outputs, device);
  return { layer: path, unit, terms, bias, ...totalOf(terms, bias), z: outputs[unit]!, ...activationOf(next, unit) };
}

/** Sum of all terms and the bias, and how far the network's own may be from it. */
function totalOf(terms: readonly Contribution[], bias: number): { sum: number; bound: number } {
  let sum = bias;
  let magnitude = Math.abs(bias);
  for (const { product } of terms) {
    sum += product;
    magnitude += Math.abs(product);
  }
  return { sum, bound: roundingBound(terms.length, magnitude) };
}

/** How far a sum of n products and a bias may be off in single precision; `magnitude` is the sum of their sizes. */
export const roundingBound = (n: number, magnitude: number): number => (n + 1) * 2 ** -24 * magnitude;

/** What a linear layer read and gave in a run, with its parameters. @throws unless it makes one sum for each unit. */
export async function numbersOf(
  where: string,
  model: Layer,
  layer: Linear<number, number>,
  run: Capture,
  path: string,
  device: Device,
): Promise<{ inputs: TypedArray; outputs: TypedArray; weights: TypedArray; biases: TypedArray | undefined }> {
  const call = callOf(where, run, path);
  if (call.input.size !== layer.inFeatures) {
    const what = `layer "${path}" makes more than one weighted sum for each unit: it is applied along an axis`;
    throw new ShapeError("shape-mismatch", where, what, { operands: { input: formatType(call.input) } });
  }
  const { values } = behind(model);
  const present = (param: Param): Tensor => values.get(param) ?? param.value;
  const bias = layer.bias === undefined ? [] : [present(layer.bias)];
  const read = await elementsOf([call.input, call.output, present(layer.weight), ...bias], { device });
  return { inputs: read[0]!, outputs: read[1]!, weights: read[2]!, biases: read[3] };
}

function callOf(where: string, run: Capture, path: string): LayerCapture {
  const call = run.layers.get(path);
  if (call !== undefined) return call;
  throw new UsageError("unsupported", where, `the model makes no call "${path}"`);
}

/**
 * The terms of a number that a layer of another kind gives, such as a convolution: its slopes for the layer's inputs are the
 * weights, what it gives for zeros is the bias. Exact where the layer is linear around this example, refused elsewhere.
 */
async function affineTerms(
  where: string,
  model: Layer,
  layer: Layer,
  run: Capture,
  { layer: path, unit, device }: Neuron,
): Promise<Contributions> {
  const call = callOf(where, run, path);
  if (unit >= call.output.size) throw noUnit(where, path, unit, call.output.size);
  checkDifferentiable(where, call.input);
  const parts = await runOnce(
    device,
    (input: Tensor) => {
      const own = reweighted(layer, behind(model).values);
      const pick = (x: Tensor): Tensor => own.call(x, new Run()).reshape([-1]).at(unit);
      const z = pick(input);
      const [slopes] = gradientsOf([z], [ones([], { dtype: z.dtype })], [input]);
      return { slopes: slopes!, bias: pick(input.mul(0)) };
    },
    call.input,
  );
  const [inputs, weights, biases, outputs] = await elementsOf([call.input, parts.slopes, parts.bias, call.output], {
    device,
  });
  const terms = Array.from(inputs!, (input, index): Contribution => {
    const weight = weights![index]!;
    return { index, input, weight, product: weight * input };
  });
  const bias = biases![0]!;
  const total = totalOf(terms, bias);
  const z = outputs![unit]!;
  if (!(Math.abs(total.sum - z) <= total.bound)) {
    const what = `layer "${path}" is not linear: slope times input, and what it gives for zeros, sum to ${total.sum}, not ${z}`;
    throw new UsageError("unsupported", where, what, { details: { path, unit, sum: total.sum, z } });
  }
  const next = await activationAfter(model, run, path, outputs!, device);
  return { layer: path, unit, terms, bias, ...total, z, ...activationOf(next, unit) };
}

/** Whether two tensors hold the same numbers, whatever their shape. */
export function sameNumbers(a: TypedArray, b: TypedArray): boolean {
  return a.length === b.length && a.every((x, i) => Object.is(x, b[i]));
}

/** An activation that was called on what a layer gave, and what it made of it. */
export interface NextActivation {
  readonly name: string;
  readonly values: TypedArray;
}

/** The activation layer that was called right after a layer, on what that gave. */
export async function activationAfter(
  model: Layer,
  run: Capture,
  path: string,
  z: TypedArray,
  device: Device,
): Promise<NextActivation | undefined> {
  const calls = [...run.layers.keys()];
  const next = calls[calls.indexOf(path) + 1];
  if (next === undefined) return undefined;
  const layers = layersByPath(model);
  const layer = layers.get(pathOfCall(next, layers));
  if (!(layer instanceof Activation || layer instanceof FunctionLayer)) return undefined;
  const { input, output } = run.layers.get(next)!;
  const [into, values] = await elementsOf([input, output], { device });
  if (!sameNumbers(into!, z) || values!.length !== z.length) return undefined;
  return { name: layer.name, values: values! };
}

const activationOf = (next: NextActivation | undefined, unit: number): Pick<Contributions, "activation"> =>
  next === undefined ? {} : { activation: { name: next.name, value: next.values[unit]! } };

const optionNames: OptionNames<ContributionsOptions> = { layer: true, unit: true, device: true };

/**
 * Takes one neuron apart: every term wᵢ xᵢ of its weighted sum, and the bias as an input fixed at 1. For a layer of another
 * kind with parameters, such as a convolution of your own, the weights are its slopes for its inputs, and the bias is what it
 * gives for zeros.
 *
 * @param x one example as the network sees it: [1, ...]
 * @throws UsageError if there is no such layer or unit, or the layer is not linear.
 * @example const { terms, bias, sum, z } = await contributions(model, x, { layer: "layers.1", unit: 17 });
 */
export async function contributions(model: Layer, x: Tensor, options: ContributionsOptions): Promise<Contributions> {
  checkNames("contributions", optionNames, options);
  const { layer, unit } = options;
  checkSingle("contributions", x);
  pickUnit("contributions", model, layer, unit);
  const device = await deviceOr(options.device);
  return termsOf("contributions", model, await capture(model, x, { device }), { layer, unit, device });
}
