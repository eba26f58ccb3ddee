import { describe, expect, test } from "vitest";
import { Convolution, Twice } from "../../test/own-layers.ts";
import { clouds, failureOf, network } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { dataset } from "../data/dataset.ts";
import { inputsOf } from "../data/inputs-of.ts";
import { pixelEncodings } from "../data/preprocessing.ts";
import { linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { tensor } from "../tensor/create.ts";
import { relu } from "../tensor/functions.ts";
import { layerOutputs } from "./layer-outputs.ts";
import { mostActivating } from "./most-activating.ts";

const data = clouds(40);
const model = network();

describe("mostActivating", () => {
  test("its values are those of the layer, and its ends the largest and the smallest", async () => {
    const found = await mostActivating(model, data, { layer: "layers.1", unit: 2, count: 3, batchSize: 7 });
    const hidden = await relu(model.layers[0]!.call(inputsOf(data))).data();
    const values = Array.from({ length: 40 }, (_, row) => hidden[row * 6 + 2]!);
    found.values.forEach((value, row) => {
      expect(value).toBeCloseTo(values[row]!, 5);
    });
    const sorted = [...found.values].sort((a, b) => b - a);
    expect(found.top.map(({ value }) => value)).toEqual(sorted.slice(0, 3));
    expect(found.bottom.map(({ value }) => value)).toEqual(sorted.slice(-3).reverse());
    for (const { index, value, classIndex } of [...found.top, ...found.bottom]) {
      expect(found.values[index]).toBe(value);
      expect(classIndex).toBe(data.targets.data[index]);
    }
    expect([found.min, found.max]).toEqual([sorted.at(-1), sorted[0]]);
    const mean = sorted.reduce((a, b) => a + b) / 40;
    expect(found.mean).toBeCloseTo(mean, 10);
    expect(found.std).toBeCloseTo(Math.sqrt(sorted.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 40), 10);
    expect(found.activeShare).toBe(sorted.filter((v) => v > 0).length / 40);
  });

  test("the histogram holds every row once, by class too", async () => {
    const { histogram, classMeans, values } = await mostActivating(model, data, {
      layer: "layers.0",
      unit: 1,
      bins: 5,
    });
    expect(histogram.edges).toHaveLength(6);
    const count = (bin: number, rows: number[]) =>
      rows.filter((v) => v >= histogram.edges[bin]! && (v < histogram.edges[bin + 1]! || bin === 4)).length;
    [...histogram.counts].forEach((counted, bin) => {
      expect(counted).toBe(count(bin, [...values]));
      expect(histogram.byClass!.reduce((sum, own) => sum + own[bin]!, 0)).toBe(counted);
    });
    expect(histogram.counts.reduce((a, b) => a + b)).toBe(40);
    [0, 1, 2].forEach((label) => {
      const own = [...values].filter((_, row) => data.targets.data[row] === label);
      expect(histogram.byClass![label]!.reduce((a, b) => a + b)).toBe(own.length);
      expect(classMeans![label]).toBeCloseTo(own.reduce((a, b) => a + b) / own.length, 10);
    });
  });

  test("a dead unit, and data without classes", async () => {
    const values = dataset({ name: "values", inputs: [[1], [2], [3]], targets: [[0], [0], [0]] });
    const layer = linear(1, 2, { rng: Rng.seeded(1) });
    layer.weight.assign(tensor([[-1], [1]]));
    layer.bias!.assign(tensor([0, 0]));
    const dead = await mostActivating(sequential(layer, relu), values, { layer: "layers.1", unit: 0, bins: 2 });
    expect([dead.min, dead.max, dead.std, dead.activeShare]).toEqual([0, 0, 0, 0]);
    expect([...dead.histogram.counts]).toEqual([3, 0]);
    expect([dead.histogram.byClass, dead.classMeans]).toEqual([undefined, undefined]);
    expect(dead.top).toEqual([0, 1, 2].map((index) => ({ index, value: 0 })));
  });

  test("of a channel, the strongest place counts", async () => {
    const rng = Rng.seeded(31);
    const images = dataset({
      name: "images",
      inputs: rng.normal([6, 2, 3, 4]),
      targets: [0, 1, 0, 1, 0, 1],
      classNames: ["a", "b"],
    });
    const convolution = new Convolution(2, 3, 2, rng);
    const found = await mostActivating(convolution, images, { layer: "", unit: 1, axis: 1 });
    const output = await convolution.call(inputsOf(images)).data();
    found.values.forEach((value, row) => {
      expect(value).toBeCloseTo(Math.max(...output.slice(row * 18 + 6, row * 18 + 12)), 5);
    });
  });

  test("errors", async () => {
    const failing = (options: object) =>
      failureOf(() => mostActivating(model, data, { layer: "layers.1", unit: 0, ...options }));
    expect(await failing({ unit: 6 })).toMatchInlineSnapshot(
      `"UsageError: mostActivating: unit must be 0 to 5, got 6"`,
    );
    expect(await failing({ layer: "layers.6" })).toMatchInlineSnapshot(
      `"UsageError: mostActivating: the model makes no call "layers.6": expected "input", "layers.0", "layers.1", "layers.2" or "layers.3""`,
    );
    expect(await failing({ count: 0 })).toMatchInlineSnapshot(
      `"UsageError: mostActivating: count must be a whole number of at least 1, got 0"`,
    );
    expect(await failing({ batchSize: 0 })).toMatchInlineSnapshot(
      `"UsageError: mostActivating: batchSize must be a whole number of at least 1, got 0"`,
    );
    expect(await failing({ axis: 0 })).toMatchInlineSnapshot(`
      "UsageError: mostActivating: axis must be 1 to 1, behind that of the batch, got 0
        output: f32[40, 6]"
    `);
    const broken = network();
    (broken.layers[0] as ReturnType<typeof linear<2, 6>>).bias!.assign(tensor([Number.NaN, 0, 0, 0, 0, 0]));
    const wrong = () => mostActivating(broken, data, { layer: "layers.0", unit: 0 });
    expect(await failureOf(wrong)).toMatchInlineSnapshot(
      `"UsageError: mostActivating: the activation of row 0 is NaN: expected a finite number"`,
    );
  });
});

describe("layerOutputs", () => {
  test("by default every layer that holds no others and changes what it reads, and the input as the network sees it", async () => {
    const bytes = dataset({
      ...{ name: "bytes", inputs: { dtype: "u8", shape: [2, 2], data: Uint8Array.of(0, 255, 51, 102) } as const },
      ...{ targets: [0, 1], classNames: ["a", "b"], preprocessing: pixelEncodings.intensity },
    });
    const found = await layerOutputs(network({ rate: 0.3 }), bytes);
    expect([...found.keys()]).toEqual(["input", "layers.0", "layers.1", "layers.3"]); // dropout changes nothing here
    expect([...found.get("input")!.data].map((v) => Number(v.toFixed(6)))).toEqual([0, 1, 0.2, 0.4]);
    expect(found.get("layers.3")!.shape).toEqual([2, 3]);
  });

  test("calls by name, in as many batches as it takes", async () => {
    const model = new Twice();
    const points = clouds(10);
    const found = await layerOutputs(model, points, { layers: ["inner", "inner#2"], batchSize: 4 });
    const first = model.inner.call(inputsOf(points));
    const [once, twice] = [await first.data(), await model.inner.call(first).data()];
    found.get("inner")!.data.forEach((value, i) => {
      expect(value).toBeCloseTo(once[i]!, 5);
    });
    found.get("inner#2")!.data.forEach((value, i) => {
      expect(value).toBeCloseTo(twice[i]!, 5);
    });
    expect(await failureOf(() => layerOutputs(model, points, { layers: ["inner#3"] }))).toMatchInlineSnapshot(
      `"UsageError: layerOutputs: the model makes no call "inner#3": expected "input", "inner" or "inner#2""`,
    );
  });
});
