import type { Device } from "../backends/backend.ts";
import { alternatives, UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import type { Layer } from "../nn/layer.ts";
import { deviceOr } from "../tensor/device.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkSingle, pathOfCall } from "./calls.ts";
import { capture } from "./capture.ts";
import { activationAfter, linearLayers, numbersOf, roundingBound } from "./contributions.ts";

export interface ActivationTimesWeightOptions {
  /** Which linear layer, by path; `path#2` is its second call. */
  readonly layer: string;
  /** Where to compute; the default device otherwise. */
  readonly device?: Device | undefined;
}

/** All weighted sums of one linear layer, term by term: z = W x + b. */
export interface ActivationTimesWeight {
  readonly layer: string;
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** What the layer reads, xᵢ. */
  readonly inputs: Float64Array;
  /** [outFeatures, inFeatures], row-major. */
  readonly weights: Float64Array;
  /** Wᵤᵢ xᵢ, as the weights; exact in f64. */
  readonly products: Float64Array;
  /** Zeros if the layer has none. */
  readonly biases: Float64Array;
  /** Sum of the products and the bias of each unit, in f64. */
  readonly sums: Float64Array;
  /** The same numbers as the library computed them. */
  readonly z: Float64Array;
  /** How far the two may differ by rounding: n · 2⁻²⁴ · (Σ|wᵢ xᵢ| + |b|), with n terms. */
  readonly bounds: Float64Array;
  /** The activation that follows, and its values at z, if one does. */
  readonly activation?: { readonly name: string; readonly values: Float64Array };
}

const optionNames: OptionNames<ActivationTimesWeightOptions> = { layer: true, device: true };

/**
 * Activation × weight: what each input of a linear layer adds to each of its units. It is `contributions` for all units at
 * once, as plain arrays, to draw edges and tiles from.
 *
 * @param x one example as the network sees it: [1, ...]
 * @throws UsageError listing the linear layers if there is none at that path.
 * @example const { products, sums, z } = await activationTimesWeight(model, x, { layer: "layers.1" });
 */
export async function activationTimesWeight(
  model: Layer,
  x: Tensor,
  options: ActivationTimesWeightOptions,
): Promise<ActivationTimesWeight> {
  checkNames("activationTimesWeight", optionNames, options);
  const { layer: path, device: named } = options;
  const where = "activationTimesWeight";
  checkSingle(where, x);
  const layers = linearLayers(model);
  const layer = layers.get(pathOfCall(path, layers));
  if (layer === undefined) {
    if (layers.size === 0) throw new UsageError("unsupported", where, "the model has no linear layer");
    const expected = alternatives([...layers.keys()]);
    throw new UsageError("invalid-option", where, `no linear layer "${path}": expected ${expected}`);
  }
  const device = await deviceOr(named);
  const run = await capture(model, x, { device });
  const read = await numbersOf(where, model, layer, run, path, device);
  const { inFeatures, outFeatures } = layer;
  const inputs = Float64Array.from(read.inputs);
  const weights = Float64Array.from(read.weights);
  const products = weights.map((weight, i) => weight * inputs[i % inFeatures]!);
  const biases = read.biases === undefined ? new Float64Array(outFeatures) : Float64Array.from(read.biases);
  const sums = biases.slice();
  const bounds = biases.map(Math.abs);
  for (let unit = 0, at = 0; unit < outFeatures; unit++) {
    for (let index = 0; index < inFeatures; index++, at++) {
      sums[unit]! += products[at]!;
      bounds[unit]! += Math.abs(products[at]!);
    }
    bounds[unit] = roundingBound(inFeatures, bounds[unit]!);
  }
  const next = await activationAfter(model, run, path, read.outputs, device);
  return {
    ...{ layer: path, inFeatures, outFeatures, inputs, weights, products, biases, sums },
    ...{ z: Float64Array.from(read.outputs), bounds },
    ...(next !== undefined && { activation: { name: next.name, values: Float64Array.from(next.values) } }),
  };
}
