import type { Device } from "../backends/backend.ts";
import { UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { Activation } from "../nn/activation.ts";
import type { Layer } from "../nn/layer.ts";
import { Linear } from "../nn/linear.ts";
import { elementsOf } from "../tensor/compute.ts";
import { deviceOr } from "../tensor/device.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkSingle, layersByPath, pathOfCall } from "./calls.ts";
import { type Capture, capture } from "./capture.ts";
import { type Contribution, sameNumbers, termsOf } from "./contributions.ts";

/** Why a class got its logit: what each unit of the last hidden layer adds to it or takes from it. */
export interface Evidence {
  readonly classIndex: number;
  /** With it, everything is the difference to that class: "why this and not that". */
  readonly versus?: number;
  /** Path of the layer that makes the logits; `path#2` if that is its second call. */
  readonly layer: string;
  /** What the model does to the logits before it returns them, such as ["softmax"]; mostly nothing. */
  readonly activations: readonly string[];
  /** Units with a positive part in the logit, the strongest first. */
  readonly for: readonly Contribution[];
  /** Units with a negative part, the strongest first. */
  readonly against: readonly Contribution[];
  readonly bias: number;
  /** Sum of all evidence and the bias, in f64. */
  readonly sum: number;
  /** The logit (or difference of logits) as the library computed it. */
  readonly logit: number;
  /** How far the two may differ by rounding. */
  readonly bound: number;
}

export interface EvidenceOptions {
  readonly classIndex: number;
  /** A class to compare with: why this and not that. */
  readonly versus?: number | undefined;
  /** Where to compute; the default device otherwise. */
  readonly device?: Device | undefined;
}

interface LogitLayer {
  readonly call: string;
  readonly outFeatures: number;
  readonly activations: readonly string[];
}

/**
 * The linear layer that was called last, and the activations through which its output became the model's.
 *
 * @throws UsageError if something else happens to it on the way: its sums are then not the model's logits.
 */
async function logitLayer(model: Layer, run: Capture, device: Device): Promise<LogitLayer> {
  const layers = layersByPath(model);
  const calls = [...run.layers.values()].map((call) => ({ ...call, layer: layers.get(pathOfCall(call.path, layers)) }));
  const at = calls.findLastIndex(({ layer }) => layer instanceof Linear);
  const last = calls[at];
  if (!(last?.layer instanceof Linear)) {
    throw new UsageError("unsupported", "evidence", "the model calls no linear layer");
  }
  const activations: string[] = [];
  let [reached, returned] = await elementsOf([last.output, run.output], { device });
  for (const { layer, input, output } of calls.slice(at + 1)) {
    if (!(layer instanceof Activation)) continue;
    const [into, out] = await elementsOf([input, output], { device });
    if (!sameNumbers(into!, reached!)) continue;
    activations.push(layer.name);
    reached = out;
  }
  if (!sameNumbers(reached!, returned!)) {
    const what = `the model's output is not that of its last linear layer "${last.path}", nor an activation of it`;
    throw new UsageError("unsupported", "evidence", what, { details: { path: last.path } });
  }
  return { call: last.path, outFeatures: last.layer.outFeatures, activations };
}

const optionNames: OptionNames<EvidenceOptions> = { classIndex: true, versus: true, device: true };

/**
 * The evidence for and against a class: the terms of its logit, which is the weighted sum that the linear layer called
 * last makes of what it reads. It is exact: evidence and bias sum to the logit. If the model goes on with activations,
 * such as a softmax, the logit is what enters them.
 *
 * @param x one example as the network sees it: [1, ...]
 * @throws UsageError if there is no such class, or the model's output does not come from a linear layer in this way.
 */
export async function evidence(model: Layer, x: Tensor, options: EvidenceOptions): Promise<Evidence> {
  checkNames("evidence", optionNames, options);
  const { classIndex, versus } = options;
  checkSingle("evidence", x);
  const device = await deviceOr(options.device);
  const run = await capture(model, x, { device });
  const { call: layer, outFeatures, activations } = await logitLayer(model, run, device);
  for (const index of [classIndex, versus ?? 0]) {
    if (Number.isInteger(index) && index >= 0 && index < outFeatures) continue;
    throw new UsageError("invalid-option", "evidence", `class must be 0 to ${outFeatures - 1}, got ${index}`);
  }
  const sumOf = (unit: number) => termsOf("evidence", model, run, { layer, unit, device });
  const own = await sumOf(classIndex);
  const other = versus === undefined ? undefined : await sumOf(versus);
  const terms = own.terms.map(({ index, input, weight, product }, i): Contribution => {
    const minus = other?.terms[i];
    if (minus === undefined) return { index, input, weight, product };
    return { index, input, weight: weight - minus.weight, product: product - minus.product };
  });
  const byStrength = (sign: 1 | -1) =>
    terms.filter(({ product }) => sign * product > 0).sort((a, b) => sign * (b.product - a.product));
  return {
    classIndex,
    ...(versus !== undefined && { versus }),
    layer,
    activations,
    for: byStrength(1),
    against: byStrength(-1),
    bias: own.bias - (other?.bias ?? 0),
    sum: own.sum - (other?.sum ?? 0),
    logit: own.z - (other?.z ?? 0),
    bound: own.bound + (other?.bound ?? 0),
  };
}
