import { describe, expect, test } from "vitest";
import { RunningMean } from "../../test/own-layers.ts";
import { bitsOf, failureOf, network, WatchedDevice } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { binaryCrossEntropy } from "../loss/binary-cross-entropy.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { meanSquaredError } from "../loss/mean-squared-error.ts";
import { Layer, type LayerConfig } from "../nn/layer.ts";
import { linear } from "../nn/linear.ts";
import type { Run } from "../nn/run.ts";
import { sequential } from "../nn/sequential.ts";
import { fromArray, ones, tensor } from "../tensor/create.ts";
import { gather, gelu, relu, sigmoid, tanh } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Param } from "../tensor/variable.ts";
import { checkGradients } from "./check-gradients.ts";

const rng = Rng.seeded(21);
const x = fromArray(rng.normal([4, 2]));
const targets = fromArray(rng.integers([4], 0, 3));

/** Multiplies by a parameter; `path` decides which way the gradient takes. */
class Scale extends Layer<number, "same"> {
  readonly gain: Param;
  readonly #apply: (x: Tensor, gain: Tensor) => Tensor;

  constructor(apply: (x: Tensor, gain: Tensor) => Tensor, gain = ones([3])) {
    super();
    this.gain = new Param(gain);
    this.#apply = apply;
  }

  protected override forward(input: Tensor, _run: Run): Tensor {
    return this.#apply(input, this.gain.value);
  }

  override config(): LayerConfig {
    return { kind: "scale" };
  }
}

const withScale = (apply: (x: Tensor, gain: Tensor) => Tensor, gain?: Tensor) =>
  sequential(linear(2, 3, { rng }), tanh, new Scale(apply, gain), linear(3, 3, { rng }));

describe("right gradients agree", () => {
  test.each([
    ["relu", relu],
    ["sigmoid", sigmoid],
    ["tanh", tanh],
    ["gelu", gelu],
  ] as const)("in a network with %s, at every entry", async (_, activation) => {
    const model = sequential(linear(2, 6, { rng }), activation, linear(6, 3, { rng }));
    const results = await checkGradients(model, x, { loss: crossEntropy, targets });
    expect(results.map(({ path }) => path)).toEqual([
      "layers.0.weight",
      "layers.0.bias",
      "layers.2.weight",
      "layers.2.bias",
    ]);
    for (const { path, size, compared, zeros, maxError, agrees, zeroSlope } of results) {
      expect(compared + zeros, path).toBe(size);
      expect(compared, path).toBeGreaterThan(0);
      expect(maxError, path).toBeLessThan(1e-6);
      expect(zeroSlope, path).toBeLessThan(1e-8);
      expect(agrees, path).toBe(true);
    }
  });

  test("with other losses, states, and a parameter of the loss", async () => {
    const values = fromArray(rng.normal([4, 3]));
    const steepness = new Param(tensor(2));
    const losses = [
      { loss: meanSquaredError, targets: values },
      { loss: binaryCrossEntropy, targets: values.sigmoid() },
      { loss: (z: Tensor) => z.mul(steepness).square().mean(), targets },
    ];
    for (const options of losses) {
      const model = sequential(new RunningMean(2), linear(2, 3, { rng }));
      for (const { agrees, path } of await checkGradients(model, x, options)) expect(agrees, path).toBe(true);
    }
  });

  test("where the inputs are indices: a row that is not looked up is among the zeros", async () => {
    class Embedding extends Layer<number, 3> {
      readonly table = new Param(fromArray(rng.normal([5, 3])));

      protected override forward(rows: Tensor): Tensor {
        return gather(this.table.value, rows);
      }

      override config(): LayerConfig {
        return { kind: "embedding" };
      }
    }
    const rows = tensor([1, 4, 1, 0], { dtype: "i32" });
    const [table] = await checkGradients(sequential(new Embedding(), tanh), rows, { loss: crossEntropy, targets });
    expect(table).toMatchObject({ path: "layers.0.table", zeros: 2 * 3, compared: 3 * 3, agrees: true });
  });

  test("and zeros are really checked: dead units, black pixels, the upper half of a relu", async () => {
    const model = sequential(linear(2, 3, { rng }), relu, linear(3, 3, { rng }));
    const first = model.layers[0] as unknown as { bias: Param };
    first.bias.assign(tensor([-50, 1, 1])); // the first unit is dead
    const dark = tensor([
      [0, 1],
      [0, -2],
      [0, 3],
      [0, 0.5],
    ]); // the first pixel is black
    const [weight, bias, next] = await checkGradients(model, dark, { loss: crossEntropy, targets });
    expect(weight).toMatchObject({ zeros: 4, compared: 2, agrees: true, zeroSlope: 0 });
    expect(bias).toMatchObject({ zeros: 1, compared: 2, agrees: true, zeroSlope: 0 });
    expect(next).toMatchObject({ zeros: 3, compared: 6, agrees: true });
  });
});

describe("a wrong gradient is caught", () => {
  test("one that is missing a factor", async () => {
    // Half of the gain is hidden from the gradient.
    const model = withScale((h, gain) => h.mul(gain.mul(0.5).add(gain.mul(0.5).stopGradient())));
    const results = await checkGradients(model, x, { loss: crossEntropy, targets });
    const wrong = results.filter(({ agrees }) => !agrees);
    expect(wrong.map(({ path }) => path)).toEqual(["layers.2.gain"]);
    expect(wrong[0]!.maxError).toBeCloseTo(0.5, 4);
    const { analytic, numeric } = wrong[0]!.worst!;
    expect(numeric / analytic).toBeCloseTo(2, 4);
  });

  test("one that is off by 0.1 %", async () => {
    const model = withScale((h, gain) => h.mul(gain.mul(0.999).add(gain.mul(0.001).stopGradient())));
    const wrong = (await checkGradients(model, x, { loss: crossEntropy, targets })).filter(({ agrees }) => !agrees);
    expect(wrong.map(({ path }) => path)).toEqual(["layers.2.gain"]);
    expect(wrong[0]!.maxError).toBeCloseTo(1e-3, 5);
  });

  test("one that is said to be 0 and is not, for all entries or for one of them", async () => {
    const stopped = withScale((h, gain) => h.mul(gain.stopGradient()));
    const all = (await checkGradients(stopped, x, { loss: crossEntropy, targets })).find(({ agrees }) => !agrees)!;
    expect(all).toMatchObject({ path: "layers.2.gain", zeros: 3, compared: 0 });
    expect(all.zeroSlope).toBeGreaterThan(1e-3);
    expect(all.worst).toBeUndefined();

    const mask = tensor([1, 0, 1]);
    const partly = withScale((h, gain) => h.mul(gain.mul(mask).add(gain.mul(tensor([0, 1, 0])).stopGradient())));
    const one = (await checkGradients(partly, x, { loss: crossEntropy, targets })).find(({ agrees }) => !agrees)!;
    expect(one).toMatchObject({ path: "layers.2.gain", zeros: 1, compared: 2 });
    expect(one.zeroSlope).toBeGreaterThan(1e-4);
  });

  test("one that is not a number", async () => {
    const model = withScale((h, gain) => h.mul(gain.mul(-1).log()));
    const results = await checkGradients(model, x, { loss: crossEntropy, targets });
    expect(results.every(({ agrees }) => !agrees)).toBe(true);
    expect(results.map(({ maxError }) => maxError)).toContain(Number.POSITIVE_INFINITY);
  });
});

test("it reports its progress, changes nothing, and leaves the device empty", async () => {
  const device = new WatchedDevice();
  const model = network();
  const seen: string[] = [];
  const onProgress = (done: number, total: number) => seen.push(`${done} of ${total}`);
  const results = await checkGradients(model, x, { loss: crossEntropy, targets, device, onProgress });
  const total = results.reduce((sum, { compared }) => sum + compared, 0);
  expect(seen.at(-1)).toBe(`${total} of ${total}`);
  expect(bitsOf(model)).toBe(bitsOf(network()));
  expect([device.states.size, device.programs.size]).toEqual([0, 0]);
});

test("a loss that is not one number is refused", async () => {
  const loss = (z: Tensor, y: Tensor) => crossEntropy(z, y, { reduction: "none" });
  expect(await failureOf(() => checkGradients(network(), x, { loss, targets }))).toMatchInlineSnapshot(`
    "GraphError: checkGradients: the loss must be a single number, got f64[4]
      help: take the mean over the examples"
  `);
});
