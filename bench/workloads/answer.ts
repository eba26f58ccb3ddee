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

/** The elements of a product [n, n] that are compared: a corner, one inside, the opposite corner. */
function gemmPositions(n: number): readonly (readonly [row: number, column: number])[] {
  return [
    [0, 0],
    [Math.floor(n / 2), Math.floor(n / 3)],
    [n - 1, n - 1],
  ];
}

/** Of a subject's product [n, n], what is compared. */
export const comparedElements = (c: ArrayLike<number>, n: number): readonly number[] =>
  gemmPositions(n).map(([row, column]) => c[row * n + column]!);

/** Of a subject's updated parameters, what is compared. */
export const comparedParams = (params: ArrayLike<number>): readonly number[] =>
  adamPositions(params.length).map((i) => params[i]!);

/** The parameters that are compared after some updates. */
function adamPositions(size: number): readonly number[] {
  return [0, Math.floor(size / 3), size - 1];
}

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
      return { values: gemmElements(workload.n), tolerance: 1e-5 };
    case "recipe":
      throw new Error("a recipe is judged by its accuracy");
    case "adam":
      return { values: adamElements(workload.size), tolerance: 1e-6 };
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

function gemmElements(n: number): number[] {
  const [a, b] = operands(n * n);
  return gemmPositions(n).map(([row, column]) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[row * n + k]! * b[k * n + column]!;
    return sum;
  });
}

function adamElements(size: number): number[] {
  const [params, grads] = operands(size);
  const { learningRate, beta1, beta2, epsilon, checkedSteps } = ADAM;
  return adamPositions(size).map((i) => {
    let [p, m, v] = [params[i]!, 0, 0];
    const g = grads[i]!;
    for (let t = 1; t <= checkedSteps; t++) {
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      p -= (learningRate * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
    }
    return p;
  });
}

/** Says what is wrong, or nothing. */
export function faultOf(got: readonly number[], { values, tolerance }: Answer): string | undefined {
  if (got.length !== values.length) return `gave ${got.length} numbers to check, expected ${values.length}`;
  const scale = Math.max(...values.map(Math.abs));
  const i = values.findIndex((value, k) => !(Math.abs(got[k]! - value) <= tolerance * scale));
  if (i < 0) return undefined;
  return `number ${i + 1} of ${values.length} is ${got[i]}, expected ${values[i]} within ${tolerance * scale}`;
}
