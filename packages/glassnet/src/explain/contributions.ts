import type { Device } from "../backends/backend.ts";
import type { TypedArray } from "../core/dtype.ts";
import { alternatives, ShapeError, UsageError } from "../core/errors.ts";
import { formatType } from "../core/shape.ts";
import { Activation } from "../nn/activation.ts";
import { FunctionLayer } from "../nn/function-layer.ts";
import { Layer } from "../nn/layer.ts";
import { Linear } from "../nn/linear.ts";
import { elementsOf } from "../tensor/compute.ts";
import { deviceOr } from "../tensor/device.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { visit } from "../tensor/variable.ts";
import { type Capture, capture } from "./capture.ts";

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
  /** Which linear layer, by path. Of one that the model calls twice, `path` is the first call and `path#2` the second. */
  readonly layer: string;
  /** Which of its units, counted from 0. */
  readonly unit: number;
  /** Where to compute; the default device otherwise. */
  readonly device?: Device | undefined;
}

/** The layers of a model by path. One that is shared stands under its first path, as in a run. */
export function layersByPath(model: Layer): Map<string, Layer> {
  const paths = new Map<Layer, string>();
  visit(model, "", (part, path) => {
    if (part instanceof Layer && !paths.has(part)) paths.set(part, path);
  });
  return new Map([...paths].map(([layer, path]) => [path, layer]));
}

/** The linear layers of a model by path, in the order of their fields. One that is shared stands under its first path. */
export function linearLayers(model: Layer): Map<string, Linear<number, number>> {
  const isLinear = (entry: [string, Layer]): entry is [string, Linear<number, number>] => entry[1] instanceof Linear;
  return new Map([...layersByPath(model)].filter(isLinear));
}

/** What a call in a run is a call of: `inner#2` is the second one of `inner`. */
export function pathOfCall(call: string, layers: ReadonlyMap<string, Layer>): string {
  return layers.has(call) ? call : call.replace(/#\d+$/, "");
}

export function checkSingle(where: string, x: Tensor): void {
  if (x.shape[0] === 1) return;
  throw new ShapeError("shape-mismatch", where, "explains one example at a time: the first axis must be 1", {
    operands: { x: formatType(x) },
  });
}

/** The linear layer behind a call. @throws UsageError listing the linear layers, or saying how many units there are. */
function pickUnit(where: string, model: Layer, call: string, unit: number): Linear<number, number> {
  const layers = linearLayers(model);
  if (layers.size === 0) throw new UsageError("unsupported", where, "the model has no linear layer");
  const path = pathOfCall(call, layers);
  const layer = layers.get(path);
  if (layer === undefined) {
    const expected = alternatives([...layers.keys()]);
    throw new UsageError("invalid-option", where, `no linear layer "${path}": expected ${expected}`);
  }
  if (!(Number.isInteger(unit) && unit >= 0 && unit < layer.outFeatures)) {
    const what = `unit must be 0 to ${layer.outFeatures - 1}, got ${unit}`;
    throw new UsageError("invalid-option", where, what, { details: { path, unit } });
  }
  return layer;
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
  const call = run.layers.get(path);
  if (call === undefined) throw new UsageError("unsupported", where, `the model makes no call "${path}"`);
  if (call.input.size !== layer.inFeatures) {
    const what = `layer "${path}" makes more than one weighted sum for each unit: it is applied along an axis`;
    throw new ShapeError("shape-mismatch", where, what, { operands: { input: formatType(call.input) } });
  }
  const [inputs, outputs, weights] = await elementsOf([call.input, call.output, layer.weight.value], { device });
  const biases = layer.bias === undefined ? undefined : (await elementsOf([layer.bias.value], { device }))[0];
  const n = layer.inFeatures;
  const bias = biases?.[unit] ?? 0;
  const terms: Contribution[] = [];
  let sum = bias;
  let magnitude = Math.abs(bias);
  for (let index = 0; index < n; index++) {
    const input = inputs![index]!;
    const weight = weights![unit * n + index]!;
    const product = weight * input;
    sum += product;
    magnitude += Math.abs(product);
    terms.push({ index, input, weight, product });
  }
  const next = await activationAfter(model, run, neuron, outputs!);
  return { layer: path, unit, terms, bias, sum, z: outputs![unit]!, bound: (n + 1) * 2 ** -24 * magnitude, ...next };
}

/** Whether two tensors hold the same numbers, whatever their shape. */
export function sameNumbers(a: TypedArray, b: TypedArray): boolean {
  return a.length === b.length && a.every((x, i) => Object.is(x, b[i]));
}

/** The activation layer that was called right after the linear one, on what that gave. */
async function activationAfter(model: Layer, run: Capture, { layer: path, unit, device }: Neuron, z: TypedArray) {
  const calls = [...run.layers.keys()];
  const next = calls[calls.indexOf(path) + 1];
  if (next === undefined) return {};
  const layers = layersByPath(model);
  const layer = layers.get(pathOfCall(next, layers));
  if (!(layer instanceof Activation || layer instanceof FunctionLayer)) return {};
  const { input, output } = run.layers.get(next)!;
  const [into, values] = await elementsOf([input, output], { device });
  if (!sameNumbers(into!, z) || values!.length !== z.length) return {};
  return { activation: { name: layer.name, value: values![unit]! } };
}

/**
 * Takes one neuron apart: every term wᵢ xᵢ of its weighted sum, and the bias as an input fixed at 1.
 *
 * @param x one example as the network sees it: [1, ...]
 * @throws UsageError if there is no such layer or unit.
 * @example const { terms, bias, sum, z } = await contributions(model, x, { layer: "layers.1", unit: 17 });
 */
export async function contributions(model: Layer, x: Tensor, options: ContributionsOptions): Promise<Contributions> {
  const { layer, unit } = options;
  checkSingle("contributions", x);
  pickUnit("contributions", model, layer, unit);
  const device = await deviceOr(options.device);
  return termsOf("contributions", model, await capture(model, x, { device }), { layer, unit, device });
}
