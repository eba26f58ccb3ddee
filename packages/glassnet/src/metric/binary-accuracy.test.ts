import { expect, test } from "vitest";
import { tensor } from "../tensor/create.ts";
import { accuracy } from "./accuracy.ts";
import { binaryAccuracy } from "./binary-accuracy.ts";

test("a logit above 0 says yes", () => {
  const logits = tensor([[2], [-1], [0.5], [-3]]);
  const targets = tensor([[1], [0], [0], [1]]);
  expect(binaryAccuracy(logits, targets).itemSync()).toBe(0.5);
  expect(binaryAccuracy(logits, targets, { reduction: "none" }).toArraySync()).toEqual([1, 1, 0, 0]);
  expect(binaryAccuracy(tensor([1, -1]), tensor([1, 1], { dtype: "u8" })).itemSync()).toBe(0.5);
});

test("several questions count alike for each example", () => {
  const logits = tensor([
    [1, 1],
    [-1, 1],
  ]);
  const shares = binaryAccuracy(
    logits,
    tensor([
      [1, 0],
      [0, 1],
    ]),
    { reduction: "none" },
  );
  expect(shares.toArraySync()).toEqual([0.5, 1]);
});

test("accuracy refuses one column, which would always be right, and names the way out", () => {
  expect(() => accuracy(tensor([[2], [-1]]), tensor([[1], [0]]))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: accuracy: needs two classes at least: one column is always the largest
      output: f32[2, 1]
      targets: f32[2, 1]
      help: for a yes or no from one logit use binaryAccuracy]
  `);
});
