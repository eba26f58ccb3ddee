import { describe, expect, test } from "vitest";
import { arange, eye, fromArray, fromData, full, linspace, ones, scalar, tensor, zeros } from "./create.ts";
import type { NestedArray, Tensor } from "./tensor.ts";

const show = (x: Tensor): readonly unknown[] => [x.dtype, x.shape, Array.from(x.dataSync())];

describe("tensor", () => {
  test("takes numbers of any depth as f32, booleans as bool, and what else is asked for", () => {
    expect(show(tensor(5))).toEqual(["f32", [], [5]]);
    expect(
      show(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toEqual(["f32", [2, 2], [1, 2, 3, 4]]);
    expect(show(tensor([true, false]))).toEqual(["bool", [2], [1, 0]]);
    expect(show(tensor([true, 2]))).toEqual(["f32", [2], [1, 2]]);
    expect(show(tensor([1.9, -1.9, 3e9], { dtype: "i32" }))).toEqual(["i32", [3], [1, -1, 2147483647]]);
    expect(show(tensor([0.1], { dtype: "f64" }))).toEqual(["f64", [1], [0.1]]);
    expect(show(tensor([0, 3], { dtype: "bool" }))).toEqual(["bool", [2], [0, 1]]);
  });

  test("takes empty arrays", () => {
    expect(show(tensor([]))).toEqual(["f32", [0], []]);
    expect(show(tensor([[], []]))).toEqual(["f32", [2, 0], []]);
  });

  test("refuses ragged nesting and names the place", () => {
    expect(() => tensor([[1, 2], [3]])).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: tensor: ragged nesting: expected 2 elements at [1], got 1 elements]",
    );
    expect(() => tensor([[1, 2], 3])).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: tensor: ragged nesting: expected 2 elements at [1], got 3]",
    );
    expect(() => tensor([1, [2]])).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: tensor: ragged nesting: expected a number at [1], got 1 elements]",
    );
    expect(() => tensor([[[1]], [[[2]]]])).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: tensor: ragged nesting: expected a number at [1][0][0], got 1 elements]",
    );
    expect(() => tensor([1, "2"] as unknown as NestedArray)).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: tensor: ragged nesting: expected a number at [1], got 2]",
    );
    expect(() => tensor(undefined as unknown as NestedArray)).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: tensor: ragged nesting: expected a number at the top, got undefined]",
    );
  });
});

describe("fromData", () => {
  test("follows the array's dtype, or one that it can store", () => {
    expect(show(fromData(Uint8Array.of(7), [1]))).toEqual(["u8", [1], [7]]);
    expect(show(fromData(Int32Array.of(7), []))).toEqual(["i32", [], [7]]);
    expect(show(fromData(Float64Array.of(1, 2), [2, 1]))).toEqual(["f64", [2, 1], [1, 2]]);
    expect(show(fromData(new Float32Array(0), [0, 3]))).toEqual(["f32", [0, 3], []]);
  });

  test("makes any byte but 0 true", () => {
    const flags = fromData(Uint8Array.of(0, 1, 2, 255), [4], { dtype: "bool" });
    expect(show(flags)).toEqual(["bool", [4], [0, 1, 1, 1]]);
    expect(flags.eq(tensor([false, true, true, true])).toArraySync()).toEqual([true, true, true, true]);
  });

  test("copies the data and the shape", () => {
    const [data, shape] = [Float32Array.of(1, 2), [2]];
    const x = fromData(data, shape);
    data[0] = 9;
    shape[0] = 1;
    expect(show(x)).toEqual(["f32", [2], [1, 2]]);
  });

  test("refuses what does not fit", () => {
    expect(() => fromData(Float32Array.of(1, 2), [3])).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: fromData: 2 elements do not fill [3]]",
    );
    expect(() => fromData(Float32Array.of(1, 2), [2], { dtype: "f64" })).toThrowErrorMatchingInlineSnapshot(
      "[DtypeError: fromData: a Float32Array does not store f64]",
    );
    expect(() => fromData(new Float32Array(0), [-1])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: fromData: a size must be a whole number of at least 0, got -1
        shape: [-1]]
    `);
  });
});

test("fromArray takes the data over without a copy", () => {
  const data = Float32Array.of(1, 2);
  expect(fromArray({ dtype: "f32", shape: [2], data }).stored).toBe(data);
});

test("filled tensors", () => {
  expect(show(scalar(2.5))).toEqual(["f32", [], [2.5]]);
  expect(show(zeros([2]))).toEqual(["f32", [2], [0, 0]]);
  expect(show(ones([1, 2], { dtype: "u8" }))).toEqual(["u8", [1, 2], [1, 1]]);
  expect(show(full([2], -7.9, { dtype: "i32" }))).toEqual(["i32", [2], [-7, -7]]);
  expect(show(full([1], 5, { dtype: "bool" }))).toEqual(["bool", [1], [1]]);
  expect(show(eye(2, { dtype: "i32" }))).toEqual(["i32", [2, 2], [1, 0, 0, 1]]);
  expect(show(eye(0))).toEqual(["f32", [0, 0], []]);
  expect(() => zeros([1.5])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: full: a size must be a whole number of at least 0, got 1.5
      shape: [1.5]]
  `);
  expect(() => ones([2 ** 20, 2 ** 20])).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: full: a tensor has at most 2147483647 elements, got 1099511627776
      shape: [1048576, 1048576]]
  `);
  expect(() => eye(-1)).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: iota: a size must be a whole number of at least 0, got -1
      shape: [-1, -1]]
  `);
});

describe("ranges", () => {
  test("arange counts below stop, in i32 while all is whole", () => {
    expect(show(arange(0, 6, 2))).toEqual(["i32", [3], [0, 2, 4]]);
    expect(show(arange(3, 0, -1))).toEqual(["i32", [3], [3, 2, 1]]);
    expect(show(arange(0, 1, 0.25))).toEqual(["f32", [4], [0, 0.25, 0.5, 0.75]]);
    expect(show(arange(5, 0))).toEqual(["i32", [0], []]);
    expect(show(arange(0, 2, 1, { dtype: "f64" }))).toEqual(["f64", [2], [0, 1]]);
  });

  test("arange refuses steps that lead nowhere", () => {
    expect(() => arange(0, 5, 0)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: arange: no number of steps leads from 0 to 5 by 0]",
    );
    expect(() => arange(0, Number.POSITIVE_INFINITY)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: arange: no number of steps leads from 0 to Infinity by 1]",
    );
    expect(() => arange(0, Number.NaN)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: arange: no number of steps leads from 0 to NaN by 1]",
    );
  });

  test("linspace includes both ends", () => {
    expect(show(linspace(0, 1, 5))).toEqual(["f32", [5], [0, 0.25, 0.5, 0.75, 1]]);
    expect(show(linspace(2, 9, 1))).toEqual(["f32", [1], [2]]);
    expect(show(linspace(1, -1, 3, { dtype: "i32" }))).toEqual(["i32", [3], [1, 0, -1]]);
    expect(show(linspace(0, 1, 0))).toEqual(["f32", [0], []]);
    expect(() => linspace(0, 1, 2.5)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: linspace: a size must be a whole number of at least 0, got 2.5
        shape: [2.5]]
    `);
  });
});

test("a hole in an array is named, not skipped", () => {
  // biome-ignore lint/suspicious/noSparseArray: the fault under test
  expect(() => tensor([1, , 3] as unknown as NestedArray)).toThrowErrorMatchingInlineSnapshot(
    "[ShapeError: tensor: ragged nesting: expected a number at [1], got undefined]",
  );
  expect(() => tensor(new Array(3) as NestedArray)).toThrow("expected a number at [0], got undefined");
});

test("what is given away must be what it is called, and no tensor is larger than indices reach", () => {
  const short = { dtype: "f32", shape: [5], data: new Float32Array(2) } as const;
  expect(() => fromArray(short)).toThrowErrorMatchingInlineSnapshot(
    "[ShapeError: fromArray: f32[5] cannot be a Float32Array of 2]",
  );
  expect(() => arange(0, 3e9)).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: arange: a tensor has at most 2147483647 elements, got 3000000000
      shape: [3000000000]]
  `);
  expect(() => zeros([65536, 1]).add(zeros([1, 65536]))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: add: a tensor has at most 2147483647 elements, got 4294967296
      shape: [65536, 65536]]
  `);
});
