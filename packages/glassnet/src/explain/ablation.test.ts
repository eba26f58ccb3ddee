import { describe, expect, test } from "vitest";
import { Convolution } from "../../test/own-layers.ts";
import { clouds, failureOf, network } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { dataset, sliceRows } from "../data/dataset.ts";
import { inputsOf } from "../data/inputs-of.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { accuracy } from "../metric/accuracy.ts";
import { flatten } from "../nn/flatten.ts";
import { linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { fromArray, fromData, tensor } from "../tensor/create.ts";
import { relu } from "../tensor/functions.ts";
import { evaluate } from "../train/evaluate.ts";
import { train } from "../train/train.ts";
import { ablation } from "./ablation.ts";
import { ablationOverData } from "./ablation-over-data.ts";
import { evidence } from "./evidence.ts";
import { withWeights } from "./with-weights.ts";

const rng = Rng.seeded(23);
const model = sequential(linear(5, 20, { rng }), relu, linear(20, 3, { rng }));
const x = fromArray(rng.normal([1, 5]));

describe("of one example", () => {
  test("behind the last hidden layer, the strongest units are those with the most evidence, and the drop is their sum", async () => {
    const found = await ablation(model, x, { layer: "layers.1", classIndex: 1, count: 3, draws: 10 });
    const why = await evidence(model, x, { classIndex: 1 });
    expect(found.removed.units).toEqual(why.for.slice(0, 3).map(({ index }) => index));
    expect(found.drop).toBeCloseTo(
      why.for.slice(0, 3).reduce((sum, { product }) => sum + product, 0),
      5,
    );
    expect(found.intact.output).toBeCloseTo(why.logit, 5);
    for (const { index, product } of why.against) expect(found.scores[index]).toBeCloseTo(product, 5);
    expect(found.available).toBe(20);
    found.random.forEach((answer, draw) => {
      const terms = [...why.for, ...why.against].filter(({ index }) => answer.units.includes(index));
      const lost = terms.reduce((sum, { product }) => sum + product, 0);
      expect(found.randomDrops[draw]).toBeCloseTo(lost, 5);
      expect(found.randomDrops[draw]).toBeCloseTo(found.intact.output - answer.output, 6);
    });
    expect(found.atLeast).toBe(found.randomDrops.filter((drop) => drop >= found.drop).length);
    expect(found.pValue).toBe((1 + found.atLeast) / 11);
  });

  test("a removed unit is one whose row of weights and bias are 0", async () => {
    const units = [2, 7, 19];
    const found = await ablation(model, x, {
      layer: "layers.1",
      units,
      classIndex: 0,
      versus: 2,
      as: "probability",
      draws: 0,
    });
    const [first] = model.layers as [ReturnType<typeof linear<5, 20>>];
    const weight = first.weight.value.dataSync().map((w, i) => (units.includes(Math.floor(i / 5)) ? 0 : w));
    const bias = first.bias!.value.dataSync().map((b, unit) => (units.includes(unit) ? 0 : b));
    const without = withWeights(model, {
      "layers.0.weight": fromData(weight as Float32Array<ArrayBuffer>, [20, 5]),
      "layers.0.bias": fromData(bias as Float32Array<ArrayBuffer>, [20]),
    });
    const p = await without.call(x).softmax().data();
    const intact = await model.call(x).softmax().data();
    expect(found.removed.probability).toBeCloseTo(p[0]! - p[2]!, 6);
    expect(found.drop).toBeCloseTo(intact[0]! - intact[2]! - (p[0]! - p[2]!), 6);
    expect(found.removed.units).toEqual(units);
    expect([found.random, found.pValue]).toEqual([[], 1]);
  });

  test("draws come from the seed alone, each of as many different units", async () => {
    const draw = (seed: number, draws = 30) =>
      ablation(model, x, { layer: "layers.1", classIndex: 0, count: 4, seed, draws });
    const [first, again, other] = [await draw(1), await draw(1), await draw(2)];
    expect(first.random).toEqual(again.random);
    expect(first.random).not.toEqual(other.random);
    expect((await draw(1, 100)).random.slice(0, 30).map(({ units }) => units)).toEqual(
      first.random.map(({ units }) => units),
    );
    for (const { units } of first.random) {
      expect(new Set(units).size).toBe(4);
      expect(units).toEqual([...units].sort((a, b) => a - b));
      for (const unit of units) expect(unit >= 0 && unit < 20).toBe(true);
    }
    const times = new Int32Array(20);
    for (const { units } of (await draw(3, 400)).random) for (const unit of units) times[unit]!++;
    expect(Math.min(...times)).toBeGreaterThan(40); // 80 are expected
    expect(Math.max(...times)).toBeLessThan(130);
  });

  test("among the active units, no draw is wasted on one that gives 0 anyway", async () => {
    const hidden = await relu(model.layers[0]!.call(x)).data();
    const found = await ablation(model, x, { layer: "layers.1", classIndex: 0, count: 2, among: "active", draws: 40 });
    for (const { units } of found.random) for (const unit of units) expect(hidden[unit]).toBeGreaterThan(0);
  });

  test("a unit may be set to a value of its own", async () => {
    const hidden = await relu(model.layers[0]!.call(x)).data();
    const same = await ablation(model, x, { layer: "layers.1", classIndex: 0, value: hidden, count: 20, draws: 3 });
    expect(same.drop).toBeCloseTo(0, 6);
    for (const score of same.scores) expect(score).toBeCloseTo(0, 6);
    const one = await ablation(model, x, { layer: "layers.1", classIndex: 2, value: 1.5, units: [4], draws: 0 });
    const [, , last] = model.layers as unknown as [unknown, unknown, ReturnType<typeof linear<20, 3>>];
    const slope = (await last.weight.value.data())[2 * 20 + 4]!;
    expect(one.drop).toBeCloseTo(slope * (hidden[4]! - 1.5), 5);
    expect(one.scores[4]).toBeCloseTo(one.drop, 5);
  });

  test("channels of a convolution are units of their own", async () => {
    const image = fromArray(rng.normal([1, 2, 4, 4]));
    const convolution = new Convolution(2, 5, 2, rng);
    const network = sequential(convolution, relu, flatten(), linear(5 * 9, 3, { rng }));
    const found = await ablation(network, image, { layer: "layers.1", axis: 1, classIndex: 0, units: [3], draws: 0 });
    expect(found.available).toBe(5);
    const silent = (await convolution.bias.value.data()).map((b, c) => (c === 3 ? -1000 : b));
    const without = withWeights(network, { "layers.0.bias": fromData(silent as Float32Array<ArrayBuffer>, [5]) });
    expect(found.removed.output).toBeCloseTo((await without.call(image).data())[0]!, 5);
    const single = await ablation(network, image, { layer: "layers.1", classIndex: 0, units: [44], draws: 0 });
    expect(single.available).toBe(45);
  });
});

describe("over a data set", () => {
  const data = clouds(60);

  async function trained() {
    const learned = network({ seed: 4 });
    for await (const _ of train(learned, data, { loss: crossEntropy, epochs: 20, learningRate: 0.05 }));
    return learned;
  }

  test("without anything it is what evaluate says; each row loses what one example would", async () => {
    const learned = await trained();
    const found = await ablationOverData(learned, data, { layer: "layers.1", count: 2, draws: 3, batchSize: 16 });
    const scores = await evaluate(learned, data, { loss: crossEntropy, metrics: { accuracy } });
    expect(found.intact.accuracy).toBeCloseTo(scores.accuracy!, 10);
    let [output, probability] = [0, 0];
    for (let row = 0; row < data.size; row++) {
      const one = await ablation(learned, inputsOf(sliceRows(data, row, row + 1)), {
        ...{ layer: "layers.1", count: 2, draws: 0, classIndex: data.targets.data[row]! },
      });
      output += one.removed.output / data.size;
      probability += one.removed.probability / data.size;
    }
    expect(found.removed.output).toBeCloseTo(output, 4);
    expect(found.removed.probability).toBeCloseTo(probability, 4);
    expect(found.removed.accuracy).toBeLessThan(found.intact.accuracy);
    expect(found.random).toHaveLength(3);
    expect([found.available, found.count, found.examples]).toEqual([6, 2, 60]);
  });

  test("does not depend on the size of its batches", async () => {
    const learned = await trained();
    const options = { layer: "layers.1", count: 2, draws: 2, seed: 9 } as const;
    const [small, large] = [
      await ablationOverData(learned, data, { ...options, batchSize: 7 }),
      await ablationOverData(learned, data, options),
    ];
    expect(small.removed.output).toBeCloseTo(large.removed.output, 5);
    small.random.forEach((answer, draw) => {
      expect(answer.output).toBeCloseTo(large.random[draw]!.output, 5);
      expect(answer.accuracy).toBe(large.random[draw]!.accuracy);
    });
  });

  test("the same units for all rows, those that are strongest on average or that are named", async () => {
    const learned = await trained();
    const found = await ablationOverData(learned, data, { layer: "layers.1", count: 2, per: "data", draws: 0 });
    const order = [...found.scores.keys()].sort((a, b) => found.scores[b]! - found.scores[a]!);
    const named = await ablationOverData(learned, data, { layer: "layers.1", units: order.slice(0, 2), draws: 0 });
    expect(named.removed).toEqual(found.removed);
    const all = await ablationOverData(learned, data, { layer: "layers.1", units: [0, 1, 2, 3, 4, 5], draws: 0 });
    const [, , , last] = learned.layers as unknown as [unknown, unknown, unknown, ReturnType<typeof linear<6, 3>>];
    const biases = [...(await last.bias!.value.data())];
    const labels = [...data.targets.data];
    expect(all.removed.output).toBeCloseTo(labels.reduce((sum, label) => sum + biases[label]!, 0) / 60, 5);
  });

  test("data without classes, or with one that the model does not have", async () => {
    const values = dataset({ name: "values", inputs: [[1, 2]], targets: [[0.5]] });
    expect(await failureOf(() => ablationOverData(network(), values, { layer: "layers.1" }))).toMatchInlineSnapshot(`
      "UsageError: ablationOverData: values has no classes
        targets: f32[1, 1]
        help: targets must be whole numbers [rows], or probabilities [rows, classes] with classNames"
    `);
    const labels = dataset({
      name: "many",
      inputs: [[1, 2]],
      targets: { dtype: "i32", shape: [1], data: Int32Array.of(7) },
    });
    expect(await failureOf(() => ablationOverData(network(), labels, { layer: "layers.1" }))).toMatchInlineSnapshot(
      `"UsageError: many: label of row 0 is 7: expected 0 to 2"`,
    );
    const options = { layer: "layers.1", per: "row" as "data" };
    expect(await failureOf(() => ablationOverData(network(), data, options))).toMatchInlineSnapshot(
      `"UsageError: ablationOverData: unknown per "row": expected "example" or "data""`,
    );
    const single = sequential(linear(2, 4, { rng }), relu, linear(4, 1, { rng }));
    expect(await failureOf(() => ablationOverData(single, data, { layer: "layers.1" }))).toMatchInlineSnapshot(
      `"ShapeError: ablationOverData: needs a model with two classes at least: one output is always the largest"`,
    );
  });

  test("ends when it is told to", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    const onProgress = (done: number) => {
      if (done > 100) controller.abort(reason);
    };
    const stopped = ablationOverData(network(), data, {
      layer: "layers.1",
      count: 1,
      signal: controller.signal,
      onProgress,
    });
    await expect(stopped).rejects.toBe(reason);
  });
});

describe("errors", () => {
  const failing = (options: Partial<Parameters<typeof ablation>[2]>) =>
    failureOf(() => ablation(model, x, { layer: "layers.1", classIndex: 0, ...options }));

  test("units and layers that there are not", async () => {
    expect(await failing({ layer: "layers.9" })).toMatchInlineSnapshot(
      `"UsageError: ablation: the model makes no call "layers.9": expected "layers.0", "layers.1" or "layers.2""`,
    );
    expect(await failing({ units: [20] })).toMatchInlineSnapshot(
      `"UsageError: ablation: unit must be 0 to 19, got 20"`,
    );
    expect(await failing({ units: [1, 1] })).toMatchInlineSnapshot(`"UsageError: ablation: unit 1 is named twice"`);
    expect(await failing({ units: [] })).toMatchInlineSnapshot(
      `"UsageError: ablation: needs one unit at least to remove"`,
    );
    expect(await failing({ count: 21 })).toMatchInlineSnapshot(
      `"UsageError: ablation: the layer has 20 units, too few to remove 21"`,
    );
    expect(await failing({ axis: 2 })).toMatchInlineSnapshot(`
      "UsageError: ablation: axis must be 1 to 1, behind that of the batch, got 2
        output: f32[1, 20]"
    `);
  });

  test("options that cannot be", async () => {
    expect(await failing({ units: [1], count: 1 })).toMatchInlineSnapshot(
      `"UsageError: ablation: takes units or their count, not both"`,
    );
    expect(await failing({ value: [1, 2] })).toMatchInlineSnapshot(
      `"UsageError: ablation: value must be a number, or one for each of 20 units, got 2"`,
    );
    expect(await failing({ value: Number.POSITIVE_INFINITY })).toMatchInlineSnapshot(
      `"UsageError: ablation: value must be finite, got Infinity"`,
    );
    expect(await failing({ among: "few" as "all" })).toMatchInlineSnapshot(
      `"UsageError: ablation: unknown among "few": expected "all" or "active""`,
    );
    expect(await failing({ draws: -1 })).toMatchInlineSnapshot(
      `"UsageError: ablation: draws must be a whole number from 0 to 100000, got -1"`,
    );
    const dead = withWeights(model, { "layers.0.bias": tensor(new Array<number>(20).fill(-1000)) });
    const among = () => ablation(dead, x, { layer: "layers.1", classIndex: 0, count: 1, among: "active" });
    expect(await failureOf(among)).toMatchInlineSnapshot(`
      "UsageError: ablation: only 0 units are active, too few to draw 1 from
        help: draw among "all""
    `);
  });
});
