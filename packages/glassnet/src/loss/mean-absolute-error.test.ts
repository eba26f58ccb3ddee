import { expect, test } from "vitest";
import { tensor, zeros } from "../tensor/create.ts";
import { grad } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { expectGradient } from "../testing/index.ts";
import { meanAbsoluteError } from "./mean-absolute-error.ts";

const [output, targets] = [tensor([1, 2, 3, -4]), tensor([1, 0, 4, 4])];

test("is the mean of the distances over all elements", () => {
  expect(meanAbsoluteError(output, targets).itemSync()).toBe((0 + 2 + 1 + 8) / 4);
  expect(meanAbsoluteError(output, targets, { reduction: "sum" }).itemSync()).toBe(11);
  expect(meanAbsoluteError(output, targets, { reduction: "none" }).toArraySync()).toEqual([0, 2, 1, 8]);
});

test("its slope is the sign of the difference, 0 where there is none", () => {
  const gradient = grad((y: Tensor) => meanAbsoluteError(y, targets, { reduction: "sum" }))(output);
  expect(gradient.toArraySync()).toEqual([0, 1, -1, -1]);
});

test("is differentiable in both where they differ", () => {
  expectGradient((y: Tensor, t: Tensor) => meanAbsoluteError(y, t), [tensor([1, -2, 3]), tensor([0, 2, 5])]);
});

test("does not broadcast", () => {
  expect(() => meanAbsoluteError(zeros([4, 2]), zeros([2]))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: meanAbsoluteError: output and targets must have one shape
      output: f32[4, 2]
      targets: f32[2]]
  `);
});
