import type { TypedArray } from "../core/dtype.ts";
import { alternatives, ShapeError, UsageError } from "../core/errors.ts";
import { formatType } from "../core/shape.ts";
import { Activation } from "../nn/activation.ts";
import type { Layer } from "../nn/layer.ts";
import { Linear } from "../nn/linear.ts";
import { elementsOf } from "../tensor/compute.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Module, visit } from "../tensor/variable.ts";
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

/** The linear layers of a model by path, in the order of their fields. */
export function linearLayers(model: Layer): Map<string, Linear<number, number>> {
  const found = new Map<string, Linear<number, number>>();
  visit(model, "", (part, path) => {
    if (part instanceof Module && part instanceof Linear && !found.has(path)) found.set(path, part);
  });
  return found;
}

export function checkSingle(where: string, x: Tensor): void {
  if (x.shape[0] === 1) return;
  throw new ShapeError("shape-mismatch", where, "explains one example at a time: the first axis must be 1", {
    operands: { x: formatType(x) },
  });
}

/** @throws UsageError listing the linear layers, or saying how many units there are. */
function pickUnit(model: Layer, path: string, unit: number): Linear<number, number> {
  const layers = linearLayers(model);
  const layer = layers.get(path);
  if (layers.size === 0) throw new UsageError("unsupported", "contributions", "the model has no linear layer");
  if (layer === undefined) {
    const expected = alternatives([...layers.keys()]);
    throw new UsageError("invalid-option", "contributions", `no linear layer "${path}": expected ${expected}`);
  }
  if (!(Number.isInteger(unit) && unit >= 0 && unit < layer.outFeatures)) {
    const what = `unit must be 0 to ${layer.outFeatures - 1}, got ${unit}`;
    throw new UsageError("invalid-option", "contributions", what, { details: { path, unit } });
  }
  return layer;
}

/** The terms of one neuron in a run that was captured. Shared with `evidence`. */
export async function termsOf(model: Layer, run: Capture, path: string, unit: number): Promise<Contributions> {
  const layer = pickUnit(model, path, unit);
  const call = run.layers.get(path);
  if (call === undefined) {
    throw new UsageError("unsupported", "contributions", `the model does not call its layer "${path}"`);
  }
  if (call.input.size !== layer.inFeatures) {
    const what = `layer "${path}" makes more than one weighted sum for each unit: it is applied along an axis`;
    throw new ShapeError("shape-mismatch", "contributions", what, { operands: { input: formatType(call.input) } });
  }
  const [inputs, outputs, weights] = await elementsOf([call.input, call.output, layer.weight.value]);
  const biases = layer.bias === undefined ? undefined : (await elementsOf([layer.bias.value]))[0];
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
  const next = await activationAfter(model, run, path, outputs!, unit);
  return { layer: path, unit, terms, bias, sum, z: outputs![unit]!, bound: (n + 1) * 2 ** -24 * magnitude, ...next };
}

/** The activation layer that was called right after the linear one, on what that gave. */
async function activationAfter(model: Layer, run: Capture, path: string, z: TypedArray, unit: number) {
  const paths = [...run.layers.keys()];
  const next = paths[paths.indexOf(path) + 1];
  let layer: unknown;
  visit(model, "", (part, at) => {
    if (at === next) layer ??= part;
  });
  if (next === undefined || !(layer instanceof Activation)) return {};
  const { input, output } = run.layers.get(next)!;
  const [into, values] = await elementsOf([input, output]);
  if (into!.length !== z.length || into!.some((x, i) => !Object.is(x, z[i]))) return {};
  return { activation: { name: layer.name, value: values![unit]! } };
}

/**
 * Takes one neuron apart: every term wᵢ xᵢ of its weighted sum, and the bias as an input fixed at 1.
 *
 * @param x one example as the network sees it: [1, ...]
 * @param at which linear layer, by path, and which of its units
 * @throws UsageError if there is no such layer or unit.
 * @example const { terms, bias, sum, z } = await contributions(model, x, { layer: "layers.1", unit: 17 });
 */
export async function contributions(
  model: Layer,
  x: Tensor,
  { layer, unit }: { readonly layer: string; readonly unit: number },
): Promise<Contributions> {
  checkSingle("contributions", x);
  pickUnit(model, layer, unit);
  return termsOf(model, await capture(model, x), layer, unit);
}
