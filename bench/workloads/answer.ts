import { examples, initialParams, type Network } from "./network.ts";
import { uniform } from "./numbers.ts";
import type { Workload } from "./workload.ts";

/** @file What a subject has to compute before it is timed, and how far from it it may be. */

/** Numbers to compare, and the largest error allowed, as a share of the largest of them. */
export interface Answer {
  readonly values: readonly number[];
  readonly tolerance: number;
}

/** Losses of training steps in f64, by workload: see `answers.json`. */
export type StepLosses = Readonly<Record<string, readonly number[]>>;

export const ADAM = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, checkedSteps: 5 } as const;

/** Factors of a product, and parameters with their gradients: streams 0 and 1, from -1 to 1. */
export function operands(size: number): readonly [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>] {
  return [uniform(0, size, -1, 1), uniform(1, size, -1, 1)];
}

/** Weights of checksums: stream 2, from -1 to 1. */
const weightsOf = (size: number): Float32Array => uniform(2, size, -1, 1);

/** A checksum of each row of a matrix [rows, width]: the row times the same weights, in f64. The last row may be shorter. */
function checksums(values: ArrayLike<number>, width: number): readonly number[] {
  const weights = weightsOf(width);
  return Array.from({ length: Math.ceil(values.length / width) }, (_, row) => {
    const end = Math.min(width, values.length - row * width);
    let sum = 0;
    for (let i = 0; i < end; i++) sum += values[row * width + i]! * weights[i]!;
    return sum;
  });
}

/** Of a subject's product C [n, n], what is compared: C times a vector, so that no tile can be wrong unseen. */
export const comparedRows = (c: ArrayLike<number>, n: number): readonly number[] => checksums(c, n);

/** Parts of a list of parameters that have a checksum each. */
const PARTS = 1000;

/** Of a subject's updated parameters, what is compared. */
export const comparedParts = (params: ArrayLike<number>): readonly number[] =>
  checksums(params, Math.ceil(params.length / PARTS));

/** @throws Error if there is no stored answer for a training step. */
export function answerTo(workload: Workload, stored: StepLosses): Answer {
  switch (workload.kind) {
    case "step": {
      const values = stored[workload.name];
      if (values === undefined) {
        throw new Error(`bench/answers.json has no losses for "${workload.name}": run with --write-answers`);
      }
      // f32 against f64: after a few steps losses differ in the seventh digit. Wrong gradients show in the fifth.
      return { values, tolerance: 1e-5 };
    }
    case "predict":
      return { values: logits(workload.network), tolerance: 1e-5 };
    case "gemm":
      return { values: productRows(workload.n), tolerance: 1e-5 };
    case "recipe":
      throw new Error("a recipe is judged by its accuracy");
    case "adam":
      return { values: comparedParts(adamParams(workload.size)), tolerance: 1e-6 };
  }
}

/** The network's output for the first example, in f64. */
function logits(network: Network): number[] {
  const params = initialParams(network);
  let x = [...examples(network, 1).inputs];
  network.layers.forEach((layer, i) => {
    if (layer.kind === "relu") x = x.map((value) => Math.max(0, value));
    else if (layer.kind === "linear") {
      const [weight, bias] = params[i]!;
      const row = (j: number) => weight!.values.subarray(j * layer.in, (j + 1) * layer.in);
      x = Array.from(bias!.values, (b, j) => row(j).reduce((sum, w, k) => sum + w * x[k]!, b));
    } else throw new Error(`predict is answered for linear layers only, got ${layer.kind}`);
  });
  return x;
}

/** The checksums of a product, as A (B v). */
function productRows(n: number): number[] {
  const [a, b] = operands(n * n);
  const inner = checksums(b, n); // B v
  return Array.from({ length: n }, (_, row) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[row * n + k]! * inner[k]!;
    return sum;
  });
}

/** The parameters after some updates, in f64. */
function adamParams(size: number): Float64Array {
  const [params, grads] = operands(size);
  const { learningRate, beta1, beta2, epsilon, checkedSteps } = ADAM;
  const corrections = Array.from(
    { length: checkedSteps },
    (_, i) => [1 - beta1 ** (i + 1), 1 - beta2 ** (i + 1)] as const,
  );
  return Float64Array.from(params, (param, i) => {
    let [p, m, v] = [param, 0, 0];
    const g = grads[i]!;
    for (const [correction1, correction2] of corrections) {
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      p -= (learningRate * (m / correction1)) / (Math.sqrt(v / correction2) + epsilon);
    }
    return p;
  });
}

/** Says what is wrong, or nothing. */
export function faultOf(got: readonly number[], { values, tolerance }: Answer): string | undefined {
  if (got.length !== values.length) return `gave ${got.length} numbers to check, expected ${values.length}`;
  const scale = Math.max(...values.map(Math.abs));
  // JSON has null in the place of NaN, which would count as 0.
  const i = values.findIndex((value, k) => !(Math.abs((got[k] ?? Number.NaN) - value) <= tolerance * scale));
  if (i < 0) return undefined;
  return `number ${i + 1} of ${values.length} is ${got[i] ?? Number.NaN}, expected ${values[i]} within ${tolerance * scale}`;
}
