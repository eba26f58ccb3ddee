import { expect, test } from "vitest";
import type { ArrayData } from "../core/array.ts";
import { checkLabels, dataset, sliceRows, takeRows } from "./dataset.ts";

const f32 = (shape: number[], ...values: number[]): ArrayData => ({
  dtype: "f32",
  shape,
  data: Float32Array.from(values),
});
const u8 = (shape: number[], ...values: number[]): ArrayData => ({ dtype: "u8", shape, data: Uint8Array.from(values) });
const inputs = u8([3, 1, 2], 1, 2, 3, 4, 5, 6);
const targets = u8([3], 0, 1, 1);

test("a data set keeps its arrays as they are stored", () => {
  const data = dataset({ name: "toy", inputs, targets, classNames: ["cat", "dog"] });
  expect(data).toEqual({
    name: "toy",
    inputs,
    targets,
    size: 3,
    inputShape: [1, 2],
    preprocessing: { kind: "none" },
    classNames: ["cat", "dog"],
  });
  expect(data.inputs.data).toBe(inputs.data);
});

test("targets may be numbers, or a probability for each class", () => {
  expect(dataset({ name: "a", inputs, targets: f32([3, 2], 1, 2, 3, 4, 5, 6) }).classNames).toBeUndefined();
  const soft = f32([3, 2], 1, 0, 0.5, 0.5, 0, 1);
  expect(dataset({ name: "b", inputs, targets: soft, classNames: ["x", "y"] }).targets).toBe(soft);
});

test("rows can be sliced without a copy and taken in any order", () => {
  const data = dataset({ name: "toy", inputs, targets });
  const tail = sliceRows(data, 1, 3);
  expect(tail).toMatchObject({ size: 2, inputs: u8([2, 1, 2], 3, 4, 5, 6), targets: u8([2], 1, 1) });
  expect(tail.inputs.data.buffer).toBe(inputs.data.buffer);
  expect(takeRows(data, [2, 0])).toMatchObject({ size: 2, inputs: u8([2, 1, 2], 5, 6, 1, 2), targets: u8([2], 1, 0) });
});

test("bad data is named down to the row", () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  const classNames = Array.from({ length: 10 }, (_, i) => String(i));
  const column = (n: number, row: number, value: number) => {
    const data = new Uint8Array(n);
    data[row] = value;
    return u8([n], ...data);
  };
  const calls = [
    () => dataset({ name: "mnist", inputs: column(20, 0, 0), targets: column(20, 17, 11), classNames }),
    () => dataset({ name: "prices", inputs: f32([2, 3], 1, 2, 3, 4, nan, 6), targets: f32([2], 1, 2) }),
    () => dataset({ name: "images", inputs: f32([1, 1, 2, 2], 1, 2, -inf, 4), targets: f32([1], 1) }),
    () => dataset({ name: "prices", inputs: f32([2], 1, 2), targets: f32([2], 1, nan) }),
    () => dataset({ name: "toy", inputs, targets: u8([2], 0, 1) }),
    () => dataset({ name: "toy", inputs: u8([0, 4]), targets: u8([0]) }),
    () => dataset({ name: "toy", inputs: u8([2, 0]), targets: u8([2], 0, 1) }),
    () => dataset({ name: "toy", inputs: u8([], 1), targets: u8([1], 0) }),
    () => dataset({ name: "toy", inputs: u8([2, 2], 1, 2, 3), targets: u8([2], 0, 1) }),
    () => dataset({ name: "toy", inputs: { ...inputs, dtype: "f32" } as ArrayData, targets }),
    () => dataset({ name: "toy", inputs: u8([-1, 2]), targets }),
    () => dataset({ name: "toy", inputs, targets: f32([3], 0, 1, 1), classNames }),
    () => dataset({ name: "toy", inputs, targets: f32([3, 2], 1, 0, 1, 0, 1, 0), classNames }),
    () =>
      dataset({
        name: "toy",
        inputs,
        targets,
        preprocessing: { kind: "standardize", mean: [1, 2, 3], std: [1, 1, 1] },
      }),
    () => checkLabels("toy", [0, 1, -1], 2),
    () => takeRows(dataset({ name: "toy", inputs, targets }), [0, 3]),
  ];
  expect(calls.map(messageOf)).toMatchInlineSnapshot(`
    [
      "UsageError: mnist: label of row 17 is 11: expected 0 to 9",
      "UsageError: prices: input of row 1, column 1 is NaN: expected a finite number",
      "UsageError: images: input of row 0, at [0, 1, 0] is -Infinity: expected a finite number",
      "UsageError: prices: target of row 1 is NaN: expected a finite number",
      "UsageError: toy: 3 rows of inputs, but 2 rows of targets
      inputs: u8[3, 1, 2]
      targets: u8[2]",
      "UsageError: toy: the data set is empty
      inputs: u8[0, 4]
      targets: u8[0]",
      "UsageError: toy: the rows are empty
      inputs: u8[2, 0]",
      "UsageError: toy: inputs must have an axis of rows
      inputs: u8[]",
      "UsageError: toy: inputs must hold 4 numbers of u8, got Uint8Array of 3
      inputs: u8[2, 2]",
      "UsageError: toy: inputs must hold 6 numbers of f32, got Uint8Array of 6
      inputs: f32[3, 1, 2]",
      "ShapeError: toy: inputs: a size must be a whole number of at least 0, got -1
      shape: [-1, 2]",
      "UsageError: toy: targets of 10 classes must be whole numbers [rows], or probabilities [rows, 10]
      targets: f32[3]",
      "UsageError: toy: targets of 10 classes must be whole numbers [rows], or probabilities [rows, 10]
      targets: f32[3, 2]",
      "UsageError: toy: standardizes 3 columns, the inputs have 2
      inputs: u8[3, 1, 2]",
      "UsageError: toy: label of row 2 is -1: expected 0 to 1",
      "UsageError: toy: row 3 does not exist: expected 0 to 2",
    ]
  `);
});

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String(error);
  }
  throw new Error("was accepted");
}

test("rows that do not exist cannot be cut or taken, nor none at all", () => {
  const ten = dataset({
    name: "ten",
    inputs: { dtype: "f32", shape: [10, 1], data: new Float32Array(10) },
    targets: { dtype: "u8", shape: [10], data: new Uint8Array(10) },
  });
  const messages = [
    () => sliceRows(ten, 5, 99),
    () => sliceRows(ten, 5, 3),
    () => sliceRows(ten, 3, 3),
    () => sliceRows(ten, -2, 3),
    () => sliceRows(ten, 0.5, 3),
    () => sliceRows(ten, 0, Number.NaN),
    () => takeRows(ten, []),
  ].map((call) => {
    try {
      return call();
    } catch (error) {
      return String(error);
    }
  });
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: ten: there are no rows 5 up to 99: expected whole numbers from 0 to 10, the second larger",
      "UsageError: ten: there are no rows 5 up to 3: expected whole numbers from 0 to 10, the second larger",
      "UsageError: ten: there are no rows 3 up to 3: expected whole numbers from 0 to 10, the second larger",
      "UsageError: ten: there are no rows -2 up to 3: expected whole numbers from 0 to 10, the second larger",
      "UsageError: ten: there are no rows 0.5 up to 3: expected whole numbers from 0 to 10, the second larger",
      "UsageError: ten: there are no rows 0 up to NaN: expected whole numbers from 0 to 10, the second larger",
      "UsageError: ten: a data set needs one row at least, got none",
    ]
  `);
  expect(sliceRows(ten, 0, 10).size).toBe(10);
});

test("nested arrays of numbers make a data set; whole numbers are class indices if there are classes", () => {
  const inputs = [
    [0, 0],
    [0, 1],
    [1, 0],
  ];
  const classes = dataset({ name: "xor", inputs, targets: [0, 1, 1], classNames: ["same", "different"] });
  expect([classes.inputs, classes.targets]).toEqual([
    { dtype: "f32", shape: [3, 2], data: Float32Array.of(0, 0, 0, 1, 1, 0) },
    { dtype: "i32", shape: [3], data: Int32Array.of(0, 1, 1) },
  ]);
  const values = dataset({ name: "sum", inputs, targets: [[0], [1], [1.5]] });
  expect(values.targets).toEqual({ dtype: "f32", shape: [3, 1], data: Float32Array.of(0, 1, 1.5) });
  const wrong = "two" as unknown as number[];
  expect(() => dataset({ name: "sum", inputs, targets: wrong })).toThrowErrorMatchingInlineSnapshot(
    `[UsageError: sum: targets must be nested arrays of numbers, or { dtype, shape, data }, got "two"]`,
  );
  expect(() => dataset({ name: "xor", inputs, targets: [0, 1, 0.5], classNames: ["a", "b"] })).toThrow(
    "must be whole numbers",
  );
});
