import { expect, test } from "vitest";
import { trainFor } from "./measure.ts";

test("ten minutes of training leave heap, external memory, RSS and WebAssembly's memory flat", async () => {
  const { steps, samples, growth } = await trainFor(600, 20);
  console.log("memory, ten minutes of training:", steps, growth.text);
  for (const count of Object.values(steps)) expect(count).toBeGreaterThan(10_000);
  expect(growth.heapPerWork, growth.text).toBeLessThan(20);
  for (const whole of [growth.heap, growth.external, growth.rss]) expect(whole, growth.text).toBeLessThan(0.05);
  expect(new Set(samples.map(({ wasm }) => wasm)).size).toBe(1);
});
