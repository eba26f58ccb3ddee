import { afterEach, expect, test, vi } from "vitest";
import { yieldToOthers } from "./yield.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Whether a timer that is due gets its turn while `yieldToOthers` is awaited a few times. */
async function letsTimersRun(): Promise<boolean> {
  let ran = false;
  setTimeout(() => {
    ran = true;
  }, 0);
  const begin = performance.now();
  while (performance.now() - begin < 5); // now it is due
  for (let i = 0; i < 100 && !ran; i++) await yieldToOthers();
  return ran;
}

test("timers run while it is awaited", async () => {
  expect(await letsTimersRun()).toBe(true);
});

test("where there is no setImmediate, as in browsers, a message does it", async () => {
  vi.stubGlobal("setImmediate", undefined);
  expect(await letsTimersRun()).toBe(true);
});
