import { expect, test } from "vitest";
import { measureGrowth } from "./measure.ts";

test.each([
  ["twenty trainings in one process", "training", { warmUp: 10, windows: 21, perWindow: 1 }],
  ["100,000 steps of a hand-written loop, compiled", "compiled", { warmUp: 5000, windows: 20, perWindow: 5000 }],
  ["100,000 steps of a hand-written loop, lazy tensors", "lazy", { warmUp: 5000, windows: 20, perWindow: 5000 }],
  ["20,000 compiled functions that nobody releases", "forgotten", { warmUp: 2000, windows: 20, perWindow: 1000 }],
] as const)("%s: heap, external memory and RSS grow by less than five percent", async (name, workload, plan) => {
  const { heap, external, rss, text } = await measureGrowth(workload, plan);
  console.log(`memory, ${name}: ${text}`);
  expect(heap, text).toBeLessThan(0.05);
  expect(external, text).toBeLessThan(0.05);
  expect(rss, text).toBeLessThan(0.05);
});
