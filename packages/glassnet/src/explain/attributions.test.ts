import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inputsFor, networkOf, networkOptions } from "../../test/networks.ts";
import { failureOf } from "../../test/training.ts";
import { openReference } from "../backends/reference/device.ts";
import { Rng } from "../core/random.ts";
import { Layer, type LayerConfig } from "../nn/layer.ts";
import { linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { fromArray, fromData, tensor, zeros } from "../tensor/create.ts";
import { openDevice } from "../tensor/device.ts";
import { gather, relu, sigmoid, softmax } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Param } from "../tensor/variable.ts";
import { ablation } from "./ablation.ts";
import { evidence } from "./evidence.ts";
import { gradientTimesInput } from "./gradient-times-input.ts";
import { integratedGradients } from "./integrated-gradients.ts";
import { occlusion } from "./occlusion.ts";

const rng = Rng.seeded(3);

/** Three inputs, two outputs: 2a − b + 1 and a + 3c. */
function byHand() {
  const layer = linear(3, 2, { rng });
  layer.weight.assign(
    tensor([
      [2, -1, 0],
      [1, 0, 3],
    ]),
  );
  layer.bias!.assign(tensor([1, 0]));
  return sequential(layer);
}

const x = tensor([[4, 3, 2]]);

describe("of a linear model, all methods say weight times what changed", () => {
  test("gradient × input", async () => {
    const found = await gradientTimesInput(byHand(), x, { classIndex: 0 });
    expect([...found.values]).toEqual([8, -3, 0]);
    expect([...found.gradient]).toEqual([2, -1, 0]);
    expect([...found.inputs]).toEqual([4, 3, 2]);
    expect([found.sum, found.output, found.shape]).toEqual([5, 6, [3]]);
  });

  test("integrated gradients, from a baseline of numbers or of an example", async () => {
    const found = await integratedGradients(byHand(), x, { classIndex: 0 });
    expect([...found.values].map((v) => Number(v.toFixed(5)))).toEqual([8, -3, 0]);
    expect([found.output, found.baselineOutput]).toEqual([6, 1]);
    expect(found.relativeResidual).toBeLessThan(1e-6);
    const other = await integratedGradients(byHand(), x, { classIndex: 1, baseline: 1, steps: 3, rule: "midpoint" });
    expect([...other.values].map((v) => Number(v.toFixed(5)))).toEqual([3, 0, 3]);
    expect([other.steps, other.rule, other.baselineOutput]).toEqual([3, "midpoint", 4]);
    const own = await integratedGradients(byHand(), x, { classIndex: 1, baseline: tensor([4, 0, 0]) });
    expect([...own.values].map((v) => Number(v.toFixed(5)))).toEqual([0, 0, 6]);
  });

  test("occlusion", async () => {
    const found = await occlusion(byHand(), x, { classIndex: 0 });
    expect([...found.values]).toEqual([8, -3, 0]);
    expect([found.output, found.grid]).toEqual([6, [3]]);
    const pairs = await occlusion(byHand(), x, { classIndex: 0, window: [2], stride: [1], baseline: 1 });
    expect([...pairs.drops]).toEqual([6 - 2, -2]);
    expect([...pairs.values]).toEqual([4, 1, -2]);
  });

  test("versus explains the difference of two outputs", async () => {
    const choice = { classIndex: 0, versus: 1 };
    expect([...(await gradientTimesInput(byHand(), x, choice)).values]).toEqual([4, -3, -6]);
    expect((await gradientTimesInput(byHand(), x, choice)).output).toBe(-4);
    expect([...(await occlusion(byHand(), x, choice)).values]).toEqual([4, -3, -6]);
  });
});

describe("as a probability", () => {
  const logits = [6, 10];
  const p = 1 / (1 + Math.exp(logits[1]! - logits[0]!));

  test("it is the softmax of the logits, or the sigmoid of one", async () => {
    const found = await gradientTimesInput(byHand(), x, { classIndex: 0, as: "probability" });
    expect(found.output).toBeCloseTo(p, 6);
    expect(found.gradient[2]).toBeCloseTo(p * (1 - p) * -3, 6);
    const one = linear(3, 1, { rng });
    one.weight.assign(tensor([[0.1, 0, 0]]));
    one.bias!.assign(tensor([0]));
    const single = await gradientTimesInput(sequential(one), x, { classIndex: 0, as: "probability" });
    expect(single.output).toBeCloseTo(1 / (1 + Math.exp(-0.4)), 6);
  });

  test("of a model that ends in a softmax or a sigmoid, it is the output itself", async () => {
    const model = sequential(byHand(), softmax);
    const found = await gradientTimesInput(model, x, { classIndex: 0, as: "probability" });
    expect(found.output).toBeCloseTo(p, 6);
    const other = await gradientTimesInput(sequential(byHand(), sigmoid), x, { classIndex: 0, as: "probability" });
    expect(other.output).toBeCloseTo(1 / (1 + Math.exp(-6)), 6);
  });
});

test("for every layer kind and activation: the gradient is that of finite differences, in f64", async () => {
  await fc.assert(
    fc.asyncProperty(networkOptions, fc.nat(2), fc.boolean(), async (options, classIndex, isProbability) => {
      const network = networkOf(options, "f64");
      const input = inputsFor(network, 1, options.seed, "f64");
      const as = isProbability ? "probability" : "output";
      const choice = { classIndex, as } as const;
      const { gradient, values, inputs } = await gradientTimesInput(network.model, input, choice);
      const outputAt = async (numbers: Float64Array) =>
        (await gradientTimesInput(network.model, fromData(numbers, input.shape), choice)).output;
      for (let i = 0; i < Math.min(3, input.size); i++) {
        expect(values[i]).toBe(inputs[i]! * gradient[i]!);
        const step = 1e-5;
        const moved = (by: number) => inputs.map((value, k) => (k === i ? value + by : value));
        const numeric = ((await outputAt(moved(step))) - (await outputAt(moved(-step)))) / (2 * step);
        expect(Math.abs(numeric - gradient[i]!), network.name).toBeLessThan(1e-6 * Math.max(1, Math.abs(numeric)));
      }
    }),
    { numRuns: 40, seed: 7 },
  );
});

test("for every layer kind and activation: integrated gradients are complete to 1 %", async () => {
  await fc.assert(
    fc.asyncProperty(
      networkOptions,
      fc.nat(2),
      fc.constantFrom("gauss", "midpoint"),
      async (options, classIndex, rule) => {
        const network = networkOf(options);
        const input = inputsFor(network, 1, options.seed);
        const found = await integratedGradients(network.model, input, { classIndex, rule, baseline: 0.1 });
        const difference = found.output - found.baselineOutput;
        expect(found.sum - difference).toBeCloseTo(found.residual, 12);
        // Where the two outputs are almost equal, single precision alone is more than 1 % of their difference.
        const magnitude = found.values.reduce((sum, value) => sum + Math.abs(value), 0) + Math.abs(found.output);
        if (Math.abs(difference) > 1e-4 * magnitude) expect(found.relativeResidual, network.name).toBeLessThan(0.01);
      },
    ),
    { numRuns: 60, seed: 8 },
  );
});

test("for every layer kind: occlusion is what the model says without the input", async () => {
  await fc.assert(
    fc.asyncProperty(networkOptions, fc.nat(2), async (options, classIndex) => {
      const network = networkOf(options);
      const input = inputsFor(network, 1, options.seed);
      const { drops, output } = await occlusion(network.model, input, { classIndex, baseline: 0.25 });
      const numbers = await input.data();
      for (const i of [0, input.size - 1]) {
        const without = fromData(
          Float32Array.from(numbers, (value, k) => (k === i ? 0.25 : value)),
          input.shape,
        );
        const outputs = await network.model.call(without).data();
        expect(output - drops[i]!).toBeCloseTo(outputs[classIndex]!, 4);
      }
    }),
    { numRuns: 25, seed: 9 },
  );
});

test("with a layer, gradient × input is the evidence of that layer's units", async () => {
  const model = sequential(linear(5, 30, { rng }), relu, linear(30, 4, { rng }));
  const input = fromArray(rng.normal([1, 5]));
  const found = await gradientTimesInput(model, input, { classIndex: 2, versus: 1, layer: "layers.1" });
  const why = await evidence(model, input, { classIndex: 2, versus: 1 });
  for (const { index, product } of [...why.for, ...why.against]) expect(found.values[index]).toBeCloseTo(product, 5);
  expect(found.sum + why.bias).toBeCloseTo(why.logit, 5);
  expect(found.shape).toEqual([30]);
});

test("windows of an image cover all channels, and stick out at the edges", async () => {
  const model = sequential(new Total());
  const image = fromArray(rng.normal([1, 2, 5, 4]));
  const pixels = [...(await image.data())];
  const found = await occlusion(model, image, { classIndex: 0, window: [2, 3] });
  expect([found.grid, found.window, found.stride]).toEqual([
    [1, 3, 2],
    [2, 2, 3],
    [2, 2, 3],
  ]);
  const at = (channel: number, row: number, column: number) => pixels[channel * 20 + row * 4 + column]!;
  expect(found.drops[5]).toBeCloseTo(at(0, 4, 3) + at(1, 4, 3), 5);
  expect(found.drops.reduce((a, b) => a + b)).toBeCloseTo(
    pixels.reduce((a, b) => a + b),
    4,
  );
  const overlapping = await occlusion(model, image, { classIndex: 0, window: [2, 2], stride: [1, 1] });
  expect(overlapping.grid).toEqual([1, 4, 3]);
  const corner = at(0, 0, 0) + at(0, 0, 1) + at(0, 1, 0) + at(0, 1, 1);
  const second = at(1, 0, 0) + at(1, 0, 1) + at(1, 1, 0) + at(1, 1, 1);
  expect(overlapping.values[0]).toBeCloseTo(corner + second, 4); // one window alone covers a corner
});

/** The sum of everything, as one output. */
class Total extends Layer {
  protected override forward(input: Tensor): Tensor {
    return input.reshape([input.shape[0]!, input.size / input.shape[0]!]).sum({ axes: 1 });
  }
  override config(): LayerConfig {
    return { kind: "total" };
  }
}

/** Looks words up and adds their vectors. */
class Words extends Layer {
  readonly table = new Param(
    tensor([
      [0, 0],
      [1, 5],
      [2, 6],
    ]),
  );
  protected override forward(words: Tensor): Tensor {
    return gather(this.table, words).sum({ axes: 1 });
  }
  override config(): LayerConfig {
    return { kind: "words" };
  }
}

test("inputs that are indices can be covered, but have no gradient", async () => {
  const words = tensor([[1, 2]], { dtype: "i32" });
  const found = await occlusion(new Words(), words, { classIndex: 1 });
  expect([found.output, [...found.values]]).toEqual([11, [5, 6]]);
  expect(await failureOf(() => gradientTimesInput(new Words(), words, { classIndex: 0 }))).toMatchInlineSnapshot(`
    "DtypeError: gradientTimesInput: only floats have gradients, and the inputs are i32[1, 2]
      help: use occlusion, or gradientTimesInput with a layer behind the one that looks them up"
  `);
  expect(await failureOf(() => integratedGradients(new Words(), words, { classIndex: 0 }))).toContain("only floats");
});

test("backends agree, and a device that cannot block does as well", async () => {
  const model = sequential(linear(30, 20, { rng }), relu, linear(20, 3, { rng }));
  const input = fromArray(rng.normal([1, 30]));
  const wasm = await openDevice({ backend: "wasm", threads: 1 });
  const { sync: _, ...waiting } = openReference();
  const choice = { classIndex: 1, versus: 2 };
  for (const attribute of [gradientTimesInput, integratedGradients, occlusion]) {
    const expected = await attribute(model, input, { ...choice, device: openReference() });
    for (const device of [wasm, waiting]) {
      const found = await attribute(model, input, { ...choice, device });
      expect(found.output).toBeCloseTo(expected.output, 5);
      found.values.forEach((value, i) => {
        expect(value).toBeCloseTo(expected.values[i]!, 5);
      });
    }
  }
  const removing = { ...choice, layer: "layers.1", count: 3, draws: 5 };
  const expected = await ablation(model, input, { ...removing, device: openReference() });
  for (const device of [wasm, waiting]) {
    const found = await ablation(model, input, { ...removing, device });
    expect(found.removed.units).toEqual(expected.removed.units);
    expect(found.drop).toBeCloseTo(expected.drop, 5);
  }
});

describe("long work", () => {
  test("tells how far it is, up to the end", async () => {
    const told: [number, number][] = [];
    await occlusion(byHand(), x, { classIndex: 0, onProgress: (done, total) => told.push([done, total]) });
    expect(told.at(-1)).toEqual([4, 4]);
    told.length = 0;
    const steps = 200;
    await integratedGradients(byHand(), x, {
      classIndex: 0,
      steps,
      onProgress: (done, total) => told.push([done, total]),
    });
    expect(told).toEqual([
      [64, 200],
      [128, 200],
      [192, 200],
      [200, 200],
    ]);
  });

  test("ends with the signal's reason, before it begins or on the way", async () => {
    const reason = new Error("enough");
    await expect(occlusion(byHand(), x, { classIndex: 0, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    let told = 0;
    const stopped = integratedGradients(byHand(), x, {
      classIndex: 0,
      steps: 10_000,
      signal: controller.signal,
      onProgress: () => {
        told++;
        controller.abort(reason);
      },
    });
    await expect(stopped).rejects.toBe(reason);
    expect(told).toBe(1);
  });
});

describe("errors", () => {
  const messageOf = (work: Promise<unknown>) => failureOf(() => work);

  test("a class, layer or form that there is not", async () => {
    expect(await messageOf(gradientTimesInput(byHand(), x, { classIndex: 2 }))).toMatchInlineSnapshot(
      `"UsageError: gradientTimesInput: class must be 0 to 1, got 2"`,
    );
    expect(await messageOf(occlusion(byHand(), x, { classIndex: 0, versus: -1 }))).toMatchInlineSnapshot(
      `"UsageError: occlusion: class must be 0 to 1, got -1"`,
    );
    expect(
      await messageOf(gradientTimesInput(byHand(), x, { classIndex: 0, layer: "layers.7" })),
    ).toMatchInlineSnapshot(
      `"UsageError: gradientTimesInput: the model makes no call "layers.7": expected "layers.0""`,
    );
    const as = "logit" as "output";
    expect(await messageOf(gradientTimesInput(byHand(), x, { classIndex: 0, as }))).toMatchInlineSnapshot(
      `"UsageError: gradientTimesInput: unknown as "logit": expected "output" or "probability""`,
    );
  });

  test("more than one example, or outputs that are no row of numbers", async () => {
    expect(await messageOf(integratedGradients(byHand(), zeros([2, 3]), { classIndex: 0 }))).toMatchInlineSnapshot(`
      "ShapeError: integratedGradients: explains one example at a time: the first axis must be 1
        x: f32[2, 3]"
    `);
    const image = sequential(linear(3, 2, { rng }));
    expect(await messageOf(gradientTimesInput(image, zeros([1, 4, 3]), { classIndex: 0 }))).toMatchInlineSnapshot(`
      "ShapeError: gradientTimesInput: the model must give [batch, outputs], or [batch] if there is one
        input: f32[1, 4, 3]
        output: f32[1, 4, 2]"
    `);
  });

  test("baselines, windows and steps that cannot be", async () => {
    const choice = { classIndex: 0 };
    expect(await messageOf(occlusion(byHand(), x, { ...choice, baseline: tensor([1, 2]) }))).toMatchInlineSnapshot(`
      "ShapeError: occlusion: the baseline must be one example
        x: f32[1, 3]
        baseline: f32[2]"
    `);
    expect(await messageOf(occlusion(byHand(), x, { ...choice, baseline: Number.NaN }))).toMatchInlineSnapshot(
      `"UsageError: occlusion: the baseline must be a finite number or a tensor, got NaN"`,
    );
    expect(await messageOf(occlusion(byHand(), x, { ...choice, window: [4] }))).toMatchInlineSnapshot(
      `"UsageError: occlusion: window must be whole numbers from 1 up to the example's [3], got [4]"`,
    );
    expect(await messageOf(occlusion(byHand(), x, { ...choice, window: [1, 1] }))).toMatchInlineSnapshot(
      `"ShapeError: occlusion: the window has more axes than an example: [1, 1] for [3]"`,
    );
    expect(await messageOf(integratedGradients(byHand(), x, { ...choice, steps: 0 }))).toMatchInlineSnapshot(
      `"UsageError: integratedGradients: steps must be a whole number from 1 to 10000, got 0"`,
    );
    const rule = "simpson" as "gauss";
    expect(await messageOf(integratedGradients(byHand(), x, { ...choice, rule }))).toMatchInlineSnapshot(
      `"UsageError: integratedGradients: unknown rule "simpson": expected "gauss" or "midpoint""`,
    );
  });
});
