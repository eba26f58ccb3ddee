import { afterEach, expect, test, vi } from "vitest";
import { repeat } from "./timing.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A clock that only work moves forward, and that shows multiples of `step`. Looking at it takes a tenth of a step. */
function coarseClock(step: number): { work: (ms: number) => void } {
  let time = 0;
  vi.spyOn(performance, "now").mockImplementation(() => {
    time += step / 10;
    return Math.floor(time / step) * step;
  });
  return {
    work: (ms) => {
      time += ms;
    },
  };
}

test("a round counts what was done, and lasts as long as it should", async () => {
  const { work } = coarseClock(0.0001);
  const round = await repeat(() => {
    work(2);
    return 3;
  })(100);
  expect(round).toEqual({ iterations: 150, ms: expect.closeTo(100, 1) });
});

test("with a fine clock, every call has a time of its own", async () => {
  const { work } = coarseClock(0.0001);
  const calls = [1, 1, 1, 5];
  let call = 0;
  const { latenciesMs } = await repeat(
    (): undefined => {
      work(calls[call++ % 4]!);
    },
    { each: true },
  )(80);
  expect(new Set(latenciesMs!.map(Math.round))).toEqual(new Set([1, 5]));
});

test("with the clock of a page, calls that are shorter than its steps are timed together", async () => {
  const { work } = coarseClock(0.1);
  const { latenciesMs, iterations } = await repeat(
    (): undefined => {
      work(0.03);
    },
    { each: true },
  )(100);
  expect(iterations).toBeGreaterThan(2000);
  expect(latenciesMs!.length).toBeLessThan(iterations / 30);
  for (const ms of latenciesMs!) expect(Math.abs(ms - 0.03)).toBeLessThan(0.03 / 10);
});
