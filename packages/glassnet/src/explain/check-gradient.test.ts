import { expect, test } from "vitest";
import { failureOf } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { meanSquaredError } from "../loss/mean-squared-error.ts";
import { linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { fromArray, tensor } from "../tensor/create.ts";
import { relu, stopGradient, tanh } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkGradient } from "./check-gradient.ts";
import { checkGradients } from "./check-gradients.ts";

const rng = Rng.seeded(19);
const model = sequential(linear(3, 4, { rng }), tanh, linear(4, 2, { rng }));
const x = fromArray(rng.normal([2, 3]));
const targets = tensor([1, 0], { dtype: "i32" });

test("by hand: the loss (3w − 1)² at w = 2 has the slope 30", async () => {
  const layer = linear(1, 1, { rng, bias: false });
  layer.weight.assign(tensor([[2]]));
  const check = await checkGradient(sequential(layer), tensor([[3]]), {
    loss: meanSquaredError,
    targets: tensor([[1]]),
    param: "layers.0.weight",
    index: 0,
  });
  expect(check.analytic).toBe(30);
  expect(check.numeric).toBeCloseTo(30, 6);
  expect([check.loss, check.step, check.agrees]).toEqual([25, 1e-4, true]);
  expect(check.above).toBeCloseTo((3 * 2.0001 - 1) ** 2, 10);
  expect((check.above - check.below) / (2 * check.step)).toBe(check.numeric);
  expect(check.digits).toBeGreaterThanOrEqual(8);
});

test("it is the entry that the check of all gradients compares", async () => {
  const wanted = { loss: crossEntropy, targets };
  for (const { path, worst } of await checkGradients(model, x, wanted)) {
    const check = await checkGradient(model, x, { ...wanted, param: path, index: worst!.index });
    expect(check.analytic).toBe(worst!.analytic);
    expect(check.numeric).toBe(worst!.numeric);
    expect(check.agrees).toBe(true);
    expect(check.digits).toBeGreaterThanOrEqual(6);
  }
});

test("a gradient that is wrong is found out", async () => {
  const half = (input: Tensor): Tensor => input.mul(0.5).add(stopGradient(input).mul(0.5));
  const wrong = sequential(linear(3, 4, { rng }), half, linear(4, 2, { rng }));
  const check = await checkGradient(wrong, x, { loss: crossEntropy, targets, param: "layers.0.weight", index: 2 });
  expect(check.agrees).toBe(false);
  expect(check.relativeError).toBeCloseTo(0.5, 3);
  expect(check.digits).toBe(0);
});

test("the gradient of a dead unit is 0, and the loss does not move", async () => {
  const dead = sequential(linear(3, 4, { rng }), relu, linear(4, 2, { rng }));
  const [first] = dead.layers;
  (first as ReturnType<typeof linear<3, 4>>).bias!.assign(tensor([-100, 1, 1, 1]));
  const check = await checkGradient(dead, x, { loss: crossEntropy, targets, param: "layers.0.weight", index: 1 });
  expect(check).toMatchObject({ analytic: 0, numeric: 0, relativeError: 0, digits: 15, agrees: true });
});

test("a parameter or an entry that there is not", async () => {
  const failing = (param: string, index: number) =>
    failureOf(() => checkGradient(model, x, { loss: crossEntropy, targets, param, index }));
  expect(await failing("layers.1.weight", 0)).toMatchInlineSnapshot(
    `"UsageError: checkGradient: the model has no parameter "layers.1.weight": expected "layers.0.weight", "layers.0.bias", "layers.2.weight" or "layers.2.bias""`,
  );
  expect(await failing("layers.0.weight", 12)).toMatchInlineSnapshot(
    `"UsageError: checkGradient: index must be 0 to 11 in layers.0.weight, got 12"`,
  );
  expect(await failing("layers.0.bias", -1)).toMatchInlineSnapshot(
    `"UsageError: checkGradient: index must be 0 to 3 in layers.0.bias, got -1"`,
  );
});
