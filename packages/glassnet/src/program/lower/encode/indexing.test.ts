import { expect, test } from "vitest";
import type { DType } from "../../../core/dtype.ts";
import type { Shape } from "../../../core/shape.ts";
import type { Operand } from "./encoder.ts";
import { gather, gatherElements, scatterAdd, scatterAddElements } from "./indexing.ts";

const operand = (buffer: number, shape: Shape, dtype: DType = "f32"): Operand => ({ buffer, shape, dtype });

test("gathering sees x around the axis, and indices of any shape in a row", () => {
  const inputs = [operand(1, [2, 7, 3, 4], "u8"), operand(2, [5, 6], "i32")];
  const { args } = gather(inputs, operand(3, [2, 5, 6, 3, 4], "u8"), { axis: 1 });
  expect(args).toEqual([3, 1, 2, 1, ...[2, 7, 30, 12]]);
});

test("gathering elements takes the count from the indices' axis", () => {
  const inputs = [operand(1, [2, 7, 3]), operand(2, [2, 4, 3], "i32")];
  expect(gatherElements(inputs, operand(3, [2, 4, 3]), { axis: 1 }).args).toEqual([3, 1, 2, 4, ...[2, 7, 4, 3]]);
});

test("scattering names the dtype that is added, and counts the copy of x as work", () => {
  const inputs = [operand(1, [100, 8], "i32"), operand(2, [3], "i32"), operand(4, [3, 8], "i32")];
  const { args, work } = scatterAdd(inputs, operand(3, [100, 8], "i32"), { axis: 0 });
  expect(args).toEqual([3, 1, 2, 4, 1, ...[1, 100, 3, 8]]);
  expect(work).toBeGreaterThanOrEqual(800 + 24);
});

test("scattering elements sees updates as [outer, count, inner]", () => {
  const inputs = [operand(1, [2, 7, 3]), operand(2, [2, 4, 3], "i32"), operand(4, [2, 4, 3])];
  const { args } = scatterAddElements(inputs, operand(3, [2, 7, 3]), { axis: 1 });
  expect(args).toEqual([3, 1, 2, 4, 0, ...[2, 7, 4, 3]]);
});
