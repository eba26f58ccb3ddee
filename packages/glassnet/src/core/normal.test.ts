import { expect, test } from "vitest";
import { type Arithmetic, cosTurnFrom, lnFrom, normalFrom, numberArithmetic } from "./normal.ts";
import { Rng } from "./random.ts";

const f = Math.fround;
const singleArithmetic: Arithmetic<number> = {
  constant: f,
  add: (a, b) => f(a + b),
  sub: (a, b) => f(a - b),
  mul: (a, b) => f(a * b),
  div: (a, b) => f(a / b),
  sqrt: (a) => f(Math.sqrt(a)),
  ifLess: (a, b, then, otherwise) => (a < b ? then : otherwise),
};

test("the logarithm is as accurate as Math.log", () => {
  const edges = [
    1,
    1 - 2 ** -53,
    0.5,
    0.25,
    Math.SQRT1_2,
    Math.SQRT1_2 - 2 ** -53,
    2 ** -32,
    2 ** -53,
    2 ** -64,
    3 * 2 ** -33,
  ];
  for (const u of [...edges, ...Rng.seeded(1).uniform([20_000], 2 ** -40, 1, "f64").data]) {
    const exact = Math.log(u);
    expect(Math.abs(lnFrom(numberArithmetic, u) - exact)).toBeLessThanOrEqual(1e-15 * Math.abs(exact));
  }
});

test("the cosine of a turn is as accurate as Math.cos", () => {
  for (const u of [0, 0.125, 0.25, 0.5, 0.75, 1 - 2 ** -32, ...Rng.seeded(2).uniform([20_000], 0, 1, "f64").data]) {
    expect(Math.abs(cosTurnFrom(numberArithmetic, u) - Math.cos(2 * Math.PI * u))).toBeLessThan(2e-15);
  }
  expect([0, 0.25, 0.5, 0.75].map((u) => cosTurnFrom(numberArithmetic, u) + 0)).toEqual([1, 0, -1, 0]);
});

test("normals agree with Math.log and Math.cos to 1e-12 in f64 and to 4e-6 in f32", () => {
  const rng = Rng.seeded(3);
  for (let i = 0; i < 20_000; i++) {
    const u1 = 1 - rng.next();
    const u2 = rng.next();
    const exact = Math.sqrt(-2 * Math.log(u1)) * Math.cos(2 * Math.PI * u2);
    expect(Math.abs(normalFrom(numberArithmetic, u1, u2) - exact)).toBeLessThan(1e-12);

    const [v1, v2] = [(Math.floor(u1 * 2 ** 24) + 1) * 2 ** -24, Math.floor(u2 * 2 ** 24) * 2 ** -24];
    const single = Math.sqrt(-2 * Math.log(v1)) * Math.cos(2 * Math.PI * v2);
    expect(Math.abs(normalFrom(singleArithmetic, v1, v2) - single)).toBeLessThan(4e-6);
  }
});

test("normals are finite at the ends of the uniform range", () => {
  for (const a of [numberArithmetic, singleArithmetic]) {
    for (const u2 of [0, 0.25, 0.5, 1 - 2 ** -24]) {
      expect(Math.abs(normalFrom(a, 1, u2))).toBe(0);
      expect(Math.abs(normalFrom(a, 2 ** -64, u2))).toBeLessThan(9.5);
    }
  }
});

test("a hundred thousand draws are normally distributed", () => {
  const n = 100_000;
  const { data } = Rng.seeded(5).normal([n], 0, 1, "f64");
  const moment = (k: number) => data.reduce((sum, x) => sum + x ** k, 0) / n;
  expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / n));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / n));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));

  const sorted = data.toSorted();
  let distance = 0;
  for (let i = 0; i < n; i++) distance = Math.max(distance, Math.abs(normalCdf(sorted[i]!) - (i + 0.5) / n));
  expect(distance).toBeLessThan(1.63 / Math.sqrt(n)); // Kolmogorov-Smirnov, 1 %
});

/** 1/2 + density(x) (x + x³/3 + x⁵/(3*5) + …). */
function normalCdf(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
