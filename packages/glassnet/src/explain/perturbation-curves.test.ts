import { expect, test } from "vitest";
import { failureOf } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { fromArray, tensor } from "../tensor/create.ts";
import { relu } from "../tensor/functions.ts";
import { occlusion } from "./occlusion.ts";
import { perturbationCurves, rankOf } from "./perturbation-curves.ts";

const rng = Rng.seeded(29);
const layer = linear(4, 1, { rng });
layer.weight.assign(tensor([[4, 3, 2, 1]]));
layer.bias!.assign(tensor([10]));
const model = sequential(layer);
const x = tensor([[1, 1, 1, 1]]); // 20; without anything 10

test("by hand: the best order of a linear model takes the largest away first, and gives it first", async () => {
  const found = await perturbationCurves(model, x, [4, 3, 2, 1], { classIndex: 0, draws: 5 });
  expect([...found.fractions]).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect([...found.deletion.values]).toEqual([20, 16, 13, 11, 10]);
  expect([...found.insertion.values]).toEqual([10, 14, 17, 19, 20]);
  expect(found.deletion.area).toBe((18 + 14.5 + 12 + 10.5) / 4);
  expect(found.insertion.area).toBe((12 + 15.5 + 18 + 19.5) / 4);
  const worst = await perturbationCurves(model, x, [1, 2, 3, 4], { classIndex: 0, draws: 0 });
  expect([...worst.deletion.values]).toEqual([20, 19, 17, 14, 10]);
  expect(worst.random.deletionAreas).toHaveLength(0);
});

test("random orders lie between the best and the worst, come from the seed, and have the same ends", async () => {
  const draw = (seed: number) => perturbationCurves(model, x, [4, 3, 2, 1], { classIndex: 0, draws: 40, seed });
  const [found, again, other] = [await draw(1), await draw(1), await draw(2)];
  const { deletion, insertion, deletionAreas, insertionAreas } = found.random;
  expect(deletionAreas).toEqual(again.random.deletionAreas);
  expect(deletionAreas).not.toEqual(other.random.deletionAreas);
  for (const area of deletionAreas) {
    expect(area).toBeGreaterThanOrEqual(found.deletion.area);
    expect(area).toBeLessThanOrEqual(30 - found.deletion.area); // the worst order, by symmetry
  }
  expect(deletion.area).toBeCloseTo(deletionAreas.reduce((a, b) => a + b) / 40, 10);
  expect(insertion.area).toBeCloseTo(insertionAreas.reduce((a, b) => a + b) / 40, 10);
  expect(deletion.area).toBeCloseTo(15, 0);
  expect([deletion.values[0], deletion.values[4], insertion.values[0], insertion.values[4]]).toEqual([20, 10, 10, 20]);
});

test("fewer points than inputs, another baseline, and a network that is not linear", async () => {
  const network = sequential(linear(30, 10, { rng }), relu, linear(10, 3, { rng }));
  const input = fromArray(rng.normal([1, 30]));
  const { values } = await occlusion(network, input, { classIndex: 1, baseline: 0.5 });
  const choice = { classIndex: 1, baseline: 0.5 };
  const found = await perturbationCurves(network, input, values, { ...choice, points: 7, draws: 30 });
  expect([...found.fractions].map((f) => Math.round(f * 30))).toEqual([0, 4, 9, 13, 17, 21, 26, 30]);
  expect(found.deletion.area).toBeLessThan(found.random.deletion.area);
  expect(found.insertion.area).toBeGreaterThan(found.random.insertion.area);
  const first = rankOf(values).slice(0, 4);
  const numbers = (await input.data()).map((value, i) => (first.includes(i) ? 0.5 : value));
  const outputs = await network.call(tensor([[...numbers]])).data();
  expect(found.deletion.values[1]).toBeCloseTo(outputs[1]!, 5);
  const asProbability = await perturbationCurves(network, input, values, { ...choice, as: "probability", draws: 0 });
  const probabilities = await network.call(input).softmax().data();
  expect(asProbability.deletion.values[0]).toBeCloseTo(probabilities[1]!, 5);
});

test("the order is by falling score; equal ones keep theirs", () => {
  expect(rankOf([1, 3, 1, 3, -2])).toEqual([1, 3, 0, 2, 4]);
});

test("errors", async () => {
  const failing = (scores: number[], options = {}) =>
    failureOf(() => perturbationCurves(model, x, scores, { classIndex: 0, ...options }));
  expect(await failing([1, 2, 3])).toMatchInlineSnapshot(
    `"UsageError: perturbationCurves: needs one score for each of 4 inputs, got 3"`,
  );
  expect(await failing([1, 2, Number.NaN, 4])).toMatchInlineSnapshot(
    `"UsageError: perturbationCurves: the score of input 2 is NaN"`,
  );
  expect(await failing([1, 2, 3, 4], { points: 0 })).toMatchInlineSnapshot(
    `"UsageError: perturbationCurves: points must be a whole number from 1 to 10000, got 0"`,
  );
  expect(await failing([1, 2, 3, 4], { draws: 1.5 })).toMatchInlineSnapshot(
    `"UsageError: perturbationCurves: draws must be a whole number from 0 to 10000, got 1.5"`,
  );
});
