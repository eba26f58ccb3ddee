import { beforeAll, expect, test } from "vitest";
import { Rng } from "../core/random.ts";
import { sliceRows } from "../data/dataset.ts";
import { inputsOf } from "../data/inputs-of.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { flatten } from "../nn/flatten.ts";
import { linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { loadMnist } from "../node/mnist.ts";
import { relu } from "../tensor/functions.ts";
import { train } from "../train/train.ts";
import { ablation } from "./ablation.ts";
import { ablationOverData } from "./ablation-over-data.ts";
import { integratedGradients } from "./integrated-gradients.ts";
import { linearProbes } from "./linear-probes.ts";
import { perturbationCurves } from "./perturbation-curves.ts";
import { randomizedWeights } from "./randomized-weights.ts";

/** @file What the explanations claim, on a network that was trained on real digits. */

const rng = Rng.seeded(0);
const model = sequential(
  flatten(),
  linear(784, 128, { rng }),
  relu,
  linear(128, 64, { rng }),
  relu,
  linear(64, 10, { rng }),
);
const { train: training, test: held } = await loadMnist();
const DIGITS = 100;
const digit = (row: number) => inputsOf(sliceRows(held, row, row + 1));
const labelOf = (row: number) => held.targets.data[row]!;

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

beforeAll(async () => {
  for await (const _ of train(model, training, { loss: crossEntropy, epochs: 2, batchSize: 64, learningRate: 2e-3 }));
});

test("integrated gradients of 100 digits are complete to 1 %, with 100 steps of either rule", async () => {
  for (const rule of ["gauss", "midpoint"] as const) {
    const residuals: number[] = [];
    for (let row = 0; row < DIGITS; row++) {
      const found = await integratedGradients(model, digit(row), { classIndex: labelOf(row), steps: 100, rule });
      residuals.push(found.relativeResidual);
    }
    console.log(`${rule}: residual at most ${Math.max(...residuals)}, median ${median(residuals)}`);
    expect(Math.max(...residuals)).toBeLessThan(0.01);
  }
});

test("its pixels decide: deletion falls faster and insertion rises faster than in any of 20 random orders", async () => {
  let better = 0;
  for (let row = 0; row < DIGITS; row++) {
    const choice = { classIndex: labelOf(row), as: "probability" } as const;
    const { values } = await integratedGradients(model, digit(row), choice);
    const found = await perturbationCurves(model, digit(row), values, { ...choice, draws: 20 });
    const isBest = found.deletion.area < Math.min(...found.random.deletionAreas);
    if (isBest && found.insertion.area > Math.max(...found.random.insertionAreas)) better++;
  }
  console.log(`better than every random order: ${better} of ${DIGITS}`);
  expect(better).toBeGreaterThanOrEqual(90);
});

test("the units that the evidence names matter more than random ones", async () => {
  const pValues: number[] = [];
  for (let row = 0; row < DIGITS; row++) {
    const found = await ablation(model, digit(row), { layer: "layers.4", classIndex: labelOf(row), count: 5 });
    pValues.push(found.pValue);
  }
  expect(median(pValues)).toBeLessThanOrEqual(1 / 101);
  const found = await ablationOverData(model, sliceRows(held, 0, 1000), { layer: "layers.4", count: 10, draws: 20 });
  const random = found.random.map(({ accuracy }) => accuracy);
  console.log(
    `accuracy ${found.intact.accuracy}, without 10 units ${found.removed.accuracy}, at random ${median(random)}`,
  );
  expect(found.removed.accuracy).toBeLessThan(Math.min(...random) - 0.2);
});

test("hidden layers hold more useful features than pixels", async () => {
  const probes = await linearProbes(model, sliceRows(training, 0, 10_000), sliceRows(held, 0, 5000));
  const accuracies = new Map(probes.map(({ layer, validationAccuracy }) => [layer, validationAccuracy]));
  console.log(Object.fromEntries(accuracies));
  expect(accuracies.get("layers.2")).toBeGreaterThan(accuracies.get("input")! + 0.05);
  expect(accuracies.get("layers.4")).toBeGreaterThan(accuracies.get("input")! + 0.05);
});

test("attributions depend on what was learned: with random weights throughout, little of their order is left", async () => {
  const left: number[] = [];
  for (let row = 0; row < 20; row++) {
    const found = await randomizedWeights(model, digit(row), {
      ...{ method: "integrated-gradients", classIndex: labelOf(row), seed: row },
    });
    left.push(Math.abs(found.at(-1)!.correlation));
  }
  console.log(`rank correlation left: median ${median(left)}`);
  expect(median(left)).toBeLessThan(0.3);
});
