import { expect, test } from "vitest";
import { tensor } from "../tensor/create.ts";
import { accuracy } from "./accuracy.ts";

const output = tensor([
  [0.1, 0.9, 0],
  [5, -1, 2],
  [0, 0, 1],
  [-3, -2, -1],
]);

test("is the share of rows whose largest output is the right class", () => {
  expect(accuracy(output, tensor([1, 0, 2, 0], { dtype: "i32" })).itemSync()).toBe(0.75);
  expect(accuracy(output, tensor([1, 0, 2, 2], { dtype: "u8" })).itemSync()).toBe(1);
  expect(accuracy(output, tensor([0, 1, 1, 1], { dtype: "i32" })).itemSync()).toBe(0);
  expect(accuracy(output, tensor([1, 0, 2, 0], { dtype: "i32" })).dtype).toBe("f32");
});

test("takes the most probable class of targets that are probabilities", () => {
  const targets = tensor([
    [0, 1, 0],
    [0.2, 0.5, 0.3],
    [0.1, 0.2, 0.7],
    [0, 0, 1],
  ]);
  expect(accuracy(output, targets).itemSync()).toBe(0.75);
});

test("of equal outputs the first class counts", () => {
  const equal = tensor([
    [1, 1],
    [1, 1],
  ]);
  expect(accuracy(equal, tensor([0, 1], { dtype: "i32" })).itemSync()).toBe(0.5);
});

test("counts examples on several axes", () => {
  const targets = tensor(
    [
      [1, 0],
      [2, 0],
    ],
    { dtype: "i32" },
  );
  expect(accuracy(output.reshape([2, 2, 3]), targets).itemSync()).toBe(0.75);
});
