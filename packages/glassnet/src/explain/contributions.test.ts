import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inputsFor, networkOf, networkOptions } from "../../test/networks.ts";
import { Convolution, Residual, Twice } from "../../test/own-layers.ts";
import { failureOf, WatchedDevice } from "../../test/training.ts";
import { openReference } from "../backends/reference/device.ts";
import { Rng } from "../core/random.ts";
import { sliceRows } from "../data/dataset.ts";
import { encode } from "../data/encode.ts";
import { flatten } from "../nn/flatten.ts";
import { Layer, type LayerConfig } from "../nn/layer.ts";
import { Linear, linear } from "../nn/linear.ts";
import type { Run } from "../nn/run.ts";
import { sequential } from "../nn/sequential.ts";
import { loadMnist } from "../node/mnist.ts";
import { compute } from "../tensor/compute.ts";
import { fromArray, tensor, zeros } from "../tensor/create.ts";
import { relu, sigmoid } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { activationTimesWeight } from "./activation-times-weight.ts";
import { layersByPath } from "./calls.ts";
import { capture } from "./capture.ts";
import { contributions, linearLayers } from "./contributions.ts";
import { evidence } from "./evidence.ts";

const rng = Rng.seeded(12);
/** For what is compared bit by bit. */
const reference = openReference();

/** One neuron whose numbers can be checked in the head: z = 2·1 − 3·0.5 + 0·4 + 0.25. */
function byHand() {
  const layer = linear(3, 2, { rng });
  layer.weight.assign(
    tensor([
      [2, -3, 0],
      [1, 1, 1],
    ]),
  );
  layer.bias!.assign(tensor([0.25, -9]));
  return sequential(layer, relu);
}

describe("contributions", () => {
  test("are the terms of the weighted sum, with the bias as the weight of an input fixed at 1", async () => {
    const x = tensor([[1, 0.5, 4]]);
    expect(await contributions(byHand(), x, { layer: "layers.0", unit: 0 })).toEqual({
      layer: "layers.0",
      unit: 0,
      terms: [
        { index: 0, input: 1, weight: 2, product: 2 },
        { index: 1, input: 0.5, weight: -3, product: -1.5 },
        { index: 2, input: 4, weight: 0, product: 0 },
      ],
      bias: 0.25,
      sum: 0.75,
      z: 0.75,
      bound: 4 * 2 ** -24 * 3.75,
      activation: { name: "relu", value: 0.75 },
    });
    const off = await contributions(byHand(), x, { layer: "layers.0", unit: 1 });
    expect([off.z, off.activation]).toEqual([-3.5, { name: "relu", value: 0 }]);
  });

  test("sum to the library's own z within the bound, for 2,000 random units of many widths and magnitudes", async () => {
    let units = 0;
    let worst = 0;
    for (let k = 0; units < 2000; k++) {
      const n = 1 + Math.floor(rng.next() * 400);
      const scale = 10 ** (8 * rng.next() - 4);
      const layer = linear(n, 40, {
        rng,
        bias: k % 3 > 0,
        weightInit: (shape) => fromArray(rng.normal(shape, 0, scale)),
      });
      const model = sequential(layer, sigmoid);
      const x = fromArray(rng.normal([1, n], k % 2, 1));
      for (let unit = 0; unit < 40; unit++) {
        const { sum, z, bound, activation, bias, terms } = await contributions(model, x, { layer: "layers.0", unit });
        expect(Math.abs(sum - z)).toBeLessThanOrEqual(bound);
        worst = Math.max(worst, Math.abs(sum - z) / bound);
        expect(terms.reduce((total, { product }) => total + product, bias)).toBeCloseTo(sum, 10);
        expect(activation!.value).toBeCloseTo(1 / (1 + Math.exp(-z)), 6);
        units++;
      }
    }
    expect(worst).toBeGreaterThan(0); // the library does round: it is not the same sum computed twice
  }, 60_000);

  test("explain a real digit, pixel by pixel", async () => {
    const { test: digits } = await loadMnist();
    const one = sliceRows(digits, 0, 1);
    const x = encode(one.preprocessing, fromArray(one.inputs));
    const model = sequential(flatten(), linear(784, 16, { rng }), relu, linear(16, 10, { rng }));
    const { terms, sum, z, bound } = await contributions(model, x, { layer: "layers.1", unit: 7, device: reference });
    expect(terms.map(({ input }) => Math.round(255 * input))).toEqual([...one.inputs.data]);
    expect(Math.abs(sum - z)).toBeLessThanOrEqual(bound);
    const outputs = model.layers[1]!.call(x.reshape([1, 784]));
    await compute([outputs], { device: reference });
    expect(z).toBe(outputs.dataSync()[7]);
    const byDefault = await contributions(model, x, { layer: "layers.1", unit: 7 });
    expect(Math.abs(byDefault.sum - byDefault.z)).toBeLessThanOrEqual(byDefault.bound);
  });

  test("name the activation only if it was applied to this layer's output", async () => {
    /** relu sees x, not the output of the linear layer that was called right before. */
    class Branches extends Layer<number, number> {
      readonly left = linear(3, 3, { rng });
      readonly right = sequential(relu);

      protected override forward(x: Tensor, run: Run): Tensor {
        return this.left.call(x, run).add(this.right.call(x, run));
      }

      override config(): LayerConfig {
        return { kind: "branches" };
      }
    }
    const { activation } = await contributions(new Branches(), tensor([[1, -2, 3]]), { layer: "left", unit: 0 });
    expect(activation).toBeUndefined();
    const last = await contributions(sequential(relu, linear(3, 1, { rng })), zeros([1, 3]), {
      layer: "layers.1",
      unit: 0,
    });
    expect(last.activation).toBeUndefined();
    const alone = await contributions(linear(3, 1, { rng, bias: false }), tensor([[1, 2, 3]]), { layer: "", unit: 0 });
    expect([alone.bias, alone.terms.length, alone.layer]).toEqual([0, 3, ""]);
  });

  test("refuse what has no single sum", async () => {
    class Idle extends Layer<number, number> {
      readonly used = linear(2, 2, { rng });
      readonly idle = linear(2, 2, { rng });

      protected override forward(x: Tensor, run: Run): Tensor {
        return this.used.call(x, run);
      }

      override config(): LayerConfig {
        return { kind: "idle" };
      }
    }
    const model = byHand();
    const x = zeros([1, 3]);
    const messages = await Promise.all([
      failureOf(() => contributions(model, x, { layer: "layers.1", unit: 0 })),
      failureOf(() => contributions(model, x, { layer: "layers.0", unit: 2 })),
      failureOf(() => contributions(model, x, { layer: "layers.0", unit: 0.5 })),
      failureOf(() => contributions(model, zeros([2, 3]), { layer: "layers.0", unit: 0 })),
      failureOf(() => contributions(model, zeros([1, 4]), { layer: "layers.0", unit: 0 })),
      failureOf(() => contributions(model, zeros([1, 5, 3]), { layer: "layers.0", unit: 0 })),
      failureOf(() => contributions(new Idle(), zeros([1, 2]), { layer: "idle", unit: 0 })),
      failureOf(() => contributions(sequential(relu), x, { layer: "layers.0", unit: 0 })),
    ]);
    expect(messages).toMatchInlineSnapshot(`
      [
        "UsageError: contributions: no linear layer "layers.1": expected "layers.0"",
        "UsageError: contributions: unit must be 0 to 1, got 2",
        "UsageError: contributions: unit must be 0 to 1, got 0.5",
        "ShapeError: contributions: explains one example at a time: the first axis must be 1
        x: f32[2, 3]",
        "ShapeError: linear: expected 3 features in the last axis, got 4
        x: f32[1, 4]
        weight: f32[2, 3]
        in layers.0",
        "ShapeError: contributions: layer "layers.0" makes more than one weighted sum for each unit: it is applied along an axis
        input: f32[1, 5, 3]",
        "UsageError: contributions: the model makes no call "idle"",
        "UsageError: contributions: the model has no linear layer",
      ]
    `);
  });

  test("of a layer that is called twice are those of its first call, or of the one that is named", async () => {
    const [model, x] = [new Twice(), tensor([[3, 4]])];
    const first = await contributions(model, x, { layer: "inner", unit: 1, device: reference });
    expect([first.layer, first.terms.map(({ input }) => input)]).toEqual(["inner", [3, 4]]);
    const second = await contributions(model, x, { layer: "inner#2", unit: 1, device: reference });
    const between = [...(await model.inner.call(x).data())];
    expect([second.layer, second.terms.map(({ input }) => input)]).toEqual(["inner#2", between]);
    expect(second.z).toBe((await model.call(x).data())[1]);
    expect(await failureOf(() => contributions(model, x, { layer: "inner#3", unit: 1 }))).toMatchInlineSnapshot(
      `"UsageError: contributions: the model makes no call "inner#3""`,
    );
  });

  test("of a layer that stands in two places are found under the first", async () => {
    const shared = linear(2, 2, { rng });
    const model = sequential(shared, relu, shared);
    expect([...linearLayers(model).keys()]).toEqual(["layers.0"]);
    const { z, activation } = await contributions(model, tensor([[1, 2]]), {
      layer: "layers.0#2",
      unit: 0,
      device: reference,
    });
    expect([z, activation]).toEqual([(await model.call(tensor([[1, 2]])).data())[0], undefined]);
  });

  test("are computed where one says", async () => {
    const device = new WatchedDevice();
    const x = tensor([[1, 0.5, 4]]);
    const there = await contributions(byHand(), x, { layer: "layers.0", unit: 0, device });
    expect(there).toEqual(await contributions(byHand(), x, { layer: "layers.0", unit: 0, device: reference }));
    expect(device.runs.length).toBeGreaterThan(0);
    expect(device.programs.size).toBe(0);
  });
});

test("for every layer kind and activation: each sum is the network's own within the bound, and the evidence is the logit", async () => {
  await fc.assert(
    fc.asyncProperty(networkOptions, fc.nat(10_000), async (options, draw) => {
      const network = networkOf(options);
      const x = inputsFor(network, 1, draw);
      const run = await capture(network.model, x);
      const summing = [...run.layers.values()].filter(({ path }) => {
        const layer = layersByPath(network.model).get(path);
        return layer instanceof Linear || layer instanceof Convolution;
      });
      for (const { path, output } of summing) {
        const unit = draw % output.size;
        const neuron = await contributions(network.model, x, { layer: path, unit });
        expect(neuron.z).toBeCloseTo((await output.data())[unit]!, 4);
        expect(Math.abs(neuron.sum - neuron.z), `${network.name} ${path}`).toBeLessThanOrEqual(neuron.bound);
        const total = neuron.terms.reduce((sum, { product }) => sum + product, neuron.bias);
        expect(total).toBeCloseTo(neuron.sum, 12);
      }
      for (const versus of [undefined, (draw + 1) % 3]) {
        const why = await evidence(network.model, x, { classIndex: draw % 3, versus });
        expect(Math.abs(why.sum - why.logit), network.name).toBeLessThanOrEqual(why.bound);
      }
    }),
    { numRuns: 60, seed: 10 },
  );
});

describe("of layers of other kinds", () => {
  const image = fromArray(rng.normal([1, 2, 4, 5]));

  test("a convolution's number is its slopes times what it reads, and what it gives for zeros", async () => {
    const convolution = new Convolution(2, 3, 2, rng);
    const model = sequential(convolution, relu, flatten(), linear(3 * 3 * 4, 2, { rng }));
    const outputs = await convolution.call(image).data();
    const bias = await convolution.bias.value.data();
    const kernel = await convolution.kernel.value.data();
    for (const unit of [0, 17, 35]) {
      const neuron = await contributions(model, image, { layer: "layers.0", unit });
      expect(neuron.z).toBeCloseTo(outputs[unit]!, 5);
      expect(Math.abs(neuron.sum - neuron.z)).toBeLessThanOrEqual(neuron.bound);
      expect(neuron.bias).toBe(bias[Math.floor(unit / 12)]);
      const weights = neuron.terms.filter(({ weight }) => weight !== 0).map(({ weight }) => weight);
      const channel = Math.floor(unit / 12);
      expect(weights).toEqual([...kernel.slice(channel * 8, channel * 8 + 8)]);
      expect(neuron.activation).toEqual({ name: "relu", value: Math.max(0, neuron.z) });
    }
    expect(await failureOf(() => contributions(model, image, { layer: "layers.0", unit: 36 }))).toMatchInlineSnapshot(
      `"UsageError: contributions: unit must be 0 to 35, got 36"`,
    );
  });

  test("what is not linear is refused", async () => {
    const model = sequential(new Residual(sequential(linear(5, 5, { rng }), sigmoid)));
    const failing = () => contributions(model, fromArray(rng.normal([1, 5])), { layer: "layers.0", unit: 2 });
    expect(await failureOf(failing)).toContain('layer "layers.0" is not linear: slope times input');
  });

  test("activationTimesWeight tells the same of all units at once", async () => {
    const model = sequential(linear(6, 4, { rng }), relu, linear(4, 3, { rng, bias: false }));
    const x = fromArray(rng.normal([1, 6]));
    for (const layer of ["layers.0", "layers.2"]) {
      const all = await activationTimesWeight(model, x, { layer });
      for (let unit = 0; unit < all.outFeatures; unit++) {
        const one = await contributions(model, x, { layer, unit });
        expect(all.sums[unit]).toBeCloseTo(one.sum, 12);
        expect([all.z[unit], all.biases[unit]]).toEqual([one.z, one.bias]);
        expect(all.bounds[unit]).toBeCloseTo(one.bound, 15);
        expect(all.activation?.values[unit]).toBe(one.activation?.value);
        for (const { index, product, weight, input } of one.terms) {
          expect(all.products[unit * all.inFeatures + index]).toBe(product);
          expect(all.weights[unit * all.inFeatures + index]).toBe(weight);
          expect(all.inputs[index]).toBe(input);
        }
      }
    }
    expect(await failureOf(() => activationTimesWeight(model, x, { layer: "layers.1" }))).toMatchInlineSnapshot(
      `"UsageError: activationTimesWeight: no linear layer "layers.1": expected "layers.0" or "layers.2""`,
    );
    expect(await failureOf(() => activationTimesWeight(sequential(relu), x, { layer: "" }))).toMatchInlineSnapshot(
      `"UsageError: activationTimesWeight: the model has no linear layer"`,
    );
  });
});
