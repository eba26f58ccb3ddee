import { expect, test } from "vitest";
import { arange, scalar, tensor } from "../tensor/create.ts";
import { flatten } from "./flatten.ts";

test("row 3, column 5 of 28 × 28 is number 89", () => {
  const images = arange(0, 2 * 28 * 28).reshape([2, 28, 28]);
  const flat = flatten().call(images);
  expect(flat.shape).toEqual([2, 784]);
  expect(flat.at(0, 89).itemSync()).toBe(images.at(0, 3, 5).itemSync());
  expect(flat.at(1, 89).itemSync()).toBe(images.at(1, 3, 5).itemSync());
});

test("a matrix stays as it is, single numbers become rows of one", () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  expect(flatten().call(x).toArraySync()).toEqual(x.toArraySync());
  expect(
    flatten()
      .call(tensor([1, 2]))
      .toArraySync(),
  ).toEqual([[1], [2]]);
  expect(flatten().call(scalar(5)).toArraySync()).toEqual([[5]]);
});
