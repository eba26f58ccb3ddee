import { alternatives, UsageError } from "../core/errors.ts";
import { Linear } from "../nn/linear.ts";
import type { BackpropagationCall } from "./backpropagation.ts";
import { roundingBound } from "./contributions.ts";

/** One number of a linear layer's pass forward or back. */
export type Cell =
  /** z of a unit: Σᵢ wᵤᵢ xᵢ + bᵤ, over the layer's inputs i. */
  | { readonly of: "output"; readonly example?: number; readonly unit: number }
  /** The gradient that is handed back to an input: Σᵤ δᵤ wᵤᵢ, over the units u. */
  | { readonly of: "inputGrad"; readonly example?: number; readonly index: number }
  /** The gradient of a weight: Σₙ δₙᵤ xₙᵢ, over the examples n of the batch. */
  | { readonly of: "weightGrad"; readonly unit: number; readonly index: number }
  /** The gradient of a bias: Σₙ δₙᵤ · 1, over the examples n of the batch. */
  | { readonly of: "biasGrad"; readonly unit: number };

/** One term of a cell's sum. */
export interface CellTerm {
  /** What is summed over: an input of the layer, a unit, or an example. */
  readonly index: number;
  /** w, δ, δ and δ for the four kinds of cells. */
  readonly left: number;
  /** x, w, x and 1. */
  readonly right: number;
  /** left · right, exact in f64. */
  readonly product: number;
}

/** A number as the sum that it is. */
export interface OpenedCell {
  readonly terms: readonly CellTerm[];
  /** The bias, for an output; 0 elsewhere. */
  readonly bias: number;
  /** Sum of all terms and the bias, in f64. */
  readonly sum: number;
  /** The same number as the library computed it. */
  readonly value: number;
  /** How far the two may differ by rounding. */
  readonly bound: number;
}

/**
 * Opens one number of a linear layer's pass to the sum that it is: a weighted sum forward, a gradient handed back, or the gradient of
 * a weight or a bias. Where a layer is applied along further axes, each position is an example.
 *
 * @param call of `backpropagation`
 * @throws UsageError for a call of another layer, or a cell that there is not. The gradients of a layer that is called twice
 * are the sum over both calls, so its weights have no cells.
 * @example openCell(calls[1]!, { of: "weightGrad", unit: 17, index: 5 }).terms; // δ · x for each example
 */
export function openCell(call: BackpropagationCall, cell: Cell): OpenedCell {
  const where = "openCell";
  const { layer } = call;
  if (!(layer instanceof Linear)) {
    throw new UsageError("unsupported", where, `only linear layers have such sums, and "${call.path}" is none`);
  }
  const { inFeatures, outFeatures } = layer;
  const named = (name: string) => call.params.find((param) => param.name === name);
  const weight = named("weight")!;
  const bias = named("bias");
  const x = call.input.data;
  const delta = call.outputGrad.data;
  const rows = x.length / inFeatures;
  const pick = (name: string, value: number, count: number): number => {
    if (Number.isInteger(value) && value >= 0 && value < count) return value;
    const what = `${name} must be 0 to ${count - 1}, got ${value}`;
    throw new UsageError("invalid-option", where, what, { details: { [name]: value, count } });
  };
  const own = (param: { readonly grad: ArrayLike<number> }, at: number): number => {
    if (!call.isRepeated) return param.grad[at]!;
    const what = `layer "${call.path}" is called more than once: its gradients sum over all calls`;
    throw new UsageError("unsupported", where, what);
  };
  switch (cell.of) {
    case "output": {
      const n = pick("example", cell.example ?? 0, rows);
      const u = pick("unit", cell.unit, outFeatures);
      const terms = termsFor(inFeatures, (i) => [weight.data[u * inFeatures + i]!, x[n * inFeatures + i]!]);
      return opened(terms, call.output.data[n * outFeatures + u]!, bias?.data[u]);
    }
    case "inputGrad": {
      const n = pick("example", cell.example ?? 0, rows);
      const i = pick("index", cell.index, inFeatures);
      const terms = termsFor(outFeatures, (u) => [delta[n * outFeatures + u]!, weight.data[u * inFeatures + i]!]);
      if (call.inputGrad === undefined) throw new UsageError("unsupported", where, "indices have no gradient");
      return opened(terms, call.inputGrad.data[n * inFeatures + i]!);
    }
    case "weightGrad": {
      const u = pick("unit", cell.unit, outFeatures);
      const i = pick("index", cell.index, inFeatures);
      const terms = termsFor(rows, (n) => [delta[n * outFeatures + u]!, x[n * inFeatures + i]!]);
      return opened(terms, own(weight, u * inFeatures + i));
    }
    case "biasGrad": {
      const u = pick("unit", cell.unit, outFeatures);
      if (bias === undefined) throw new UsageError("unsupported", where, `layer "${call.path}" has no bias`);
      const terms = termsFor(rows, (n) => [delta[n * outFeatures + u]!, 1]);
      return opened(terms, own(bias, u));
    }
    default: {
      const expected = alternatives(["output", "inputGrad", "weightGrad", "biasGrad"]);
      const { of } = cell as { readonly of: unknown };
      throw new UsageError("invalid-option", where, `unknown cell of "${String(of)}": expected ${expected}`);
    }
  }
}

function termsFor(count: number, factors: (index: number) => readonly [number, number]): CellTerm[] {
  return Array.from({ length: count }, (_, index) => {
    const [left, right] = factors(index);
    return { index, left, right, product: left * right };
  });
}

function opened(terms: readonly CellTerm[], value: number, bias = 0): OpenedCell {
  let sum = bias;
  let magnitude = Math.abs(bias);
  for (const { product } of terms) {
    sum += product;
    magnitude += Math.abs(product);
  }
  return { terms, bias, sum, value, bound: roundingBound(terms.length, magnitude) };
}
