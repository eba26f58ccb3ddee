import { expect, test } from "vitest";
import { dataset } from "./dataset.ts";
import { holdOut } from "./split.ts";

const numbers = Int32Array.from({ length: 100 }, (_, i) => i);
const column = { dtype: "i32", shape: [100], data: numbers } as const;
const data = dataset({ name: "numbers", inputs: column, targets: column });

test("the last rows are held out, without a copy", () => {
  const { rest, held } = holdOut(data, 10);
  expect([rest.size, held.size]).toEqual([90, 10]);
  expect([...held.targets.data]).toEqual([...numbers.subarray(90)]);
  expect(rest.inputs.data.buffer).toBe(numbers.buffer);
});

test("with a seed, random rows are held out: the same for the same seed, each row once", () => {
  const { rest, held } = holdOut(data, 30, { seed: 1 });
  expect([...rest.inputs.data, ...held.inputs.data].sort((a, b) => a - b)).toEqual([...numbers]);
  expect([...held.inputs.data]).toEqual([...held.inputs.data].sort((a, b) => a - b));
  expect(held.targets.data).toEqual(held.inputs.data);
  expect(holdOut(data, 30, { seed: 1 }).held).toEqual(held);
  expect(holdOut(data, 30, { seed: 2 }).held).not.toEqual(held);
});

test("both parts must have a row", () => {
  expect(() => holdOut(data, 100)).toThrowErrorMatchingInlineSnapshot(
    "[UsageError: numbers: cannot hold out 100 of 100 rows: expected 1 to 99]",
  );
  expect(() => holdOut(data, 0)).toThrowErrorMatchingInlineSnapshot(
    "[UsageError: numbers: cannot hold out 0 of 100 rows: expected 1 to 99]",
  );
  expect(() => holdOut(data, 1.5)).toThrowErrorMatchingInlineSnapshot(
    "[UsageError: numbers: cannot hold out 1.5 of 100 rows: expected 1 to 99]",
  );
});
