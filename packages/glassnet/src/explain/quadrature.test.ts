import { describe, expect, test } from "vitest";
import { quadrature } from "./quadrature.ts";

const integral = (rule: "gauss" | "midpoint", n: number, f: (x: number) => number): number => {
  const { points, weights } = quadrature(rule, n);
  return points.reduce((sum, x, i) => sum + weights[i]! * f(x), 0);
};

describe.each(["gauss", "midpoint"] as const)("%s", (rule) => {
  test.each([1, 2, 3, 7, 64, 100, 1024])(
    "%i points lie in (0, 1), rising, symmetric, and their weights sum to 1",
    (n) => {
      const { points, weights } = quadrature(rule, n);
      expect(points).toHaveLength(n);
      expect(Math.min(...points)).toBeGreaterThan(0);
      expect(Math.max(...points)).toBeLessThan(1);
      expect([...points]).toEqual([...points].sort((a, b) => a - b));
      points.forEach((x, i) => {
        expect(x + points[n - 1 - i]!).toBeCloseTo(1, 13);
      });
      expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    },
  );
});

test("Gauss–Legendre with n points is exact up to degree 2n − 1, and not beyond", () => {
  for (const n of [1, 2, 3, 5, 10]) {
    for (let degree = 0; degree < 2 * n; degree++) {
      expect(integral("gauss", n, (x) => x ** degree)).toBeCloseTo(1 / (degree + 1), 13);
    }
    const beyond = integral("gauss", n, (x) => x ** (2 * n)) - 1 / (2 * n + 1);
    expect(Math.abs(beyond)).toBeGreaterThan(1e-14);
  }
});

test("the points of two and three are those of the tables", () => {
  const { points, weights } = quadrature("gauss", 3);
  expect(points[0]).toBeCloseTo((1 - Math.sqrt(3 / 5)) / 2, 15);
  expect(points[1]).toBeCloseTo(0.5, 15);
  expect([...weights].map((w) => w.toFixed(12))).toEqual([5 / 18, 8 / 18, 5 / 18].map((w) => w.toFixed(12)));
  expect(quadrature("gauss", 2).points[1]).toBeCloseTo((1 + 1 / Math.sqrt(3)) / 2, 15);
});

test("the midpoint rule is the mean of the middles", () => {
  expect([...quadrature("midpoint", 4).points]).toEqual([0.125, 0.375, 0.625, 0.875]);
  expect(integral("midpoint", 4, (x) => 3 * x + 1)).toBeCloseTo(2.5, 14);
});
