import { describe, expect, test } from "vitest";
import type { DType } from "../core/dtype.ts";
import { fromData, tensor } from "../tensor/create.ts";
import { keyOf } from "../tensor/random.ts";
import { type NestedArray, ops, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../testing/index.ts";
import * as composite from "./composite.ts";

/** @file Values, above all where the textbook formula fails. Gradients are checked in `test/gradients.test.ts`. */

const NAN = Number.NaN;
const INF = Number.POSITIVE_INFINITY;

const f64 = (values: NestedArray): Tensor => tensor(values, { dtype: "f64" });
const i32 = (values: NestedArray): Tensor => tensor(values, { dtype: "i32" });

/** Checks in f64 and, with the precision that it has, in f32. */
function expectValues(f: (x: Tensor) => Tensor, values: NestedArray, expected: NestedArray): void {
  expectClose(f(f64(values)), expected, { relative: 1e-15 * 8 });
  const rounded = tensor(expected); // what is not representable in f32 is rounded, overflows or underflows
  expectClose(f(tensor(values)), rounded, { relative: 2 ** -24 * 8, absolute: 1e-38 });
}

describe("no precision is lost near 0:", () => {
  const tiny = [1e-12, -1e-12, 1e-20, 0];

  test("log1p", () => {
    expectValues((x) => composite.log1p(ops, x), tiny, [1e-12 - 0.5e-24, -1e-12 - 0.5e-24, 1e-20, 0]);
    const points = [1e-5, 0.1, 0.5, 3, 1e5, 1e30, -0.5, -0.875];
    expectValues((x) => composite.log1p(ops, x), points.map(Math.fround), points.map(Math.fround).map(Math.log1p));
  });

  test("expm1", () => {
    expectValues((x) => composite.expm1(ops, x), tiny, [1e-12 + 0.5e-24, -1e-12 + 0.5e-24, 1e-20, 0]);
    const points = [1e-5, 0.25, -0.25, 0.99, -0.99, 1, -1, 1.01, 20, -20];
    expectValues((x) => composite.expm1(ops, x), points.map(Math.fround), points.map(Math.fround).map(Math.expm1));
  });

  test("softplus far below 0 is eˣ", () => {
    expectValues((x) => composite.softplus(ops, x), [-40, -80], [Math.exp(-40), Math.exp(-80)]);
  });

  test("elu", () => {
    expectValues((x) => composite.elu(ops, x), [-1e-12, 1e-12, -1e-20], [-1e-12 + 0.5e-24, 1e-12, -1e-20]);
  });
});

describe("at the ends of the range", () => {
  const ends = [1000, -1000, 1e30, -1e30, INF, -INF];

  test.each([
    ["sigmoid", composite.sigmoid, [1, 0, 1, 0, 1, 0]],
    ["softplus", composite.softplus, [1000, 0, 1e30, 0, INF, 0]],
    ["relu", composite.relu, [1000, 0, 1e30, 0, INF, 0]],
    ["elu", composite.elu, [1000, -1, 1e30, -1, INF, -1]],
    ["expm1", composite.expm1, [INF, -1, INF, -1, INF, -1]],
  ] as const)("%s has its limits", (_, f, expected) => {
    expectValues((x) => f(ops, x), ends, [...expected]);
  });

  test("log1p at −1 is −∞, below NaN, at ∞ ∞", () => {
    expectValues((x) => composite.log1p(ops, x), [-1, -2, INF, -INF], [-INF, NAN, INF, NAN]);
  });

  test("gelu and silu, which multiply by x, end at ±1e30", () => {
    const finite = ends.slice(0, 4);
    for (const f of [composite.silu, composite.gelu]) {
      expectValues((x) => f(ops, x), finite, [1000, 0, 1e30, 0]);
    }
    expectClose(composite.gelu(ops, f64([1000, -1000, 1e90]), "tanh"), [1000, 0, 1e90], 0);
  });

  test("NaN stays NaN", () => {
    const { log1p, expm1, sigmoid, softplus, relu, leakyRelu, elu, silu, gelu } = composite;
    for (const f of [log1p, expm1, sigmoid, softplus, relu, leakyRelu, elu, silu, gelu]) {
      expectValues((x) => f(ops, x), [NAN], [NAN]);
    }
  });
});

describe("sums of exponentials do not overflow:", () => {
  test("softmax of ±1e4", () => {
    expectValues((x) => composite.softmax(ops, x), [1e4, -1e4, 0], [1, 0, 0]);
    expectValues((x) => composite.softmax(ops, x), [-1e4, -1e4], [0.5, 0.5]);
    expectValues((x) => composite.softmax(ops, x), [-INF, 0, -INF, 0], [0, 0.5, 0, 0.5]);
  });

  test("logSoftmax of ±1e4 does not round to log 0", () => {
    expectValues((x) => composite.logSoftmax(ops, x), [1e4, -1e4, 0], [0, -2e4, -1e4]);
    expectValues((x) => composite.logSoftmax(ops, x), [-INF, 3], [-INF, 0]);
  });

  test("logSumExp of ±1e4 and of infinities", () => {
    const f = (x: Tensor) => composite.logSumExp(ops, x, { axes: -1 });
    const rows = [
      [1e4, 1e4],
      [-1e4, -1e4],
      [0, -INF],
      [-INF, -INF],
      [INF, 0],
      [INF, INF],
      [INF, -INF],
      [NAN, 0],
    ];
    expectValues(f, rows, [1e4 + Math.LN2, -1e4 + Math.LN2, 0, -INF, INF, INF, INF, NAN]);
  });

  test("over several axes, kept or not", () => {
    const x = f64([
      [
        [0, 1],
        [2, 3],
      ],
      [
        [-1e3, 1e3],
        [4, 5],
      ],
    ]);
    const sum = (values: number[]) => Math.log(values.reduce((total, y) => total + Math.exp(y), 0));
    expectClose(composite.logSumExp(ops, x, { axes: [0, 2] }), [1e3, sum([2, 3, 4, 5])], { relative: 1e-15 });
    expect(composite.logSumExp(ops, x, { axes: [0, 2], keepDims: true }).shape).toEqual([1, 2, 1]);
    expect(composite.logSumExp(ops, x).shape).toEqual([]);
  });

  test("over no elements: −∞, and an empty softmax", () => {
    expectValues((x) => composite.logSumExp(ops, x, { axes: 1 }), [[], []], [-INF, -INF]);
    expect(composite.softmax(ops, tensor([[], []])).shape).toEqual([2, 0]);
    expect(composite.logSoftmax(ops, tensor([[], []])).shape).toEqual([2, 0]);
  });
});

describe("norm", () => {
  const norm = (x: Tensor) => composite.norm(ops, x, { axes: -1 });

  test("of huge and tiny vectors neither overflows nor vanishes", () => {
    expectClose(
      norm(
        f64([
          [3e200, -4e200],
          [3e-200, 4e-200],
          [3e-320, 4e-320],
        ]),
      ),
      [5e200, 5e-200, 5e-320],
      {
        relative: 1e-3, // the last row has few bits left
      },
    );
    expectClose(
      norm(
        tensor([
          [3e30, -4e30],
          [3e-30, 4e-30],
        ]),
      ),
      tensor([5e30, 5e-30]),
      { relative: 1e-6 },
    );
  });

  test("of zeros, of nothing, of infinities and NaN", () => {
    expectValues(
      norm,
      [
        [0, 0],
        [-0, 0],
        [INF, 1],
        [-INF, INF],
        [NAN, 1],
      ],
      [0, 0, INF, INF, NAN],
    );
    expectValues(norm, [[], []], [0, 0]);
  });

  test("keeps axes if asked to", () => {
    const x = f64([
      [3, 4],
      [6, 8],
    ]);
    expectClose(composite.norm(ops, x, { axes: 1, keepDims: true }), [[5], [10]], 1e-15);
    expectClose(composite.norm(ops, x), Math.sqrt(125), 1e-15);
  });
});

describe("statistics", () => {
  test("of whole numbers are f32, of no numbers NaN", () => {
    expectClose(composite.mean(ops, i32([1, 2])), 1.5, 0);
    expect(composite.mean(ops, i32([1, 2])).dtype).toBe("f32");
    expectClose(composite.mean(ops, tensor([])), NAN, 0);
    expectClose(composite.variance(ops, tensor([])), NAN, 0);
  });

  test("of numbers far from 0 keep their spread", () => {
    expectClose(composite.variance(ops, f64([1e9 + 1, 1e9 + 2, 1e9 + 3])), 2 / 3, 1e-9);
    expectClose(composite.std(ops, f64([1e9 + 1, 1e9 + 3]), { correction: 1 }), Math.SQRT2, 1e-9);
  });

  test("of a sample of one are not defined", () => {
    expectClose(composite.variance(ops, f64([5]), { correction: 1 }), NAN, 0);
  });

  test("layerNorm of equal features is the shift, of huge ones finite", () => {
    const [scale, shift] = [f64([2, 2]), f64([1, -1])];
    expectClose(
      composite.layerNorm(
        ops,
        f64([
          [7, 7],
          [1e100, -1e100],
        ]),
        { scale, shift },
      ),
      [
        [1, -1],
        [3, -3],
      ],
      1e-12,
    );
    expectClose(composite.layerNorm(ops, f64([[0, 0]])), [[0, 0]], 0);
  });
});

describe("comparisons, rounding and clipping", () => {
  const values = f64([-1.5, 0, 2.5, NAN]);

  test("treat NaN as IEEE 754 does", () => {
    expect(composite.ne(ops, values, values).toArraySync()).toEqual([false, false, false, true]);
    expect(composite.gt(ops, values, 0).toArraySync()).toEqual([false, false, true, false]);
    expect(composite.ge(ops, values, 0).toArraySync()).toEqual([false, true, true, false]);
    expectClose(composite.ceil(ops, values), [-1, 0, 3, NAN], 0);
    expectClose(composite.clip(ops, values, -1, 1), [-1, 0, 1, NAN], 0);
    expectClose(composite.leakyRelu(ops, values, 0.1), [-0.15, 0, 2.5, NAN], 1e-15);
  });

  test("clip whole numbers by bounds that do not fit into them", () => {
    expectClose(composite.clip(ops, i32([-5, 5]), 0, 1e10), [0, 5], 0);
    expectClose(composite.clip(ops, i32([-5, 5]), 0, INF), [0, 5], 0);
  });

  test("square and reciprocal", () => {
    expectClose(composite.square(ops, i32([3, -4])), [9, 16], 0);
    expectClose(composite.reciprocal(ops, i32([4, 0])), [0.25, INF], 0);
  });
});

describe("structure", () => {
  test("oneHot of an index outside is all 0", () => {
    expect(composite.oneHot(ops, i32([1, 3, -1]), 3).toArraySync()).toEqual([
      [0, 1, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(composite.oneHot(ops, i32([[0], [1]]), 2, "bool").toArraySync()).toEqual([[[true, false]], [[false, true]]]);
  });

  test("stack and split are each other's inverse", () => {
    const [a, b] = [i32([1, 2]), i32([3, 4])];
    const stacked = composite.stack(ops, [a, b], -1);
    expect(stacked.toArraySync()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    const parts = composite.split(ops, stacked, 2, 1).map((part) => part.toArraySync());
    expect(parts).toEqual([
      [[1], [2]],
      [[3], [4]],
    ]);
    const uneven = composite.split(ops, i32([1, 2, 3]), [2, 0, 1]).map((part) => part.toArraySync());
    expect(uneven).toEqual([[1, 2], [], [3]]);
  });

  test("sort keeps equal elements in order and puts NaN last", () => {
    expectClose(composite.sort(ops, f64([3, NAN, -1, 3])), [-1, 3, 3, NAN], 0);
    expectClose(
      composite.sort(
        ops,
        f64([
          [3, 1],
          [2, 5],
        ]),
        { axis: 0, descending: true },
      ),
      [
        [3, 5],
        [2, 1],
      ],
      0,
    );
  });

  test("topK gives values and places, of nothing nothing", () => {
    const { values, indices } = composite.topK(
      ops,
      f64([
        [5, 9, 7],
        [1, 1, 0],
      ]),
      2,
    );
    expect([values.toArraySync(), indices.toArraySync()]).toEqual([
      [
        [9, 7],
        [1, 1],
      ],
      [
        [1, 2],
        [0, 1],
      ],
    ]);
    expect(composite.topK(ops, f64([1, 2]), 0).values.shape).toEqual([0]);
  });

  test("argmin takes the first of equals, NaN before all, and the least i32", () => {
    expect(composite.argmin(ops, f64([2, 1, 1])).itemSync()).toBe(1);
    expect(composite.argmin(ops, f64([2, NAN, 1])).itemSync()).toBe(1);
    expect(composite.argmin(ops, i32([0, -2147483648, 5])).itemSync()).toBe(1);
    expect(composite.argmin(ops, fromData(Uint8Array.of(3, 0, 255), [3])).itemSync()).toBe(1);
    expect(composite.argmin(ops, tensor([true, false, true])).itemSync()).toBe(1);
  });

  test("avgPool counts padding, or not", () => {
    const x = f64([
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ]);
    const options = { kernel: 2, stride: 1, padding: 1 } as const;
    expectClose(
      composite.avgPool(ops, x, options),
      [
        [
          [
            [0.25, 0.75, 0.5],
            [1, 2.5, 1.5],
            [0.75, 1.75, 1],
          ],
        ],
      ],
      0,
    );
    expectClose(
      composite.avgPool(ops, x, { ...options, countPadding: false }),
      [
        [
          [
            [1, 1.5, 2],
            [2, 2.5, 3],
            [3, 3.5, 4],
          ],
        ],
      ],
      0,
    );
  });
});

describe("uniform random numbers", () => {
  test.each(["f32", "f64"] as const)("in %s fill [0, 1) evenly and differ by stream", (dtype) => {
    const { words } = keyOf(7, 0);
    const draw = (stream: number) =>
      Float64Array.from(composite.randomUniform(ops, words, [10_000], stream, dtype).dataSync());
    const values = draw(0);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(values.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
    expect(new Set(values).size).toBeGreaterThan(9_990);
    expect(draw(1)).not.toEqual(values);
    expect(draw(0)).toEqual(values);
  });
});

describe("dtypes", () => {
  test.each(["bool", "u8", "i32", "f32", "f64"] as const)("of compositions of %s", (dtype: DType) => {
    const x = tensor(
      [
        [1, 0],
        [1, 1],
      ],
      { dtype },
    );
    const { sigmoid, softplus, silu, gelu, softmax, logSoftmax, layerNorm, log1p, expm1 } = composite;
    const float = dtype === "f64" ? "f64" : "f32";
    for (const f of [sigmoid, softplus, silu, gelu, softmax, logSoftmax, layerNorm, log1p, expm1]) {
      expect(f(ops, x).dtype).toBe(float);
      expect(Array.from(f(ops, x).dataSync()).every(Number.isFinite)).toBe(true);
    }
    for (const f of [composite.mean, composite.variance, composite.norm, composite.logSumExp]) {
      expect(f(ops, x).dtype).toBe(float);
    }
  });
});

describe("what does not fit is refused:", () => {
  test("by layerNorm", () => {
    const x = tensor([[1, 2, 3]]);
    const scale = tensor([1, 2]);
    expect(() => composite.layerNorm(ops, x, { scale })).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: layerNorm: scale must be [3], one number a feature
        x: [1, 3]
        scale: [2]]
    `);
    expect(() => composite.layerNorm(ops, tensor(1))).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: sum: axis -1 does not exist: a scalar has no axes]",
    );
  });

  test("by stack and split", () => {
    expect(() => composite.stack(ops, [])).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: stack: needs at least one tensor]",
    );
    expect(() => composite.stack(ops, [tensor([1]), tensor([1, 2])])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: stack: tensors must have one shape
        first: [1]
        other: [2]]
    `);
    expect(() => composite.stack(ops, [tensor([1])], 2)).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: stack: axis 2 does not exist: expected -2 to 1]",
    );
    expect(() => composite.split(ops, tensor([1, 2, 3]), 2)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: split: axis 0 of size 3 does not split into 2
        x: [3]]
    `);
    expect(() => composite.split(ops, tensor([1, 2, 3]), [1, 1])).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: split: axis 0 of size 3 does not split into [1, 1]
        x: [3]]
    `);
    expect(() => composite.split(ops, tensor([1, 2, 3]), 0)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: split: axis 0 of size 3 does not split into 0
        x: [3]]
    `);
  });

  test("by topK", () => {
    expect(() => composite.topK(ops, tensor([1, 2]), 3)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: topK: k must be 0 to 2, got 3
        x: [2]]
    `);
    expect(() => composite.topK(ops, tensor([1, 2]), 0.5)).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: topK: k must be 0 to 2, got 0.5
        x: [2]]
    `);
  });

  test("by softmax", () => {
    expect(() => composite.softmax(ops, tensor([1, 2]), 1)).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: max: axis 1 does not exist: expected -1 to 0]",
    );
    expect(() => composite.softmax(ops, tensor(1))).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: max: axis -1 does not exist: a scalar has no axes]",
    );
  });
});
