import { expect, test } from "vitest";
import { maxPool, sumPoolGrad } from "./pool.ts";

const window = (kernel: readonly [number, number], stride: readonly [number, number]) => ({
  kernel,
  stride,
  padding: [
    [0, 0],
    [0, 0],
  ] as const,
});

test("planes of all images and channels are pooled alike", () => {
  const x = { buffer: 4, dtype: "f32", shape: [2, 3, 7, 9] } as const;
  const y = { buffer: 5, dtype: "f32", shape: [2, 3, 4, 5] } as const;
  const attrs = { ...window([3, 2], [2, 2]), padding: [[1, 2] as const, [1, 0] as const] as const };
  expect(maxPool([x], y, attrs)).toEqual({
    kernel: "maxPool",
    args: [5, 4, 6, 7, 9, 4, 5, 3, 2, 2, 2, 1, 1],
    work: 2 * 3 * 4 * 5 * 6,
  });
});

test("the gradient takes the sizes of the pool that it belongs to", () => {
  const grad = { buffer: 1, dtype: "f32", shape: [1, 2, 2, 2] } as const;
  const out = { buffer: 0, dtype: "f32", shape: [1, 2, 5, 4] } as const;
  const { args } = sumPoolGrad([grad], out, { ...window([2, 2], [2, 2]), inputSize: [5, 4] });
  expect(args).toEqual([0, 1, 2, 5, 4, 2, 2, 2, 2, 2, 2, 0, 0]);
});

test("windows of whole rows are runs of one long row", () => {
  const x = { buffer: 0, dtype: "f32", shape: [8, 16, 7, 5] } as const;
  const y = { buffer: 1, dtype: "f32", shape: [8, 16, 3, 1] } as const;
  const { args } = maxPool([x], y, window([3, 5], [2, 1]));
  expect(args).toEqual([1, 0, 128, 1, 35, 1, 3, 1, 15, 1, 10, 0, 0]);
});

test("windows of whole rows with padding stay as they are", () => {
  const x = { buffer: 0, dtype: "f32", shape: [1, 1, 4, 5] } as const;
  const y = { buffer: 1, dtype: "f32", shape: [1, 1, 5, 1] } as const;
  const { args } = maxPool([x], y, { ...window([2, 5], [1, 1]), padding: [[1, 1] as const, [0, 0] as const] as const });
  expect(args.slice(3)).toEqual([4, 5, 5, 1, 2, 5, 1, 1, 1, 0]);
});
