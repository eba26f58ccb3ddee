import { describe, expect, test } from "vitest";
import type { DType } from "../../../core/dtype.ts";
import type { Shape } from "../../../core/shape.ts";
import type { Operand } from "./encoder.ts";
import { concat, dynamicSlice, dynamicUpdateSlice, pad } from "./movement.ts";

const operand = (buffer: number, shape: Shape, dtype: DType = "f32"): Operand => ({ buffer, shape, dtype });

describe("a dynamic slice", () => {
  test("has runs as long as the trailing axes it spans whole", () => {
    const inputs = [operand(1, [6, 5, 4, 3]), operand(2, [4], "i32")];
    const { args, scratch } = dynamicSlice(inputs, operand(3, [2, 1, 4, 3]), { sizes: [2, 1, 4, 3] });
    expect(args).toEqual([3, 1, 2, 4, 24, 2, ...[0, 6, 2, 60], ...[1, 5, 1, 12]]);
    expect(scratch).toBe(8);
  });

  test("keeps one axis even of all that is there", () => {
    const inputs = [operand(1, [6, 5], "u8"), operand(2, [2], "i32")];
    expect(dynamicSlice(inputs, operand(3, [6, 5], "u8"), { sizes: [6, 5] }).args).toEqual([
      ...[3, 1, 2, 1, 30, 1],
      ...[0, 6, 6, 5],
    ]);
  });

  test("of rank 0 is a run of one element", () => {
    const inputs = [operand(1, []), operand(2, [0], "i32")];
    expect(dynamicSlice(inputs, operand(3, []), { sizes: [] }).args).toEqual([3, 1, 2, 4, 1, 1, ...[0, 1, 1, 1]]);
  });
});

test("a dynamic update of whole rows is one run", () => {
  const inputs = [operand(1, [8, 16]), operand(2, [1, 16]), operand(4, [2], "i32")];
  expect(dynamicUpdateSlice(inputs, operand(3, [8, 16]), {}).args).toEqual([3, 1, 2, 4, 4, 128, 1, ...[0, 8, 1, 16]]);
});

describe("padding", () => {
  test("merges an axis that is left as it is with the one before", () => {
    const attrs = { low: [1, 2, 0], high: [0, 1, 0], interior: [0, 0, 0], value: -1.5 };
    const { args } = pad([operand(1, [2, 3, 4])], operand(2, [3, 6, 4]), attrs);
    expect(args).toEqual([2, 1, 4, -1077936128, 72, 2, ...[2, 1, 1, 3], ...[12, 8, 1, 24]]);
  });

  test("does not merge where padding lies between the elements before", () => {
    const attrs = { low: [0, 0], high: [0, 0], interior: [2, 0], value: 0 };
    const { args } = pad([operand(1, [2, 3])], operand(2, [4, 3]), attrs);
    expect(args).toEqual([2, 1, 4, 0, 12, 2, ...[2, 0, 3, 4], ...[3, 0, 1, 3]]);
  });

  test.each([
    ["f32", 1, 0x3f800000],
    ["i32", -9, -9],
    ["u8", 300, 44],
    ["bool", 1, 1],
  ] as const)("has the bits of its value in %s", (dtype, value, bits) => {
    const attrs = { low: [1], high: [0], interior: [0], value };
    expect(pad([operand(1, [2], dtype)], operand(2, [3], dtype), attrs).args[3]).toBe(bits);
  });
});

test("joining sees each input as rows around the axis", () => {
  const inputs = [operand(1, [2, 3, 5], "u8"), operand(2, [2, 1, 5], "u8")];
  const { args, work } = concat(inputs, operand(3, [2, 4, 5], "u8"), { axis: 1 });
  expect(args).toEqual([3, 1, 2, 20, 2, ...[1, 15], ...[2, 5]]);
  expect(work).toBe(40);
});
