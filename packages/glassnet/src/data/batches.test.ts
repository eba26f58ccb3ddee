import { expect, test } from "vitest";
import { batchCount, batches, batchSizes, checkBatchSize, epochOrder } from "./batches.ts";

test("an epoch visits every row once, in an order of its own", () => {
  const first = epochOrder(1000, 7, 0);
  expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(epochOrder(1000, 7, 0)).toEqual(first);
  expect(epochOrder(1000, 7, 1)).not.toEqual(first);
  expect(epochOrder(1000, 8, 0)).not.toEqual(first);
  expect([...epochOrder(8, 0, 0)]).toMatchInlineSnapshot(`
    [
      5,
      4,
      0,
      3,
      7,
      2,
      1,
      6,
    ]
  `);
});

test("the last batch holds what is left", () => {
  const order = epochOrder(10, 1, 0);
  const sizes = (batchSize: number) => [...batches(order, batchSize)].map((batch) => batch.length);
  expect(sizes(4)).toEqual([4, 4, 2]);
  expect(sizes(5)).toEqual([5, 5]);
  expect(sizes(10)).toEqual([10]);
  expect([4, 5, 10].map((batchSize) => batchCount(10, batchSize))).toEqual([3, 2, 1]);
  expect([...batches(order, 3)].flatMap((batch) => [...batch])).toEqual([...order]);
});

test("batch sizes that cannot be filled are refused", () => {
  expect(() => checkBatchSize("train", 64, 32)).toThrowErrorMatchingInlineSnapshot(`
    [UsageError: train: a batch of 64 rows is larger than the data set of 32
      help: use a batch size of at most 32]
  `);
  expect(() => checkBatchSize("train", 0, 32)).toThrowErrorMatchingInlineSnapshot(
    "[UsageError: train: a batch must be a whole number of rows, at least 1, got 0]",
  );
  expect(() => [...batches(epochOrder(4, 0, 0), Number.NaN)]).toThrowErrorMatchingInlineSnapshot(
    "[UsageError: batches: a batch must be a whole number of rows, at least 1, got NaN]",
  );
});

test("batches have one size, or two if the last is smaller", () => {
  expect(batchSizes(20, 10)).toEqual([10]);
  expect(batchSizes(23, 10)).toEqual([10, 3]);
  expect(batchSizes(7, 7)).toEqual([7]);
  expect(batchSizes(7, 256)).toEqual([7]);
});
