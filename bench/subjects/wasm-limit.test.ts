import { expect, test } from "vitest";
import { compileLoop, STEPS_A_TURN } from "./wasm-limit.ts";

test("the bare loop multiplies and adds as often as it says", async () => {
  const run = await compileLoop();
  expect(run(3, 1)).toBe(3 * STEPS_A_TURN); // every step adds 1
  expect(run(1, 2)).toBe((STEPS_A_TURN / 8) * (2 ** 9 - 2)); // 8 steps of s ← 2s + 2
});
