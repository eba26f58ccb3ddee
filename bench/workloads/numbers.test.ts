import { expect, test } from "vitest";
import { integers, uniform } from "./numbers.ts";

test("the numbers are those of every run and every language", () => {
  expect([...uniform(0, 4, -1, 1)]).toMatchInlineSnapshot(`
    [
      -1,
      0.053313493728637695,
      -0.8933119773864746,
      0.8549230098724365,
    ]
  `);
  expect([...uniform(3, 2, 0, 1)]).toMatchInlineSnapshot(`
    [
      0.6844204664230347,
      0.8205357193946838,
    ]
  `);
  expect([...integers(1001, 8, 10)]).toMatchInlineSnapshot(`
    [
      2,
      7,
      6,
      0,
      1,
      2,
      8,
      4,
    ]
  `);
});

test("they fill their range evenly", () => {
  const values = uniform(7, 100_000, 2, 4);
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  expect(mean).toBeCloseTo(3, 2);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(2);
  expect(Math.max(...values)).toBeLessThanOrEqual(4);
  const counts = new Array<number>(10).fill(0);
  for (const k of integers(8, 100_000, 10)) counts[k]! += 1;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});

test("streams and positions are independent of the number asked for", () => {
  expect(uniform(5, 3, 0, 1)).toEqual(uniform(5, 9, 0, 1).slice(0, 3));
  expect(uniform(5, 3, 0, 1)).not.toEqual(uniform(6, 3, 0, 1));
});
