import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bandOf } from "./band.ts";
import { smoothed, thinned } from "./course.ts";
import { histogramOf } from "./histogram.ts";

const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 200 });

describe("a smoothed curve", () => {
  test("is the curve itself without smoothing, and a constant stays a constant", () => {
    expect(smoothed([3, 1, 2], 0)).toEqual([3, 1, 2]);
    for (const x of smoothed([5, 5, 5, 5], 0.9)) expect(x).toBeCloseTo(5, 12);
  });

  test("lies between the least and the greatest number so far", () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 0.99, noNaN: true }), (values, beta) => {
        smoothed(values, beta).forEach((x, i) => {
          const seen = values.slice(0, i + 1);
          expect(x).toBeGreaterThanOrEqual(Math.min(...seen) - 1e-6);
          expect(x).toBeLessThanOrEqual(Math.max(...seen) + 1e-6);
        });
      }),
    );
  });
});

test("a thinned list keeps its ends", () => {
  expect(thinned([1, 2, 3], 5)).toEqual([1, 2, 3]);
  const all = Array.from({ length: 1000 }, (_, i) => i);
  const few = thinned(all, 7);
  expect([few.length, few[0], few.at(-1)]).toEqual([7, 0, 999]);
});

describe("a histogram", () => {
  test("counts every number once, between the least and the greatest", () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 60 }), fc.boolean(), (values, bins, isLog) => {
        const { shares, beside, least, greatest, mean, low, high, zeros } = histogramOf(values, bins, isLog);
        expect(shares.reduce((sum, share) => sum + share, 0) + beside + zeros).toBeCloseTo(1, 9);
        expect([least, greatest]).toEqual([Math.min(...values), Math.max(...values)]);
        expect(mean).toBeCloseTo(values.reduce((sum, x) => sum + x, 0) / values.length, 6);
        expect(low).toBeLessThan(high);
      }),
    );
  });

  test("leaves rare ends out of its range and says how many they are", () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i === 0 ? 1e6 : i / 1000));
    const { high, beside } = histogramOf(values, 10);
    expect(high).toBeLessThan(1.1);
    expect(beside).toBeGreaterThan(0);
    expect(beside).toBeLessThan(0.02);
  });

  test("of one number alone has room around it, and zeros stand apart", () => {
    expect(histogramOf([3, 3, 3], 4)).toMatchObject({ zeros: 0, mean: 3, std: 0, shares: [0, 0, 1, 0] });
    expect(histogramOf([0, 0, 0], 4)).toMatchObject({ zeros: 1, mean: 0, std: 0, shares: [0, 0, 0, 0] });
  });

  test("of sizes has powers of ten", () => {
    const { low, high, shares } = histogramOf([-0.001, 0.001, 100, -100], 2, true);
    expect([low, high]).toEqual([-3, 2]);
    expect(shares).toEqual([0.5, 0.5]);
  });
});

test("a band has mean, ends and scatter of its curves, also where one is shorter or not finite", () => {
  const band = bandOf([[1, 4, Number.NaN], [3]]);
  expect(band.mean.slice(0, 2)).toEqual([2, 4]);
  expect(band.low.slice(0, 2)).toEqual([1, 4]);
  expect(band.high.slice(0, 2)).toEqual([3, 4]);
  expect(band.std[0]).toBeCloseTo(Math.SQRT2, 12);
  expect(band.count).toEqual([2, 1, 0]);
  expect(bandOf([]).mean).toEqual([]);
});
