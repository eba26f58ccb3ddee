import { expect, test } from "vitest";
import { Rng } from "../core/random.ts";
import { fromArray, tensor, zeros } from "../tensor/create.ts";
import { sigmoid } from "../tensor/functions.ts";
import { grad } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { expectClose, expectGradient } from "../testing/index.ts";
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { crossEntropy } from "./cross-entropy.ts";

const rng = Rng.seeded(0);

test("is −p log σ(z) − (1 − p) log(1 − σ(z))", () => {
  const [z, p] = [
    [-2, -0.5, 0, 1, 3],
    [0, 0.25, 0.5, 1, 0.875],
  ];
  const expected = z!.map((x, i) => {
    const yes = 1 / (1 + Math.exp(-x));
    return -p![i]! * Math.log(yes) - (1 - p![i]!) * Math.log(1 - yes);
  });
  expectClose(binaryCrossEntropy(tensor(z!), tensor(p!), { reduction: "none" }), expected, 1e-6);
});

test("is the cross-entropy of two classes with logits 0 and z", () => {
  const z = fromArray(rng.normal([6]));
  const targets = tensor([0, 1, 1, 0, 1, 0], { dtype: "i32" });
  const two = zeros([6, 1]).add(tensor([0, 1]).mul(z.reshape([6, 1])));
  expectClose(binaryCrossEntropy(z, targets), crossEntropy(two, targets), 1e-6);
});

test("takes whole numbers and booleans as probabilities", () => {
  const z = tensor([0.5, -1]);
  const expected = binaryCrossEntropy(z, tensor([1, 0])).itemSync();
  expect(binaryCrossEntropy(z, tensor([1, 0], { dtype: "u8" })).itemSync()).toBe(expected);
  expect(binaryCrossEntropy(z, tensor([true, false])).itemSync()).toBe(expected);
});

test("its gradient is the difference of the probabilities, also far out", () => {
  const z = tensor([-1000, -3, 0, 2, 1000]);
  const p = tensor([1, 0, 0.25, 1, 0]);
  const gradient = grad((x: Tensor) => binaryCrossEntropy(x, p, { reduction: "sum" }))(z);
  expectClose(gradient, sigmoid(z).sub(p), 1e-6);
});

test("is differentiable in both", () => {
  expectGradient(
    (z: Tensor, p: Tensor) => binaryCrossEntropy(z, p, { reduction: "none" }),
    [fromArray(rng.normal([4])), fromArray(rng.uniform([4]))],
  );
});

test("does not overflow", () => {
  const losses = binaryCrossEntropy(tensor([1e4, -1e4, 1e4, -1e4]), tensor([1, 0, 0, 1]), { reduction: "none" });
  expect(losses.toArraySync()).toEqual([0, 0, 1e4, 1e4]);
});

test("does not broadcast", () => {
  expect(() => binaryCrossEntropy(zeros([32, 1]), zeros([32]))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: binaryCrossEntropy: output and targets must have one shape
      output: f32[32, 1]
      targets: f32[32]]
  `);
});
