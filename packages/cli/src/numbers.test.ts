import { expect, test } from "vitest";
import { largest, percent, signed, significant } from "./numbers.ts";

test("shares as percentages", () => {
  expect([percent(0.978_31), percent(1, 1), percent(0, 0), percent(Number.NaN)]).toEqual([
    "97.83%",
    "100.0%",
    "0%",
    "–",
  ]);
});

test.each([
  [0, "0.0000"],
  [1, "1.000"],
  [0.012_345_6, "0.01235"],
  [-0.5, "-0.5000"],
  [123.456, "123.5"],
  [12_345.6, "12346"],
  [1e-5, "1.000e-5"],
  [2.5e7, "2.500e7"],
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "Infinity"],
])("%s is printed %s", (x, text) => {
  expect(significant(x)).toBe(text);
});

test("terms have a sign", () => {
  expect([signed(0.5), signed(-0.25, 2), signed(0)]).toEqual(["+0.5000", "-0.25", "+0.0000"]);
});

test("the largest, ties in order", () => {
  expect(largest([1, 3, 2, 3], 3)).toEqual([1, 3, 2]);
  expect(largest([], 3)).toEqual([]);
});
