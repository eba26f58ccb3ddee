import { UsageError } from "../core/errors.ts";
import type { Layer } from "../nn/layer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { capture } from "./capture.ts";
import { type Contribution, checkSingle, linearLayers, termsOf } from "./contributions.ts";

/** Why a class got its logit: what each unit of the last hidden layer adds to it or takes from it. */
export interface Evidence {
  readonly classIndex: number;
  /** With it, everything is the difference to that class: "why this and not that". */
  readonly versus?: number;
  /** Path of the layer that makes the logits. */
  readonly layer: string;
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

/**
 * The evidence for and against a class: the terms of its logit, which is the weighted sum that the last linear layer
 * makes of the last hidden layer. It is exact: evidence and bias sum to the logit.
 *
 * @param x one example as the network sees it: [1, ...]
 * @throws UsageError if there is no such class, or the model has no linear layer.
 */
export async function evidence(
  model: Layer,
  x: Tensor,
  { classIndex, versus }: { readonly classIndex: number; readonly versus?: number | undefined },
): Promise<Evidence> {
  checkSingle("evidence", x);
  const last = [...linearLayers(model)].at(-1);
  if (last === undefined) throw new UsageError("unsupported", "evidence", "the model has no linear layer");
  const [layer, { outFeatures }] = last;
  for (const index of [classIndex, versus ?? 0]) {
    if (Number.isInteger(index) && index >= 0 && index < outFeatures) continue;
    throw new UsageError("invalid-option", "evidence", `class must be 0 to ${outFeatures - 1}, got ${index}`);
  }
  const run = await capture(model, x);
  const own = await termsOf(model, run, layer, classIndex);
  const other = versus === undefined ? undefined : await termsOf(model, run, layer, versus);
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
    for: byStrength(1),
    against: byStrength(-1),
    bias: own.bias - (other?.bias ?? 0),
    sum: own.sum - (other?.sum ?? 0),
    logit: own.z - (other?.z ?? 0),
    bound: own.bound + (other?.bound ?? 0),
  };
}
