import { describe, expect, test } from "vitest";
import { Residual, RunningMean, Twice } from "../../test/own-layers.ts";
import { failureOf, network } from "../../test/training.ts";
import { openReference } from "../backends/reference/device.ts";
import { Rng } from "../core/random.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { fromArray, tensor, zeros } from "../tensor/create.ts";
import { tanh } from "../tensor/functions.ts";
import { variablesOf } from "../tensor/variable.ts";
import { ablation } from "./ablation.ts";
import { backpropagation } from "./backpropagation.ts";
import { capture } from "./capture.ts";
import { checkGradient } from "./check-gradient.ts";
import { contributions } from "./contributions.ts";
import { evidence } from "./evidence.ts";
import { attributionMethods, randomizedWeights } from "./randomized-weights.ts";
import { rankCorrelation } from "./rank-correlation.ts";
import { withWeights } from "./with-weights.ts";

const rng = Rng.seeded(37);
const x = fromArray(rng.normal([1, 40]));
const model = sequential(linear(40, 30, { rng }), tanh, linear(30, 20, { rng }), tanh, linear(20, 3, { rng }));

describe("randomizedWeights", () => {
  test.each(attributionMethods)("%s depends on the weights, and the model is left alone", async (method) => {
    const before = [...variablesOf(model)].map(([, { value }]) => value);
    const found = await randomizedWeights(model, x, { method, classIndex: 1 });
    expect(found.map(({ layers }) => layers)).toEqual([
      ["layers.4"],
      ["layers.4", "layers.2"],
      ["layers.4", "layers.2", "layers.0"],
    ]);
    expect(Math.abs(found.at(-1)!.correlation)).toBeLessThan(0.6);
    expect(found.at(-1)!.values).toHaveLength(40);
    expect([...variablesOf(model)].map(([, { value }]) => value)).toEqual(before);
  });

  test("one layer at a time, and the same numbers from the same seed", async () => {
    const options = { method: "gradient-x-input", classIndex: 1, mode: "independent" } as const;
    const found = await randomizedWeights(model, x, options);
    expect(found.map(({ layers }) => layers)).toEqual([["layers.4"], ["layers.2"], ["layers.0"]]);
    expect(await randomizedWeights(model, x, options)).toEqual(found);
    expect(await randomizedWeights(model, x, { ...options, seed: 1 })).not.toEqual(found);
  });

  test("a method that looks at the input alone is found out: nothing changes", async () => {
    const edges = async () => (await x.data()).map((value, i, all) => value - (all[i - 1] ?? 0));
    for (const { correlation, absoluteCorrelation } of await randomizedWeights(model, x, {
      method: edges,
      classIndex: 0,
    })) {
      expect([correlation, absoluteCorrelation]).toEqual([1, 1]);
    }
  });

  test("parameters outside of inner layers belong to the layer that holds them", async () => {
    const own = sequential(new RunningMean(2), new Residual(linear(2, 2, { rng })), new Twice());
    const found = await randomizedWeights(own, tensor([[1, -2]]), {
      ...{ method: "gradient-x-input", classIndex: 0, mode: "independent" },
    });
    expect(found.map(({ layers }) => layers)).toEqual([["layers.2.inner"], ["layers.1.inner"], ["layers.0"]]);
  });

  test("errors", async () => {
    const failing = (options: object) =>
      failureOf(() => randomizedWeights(model, x, { method: "occlusion", classIndex: 0, ...options }));
    expect(await failing({ method: "guided" })).toMatchInlineSnapshot(
      `"UsageError: randomizedWeights: unknown method "guided": expected "gradient-x-input", "integrated-gradients" or "occlusion""`,
    );
    expect(await failing({ mode: "all" })).toMatchInlineSnapshot(
      `"UsageError: randomizedWeights: unknown mode "all": expected "cascading" or "independent""`,
    );
    expect(await failing({ seed: -1 })).toMatchInlineSnapshot(
      `"UsageError: randomizedWeights: seed must be a whole number from 0 to 9007199254740991, got -1"`,
    );
    const bare = () => randomizedWeights(sequential(tanh), x, { method: "occlusion", classIndex: 0 });
    expect(await failureOf(bare)).toMatchInlineSnapshot(
      `"UsageError: randomizedWeights: the model calls no layer with parameters"`,
    );
  });
});

describe("withWeights", () => {
  const targets = tensor([2], { dtype: "i32" });
  const device = openReference();
  const small = network();
  const point = tensor([[0.5, -1]]);
  const weight = fromArray(rng.normal([6, 2]));

  async function assigned() {
    const copy = network();
    for (const [path, variable] of variablesOf(copy)) {
      variable.assign(path === "layers.0.weight" ? weight : variablesOf(small).get(path)!.value);
    }
    return copy;
  }

  test("whatever looks inside sees the other weights, as if they had been assigned", async () => {
    const [one, other] = [withWeights(small, { "layers.0.weight": weight }), await assigned()];
    const both = async <T>(look: (model: typeof one) => Promise<T>) => {
      expect(await look(one)).toEqual(await look(other));
    };
    const wanted = { loss: crossEntropy, targets, device };
    await both((which) => which.call(point).data({ device }));
    await both((which) => evidence(which, point, { classIndex: 1, device }));
    await both((which) => contributions(which, point, { layer: "layers.0", unit: 3, device }));
    await both((which) => ablation(which, point, { layer: "layers.1", classIndex: 0, count: 2, draws: 3, device }));
    await both((which) => checkGradient(which, point, { ...wanted, param: "layers.0.weight", index: 3 }));
    await both(async (which) => {
      const { paramGrads } = await capture(which, point, wanted);
      return Promise.all(Object.entries(paramGrads!).map(async ([path, grad]) => [path, await grad.data()]));
    });
    await both(async (which) => {
      const { calls } = await backpropagation(which, point, wanted);
      return calls.map(({ layer: _, ...rest }) => rest);
    });
    expect(variablesOf(small).get("layers.0.weight")!.value).not.toBe(weight);
  });

  test("of a model whose weights are replaced already, the later ones count", async () => {
    const twice = withWeights(withWeights(small, { "layers.0.weight": zeros([6, 2]) }), { "layers.0.weight": weight });
    expect(await twice.call(point).data({ device })).toEqual(await (await assigned()).call(point).data({ device }));
  });

  test("errors", async () => {
    expect(await failureOf(() => withWeights(small, { "layers.0.w": weight }))).toMatchInlineSnapshot(
      `"UsageError: withWeights: the model has no variable "layers.0.w": expected "layers.0.weight", "layers.0.bias", "layers.3.weight" or "layers.3.bias""`,
    );
    expect(await failureOf(() => withWeights(small, { "layers.0.bias": weight }))).toMatchInlineSnapshot(
      `"UsageError: withWeights: layers.0.bias must be f32[6], got f32[6, 2]"`,
    );
    expect(await failureOf(() => withWeights(small, {}).config())).toMatchInlineSnapshot(`
      "UsageError: save: a model with replaced weights cannot be saved
        help: assign the weights to the model itself"
    `);
  });
});

test("rank correlation: by hand, with ties, and of what does not vary", () => {
  expect(rankCorrelation([1, 2, 3], [10, 20, 1000])).toBe(1);
  expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBe(-1);
  expect(
    rankCorrelation([86, 97, 99, 100, 101, 103, 106, 110, 112, 113], [2, 20, 28, 27, 50, 29, 7, 17, 6, 12]),
  ).toBeCloseTo(-29 / 165, 10);
  expect(rankCorrelation([1, 1, 2], [1, 2, 3])).toBeCloseTo(Math.sqrt(3) / 2, 12);
  expect(rankCorrelation([1, 1], [1, 2])).toBeNaN();
});
