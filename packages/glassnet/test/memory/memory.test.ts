import { expect, test } from "vitest";
import { measureGrowth } from "./measure.ts";

/** The short form; `memory.prove.test.ts` has twenty trainings and 100,000 steps. */
test.each([
  ["whole trainings leave nothing behind", "training", { warmUp: 8, windows: 6, perWindow: 1 }],
  ["a compiled step leaves nothing behind", "compiled", { warmUp: 2000, windows: 6, perWindow: 500 }],
  ["lazy tensors that are rarely read leave nothing behind", "lazy", { warmUp: 1000, windows: 6, perWindow: 400 }],
  ["compiled functions that nobody releases are collected", "forgotten", { warmUp: 500, windows: 6, perWindow: 300 }],
] as const)("%s", async (_, workload, plan) => {
  const { heap, external, rss, text } = await measureGrowth(workload, plan);
  expect(heap, text).toBeLessThan(0.05);
  expect(external, text).toBeLessThan(0.05);
  expect(rss, text).toBeLessThan(0.1); // so short a run still compiles code
});
