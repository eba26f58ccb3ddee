import { expect, test } from "vitest";
import { median, quantile, spread } from "./statistics.ts";

test("the median of an even number of values lies between the middle two", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test("one value is its own median and has no spread", () => {
  expect(median([7])).toBe(7);
  expect(spread([7])).toBe(0);
});

test("a single outlier moves neither median nor spread", () => {
  const calm = [10, 10, 10, 10, 10, 10, 10, 10, 10];
  expect(median([...calm, 1000])).toBe(10);
  expect(spread([...calm, 1000])).toBe(0);
});

test("quantiles are taken in proportion between neighbours, and the values stay in their order", () => {
  const values = [30, 10, 20];
  expect([0, 0.25, 0.95, 1].map((q) => quantile(values, q))).toEqual([10, 15, 29, 30]);
  expect(values).toEqual([30, 10, 20]);
});

test("the spread is a share of the median", () => {
  expect(spread([8, 9, 10, 11, 12])).toBeCloseTo(0.1, 12);
});

test("no values have no quantile", () => {
  expect(() => quantile([], 0.5)).toThrow("quantile: there are no values");
});
