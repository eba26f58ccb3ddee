import { expect, test } from "vitest";
import { Rng } from "../core/random.ts";
import { fromArray, tensor, zeros } from "../tensor/create.ts";
import { grad } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { expectGradient } from "../testing/index.ts";
import { meanSquaredError } from "./mean-squared-error.ts";

const [output, targets] = [
  tensor([
    [1, 2],
    [3, 4],
  ]),
  tensor([
    [1, 0],
    [0, 8],
  ]),
];

test("is the mean of the squared differences over all elements", () => {
  expect(meanSquaredError(output, targets).itemSync()).toBe((0 + 4 + 9 + 16) / 4);
  expect(meanSquaredError(output, targets, { reduction: "sum" }).itemSync()).toBe(29);
  expect(meanSquaredError(output, targets, { reduction: "none" }).toArraySync()).toEqual([
    [0, 4],
    [9, 16],
  ]);
});

test("its gradient is twice the difference, shared out", () => {
  const gradient = grad((y: Tensor) => meanSquaredError(y, targets))(output);
  expect(gradient.toArraySync()).toEqual([
    [0, 1],
    [1.5, -2],
  ]);
});

test("is differentiable in both", () => {
  const rng = Rng.seeded(0);
  expectGradient(
    (y: Tensor, t: Tensor) => meanSquaredError(y, t, { reduction: "none" }),
    [fromArray(rng.normal([3])), fromArray(rng.normal([3]))],
  );
});

test("takes whole numbers as targets", () => {
  expect(meanSquaredError(tensor([0.5, 2]), tensor([1, 0], { dtype: "u8" })).itemSync()).toBe(2.125);
});

test("does not broadcast: every row against every row would be wrong without a word", () => {
  expect(() => meanSquaredError(zeros([32, 1]), zeros([32]))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: meanSquaredError: output and targets must have one shape
      output: f32[32, 1]
      targets: f32[32]]
  `);
});
