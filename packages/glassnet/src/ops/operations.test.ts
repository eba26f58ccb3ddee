import { describe, expect, test } from "vitest";
import { DTYPES, type DType } from "../core/dtype.ts";
import { formatType, type Shape } from "../core/shape.ts";
import { GraphBuilder } from "../ir/builder.ts";
import type { Value } from "../ir/graph.ts";
import { printGraph } from "../ir/print.ts";
import { infer } from "./all.ts";
import { Ops } from "./operations.ts";

const builder = new GraphBuilder(infer);
const b = new Ops(builder);
const x = (dtype: DType, ...shape: number[]): Value => builder.input({ dtype, shape }, dtype) as Value;
const typeOf = (value: Value) => formatType(value);

/** A table of the result's dtype for each pair of operands. */
function table(columns: readonly (DType | number)[], f: (a: Value, b: Value | number) => Value): string {
  const rows = DTYPES.map((row) => {
    const cells = columns.map((column) => f(x(row), typeof column === "number" ? column : x(column)).dtype.padEnd(10));
    return `${row.padEnd(10)}${cells.join("")}`.trimEnd();
  });
  return ["", `${" ".repeat(10)}${columns.map((c) => String(c).padEnd(10)).join("")}`.trimEnd(), ...rows, ""].join(
    "\n",
  );
}

describe("promotion", () => {
  test("of two tensors goes to the more general; two bools count as i32", () => {
    expect(table(DTYPES, (a, c) => b.add(a, c))).toMatchInlineSnapshot(`
      "
                bool      u8        i32       f32       f64
      bool      i32       u8        i32       f32       f64
      u8        u8        u8        i32       f32       f64
      i32       i32       i32       i32       f32       f64
      f32       f32       f32       f32       f32       f64
      f64       f64       f64       f64       f64       f64
      "
    `);
  });

  test("of a number adopts the tensor's dtype, unless it does not fit", () => {
    const numbers = [1, -1, 300, 0.5, 3e9, Number.POSITIVE_INFINITY];
    expect(table(numbers, (a, c) => b.add(a, c))).toMatchInlineSnapshot(`
      "
                1         -1        300       0.5       3000000000Infinity
      bool      i32       i32       i32       f32       f32       f32
      u8        u8        i32       i32       f32       f32       f32
      i32       i32       i32       i32       f32       f32       f32
      f32       f32       f32       f32       f32       f32       f32
      f64       f64       f64       f64       f64       f64       f64
      "
    `);
  });

  test("of quotients and powers goes to a float", () => {
    expect(table([...DTYPES, 2], (a, c) => b.div(a, c))).toMatchInlineSnapshot(`
      "
                bool      u8        i32       f32       f64       2
      bool      f32       f32       f32       f32       f64       f32
      u8        f32       f32       f32       f32       f64       f32
      i32       f32       f32       f32       f32       f64       f32
      f32       f32       f32       f32       f32       f64       f32
      f64       f64       f64       f64       f64       f64       f64
      "
    `);
    for (const dtype of DTYPES) expect(b.pow(x(dtype), 2).dtype).toBe(b.div(x(dtype), 2).dtype);
  });

  test("of the branches of where; bools stay bools", () => {
    expect(table([...DTYPES, 1], (a, c) => b.where(x("bool"), a, c))).toMatchInlineSnapshot(`
      "
                bool      u8        i32       f32       f64       1
      bool      bool      u8        i32       f32       f64       i32
      u8        u8        u8        i32       f32       f64       u8
      i32       i32       i32       i32       f32       f64       i32
      f32       f32       f32       f32       f32       f64       f32
      f64       f64       f64       f64       f64       f64       f64
      "
    `);
  });

  test("of one operand: what is no number becomes one, what is no float becomes f32", () => {
    const f = { neg: b.neg(x("u8")), abs: b.abs(x("u8")), sign: b.sign(x("bool")), exp: b.exp(x("i32")) };
    const g = { sum: b.sum(x("u8")), prod: b.prod(x("bool")), max: b.max(x("u8")), argmax: b.argmax(x("bool", 2)) };
    const h = { matmul: b.matmul(x("u8", 2, 3), x("i32", 3, 2)), not: b.not(x("f32")), floor: b.floor(x("f64")) };
    const dtypes = Object.entries({ ...f, ...g, ...h }).map(([name, { dtype }]) => `${name} ${dtype}`);
    expect(dtypes.join(", ")).toMatchInlineSnapshot(
      `"neg i32, abs u8, sign i32, exp f32, sum i32, prod i32, max u8, argmax i32, matmul f32, not bool, floor f64"`,
    );
  });

  test("of concat goes to the most general part", () => {
    expect(typeOf(b.concat([x("u8", 1), x("f32", 2), x("i32", 3)]))).toBe("f32[6]");
  });

  test("keeps a number exact: 16777217 with i32 is not rounded to f32", () => {
    const { inputs } = b.add(x("i32"), 16777217);
    expect(inputs[1]).toMatchObject({ prim: "constant", dtype: "i32", attrs: { data: Int32Array.of(16777217) } });
  });
});

describe("shorthand is resolved before a primitive sees it:", () => {
  const attrsOf = (value: Value) => value.attrs;

  test("axes", () => {
    const y = x("f32", 2, 3, 4);
    expect(attrsOf(b.sum(y))).toEqual({ axes: [0, 1, 2], keepDims: false });
    expect(attrsOf(b.sum(y, { axes: -1, keepDims: true }))).toEqual({ axes: [2], keepDims: true });
    expect(attrsOf(b.max(y, { axes: [-1, 0] }))).toEqual({ axes: [0, 2], keepDims: false });
    expect(attrsOf(b.argmax(y))).toEqual({ axis: 2, keepDims: false });
    expect(attrsOf(b.transpose(y))).toEqual({ perm: [2, 1, 0] });
    expect(attrsOf(b.transpose(y, [0, -1, 1]))).toEqual({ perm: [0, 2, 1] });
    expect(attrsOf(b.swapLast(y))).toEqual({ perm: [0, 2, 1] });
    expect(attrsOf(b.flip(y, -1))).toEqual({ axes: [2] });
    expect(attrsOf(b.concat([y, y], -2))).toEqual({ axis: 1 });
    expect(attrsOf(b.gather(y, x("i32"), -1))).toEqual({ axis: 2 });
    expect(attrsOf(b.argsort(y, { descending: true }))).toEqual({ axis: 2, descending: true });
  });

  test("sizes of -1", () => {
    expect(typeOf(b.reshape(x("f32", 2, 3, 4), [-1, 6]))).toBe("f32[4, 6]");
    expect(typeOf(b.reshape(x("f32", 0, 3), [-1, 3]))).toBe("f32[0, 3]");
  });

  test("bounds of slices", () => {
    const y = x("f32", 5, 6);
    expect(attrsOf(b.slice(y, [{ start: -2 }, { stop: -1, step: 2 }]))).toEqual({
      start: [3, 0],
      stop: [5, 5],
      step: [1, 2],
    });
    expect(attrsOf(b.slice(y, [{ start: -99, stop: 99, step: 3 }]))).toEqual({
      start: [0, 0],
      stop: [5, 6],
      step: [3, 1],
    });
    expect(typeOf(b.slice(y, [{ start: 4, stop: 2 }]))).toBe("f32[0, 6]");
  });

  test("windows", () => {
    const image = x("f32", 1, 1, 8, 8);
    const attrs = attrsOf(b.conv2d(image, x("f32", 1, 1, 3, 3), { stride: 2, padding: [1, 0], dilation: [1, 2] }));
    expect(attrs).toEqual({
      stride: [2, 2],
      padding: [
        [1, 1],
        [0, 0],
      ],
      dilation: [1, 2],
      groups: 1,
    });
    expect(
      attrsOf(
        b.maxPool(image, {
          kernel: [2, 4],
          padding: [
            [1, 0],
            [0, 1],
          ],
        }),
      ),
    ).toEqual({
      kernel: [2, 4],
      stride: [2, 4],
      padding: [
        [1, 0],
        [0, 1],
      ],
    });
  });

  test("vectors in products", () => {
    expect(typeOf(b.matmul(x("f32", 3), x("f32", 3, 2)))).toBe("f32[2]");
    expect(typeOf(b.matmul(x("f32", 2, 3), x("f32", 3)))).toBe("f32[2]");
    expect(typeOf(b.matmul(x("f32", 3), x("f32", 3)))).toBe("f32[]");
    expect(typeOf(b.matmul(x("f32", 5, 2, 3), x("f32", 3)))).toBe("f32[5, 2]");
  });

  test("indices of any whole dtype", () => {
    const { inputs } = b.gather(x("f32", 3), x("u8", 2));
    expect(inputs[1]).toMatchObject({ prim: "cast", dtype: "i32" });
  });
});

test("what changes nothing emits nothing", () => {
  const y = x("f32", 2, 3);
  expect(b.cast(y, "f32")).toBe(y);
  expect(b.reshape(y, [2, 3])).toBe(y);
  expect(b.transpose(y, [0, 1])).toBe(y);
  expect(b.broadcast(y, [2, 3])).toBe(y);
  expect(b.slice(y, [{ start: 0 }, undefined])).toBe(y);
  expect(b.pad(y, [0, 0], [0, 0])).toBe(y);
  expect(b.sumTo(y, [2, 3])).toBe(y);
});

test("sumTo undoes every stretch", () => {
  const shapes: [Shape, Shape][] = [
    [[4, 2, 3], [3]],
    [
      [4, 2, 3],
      [2, 1],
    ],
    [[4, 2, 3], []],
    [
      [0, 3],
      [1, 3],
    ],
    [[2, 1], [1]],
  ];
  const types = shapes.map(([from, to]) => typeOf(b.sumTo(x("f32", ...from), to)));
  expect(types).toEqual(["f32[3]", "f32[2, 1]", "f32[]", "f32[1, 3]", "f32[1]"]);
});

test("a filled tensor is one number, stretched", () => {
  const graph = printGraph({ inputs: [], outputs: [b.full([2, 2], 0.5, "f64"), b.full([], 7, "i32")] });
  expect(graph).toMatchInlineSnapshot(`
    "%0: f64[] = constant {data=[0.5]}
    %1: f64[2, 2] = broadcast %0
    %2: i32[] = constant {data=[7]}
    return %1, %2"
  `);
});

describe("what cannot be meant is refused:", () => {
  test("axes that do not exist or repeat", () => {
    const y = x("f32", 2, 3);
    expect(() => b.sum(y, { axes: 2 })).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: sum: axis 2 does not exist: expected -2 to 1]",
    );
    expect(() => b.sum(y, { axes: [1, -1] })).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: sum: axis 1 is given twice]",
    );
    expect(() => b.argmax(x("f32"))).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: argmax: axis -1 does not exist: a scalar has no axes]",
    );
    expect(() => b.swapLast(x("f32", 3))).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: swapLast: needs at least 2 axes, got 1]",
    );
    expect(() => b.transpose(y, [0, 0])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: transpose: perm must name each axis once, got [0, 0]
        x: f32[2, 3]]
    `);
    expect(() => b.concat([x("f32"), x("f32")])).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: concat: axis 0 does not exist: a scalar has no axes]",
    );
  });

  test("sizes that do not come out", () => {
    const y = x("f32", 2, 3);
    expect(() => b.reshape(y, [4, -1])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: reshape: no whole size fits in place of -1 in [4, -1]
        x: [2, 3]]
    `);
    expect(() => b.reshape(y, [-1, -1])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: reshape: a size must be a whole number of at least 0, got -6
        shape: [-6, -1]]
    `);
    expect(() => b.reshape(x("f32", 0), [0, -1])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: reshape: no whole size fits in place of -1 in [0, -1]
        x: [0]]
    `);
    expect(() => b.reshape(y, [5])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: reshape: 6 elements do not fill [5]
        x: f32[2, 3]]
    `);
  });

  test("more ranges than axes, steps backwards, positions between elements", () => {
    const y = x("f32", 4);
    expect(() => b.slice(y, [{}, {}])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: slice: 2 ranges for 1 axes
        x: [4]]
    `);
    expect(() => b.slice(y, [{ step: -1 }])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: slice: 0:4:-1 does not lie within axis 0 of size 4
        x: f32[4]]
    `);
    expect(() => b.slice(y, [{ start: 0.5 }])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: slice: 0.5:4:1 does not lie within axis 0 of size 4
        x: f32[4]]
    `);
    expect(() => b.slice(y, [{ stop: Number.NaN }])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: slice: 0:NaN:1 does not lie within axis 0 of size 4
        x: f32[4]]
    `);
  });

  test("an amount of padding for another rank", () => {
    expect(() => b.pad(x("f32", 4), [1, 1], [0])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: pad: needs one amount for each of 1 axes
        x: [4]
        low: [1, 1]
        high: [0]]
    `);
  });

  test("positions that are floats", () => {
    expect(() => b.gather(x("f32", 4), x("f32", 2))).toThrowErrorMatchingInlineSnapshot(`
      [DtypeError: gather: indices must be i32, got f32
        a: f32[4]
        b: f32[2]]
    `);
  });
});
