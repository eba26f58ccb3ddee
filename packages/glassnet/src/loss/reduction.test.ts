import { expect, test } from "vitest";
import { tensor, zeros } from "../tensor/create.ts";
import { meanSquaredError } from "./mean-squared-error.ts";
import { type Reduction, reduceLosses } from "./reduction.ts";

const losses = tensor([
  [1, 2],
  [3, 6],
]);

test("mean is the default", () => {
  expect(reduceLosses(losses).itemSync()).toBe(3);
  expect(reduceLosses(losses, {}).itemSync()).toBe(3);
  expect(reduceLosses(losses, { reduction: undefined }).itemSync()).toBe(3);
  expect(reduceLosses(losses, { reduction: "mean" }).shape).toEqual([]);
});

test("sum adds up all, none leaves them alone", () => {
  expect(reduceLosses(losses, { reduction: "sum" }).itemSync()).toBe(12);
  expect(reduceLosses(losses, { reduction: "none" })).toBe(losses);
});

test("an unknown reduction lists the known ones", () => {
  const reduction = "average" as Reduction;
  expect(() => reduceLosses(losses, { reduction })).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: loss: unknown reduction "average": expected "mean", "sum" or "none"]`,
  );
  expect(() => meanSquaredError(zeros([2]), zeros([2]), { reduction })).toThrow('unknown reduction "average"');
});
