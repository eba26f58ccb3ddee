import { describe, expect, test } from "vitest";
import { Rng } from "../core/random.ts";
import { fromArray, scalar, tensor, zeros } from "../tensor/create.ts";
import { oneHot, softmax } from "../tensor/functions.ts";
import { grad } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { expectClose, expectGradient } from "../testing/index.ts";
import { crossEntropy } from "./cross-entropy.ts";

const rng = Rng.seeded(0);
const labels = (values: number[]) => tensor(values, { dtype: "i32" });

test("is the negative logarithm of the probability of the right class", () => {
  const logits = tensor([
    [Math.log(1), Math.log(3)],
    [Math.log(4), Math.log(1)],
  ]);
  const losses = crossEntropy(logits, labels([1, 1]), { reduction: "none" });
  expectClose(losses, [-Math.log(3 / 4), -Math.log(1 / 5)], 1e-6);
});

test("of a guess among n classes is log n", () => {
  expectClose(crossEntropy(zeros([3, 10]), labels([0, 5, 9])), Math.log(10), 1e-6);
});

test("class indices and probabilities that are 0 and 1 are one and the same", () => {
  const logits = fromArray(rng.normal([5, 4], 0, 3));
  const classes = labels([3, 0, 1, 1, 2]);
  for (const reduction of ["none", "mean", "sum"] as const) {
    const expected = crossEntropy(logits, classes, { reduction });
    expectClose(crossEntropy(logits, oneHot(classes, 4), { reduction }), expected, 1e-6);
  }
});

test("takes labels of any integer type", () => {
  const logits = fromArray(rng.normal([3, 2]));
  const expected = crossEntropy(logits, labels([1, 0, 1])).itemSync();
  expect(crossEntropy(logits, tensor([1, 0, 1], { dtype: "u8" })).itemSync()).toBe(expected);
  expect(crossEntropy(logits, tensor([true, false, true])).itemSync()).toBe(expected);
});

test("takes labels on several axes, and means over them all", () => {
  const logits = fromArray(rng.normal([2, 3, 4]));
  const classes = tensor(
    [
      [0, 1, 2],
      [3, 3, 0],
    ],
    { dtype: "i32" },
  );
  const losses = crossEntropy(logits, classes, { reduction: "none" });
  expect(losses.shape).toEqual([2, 3]);
  expectClose(crossEntropy(logits, classes), losses.mean(), 1e-6);
  expectClose(crossEntropy(logits.reshape([6, 4]), classes.reshape([6])), losses.mean(), 1e-6);
});

test("its gradient is the difference of the probabilities", () => {
  const logits = fromArray(rng.normal([3, 4]));
  const classes = labels([2, 0, 3]);
  const gradient = grad((z: Tensor) => crossEntropy(z, classes))(logits);
  expectClose(gradient, softmax(logits).sub(oneHot(classes, 4)).div(3), 1e-6);
});

test("is differentiable in logits and probabilities", () => {
  const [logits, p] = [fromArray(rng.normal([3, 4])), softmax(fromArray(rng.normal([3, 4])))];
  expectGradient((z: Tensor, q: Tensor) => crossEntropy(z, q, { reduction: "none" }), [logits, p]);
  expectGradient((z: Tensor) => crossEntropy(z, labels([1, 2, 0])), [logits]);
});

test("neither overflows nor takes the logarithm of 0", () => {
  const logits = tensor([
    [1000, 0],
    [-1000, 1000],
  ]);
  expectClose(crossEntropy(logits, labels([0, 0]), { reduction: "none" }), [0, 2000], 0);
});

test("a class that is ruled out by a logit of minus infinity costs nothing, unless it is the right one", () => {
  const logits = tensor([[Number.NEGATIVE_INFINITY, 0, 0]]);
  expectClose(crossEntropy(logits, labels([1])), Math.log(2), 1e-6);
  expect(grad((z: Tensor) => crossEntropy(z, labels([1])))(logits).toArraySync()).toEqual([[0, -0.5, 0.5]]);
  expect(crossEntropy(logits, labels([0])).itemSync()).toBe(Number.POSITIVE_INFINITY);
});

test("a NaN among the logits makes the loss NaN", () => {
  expect(crossEntropy(tensor([[Number.NaN, 0]]), labels([1])).itemSync()).toBeNaN();
});

describe("errors", () => {
  test("class indices of another shape", () => {
    expect(() => crossEntropy(zeros([32, 10]), labels([1, 2]))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: crossEntropy: class indices must have the shape of the logits without the last axis
        logits: f32[32, 10]
        targets: i32[2]]
    `);
    expect(() => crossEntropy(zeros([2, 3]), zeros([2, 1], { dtype: "i32" }))).toThrow("without the last axis");
  });

  test("probabilities of another shape", () => {
    expect(() => crossEntropy(zeros([32, 10]), zeros([32]))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: crossEntropy: probabilities must have the shape of the logits
        logits: f32[32, 10]
        targets: f32[32]]
    `);
  });

  test("logits without classes", () => {
    expect(() => crossEntropy(scalar(1), scalar(1))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: crossEntropy: logits must have an axis of classes
        logits: f32[]
        targets: f32[]]
    `);
  });
});

test("a class that does not exist is named with its row", () => {
  expect(() => crossEntropy(zeros([3, 2]), labels([1, 0, 2]))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: crossEntropy: index 2 at position 2: expected 0 to 1
      indices: i32[3]]
  `);
  expect(() => crossEntropy(zeros([1, 2]), labels([-1]))).toThrow("index -1 at position 0: expected 0 to 1");
});

test("one class is refused: its probability would always be 1", () => {
  expect(() => crossEntropy(zeros([3, 1]), zeros([3, 1]))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: crossEntropy: needs two classes at least: the softmax of one is always 1
      logits: f32[3, 1]
      targets: f32[3, 1]
      help: for a yes or no from one logit use binaryCrossEntropy, for values meanSquaredError]
  `);
});
