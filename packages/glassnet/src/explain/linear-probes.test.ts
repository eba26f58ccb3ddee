import { expect, test } from "vitest";
import { clouds, failureOf, network } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { dataset, sliceRows } from "../data/dataset.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { tensor, zeros } from "../tensor/create.ts";
import { relu } from "../tensor/functions.ts";
import { train } from "../train/train.ts";
import { solveCholesky } from "./cholesky.ts";
import { linearProbes } from "./linear-probes.ts";
import { Progress } from "./long-work.ts";

/** Exclusive or, many times, a little blurred. */
function xor(size: number, seed: number) {
  const rng = Rng.seeded(seed);
  const noise = rng.normal([size, 2], 0, 0.1).data;
  const inputs = Array.from({ length: size }, (_, i) => [
    (i % 2) + noise[2 * i]!,
    (Math.floor(i / 2) % 2) + noise[2 * i + 1]!,
  ]);
  const targets = Array.from({ length: size }, (_, i) => (i % 2) ^ (Math.floor(i / 2) % 2));
  return dataset({ name: "xor", inputs, targets, classNames: ["same", "different"] });
}

test("exclusive or cannot be read from the inputs, but from a hidden layer that has learned it", async () => {
  const [training, validation] = [xor(200, 1), xor(100, 2)];
  const rng = Rng.seeded(3);
  const model = sequential(linear(2, 8, { rng }), relu, linear(8, 2, { rng }));
  for await (const _ of train(model, training, { loss: crossEntropy, epochs: 60, learningRate: 0.05 }));
  const probes = await linearProbes(model, training, validation);
  expect(probes.map(({ layer, features }) => [layer, features])).toEqual([
    ["input", 2],
    ["layers.0", 8],
    ["layers.1", 8],
    ["layers.2", 2],
  ]);
  const [inputs, sums, hidden] = probes;
  expect(inputs!.validationAccuracy).toBeLessThan(0.8);
  expect(sums!.validationAccuracy).toBeCloseTo(inputs!.validationAccuracy, 1); // sums of the inputs say no more
  expect([hidden!.trainAccuracy, hidden!.validationAccuracy]).toEqual([1, 1]);
});

test("the fit is the least squares of the textbook, worked out by hand", async () => {
  // One feature at 0, 1, 2, 5; classes 0, 0, 1, 1. Centred at 2, the slope for class 1 is 4 · 0.25 / 14 … and it changes sign
  // between 1.2 and 2: the third row is exactly at the mean, where both classes are even, so the first of them counts.
  const inputs = [[0], [1], [2], [5]];
  const data = dataset({ name: "line", inputs, targets: [0, 0, 1, 1], classNames: ["low", "high"] });
  const model = sequential(linear(1, 2, { rng: Rng.seeded(0) }));
  const others = dataset({
    name: "others",
    inputs: [[1.9], [2.1], [9]],
    targets: [0, 1, 1],
    classNames: ["low", "high"],
  });
  const [probe] = await linearProbes(model, data, others, { layers: ["input"], ridge: 1e-9 });
  expect(probe).toEqual({ layer: "input", features: 1, trainAccuracy: 0.75, validationAccuracy: 1 });
});

test("features that never change say as much as the most frequent class", async () => {
  const data = clouds(90);
  const model = network();
  model.layers.forEach((layer) => {
    if ("weight" in layer)
      (layer as ReturnType<typeof linear>).weight.assign(zeros((layer as ReturnType<typeof linear>).weight.shape));
  });
  const [probe] = await linearProbes(model, data, data, { layers: ["layers.0"] });
  const counts = [0, 1, 2].map((label) => data.targets.data.filter((one: number) => one === label).length);
  expect(probe!.trainAccuracy).toBeCloseTo(Math.max(...counts) / 90, 10);
});

test("does not depend on the size of batches, tells how far it is, and ends when it is told to", async () => {
  const [training, validation] = [sliceRows(clouds(80), 0, 50), sliceRows(clouds(80), 50, 80)];
  const told: number[] = [];
  const onProgress = (done: number, total: number) => told.push(done / total);
  const all = await linearProbes(network(), training, validation, { onProgress });
  expect(await linearProbes(network(), training, validation, { batchSize: 7 })).toEqual(all);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(1);
  const reason = new Error("enough");
  await expect(linearProbes(network(), training, validation, { signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  );
});

test("errors", async () => {
  const data = clouds(20);
  expect(await failureOf(() => linearProbes(network(), data, data, { layers: ["layers.8"] }))).toMatchInlineSnapshot(
    `"UsageError: linearProbes: the model makes no call "layers.8": expected "input", "layers.0", "layers.1", "layers.2" or "layers.3""`,
  );
  expect(await failureOf(() => linearProbes(network(), data, data, { ridge: 0 }))).toMatchInlineSnapshot(
    `"UsageError: linearProbes: ridge must be a finite number above 0, got 0"`,
  );
  const values = dataset({ name: "values", inputs: [[1, 2]], targets: [[0.5]] });
  expect(await failureOf(() => linearProbes(network(), values, values))).toMatchInlineSnapshot(`
    "UsageError: linearProbes: values has no classes
      targets: f32[1, 1]
      help: targets must be whole numbers [rows], or probabilities [rows, classes] with classNames"
  `);
  const broken = network();
  (broken.layers[0] as ReturnType<typeof linear<2, 6>>).bias!.assign(tensor([Number.NaN, 0, 0, 0, 0, 0]));
  expect(await failureOf(() => linearProbes(broken, data, data, { layers: ["layers.0"] }))).toMatchInlineSnapshot(`
    "UsageError: linearProbes: the features of layer "layers.0" are not finite, or too dependent for a ridge of 0.001
      help: use a larger ridge"
  `);
});

test("Cholesky solves what it is given, and says if it cannot", async () => {
  const n = 12;
  const rng = Rng.seeded(5);
  const root = rng.normal([n, n], 0, 1, "f64").data;
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) a[i * n + j]! += root[i * n + k]! * root[j * n + k]!;
    a[i * n + i]! += 0.1;
  }
  const b = rng.normal([n, 3], 0, 1, "f64").data;
  const x = b.slice();
  const progress = new Progress({}, 1);
  expect(await solveCholesky(a.slice(), x, n, 3, progress)).toBe(true);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * x[k * 3 + c]!;
      expect(sum).toBeCloseTo(b[i * 3 + c]!, 8);
    }
  }
  expect(await solveCholesky(Float64Array.of(1, 2, 2, 1), new Float64Array(2), 2, 1, progress)).toBe(false);
});
