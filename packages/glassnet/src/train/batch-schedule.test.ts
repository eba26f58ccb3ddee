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

test("behind a range come as many rows of its epoch, or the first ones of the next, and none behind the last step", () => {
  const schedule = new BatchSchedule(10, 3, 7); // three batches of 3 and one of 1
  const [first, second] = [epochOrder(10, 7, 0), epochOrder(10, 7, 1)];
  expect(schedule.after(schedule.range(0, 1), 8)).toEqual(first.subarray(3, 6));
  expect(schedule.after(schedule.range(0, 2), 8)).toEqual(first.subarray(6));
  expect(schedule.after(schedule.range(0, 3), 8)).toEqual(first.subarray(9));
  const ahead = schedule.after(schedule.range(3, 1), 8);
  expect(ahead).toEqual(second.subarray(0, 3));
  expect([...schedule.range(4, 2).rows]).toEqual([...second.subarray(0, 6)]);
  expect(schedule.after(schedule.range(3, 1), 8).buffer).toBe(ahead.buffer); // an order is made once
  expect(schedule.after(schedule.range(7, 1), 8)).toEqual(new Int32Array(0));
});
