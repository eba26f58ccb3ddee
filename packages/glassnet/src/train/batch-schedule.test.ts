import { expect, test } from "vitest";
import { epochOrder } from "../data/batches.ts";
import { BatchSchedule } from "./batch-schedule.ts";

test("whatever the pieces, each epoch gives all rows once, in the order of the epoch", () => {
  const size = 23;
  for (const [batchSize, piece] of [
    [4, 1],
    [4, 3],
    [5, 100],
    [23, 2],
  ] as const) {
    const schedule = new BatchSchedule(size, batchSize, 7);
    expect(schedule.stepsPerEpoch).toBe(Math.ceil(size / batchSize));
    for (let epoch = 0, step = 0; epoch < 3; epoch++) {
      const seen: number[] = [];
      while (step < (epoch + 1) * schedule.stepsPerEpoch) {
        const range = schedule.range(step, Math.min(piece, schedule.alike(step)));
        expect(range.rows.length).toBe(range.steps * range.batch);
        seen.push(...range.rows);
        step += range.steps;
      }
      expect(seen).toEqual([...epochOrder(size, 7, epoch)]);
    }
  }
});

test("steps are alike up to a smaller last batch, which stands alone", () => {
  const schedule = new BatchSchedule(23, 4, 1);
  expect([0, 1, 4, 5, 6].map((step) => schedule.alike(step))).toEqual([5, 4, 1, 1, 5]);
  expect(schedule.range(5, 1)).toMatchObject({ first: 5, steps: 1, batch: 3 });
});

test("a range may begin anywhere, as after a snapshot", () => {
  const [whole, late] = [new BatchSchedule(12, 3, 2), new BatchSchedule(12, 3, 2)];
  const rows = [...whole.range(8, 4).rows];
  expect([...late.range(10, 1).rows]).toEqual(rows.slice(6, 9));
});
