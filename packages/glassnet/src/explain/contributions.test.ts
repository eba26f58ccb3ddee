import { describe, expect, test } from "vitest";
import { Twice } from "../../test/own-layers.ts";
import { failureOf } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { sliceRows } from "../data/dataset.ts";
import { encode } from "../data/encode.ts";
import { flatten } from "../nn/flatten.ts";
import { Layer, type LayerConfig } from "../nn/layer.ts";
import { linear } from "../nn/linear.ts";
import type { Run } from "../nn/run.ts";
import { sequential } from "../nn/sequential.ts";
import { loadMnist } from "../node/mnist.ts";
import { fromArray, tensor, zeros } from "../tensor/create.ts";
import { relu, sigmoid } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { contributions } from "./contributions.ts";
import { evidence } from "./evidence.ts";

const rng = Rng.seeded(12);

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
    const { terms, sum, z, bound } = await contributions(model, x, { layer: "layers.1", unit: 7 });
    expect(terms.map(({ input }) => Math.round(255 * input))).toEqual([...one.inputs.data]);
    expect(Math.abs(sum - z)).toBeLessThanOrEqual(bound);
    expect(z).toBe((await model.layers[1]!.call(x.reshape([1, 784])).data())[7]);
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
        "UsageError: contributions: the model does not call its layer "idle"",
        "UsageError: contributions: the model has no linear layer",
      ]
    `);
  });

  test("of a layer that is called twice are those of its first call", async () => {
    const { terms } = await contributions(new Twice(), tensor([[3, 4]]), { layer: "inner", unit: 1 });
    expect(terms.map(({ input }) => input)).toEqual([3, 4]);
  });
});

describe("evidence", () => {
  const model = sequential(linear(5, 30, { rng }), relu, linear(30, 4, { rng }));

  test("for and against, with the bias, sum to the logit within the bound; so does the difference of two classes", async () => {
    for (let k = 0; k < 50; k++) {
      const x = fromArray(rng.normal([1, 5]));
      const logits = await model.call(x).data();
      for (let classIndex = 0; classIndex < 4; classIndex++) {
        for (const versus of [undefined, (classIndex + 1) % 4, classIndex]) {
          const why = await evidence(model, x, { classIndex, versus });
          const parts = [...why.for, ...why.against].reduce((sum, { product }) => sum + product, why.bias);
          expect(parts).toBeCloseTo(why.sum, 10);
          expect(why.logit).toBe(logits[classIndex]! - (versus === undefined ? 0 : logits[versus]!));
          expect(Math.abs(why.sum - why.logit)).toBeLessThanOrEqual(why.bound);
          expect(why.layer).toBe("layers.2");
          for (const { product, input, weight } of [...why.for, ...why.against]) {
            expect(product).toBeCloseTo(input * weight, 10);
          }
        }
      }
    }
  });

  test("is ordered by strength, and leaves out what adds nothing", async () => {
    const x = fromArray(rng.normal([1, 5]));
    const why = await evidence(model, x, { classIndex: 2 });
    const [up, down] = [why.for.map(({ product }) => product), why.against.map(({ product }) => product)];
    expect(up).toEqual(up.toSorted((a, b) => b - a));
    expect(down).toEqual(down.toSorted((a, b) => a - b));
    expect(Math.min(...up)).toBeGreaterThan(0);
    expect(Math.max(...down)).toBeLessThan(0);
    const hidden = [...(await relu(model.layers[0]!.call(x)).data())];
    expect(up.length + down.length).toBe(hidden.filter((h) => h !== 0).length);
    const self = await evidence(model, x, { classIndex: 1, versus: 1 });
    expect([self.for, self.against, self.sum, self.logit]).toEqual([[], [], 0, 0]);
  });

  test("by hand: weights 2 and −1 on hidden values 3 and 4, bias 0.5", async () => {
    const last = linear(2, 2, { rng });
    last.weight.assign(
      tensor([
        [2, -1],
        [1, 1],
      ]),
    );
    last.bias!.assign(tensor([0.5, 0]));
    const why = await evidence(sequential(last), tensor([[3, 4]]), { classIndex: 0, versus: 1 });
    expect(why).toEqual({
      classIndex: 0,
      versus: 1,
      layer: "layers.0",
      for: [{ index: 0, input: 3, weight: 1, product: 3 }],
      against: [{ index: 1, input: 4, weight: -2, product: -8 }],
      bias: 0.5,
      sum: -4.5,
      logit: -4.5,
      bound: 3 * 2 ** -24 * (10.5 + 7),
    });
  });

  test("refuses classes that do not exist, and models without a linear layer", async () => {
    const x = zeros([1, 5]);
    const messages = await Promise.all([
      failureOf(() => evidence(model, x, { classIndex: 4 })),
      failureOf(() => evidence(model, x, { classIndex: 0, versus: -1 })),
      failureOf(() => evidence(model, zeros([3, 5]), { classIndex: 0 })),
      failureOf(() => evidence(sequential(relu), x, { classIndex: 0 })),
    ]);
    expect(messages).toMatchInlineSnapshot(`
      [
        "UsageError: evidence: class must be 0 to 3, got 4",
        "UsageError: evidence: class must be 0 to 3, got -1",
        "ShapeError: evidence: explains one example at a time: the first axis must be 1
        x: f32[3, 5]",
        "UsageError: evidence: the model has no linear layer",
      ]
    `);
  });
});
