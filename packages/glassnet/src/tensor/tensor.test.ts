import { describe, expect, test } from "vitest";
import type { GlassnetError } from "../core/errors.ts";
import { computeSync } from "./compute.ts";
import { arange, fromData, scalar, tensor, zeros } from "./create.ts";
import * as functions from "./functions.ts";
import { Tensor } from "./tensor.ts";
import { Param } from "./variable.ts";

const matrix = () =>
  tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);

describe("a tensor is lazy:", () => {
  test("an operation computes nothing, and reading keeps the value and drops the operands", async () => {
    const a = matrix();
    const b = a.mul(2).add(1);
    expect([b.stored, b.inputs.length, b.prim]).toEqual([undefined, 2, "add"]);
    expect(await b.data()).toEqual(Float32Array.of(3, 5, 7, 9, 11, 13));
    expect([b.inputs, b.prim, b.attrs]).toEqual([[], undefined, {}]);
    expect(b.stored).toBe(b.stored);
  });

  test("what was read once is not computed again", () => {
    const a = matrix().exp();
    const first = a.dataSync();
    const kept = a.stored;
    expect(a.dataSync()).toEqual(first);
    expect(a.stored).toBe(kept);
  });

  test("what is on the way stays pending", () => {
    const inner = matrix().exp();
    inner.sum().itemSync();
    expect(inner.stored).toBeUndefined();
  });

  test("a copy is handed out, so nobody can change a value", async () => {
    const a = matrix();
    a.dataSync()[0] = 99;
    (await a.data())[1] = 99;
    expect(a.toArraySync()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });
});

describe("reading", () => {
  test("gives typed arrays, nested arrays and single numbers, each also at once", async () => {
    const a = matrix().mul(2);
    expect(await a.toArray()).toEqual([
      [2, 4, 6],
      [8, 10, 12],
    ]);
    expect(a.toArraySync()).toEqual([
      [2, 4, 6],
      [8, 10, 12],
    ]);
    expect(await a.sum().item()).toBe(42);
    expect(a.max().itemSync()).toBe(12);
    expect(await scalar(3).toArray()).toBe(3);
    expect(a.eq(4).toArraySync()).toEqual([
      [false, true, false],
      [false, false, false],
    ]);
    expect(zeros([2, 0, 3]).toArraySync()).toEqual([[], []]);
    expect([a.rank, a.size, scalar(1).rank, scalar(1).size, zeros([2, 0]).size]).toEqual([2, 6, 0, 1, 0]);
  });

  test("asks for a single number only of a single number", async () => {
    expect(() => matrix().itemSync()).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: item: needs exactly one element, got 6
        x: f32[2, 3]
        help: use data() or toArray()]
    `);
    await expect(matrix().item()).rejects.toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: item: needs exactly one element, got 6
        x: f32[2, 3]
        help: use data() or toArray()]
    `);
    expect(tensor([[7]]).itemSync()).toBe(7);
  });
});

describe("printing never computes:", () => {
  test("a pending tensor prints its type", () => {
    const a = matrix().exp();
    expect(String(a)).toMatchInlineSnapshot(`"f32[2, 3] (not computed)"`);
    expect(a.stored).toBeUndefined();
  });

  test("a known one prints its elements", () => {
    const a = matrix().mul(0.5);
    a.dataSync();
    expect(String(a)).toMatchInlineSnapshot(`
      "[[0.5, 1. , 1.5],
       [2. , 2.5, 3. ]]"
    `);
    expect(String(tensor([true, false]))).toMatchInlineSnapshot(`"[ true, false]"`);
  });

  test("consoles print the same", () => {
    const inspect = Symbol.for("nodejs.util.inspect.custom");
    const a = matrix();
    expect((a as unknown as Record<symbol, () => string>)[inspect]!()).toBe(String(a));
  });
});

describe("at", () => {
  const a = tensor(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    { dtype: "i32" },
  );

  test("picks a position and drops its axis; negative ones count from the end", () => {
    expect(a.at(1).toArraySync()).toEqual([4, 5, 6]);
    expect(a.at(-1, -3).toArraySync()).toBe(4);
    expect(a.at(undefined, 1).toArraySync()).toEqual([2, 5]);
  });

  test("cuts ranges and keeps their axes", () => {
    expect(a.at({ start: 1 }).toArraySync()).toEqual([[4, 5, 6]]);
    expect(a.at({}, { stop: -1 }).toArraySync()).toEqual([
      [1, 2],
      [4, 5],
    ]);
    expect(a.at(0, { step: 2 }).toArraySync()).toEqual([1, 3]);
    expect(a.at({ start: 5 }).shape).toEqual([0, 3]);
    expect(a.at().toArraySync()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  test("refuses positions that do not exist", () => {
    expect(() => a.at(2)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: at: position 2 does not exist on axis 0 of size 2
        x: i32[2, 3]]
    `);
    expect(() => a.at(0, -4)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: at: position -4 does not exist on axis 1 of size 3
        x: i32[2, 3]]
    `);
    expect(() => a.at(0.5)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: at: position 0.5 does not exist on axis 0 of size 2
        x: i32[2, 3]]
    `);
    expect(() => a.at(Number.NaN)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: at: position NaN does not exist on axis 0 of size 2
        x: i32[2, 3]]
    `);
    expect(() => a.at(0, 0, 0)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: at: 3 indices for 2 axes
        x: i32[2, 3]]
    `);
    expect(() => a.at({}, {}, {})).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: at: 3 indices for 2 axes
        x: i32[2, 3]]
    `);
    expect(() => a.at({ step: 0 })).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: slice: 0:2:0 does not lie within axis 0 of size 2
        x: i32[2, 3]]
    `);
    expect(() => zeros([0]).at(0)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: at: position 0 does not exist on axis 0 of size 0
        x: f32[0]]
    `);
  });
});

describe("operands", () => {
  test("that are numbers adopt the tensor's dtype", () => {
    const dtypes = [
      tensor([1], { dtype: "u8" }),
      tensor([1], { dtype: "i32" }),
      tensor([1]),
      tensor([1], { dtype: "f64" }),
    ];
    expect(dtypes.map((x) => x.add(2).dtype)).toEqual(["u8", "i32", "f32", "f64"]);
    expect(dtypes.map((x) => x.mul(0.5).dtype)).toEqual(["f32", "f32", "f32", "f64"]);
    expect(tensor([0.1], { dtype: "f64" }).mul(0.1).itemSync()).toBe(0.1 * 0.1);
    expect(
      arange(0, 3)
        .sub(2 ** 40)
        .dataSync(),
    ).toEqual(Float32Array.of(-(2 ** 40), -(2 ** 40), -(2 ** 40)));
  });

  test("may be variables, which give their present value", () => {
    const w = new Param(tensor([1, 2]));
    const sum = tensor([10, 20]).add(w);
    w.assign(tensor([5, 5]));
    expect(sum.toArraySync()).toEqual([11, 22]);
    expect(functions.add(w, 1).toArraySync()).toEqual([6, 6]);
    expect(
      tensor([[1, 1]])
        .matmul(w)
        .toArraySync(),
    ).toEqual([10]);
  });

  test("are the same for methods and functions", () => {
    const x = tensor([
      [0.5, -1.5],
      [2.5, 3],
    ]);
    const y = tensor([2, 3]);
    const byName: Readonly<Record<string, unknown>> = { ...functions };
    const names = Object.getOwnPropertyNames(Tensor.prototype).filter((name) => Object.hasOwn(byName, name));
    expect(names.length).toBeGreaterThan(30);
    const argumentsOf: Partial<Record<string, readonly unknown[]>> = {
      matmul: [y],
      reshape: [[4]],
      broadcastTo: [[2, 2, 2]],
    };
    const binary = ["add", "sub", "mul", "div", "pow", "maximum", "minimum", "eq", "ne", "lt", "le", "gt", "ge"];
    for (const name of names) {
      const rest = argumentsOf[name] ?? (binary.includes(name) ? [y] : []);
      const byMethod = (x as unknown as Record<string, (...args: unknown[]) => Tensor>)[name]!(...rest);
      const byFunction = (byName[name] as (...args: unknown[]) => Tensor)(x, ...rest);
      expect([name, byMethod.dtype, byMethod.toArraySync()]).toEqual([
        name,
        byFunction.dtype,
        byFunction.toArraySync(),
      ]);
    }
  });
});

test("the remaining methods", () => {
  const x = matrix();
  expect(x.slice([undefined, { stop: 1 }]).toArraySync()).toEqual([[1], [4]]);
  expect(x.cast("u8").dtype).toBe("u8");
  expect(x.variance({ axes: 1 }).toArraySync()).toEqual([Math.fround(2 / 3), Math.fround(2 / 3)]);
  expect(x.transpose().shape).toEqual([3, 2]);
});

describe("indices that are known are checked, and the error names the row:", () => {
  const x = matrix();
  const labels = (...values: number[]) => tensor(values, { dtype: "i32" });

  test("by gather, gatherElements and scatterAdd", () => {
    expect(() => functions.gather(x, labels(0, 1, 2))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: gather: index 2 at position 2: expected 0 to 1
        indices: i32[3]]
    `);
    expect(() => functions.gather(x, labels(-1), 1)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: gather: index -1 at position 0: expected 0 to 2
        indices: i32[1]]
    `);
    expect(() => functions.gatherElements(x, tensor([[0], [3]], { dtype: "i32" }))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: gatherElements: index 3 at position 1: expected 0 to 2
        indices: i32[2, 1]]
    `);
    expect(() => functions.scatterAdd(x, labels(5), zeros([1, 3]))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: scatterAdd: index 5 at position 0: expected 0 to 1
        indices: i32[1]]
    `);
  });

  test("computed ones are clamped", () => {
    expect(functions.gather(x, labels(1).add(7)).toArraySync()).toEqual([[4, 5, 6]]);
  });

  test("an axis that does not exist is named first", () => {
    expect(() => functions.gather(x, labels(0), 2)).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: gather: axis 2 does not exist: expected -2 to 1]",
    );
  });
});

describe("errors of operations", () => {
  test("name operation and operands, and carry a code", () => {
    const failures = [
      () => matrix().matmul(matrix()),
      () => matrix().add(tensor([1, 2])),
      () => matrix().reshape([4]),
      () => matrix().sum({ axes: 5 }),
      () => functions.concat([matrix(), tensor([[1]])]),
    ].map((fail) => {
      try {
        fail();
      } catch (error) {
        const { name, code, message } = error as GlassnetError;
        return `${name} (${code}): ${message}`;
      }
      throw new Error("nothing was thrown");
    });
    expect(failures.join("\n")).toMatchInlineSnapshot(`
      "ShapeError (shape-mismatch): matmul: inner sizes differ: 3 and 2
        a: f32[2, 3]
        b: f32[2, 3]
      ShapeError (shape-mismatch): add: shapes do not broadcast: 3 and 2 at axis -1
        a: f32[2, 3]
        b: f32[2]
      ShapeError (shape-mismatch): reshape: 6 elements do not fill [4]
        x: f32[2, 3]
      ShapeError (invalid-axis): sum: axis 5 does not exist: expected -2 to 1
      ShapeError (shape-mismatch): concat: sizes must agree on every axis but 0
        a: f32[2, 3]
        b: f32[1, 1]"
    `);
  });
});

test("values are given away only as copies: a tensor keeps no view of what it was made from", () => {
  const data = Float32Array.of(1, 2);
  const a = fromData(data, [2]);
  data[0] = 9;
  computeSync([a]);
  expect(a.toArraySync()).toEqual([1, 2]);
});
