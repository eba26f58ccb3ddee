import { expect, test } from "vitest";
import { Twice } from "../../test/own-layers.ts";
import { failureOf, WatchedDevice } from "../../test/training.ts";
import { openReference } from "../backends/reference/device.ts";
import { Rng } from "../core/random.ts";
import { dropout } from "../nn/dropout.ts";
import { flatten } from "../nn/flatten.ts";
import { Layer, type LayerConfig } from "../nn/layer.ts";
import { linear } from "../nn/linear.ts";
import type { Run } from "../nn/run.ts";
import { sequential } from "../nn/sequential.ts";
import { elementsOf } from "../tensor/compute.ts";
import { fromArray, tensor, zeros } from "../tensor/create.ts";
import { relu, sigmoid, softmax } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { evidence } from "./evidence.ts";

const rng = Rng.seeded(13);
/** For what is compared bit by bit. */
const reference = openReference();

const model = sequential(linear(5, 30, { rng }), relu, linear(30, 4, { rng }));
const numbers = async (output: Tensor) => (await elementsOf([output], { device: reference }))[0]!;

test("for and against, with the bias, sum to the logit within the bound; so does the difference of two classes", async () => {
  for (let k = 0; k < 50; k++) {
    const x = fromArray(rng.normal([1, 5]));
    const logits = await numbers(model.call(x));
    for (let classIndex = 0; classIndex < 4; classIndex++) {
      for (const versus of [undefined, (classIndex + 1) % 4, classIndex]) {
        const why = await evidence(model, x, { classIndex, versus, device: reference });
        const parts = [...why.for, ...why.against].reduce((sum, { product }) => sum + product, why.bias);
        expect(parts).toBeCloseTo(why.sum, 10);
        expect(why.logit).toBe(logits[classIndex]! - (versus === undefined ? 0 : logits[versus]!));
        const byDefault = await evidence(model, x, { classIndex, versus });
        expect(Math.abs(byDefault.sum - byDefault.logit)).toBeLessThanOrEqual(byDefault.bound);
        expect(byDefault.logit).toBeCloseTo(why.logit, 5);
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
    activations: [],
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
      "UsageError: evidence: the model calls no linear layer",
    ]
  `);
});

/** Layers whose order in the fields is not the order of the calls, and a formula around them. */
class Formula extends Layer<number, number> {
  readonly head = linear(3, 2, { rng });
  readonly body = linear(4, 3, { rng });
  readonly #formula: (self: Formula, x: Tensor, run: Run) => Tensor;

  constructor(formula: (self: Formula, x: Tensor, run: Run) => Tensor) {
    super();
    this.#formula = formula;
  }

  protected override forward(x: Tensor, run: Run): Tensor {
    return this.#formula(this, x, run);
  }

  override config(): LayerConfig {
    return { kind: "formula" };
  }
}

const x4 = fromArray(rng.normal([1, 4]));

test("is that of the layer that is called last, whatever the order of the fields", async () => {
  const model = new Formula(({ head, body }, x, run) => head.call(body.call(x, run).relu(), run));
  const why = await evidence(model, x4, { classIndex: 1, device: reference });
  expect(why.layer).toBe("head");
  expect(why.logit).toBe((await numbers(model.call(x4)))[1]);
  expect(Math.abs(why.sum - why.logit)).toBeLessThanOrEqual(why.bound);

  const twice = await evidence(new Twice(), tensor([[3, 4]]), { classIndex: 0, device: reference });
  expect([twice.layer, twice.logit]).toEqual(["inner#2", (await numbers(new Twice().call(tensor([[3, 4]]))))[0]]);
});

test("goes through what changes no number, and names the activations behind the logit", async () => {
  const last = linear(4, 3, { rng });
  const logits = [...(await numbers(last.call(x4)))];
  const quiet = await evidence(sequential(sequential(last, dropout(0.5)), flatten()), x4, {
    classIndex: 2,
    device: reference,
  });
  expect([quiet.layer, quiet.logit, quiet.activations]).toEqual(["layers.0.layers.0", logits[2], []]);
  const squeezed = await evidence(sequential(last, sequential(relu, softmax)), x4, {
    classIndex: 2,
    device: reference,
  });
  expect([squeezed.logit, squeezed.activations]).toEqual([logits[2], ["relu", "softmax"]]);
  const unasked = await evidence(sequential(relu, last), x4, { classIndex: 0 });
  expect(unasked.activations).toEqual([]); // it comes before the layer
});

test("is refused where the model's output is not the sum of its last linear layer", async () => {
  const scaled = new Formula(({ body }, x, run) => body.call(x, run).mul(5));
  const residual = new Formula(({ head, body }, x, run) => {
    const hidden = body.call(x, run);
    head.call(hidden, run); // not used
    return hidden;
  });
  const messages = await Promise.all([
    failureOf(() => evidence(scaled, x4, { classIndex: 0 })),
    failureOf(() => evidence(residual, x4, { classIndex: 0 })),
    failureOf(() =>
      evidence(
        sequential(linear(4, 2, { rng }), (z: Tensor) => z.mul(5)),
        x4,
        { classIndex: 0 },
      ),
    ),
    failureOf(() =>
      evidence(
        sequential(linear(4, 2, { rng }), (z: Tensor) => sigmoid(z)),
        x4,
        { classIndex: 0 },
      ),
    ),
    failureOf(() => evidence(new Formula((_, x) => x), x4, { classIndex: 0 })),
  ]);
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: evidence: the model's output is not that of its last linear layer "body", nor an activation of it",
      "UsageError: evidence: the model's output is not that of its last linear layer "head", nor an activation of it",
      "UsageError: evidence: the model's output is not that of its last linear layer "layers.0", nor an activation of it",
      "UsageError: evidence: the model's output is not that of its last linear layer "layers.0", nor an activation of it",
      "UsageError: evidence: the model calls no linear layer",
    ]
  `);
});

test("is computed where one says", async () => {
  const device = new WatchedDevice();
  const model = sequential(linear(4, 3, { rng }), relu, linear(3, 2, { rng }));
  const there = await evidence(model, x4, { classIndex: 0, versus: 1, device });
  expect(there).toEqual(await evidence(model, x4, { classIndex: 0, versus: 1, device: reference }));
  expect(device.runs.length).toBeGreaterThan(0);
  expect(device.programs.size).toBe(0);
});
