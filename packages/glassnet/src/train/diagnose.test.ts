import { describe, expect, test } from "vitest";
import { bitsOf, clouds, network, runToEnd, WatchedDevice } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { dataset } from "../data/dataset.ts";
import { holdOut } from "../data/split.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { meanSquaredError } from "../loss/mean-squared-error.ts";
import { Layer, type LayerConfig } from "../nn/layer.ts";
import { linear } from "../nn/linear.ts";
import type { Run } from "../nn/run.ts";
import { sequential } from "../nn/sequential.ts";
import { sgd } from "../optim/sgd.ts";
import { fromArray, fromData, ones } from "../tensor/create.ts";
import { relu, where } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Param, State, variablesOf } from "../tensor/variable.ts";
import { evaluate } from "./evaluate.ts";
import { train } from "./train.ts";

const data = clouds(50);

/** Applies a formula, and has one parameter so that gradients flow through it. */
class Formula extends Layer<number, "same"> {
  readonly gain = new Param(ones([]));
  readonly #formula: (x: Tensor, gain: Tensor, run: Run) => Tensor;

  constructor(formula: (x: Tensor, gain: Tensor, run: Run) => Tensor) {
    super();
    this.#formula = formula;
  }

  protected override forward(x: Tensor, run: Run): Tensor {
    return this.#formula(x, this.gain.value, run);
  }

  override config(): LayerConfig {
    return { kind: "formula" };
  }
}

const rng = Rng.seeded(4);
const around = (formula: Layer) => sequential(linear(2, 3, { rng }), formula, linear(3, 3, { rng }));

const everyWeightIsFinite = (model: Layer) =>
  [...variablesOf(model).values()].every(({ value }) => value.dataSync().every(Number.isFinite));

describe("a training that diverges ends by itself", () => {
  test("by a huge learning rate", async () => {
    const model = network();
    const options = { loss: crossEntropy, optimizer: sgd(), learningRate: 1e30, epochs: 3, batchSize: 10 };
    const { end, events } = await runToEnd(train(model, data, options));
    expect(end).toMatchObject({ reason: "diverged" });
    expect(end.divergence).toMatchInlineSnapshot(`
      {
        "layer": "layers.3",
        "message": "step 2 gave Infinity first in layers.3: matmul f32[10, 3]; the step was not applied",
        "operation": "matmul",
        "step": 2,
        "value": "Infinity",
      }
    `);
    expect(events.at(-2)!.kind).toMatch(/start|step/);
    expect(end.step).toBe(end.divergence!.step - 1); // the steps that were applied
    expect(everyWeightIsFinite(model)).toBe(true);
    expect(Number.isFinite((await evaluate(model, data, { loss: crossEntropy })).loss)).toBe(true);
    expect(end.training!.loss).toBe((await evaluate(model, data, { loss: crossEntropy })).loss);
  });

  test("by a layer that makes NaN, once the weights have moved", async () => {
    // The loss is the root of the gain, which falls until it is below 0.
    const model = sequential(linear(2, 3, { rng }), new Formula((x, gain) => x.mul(0).add(gain).sqrt()));
    const loss = (output: Tensor) => output.mean();
    const before = bitsOf(model);
    const options = { loss, optimizer: sgd(), learningRate: 0.3, epochs: 3, batchSize: 10 };
    const { end } = await runToEnd(train(model, data, options));
    expect(end.reason).toBe("diverged");
    expect(end.divergence).toMatchInlineSnapshot(`
      {
        "layer": "layers.1",
        "message": "step 7 gave NaN first in layers.1: sqrt f32[10, 3]; the step was not applied",
        "operation": "sqrt",
        "step": 7,
        "value": "NaN",
      }
    `);
    expect(everyWeightIsFinite(model)).toBe(true);
    expect(bitsOf(model)).not.toBe(before);
  });
});

test.each<[string, (x: Tensor, gain: Tensor) => Tensor, string]>([
  [
    "the logarithm of a number below 0",
    (x, gain) => x.abs().add(1).neg().log().mul(gain),
    "NaN first in layers.1: log",
  ],
  ["a division by 0", (x, gain) => gain.div(x.square().mul(0)), "Infinity first in layers.1: div"],
  ["an exponential that overflows", (x, gain) => x.abs().add(1000).exp().mul(gain), "Infinity first in layers.1: exp"],
  [
    "a product that overflows",
    (x, gain) => x.abs().add(1).mul(-1e30).mul(1e30).mul(gain),
    "-Infinity first in layers.1: mul",
  ],
])("%s is named with step, layer and operation; no step is applied", async (_, formula, message) => {
  const model = around(new Formula((x, gain, run) => (run.training ? formula(x, gain) : x)));
  const before = bitsOf(model);
  const { end, steps } = await runToEnd(train(model, data, { loss: crossEntropy, epochs: 2, batchSize: 10 }));
  expect(steps).toEqual([]);
  expect(end).toMatchObject({ reason: "diverged", step: 0, epoch: 0 });
  expect(end.divergence!.message).toBe(`step 1 gave ${message} f32[10, 3]; the step was not applied`);
  expect(bitsOf(model)).toBe(before);
});

test("the layer is named whose own code went wrong, though what runs shares equal work and folds constants", async () => {
  const divergenceOf = async (model: Layer) =>
    (await runToEnd(train(model, data, { loss: crossEntropy, epochs: 1, batchSize: 10 }))).end.divergence!.message;
  // Both parts compute the same exponential; the first keeps its infinities to itself.
  const exp = (x: Tensor) => x.stopGradient().abs().add(1000).exp();
  class Both extends Layer<number, "same"> {
    readonly hides = new Formula((x) => where(exp(x).gt(0), x, 0));
    readonly shows = new Formula((x, gain) => exp(x).mul(gain));

    protected override forward(x: Tensor, run: Run): Tensor {
      return this.hides.call(x, run).add(this.shows.call(x, run));
    }

    override config(): LayerConfig {
      return { kind: "both" };
    }
  }
  expect(await divergenceOf(around(new Both()))).toMatchInlineSnapshot(
    `"step 1 gave Infinity first in layers.1.shows: exp f32[10, 3]; the step was not applied"`,
  );

  const folded = new Formula((x, gain) => x.mul(gain).add(ones([]).div(0)));
  expect(await divergenceOf(around(folded))).toMatchInlineSnapshot(
    `"step 1 gave Infinity first in layers.1: div f32[]; the step was not applied"`,
  );
  const quotient = new Formula((x, gain) => x.mul(1e38).div(0.125).mul(gain)); // runs as a product
  expect(await divergenceOf(around(quotient))).toMatchInlineSnapshot(
    `"step 1 gave -Infinity first in layers.1: div f32[10, 3]; the step was not applied"`,
  );
});

test("a bad gradient of a good loss is named as such, and so is a bad update", async () => {
  // d√x/dx at 0 is infinite, but √0 is a good number.
  const root = around(new Formula((x, gain) => gain.sub(gain.stopGradient()).mul(x.mul(0)).abs().sqrt().add(x)));
  const gradient = await runToEnd(train(root, data, { loss: crossEntropy, epochs: 1, batchSize: 10 }));
  expect(gradient.end.divergence).toMatchInlineSnapshot(`
    {
      "layer": "layers.1 (gradient)",
      "message": "step 1 gave -Infinity first in layers.1 (gradient): div f32[10, 3]; the step was not applied",
      "operation": "div",
      "step": 1,
      "value": "-Infinity",
    }
  `);

  const optimizer = { ...sgd(), update: (w: Tensor, grad: Tensor) => [w.sub(grad.div(grad.mul(0))), {}] as const };
  const updated = network();
  const update = await runToEnd(train(updated, data, { loss: crossEntropy, optimizer, epochs: 1, batchSize: 10 }));
  expect(update.end.divergence).toMatchInlineSnapshot(`
    {
      "layer": "layers.0.weight (update)",
      "message": "step 1 gave Infinity first in layers.0.weight (update): div f32[6, 2]; the step was not applied",
      "operation": "div",
      "step": 1,
      "value": "Infinity",
    }
  `);
  expect(bitsOf(updated)).toBe(bitsOf(network()));
});

test("a loss that becomes infinite is named as the loss; infinities that are masked are not blamed", async () => {
  const model = around(
    new Formula((x, gain) => where(x.gt(1e9), x.stopGradient().exp().exp().exp().exp(), x).mul(gain)),
  );
  const masked = await runToEnd(train(model, data, { loss: crossEntropy, epochs: 1, batchSize: 10 }));
  expect(masked.end.reason).toBe("completed");

  const infinite = (output: Tensor, targets: Tensor) => crossEntropy(output, targets).add(1).mul(1e38).mul(10);
  const { end } = await runToEnd(train(network(), data, { loss: infinite, epochs: 1, batchSize: 10 }));
  expect(end.divergence).toMatchInlineSnapshot(`
    {
      "layer": "loss",
      "message": "step 1 gave Infinity first in loss: mul f32[]; the step was not applied",
      "operation": "mul",
      "step": 1,
      "value": "Infinity",
    }
  `);
});

test("data that overflow in f32 are named as what they are", async () => {
  const inputs = { dtype: "f64", shape: [4, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 1e300) } as const;
  const targets = { dtype: "f32", shape: [4, 1], data: new Float32Array(4) } as const;
  const far = dataset({ name: "far", inputs, targets });
  const model = sequential(linear(2, 1, { rng }));
  const { end } = await runToEnd(train(model, far, { loss: meanSquaredError, epochs: 1, batchSize: 4 }));
  expect(end.divergence).toMatchInlineSnapshot(`
    {
      "layer": "loss",
      "message": "step 1 gave Infinity first in loss: mul f64[4, 1]; the step was not applied",
      "operation": "mul",
      "step": 1,
      "value": "Infinity",
    }
  `);
});

test("a model that diverges late ends with the weights of the last good epoch, or the best", async () => {
  const { rest, held } = holdOut(clouds(60), 20);
  const epochs: string[] = [];
  const learningRate = (step: number) => (step < 9 ? 0.05 : 1e35); // after the first step of the third epoch
  const options = { loss: crossEntropy, optimizer: sgd(), learningRate, epochs: 5, batchSize: 10, validation: held };
  const model = network();
  const { end } = await runToEnd(train(model, rest, options), (event) => {
    if (event.kind === "epoch") epochs.push(bitsOf(model));
  });
  expect(end).toMatchObject({ reason: "diverged" });
  expect(epochs.length).toBe(2);
  expect(bitsOf(model)).toBe(epochs[1]);
  expect(Number.isFinite(end.training!.loss)).toBe(true);

  const best = network();
  const kept = await runToEnd(train(best, rest, { ...options, keepBest: true }));
  expect(kept.end).toMatchObject({ reason: "diverged", bestEpoch: 2 });
  expect(bitsOf(best)).toBe(epochs[1]);
});

test("the end of a training that diverged says it all, and leaves the device empty", async () => {
  const device = new WatchedDevice();
  const model = sequential(linear(2, 3, { rng }), relu, new Formula((x, gain) => x.log().mul(gain)));
  const { end } = await runToEnd(train(model, data, { loss: crossEntropy, epochs: 1, batchSize: 10, device }));
  expect({ ...end, elapsedMs: 0 }).toMatchInlineSnapshot(`
    {
      "divergence": {
        "layer": "layers.2",
        "message": "step 1 gave -Infinity first in layers.2: log f32[10, 3]; the step was not applied",
        "operation": "log",
        "step": 1,
        "value": "-Infinity",
      },
      "elapsedMs": 0,
      "epoch": 0,
      "kind": "end",
      "reason": "diverged",
      "step": 0,
      "training": {
        "loss": NaN,
      },
      "version": 1,
    }
  `);
  expect([device.states.size, device.programs.size]).toEqual([0, 0]);
});

test("a bad number that was read is named by the path of its variable, or as the data", async () => {
  const options = { loss: crossEntropy, epochs: 1, batchSize: 10 };
  const divergenceOf = async (model: Layer, more: object = {}, set = data) =>
    (await runToEnd(train(model, set, { ...options, ...more }))).end.divergence!;
  const infinite = () => fromData(Float32Array.of(Number.POSITIVE_INFINITY), []);
  const outside = new State(infinite());
  const offset = new State(infinite());
  const shifted = sequential(network(), new Formula((x, gain) => x.mul(gain).add(offset)));
  const broken = network();
  const first = [...variablesOf(broken).values()][0]!;
  first.assign(fromArray({ dtype: "f32", shape: [6, 2], data: new Float32Array(12).fill(Number.NaN) }));
  const holes = { ...data, inputs: { ...data.inputs, data: data.inputs.data.map(() => Number.NaN) } };
  const optimizer = { ...sgd(), scalars: () => ({ learningRate: Number.NaN }) };
  const divergences = [
    await divergenceOf(broken),
    await divergenceOf(shifted),
    await divergenceOf(network(), { loss: (o: Tensor, t: Tensor) => crossEntropy(o, t).add(outside) }),
    await divergenceOf(network(), {}, holes),
    await divergenceOf(network(), { optimizer }),
    await divergenceOf(network(), { loss: (o: Tensor, t: Tensor) => crossEntropy(o, t).mul(Number.NaN) }),
  ];
  expect(divergences.map(({ layer, operation, message }) => [layer, operation, message])).toMatchInlineSnapshot(`
    [
      [
        "layers.0",
        "layers.0.weight",
        "step 1 read NaN in layers.0 from layers.0.weight f32[6, 2]; the step was not applied",
      ],
      [
        "layers.1",
        "a state outside the model",
        "step 1 read Infinity in layers.1 from a state outside the model f32[]; the step was not applied",
      ],
      [
        "loss",
        "a state outside the model",
        "step 1 read Infinity in loss from a state outside the model f32[]; the step was not applied",
      ],
      [
        "model",
        "the data",
        "step 1 read NaN in model from the data f32[50, 2]; the step was not applied",
      ],
      [
        "layers.0.weight (update)",
        "the optimizer's learningRate",
        "step 1 read NaN in layers.0.weight (update) from the optimizer's learningRate f32[]; the step was not applied",
      ],
      [
        "loss",
        "a constant",
        "step 1 read NaN in loss from a constant f32[]; the step was not applied",
      ],
    ]
  `);
});

test("the replay returns no data set", async () => {
  const device = new WatchedDevice();
  const returned: string[] = [];
  const load = device.load.bind(device);
  device.load = (program) => {
    for (const { buffer } of program.outputs) {
      const { source } = program.buffers[buffer]!;
      returned.push(source.kind === "state" ? source.name.replace(/^\d+/, "") : source.kind);
    }
    return load(program);
  };
  const model = sequential(linear(2, 3, { rng }), new Formula((x, gain) => x.log().mul(gain)));
  await runToEnd(train(model, data, { loss: crossEntropy, epochs: 1, batchSize: 10, device }));
  expect(returned.length).toBeGreaterThan(10);
  expect(new Set(returned.filter((name) => name.startsWith("/data")))).toEqual(new Set());
  expect(returned).toContain("/variables/layers.0.weight");
});
