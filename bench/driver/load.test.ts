import { expect, test } from "vitest";
import { loadBetween, machineTicks, ownTicks, processTicks, ticksNow } from "./load.ts";

test("what all did, less what the benchmark did, is what others did; what was stolen is told apart", () => {
  const before = { busy: 1000, stolen: 5, own: 400 };
  const after = { busy: 1180, stolen: 25, own: 500 };
  expect(loadBetween(before, after, 1000)).toEqual({ others: 0.8, stolen: 0.2 });
  expect(loadBetween(before, { ...after, own: 581 }, 1000).others).toBe(0);
});

test("the line of all processors: guests are counted in user time already", () => {
  expect(machineTicks("cpu  100 20 30 9999 88 1 2 7 50 6\ncpu0 1 2 3")).toEqual({ busy: 153, stolen: 7 });
});

test("a process may be called what it likes", () => {
  const text = "42 (a) S (b c) R 7 42 42 0 -1 4194304 1 2 3 4 100 20 3 4 20 0 1 0 5 6 7";
  expect(processTicks(text)).toEqual({ id: 42, parent: 7, ticks: 127 });
});

test("its descendants count, however far, and nobody else's", () => {
  const process = (id: number, parent: number, ticks: number) => ({ id, parent, ticks });
  const all = [process(30, 20, 4), process(1, 0, 1000), process(10, 1, 1), process(20, 10, 2), process(11, 1, 500)];
  expect(ownTicks(all, 10)).toBe(7);
});

test.runIf(process.platform === "linux")("work of this process is found, and is its own", () => {
  const before = ticksNow()!;
  for (const begin = process.cpuUsage().user; process.cpuUsage().user - begin < 200_000; );
  const after = ticksNow()!;
  expect(after.own - before.own).toBeGreaterThanOrEqual(18); // 200 ms, counted in pieces of 10
  expect(after.busy - before.busy).toBeGreaterThanOrEqual(18);
});
