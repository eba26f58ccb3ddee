import { expect, test } from "vitest";
import { openWasm } from "../src/backends/wasm/open.ts";
import { booksOf, decide, learn } from "./profit.ts";

test("the best price that the network finds earns at most 2 % less than the true one: median of 20 seeds", async () => {
  const device = await openWasm({ relaxed: false, threads: 1 });
  const regrets: number[] = [];
  for (let seed = 0; seed < 20; seed++) {
    const books = booksOf(seed);
    regrets.push((await decide(await learn(books, 16, seed, device), books)).regret);
  }
  const sorted = [...regrets].sort((a, b) => a - b);
  const median = (sorted[9]! + sorted[10]!) / 2;
  const worst = sorted[19]!;
  const percent = (x: number): string => `${(100 * x).toFixed(3)} %`;
  console.log(
    `regret over 20 seeds: median ${percent(median)}, worst ${percent(worst)} (seed ${regrets.indexOf(worst)})`,
  );
  expect(sorted[0]).toBeGreaterThanOrEqual(0);
  expect(median).toBeLessThanOrEqual(0.02);
});
