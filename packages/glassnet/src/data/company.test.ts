import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type CompanyBounds,
  companyBounds,
  companyData,
  companyInputs,
  companyOptimum,
  companyProfit,
  companyRow,
  companyTruth,
  seasons,
} from "./company.ts";

test("the profit is the printed formula", () => {
  const demand = 40 - 1.5 * 26 + 0.6 * 25 + 0.9 * Math.sqrt(36); // 21.4 thousand pieces
  const month = { price: 26, marketing: 36, competitor: 25 };
  const plain = (26 - 12) * demand - 36 - 100;
  expect(companyProfit({ ...month, season: "winter" })).toBeCloseTo(plain - 24, 12);
  expect(companyProfit({ ...month, season: "spring" })).toBeCloseTo(plain - 4, 12);
  expect(companyProfit({ ...month, season: "summer" })).toBeCloseTo(plain + 10, 12);
  expect(companyProfit({ ...month, season: "autumn" })).toBeCloseTo(plain + 18, 12);
  expect(Object.values(companyTruth.seasonEffects).reduce((sum, effect) => sum + effect, 0)).toBe(0);
});

describe("the optimum", () => {
  /** The greatest profit on a grid of the bounds, made finer around the best place again and again. */
  function bySearch(competitor: number, bounds: CompanyBounds): number {
    const season = "spring";
    let [prices, budgets] = [bounds.price, bounds.marketing] as readonly (readonly [number, number])[] as [
      readonly [number, number],
      readonly [number, number],
    ];
    let best = Number.NEGATIVE_INFINITY;
    for (let round = 0; round < 8; round++) {
      const n = 40;
      const at = ([low, high]: readonly [number, number], i: number): number => low + ((high - low) * i) / n;
      let [bestI, bestJ] = [0, 0];
      best = Number.NEGATIVE_INFINITY;
      for (let i = 0; i <= n; i++) {
        for (let j = 0; j <= n; j++) {
          const profit = companyProfit({ price: at(prices, i), marketing: at(budgets, j), competitor, season });
          if (profit > best) [best, bestI, bestJ] = [profit, i, j];
        }
      }
      const around = (range: readonly [number, number], i: number) =>
        [at(range, Math.max(0, i - 2)), at(range, Math.min(n, i + 2))] as const;
      [prices, budgets] = [around(prices, bestI), around(budgets, bestJ)];
    }
    return best;
  }

  const range = (min: number, max: number) =>
    fc
      .tuple(fc.double({ min, max, noNaN: true }), fc.double({ min, max, noNaN: true }))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

  test("is what a fine search finds, within any bounds", () => {
    fc.assert(
      fc.property(range(5, 60), range(0, 300), fc.double({ min: 0, max: 60, noNaN: true }), (price, marketing, q) => {
        const bounds = { price, marketing };
        const found = companyOptimum({ competitor: q, season: "spring" }, bounds);
        const searched = bySearch(q, bounds);
        expect(found.profit).toBeGreaterThanOrEqual(searched - 1e-9 * Math.abs(searched) - 1e-9);
        expect(found.profit).toBeLessThanOrEqual(searched + 1e-4 * (1 + Math.abs(searched)));
        expect(found.price).toBeGreaterThanOrEqual(price[0]);
        expect(found.price).toBeLessThanOrEqual(price[1]);
        expect(found.marketing).toBeGreaterThanOrEqual(marketing[0]);
        expect(found.marketing).toBeLessThanOrEqual(marketing[1]);
      }),
      { numRuns: 60 },
    );
  });

  test("lies inside of what the company has tried, in every season", () => {
    for (const season of seasons) {
      const { price, marketing, profit } = companyOptimum({ competitor: 25, season });
      expect(price).toBeCloseTo(26.258, 3);
      expect(marketing).toBeCloseTo(41.167, 3);
      expect(profit).toBeCloseTo(163.776 + companyTruth.seasonEffects[season], 3);
    }
    expect(companyBounds).toEqual({ price: [15, 40], marketing: [2, 80] });
  });
});

describe("the books", () => {
  const books = companyData({ rows: 4800, seed: 3, noise: 8 });
  const column = (name: (typeof companyInputs)[number]): number[] => {
    const at = companyInputs.indexOf(name);
    return Array.from({ length: books.size }, (_, row) => books.inputs.data[row * companyInputs.length + at]!);
  };
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

  test("hold the columns by their names, each season as often as the others", () => {
    expect(books.inputShape).toEqual([companyInputs.length]);
    expect(books.targets.shape).toEqual([4800, 1]);
    for (const season of seasons) expect(mean(column(season))).toBe(0.25);
    const firstYear = Array.from({ length: 12 }, (_, month) => seasons.find((season) => column(season)[month] === 1));
    expect(firstYear).toEqual(seasons.flatMap((season) => [season, season, season]));
  });

  test("stay within what the company has tried, and are spread as the documentation says", () => {
    const [prices, budgets, competitors] = [column("price"), column("marketing"), column("competitor")];
    expect(Math.min(...prices)).toBe(15);
    expect(Math.max(...prices)).toBe(40);
    expect(Math.min(...budgets)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...budgets)).toBeLessThanOrEqual(80);
    expect(mean(competitors)).toBeCloseTo(25, 0);
    expect(mean(budgets)).toBeCloseTo(2 + 78 / 3, 0);
  });

  test("are the true profit and noise of the size that was asked for", () => {
    const width = companyInputs.length;
    const errors = Array.from(books.targets.data, (profit, row) => {
      const inputs = [...books.inputs.data.subarray(width * row, width * (row + 1))];
      const [price, marketing, competitor] = inputs as [number, number, number];
      const season = seasons.find((_, k) => inputs[3 + k] === 1)!;
      expect(companyRow({ price, marketing, competitor, season })).toEqual(inputs);
      return profit - companyProfit({ price, marketing, competitor, season });
    });
    expect(Math.abs(mean(errors))).toBeLessThan(0.5);
    expect(Math.sqrt(mean(errors.map((error) => error ** 2)))).toBeCloseTo(8, 0);
    expect(companyData({ rows: 12, noise: 0 }).targets.data[0]).not.toBe(companyData({ rows: 12 }).targets.data[0]);
  });

  test("are the same for the same seed, and others for another", () => {
    expect(companyData({ seed: 5, rows: 24 })).toEqual(companyData({ seed: 5, rows: 24 }));
    expect(companyData({ seed: 5 }).inputs.data).not.toEqual(companyData({ seed: 6 }).inputs.data);
    expect(companyData().size).toBe(1200);
  });
});

test("what cannot be is refused", () => {
  const month = { price: 20, marketing: 10, competitor: 25, season: "summer" } as const;
  const monsoon = "monsoon" as "summer";
  const unknown = 'unknown season "monsoon": expected "winter", "spring", "summer" or "autumn"';
  expect(() => companyProfit({ ...month, season: monsoon })).toThrow(`companyProfit: ${unknown}`);
  expect(() => companyRow({ ...month, season: monsoon })).toThrow(`companyRow: ${unknown}`);
  expect(() => companyOptimum({ competitor: 25, season: monsoon })).toThrow(`companyOptimum: ${unknown}`);
  expect(() => companyProfit({ ...month, marketing: -1 })).toThrow(
    "companyProfit: marketing must be a number of at least 0, got -1",
  );
  expect(() => companyOptimum(month, { price: [30, 20], marketing: [2, 80] })).toThrow(
    "companyOptimum: the bounds of price must be two finite numbers, the second at least the first, got 30 and 20",
  );
  expect(() => companyData({ rows: 3 })).toThrow("companyData: rows must be a whole number from 8 to 1000000, got 3");
  expect(() => companyData({ noise: -1 })).toThrow("companyData: noise must be a finite number of at least 0, got -1");
  expect(() => companyData({ row: 3 } as object)).toThrow(
    'companyData: unknown option "row": expected "rows", "noise" or "seed"\n  help: did you mean rows?',
  );
});
