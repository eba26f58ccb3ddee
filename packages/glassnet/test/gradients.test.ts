import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gradients } from "../src/autodiff/gradients.ts";
import { type Vjp, vjp } from "../src/autodiff/vjp.ts";
import type { ArrayData } from "../src/core/array.ts";
import { isFloat } from "../src/core/dtype.ts";
import { Rng } from "../src/core/random.ts";
import { type Shape, sizeOf, stridesOf, type TensorType } from "../src/core/shape.ts";
import { GraphBuilder } from "../src/ir/builder.ts";
import type { Value } from "../src/ir/graph.ts";
import type { PrimName } from "../src/ir/prim.ts";
import { infer } from "../src/ops/all.ts";
import * as composite from "../src/ops/composite.ts";
import { Ops } from "../src/ops/operations.ts";
import { scalar, tensor } from "../src/tensor/create.ts";
import { grad, valueAndGrad } from "../src/tensor/grad.ts";
import { ops, type Tensor } from "../src/tensor/tensor.ts";
import { graphFunction } from "../src/testing/graph-function.ts";
import { expectClose, expectGraphGradient, GradientError, type GraphFunction } from "../src/testing/index.ts";
import { type AnySample, allSamples, samplesOf } from "./samples.ts";

const primitive =
  ({ prim, attrs }: Pick<AnySample, "prim" | "attrs">): GraphFunction =>
  (inputs, _, builder) =>
    builder.emit(prim, inputs as never, attrs as never);

/** Primitives through which no gradient flows, on purpose. */
const noGradient: readonly PrimName[] = [
  "input",
  "constant",
  "iota",
  "randomBits",
  "sign",
  "floor",
  "not",
  "stopGradient",
  "eq",
  "lt",
  "le",
  "and",
  "or",
  "argmax",
  "argmaxPool",
  "argsort",
];

/** Operands that choose rather than count, so that they have no gradient. */
const choosers: { readonly [P in PrimName]?: readonly number[] } = {
  where: [0],
  gather: [1],
  scatterAdd: [1],
  gatherElements: [1],
  scatterAddElements: [1],
  dynamicSlice: [1],
  dynamicUpdateSlice: [2],
};

const checked = allSamples().filter(({ gradient }) => gradient !== false);
const exempt = allSamples().filter(({ gradient }) => gradient === false);

describe("every primitive has the right gradient, and that the right gradient", () => {
  test.each(checked)("$prim: $title", (sample) => {
    for (const seed of [0, 1, 2]) {
      const order = sample.gradient === "first" ? 1 : 2;
      expectGraphGradient(primitive(sample), sample.inputs, { name: sample.prim, order, seed, directions: 2 });
    }
  });

  test("a sample is exempt only for a reason, and only where the check would fail", () => {
    // Data that is not finite cannot be moved, whatever the check would say.
    const movable = exempt.filter(({ prim, inputs, attrs }) => {
      const floats = inputs.filter(({ dtype }) => isFloat(dtype));
      const result = infer(prim, inputs as never, attrs as never);
      return floats.length > 0 && isFloat(result.dtype) && floats.every(({ data }) => data.every(Number.isFinite));
    });
    const passing = movable.filter((sample) => {
      try {
        expectGraphGradient(primitive(sample), sample.inputs);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(GradientError);
        return false;
      }
    });
    expect(passing.map(({ prim, title }) => `${prim}: ${title}`)).toEqual([]);
    expect(exempt.filter(({ reason }) => !reason)).toEqual([]);
  });
});

describe("operands get a gradient, or null where there is none on purpose", () => {
  test.each(Object.keys(vjp) as PrimName[])("%s", (prim) => {
    const sample = samplesOf(prim)[0]!;
    const builder = new GraphBuilder(infer);
    const inputs = sample.inputs.map((type, i) => builder.input(type, `x${i}`));
    const node = builder.emit(prim, inputs as never, sample.attrs as never);
    const g = builder.input({ dtype: "f32", shape: node.shape }, "g");
    const rule = vjp[prim] as unknown as Vjp<"concat">;
    const flowing = rule(new Ops(builder), g, node as never);
    const withNull = flowing.flatMap((into, i) => (into === null ? [i] : []));
    expect(flowing).toHaveLength(inputs.length);
    expect(withNull).toEqual(noGradient.includes(prim) ? [...inputs.keys()] : (choosers[prim] ?? []));
  });
});

// Random shapes

const runs = (numRuns: number) => ({ numRuns, seed: 20250701 });
const normal = (shape: Shape, seed: number) => Rng.seeded(seed).normal(shape, 0, 1, "f64");
const positive = (shape: Shape, seed: number) => Rng.seeded(seed).uniform(shape, 0.5, 2, "f64");

/** Different numbers, at least 0.5 apart from each other, `offset` apart from whole numbers. */
function distinct(shape: Shape, seed: number, offset = 0): ArrayData {
  const order = Rng.seeded(seed).permutation(sizeOf(shape));
  return { dtype: "f64", shape, data: Float64Array.from(order, (i) => i - order.length / 2 + offset) };
}

const integers = (shape: Shape, low: number, high: number, seed: number): ArrayData<"f64"> => {
  const { data } = Rng.seeded(seed).integers(shape, low, high);
  return { dtype: "f64", shape, data: Float64Array.from(data) };
};

const i32 = (values: readonly number[], shape: Shape = [values.length]): ArrayData => ({
  dtype: "i32",
  shape,
  data: Int32Array.from(values),
});

const size = (min = 0, max = 3) => fc.integer({ min, max });
const shapes = (min = 0, max = 3) => fc.array(size(0, 3), { minLength: min, maxLength: max });
const seeds = fc.nat(1000);

/** Two shapes that broadcast: leading axes dropped and sizes replaced by 1, at random. */
const broadcasting = (maxRank = 3) =>
  fc
    .record({
      full: shapes(0, maxRank),
      drop: fc.tuple(fc.nat(3), fc.nat(3)),
      ones: fc.tuple(
        fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
        fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      ),
    })
    .map(({ full, drop, ones }) => {
      const part = (which: 0 | 1) => full.map((n, i) => (ones[which][i] ? 1 : n)).slice(drop[which]);
      return [part(0), part(1)] as const;
    });

describe("gradients are right for random shapes:", () => {
  const binary = {
    add: [normal, normal],
    sub: [normal, normal],
    mul: [normal, normal],
    div: [normal, positive],
    pow: [positive, normal],
    maximum: [distinct, (shape: Shape, seed: number) => distinct(shape, seed, 0.25)],
    minimum: [distinct, (shape: Shape, seed: number) => distinct(shape, seed, 0.25)],
    mod: [(shape: Shape, seed: number) => distinct(shape, seed, 0.25), (shape: Shape) => integers(shape, 1, 2, 0)],
  } as const;

  test.each(Object.keys(binary) as (keyof typeof binary)[])("%s, broadcast", (prim) => {
    const [left, right] = binary[prim];
    fc.assert(
      fc.property(broadcasting(), seeds, ([a, b], seed) => {
        expectGraphGradient(([x, y], ops) => ops[prim](x!, y!), [left(a, seed), right(b, seed + 1)], { directions: 1 });
      }),
      runs(60),
    );
  });

  test("where, broadcast three ways", () => {
    fc.assert(
      fc.property(broadcasting(), seeds, ([a, b], seed) => {
        const condition: ArrayData = { dtype: "bool", shape: b, data: Uint8Array.from(integers(b, 0, 2, seed).data) };
        const f: GraphFunction = ([c, x, y], ops) => ops.where(c!, x!, y!);
        expectGraphGradient(f, [condition, normal(a, seed), normal([], seed + 1)], { directions: 1 });
        expectGraphGradient(f, [condition, normal(b, seed), normal(a, seed + 1)], { directions: 1 });
      }),
      runs(60),
    );
  });

  test("matmul with batches that broadcast", () => {
    fc.assert(
      fc.property(broadcasting(2), fc.tuple(size(), size(), size()), seeds, ([a, b], [m, k, n], seed) => {
        const inputs = [normal([...a, m, k], seed), normal([...b, k, n], seed + 1)];
        expectGraphGradient(([x, y], ops) => ops.matmul(x!, y!), inputs, { directions: 1 });
      }),
      runs(60),
    );
  });

  const window = fc.record({
    size: size(1, 6),
    kernel: size(1, 3),
    stride: size(1, 3),
    pad: fc.tuple(size(0, 2), size(0, 2)),
  });

  test("conv2d with stride, padding, dilation and groups", () => {
    const axis = fc.record({ of: window, dilation: size(1, 2) });
    fc.assert(
      fc.property(axis, axis, size(0, 2), size(1, 2), size(1, 2), size(1, 2), seeds, (h, w, n, groups, i, o, seed) => {
        const fits = ({ of, dilation }: typeof h) => (of.kernel - 1) * dilation + 1 <= of.size + of.pad[0] + of.pad[1];
        fc.pre(fits(h) && fits(w));
        const inputs = [
          normal([n, i * groups, h.of.size, w.of.size], seed),
          normal([o * groups, i, h.of.kernel, w.of.kernel], seed + 1),
        ];
        const options = {
          stride: [h.of.stride, w.of.stride],
          padding: [h.of.pad, w.of.pad],
          dilation: [h.dilation, w.dilation],
          groups,
        } as const;
        expectGraphGradient(([x, kernel], b) => b.conv2d(x!, kernel!, options), inputs, { directions: 1, order: 3 });
      }),
      runs(60),
    );
  });

  test("maxPool, sumPool and both forms of avgPool", () => {
    fc.assert(
      fc.property(window, window, size(0, 2), size(1, 2), seeds, (h, w, n, c, seed) => {
        const padding = [h, w].map(({ pad, kernel }) => pad.map((p) => Math.min(p, kernel - 1)));
        const fits = [h, w].every((of, i) => of.kernel <= of.size + padding[i]![0]! + padding[i]![1]!);
        fc.pre(fits);
        const options = {
          kernel: [h.kernel, w.kernel],
          stride: [h.stride, w.stride],
          padding: padding as [[number, number], [number, number]],
        } as const;
        const x = distinct([n, c, h.size, w.size], seed, 0.25);
        expectGraphGradient(([y], b) => [b.maxPool(y!, options), b.sumPool(y!, options)], [x], { directions: 1 });
        // A window that lies in the padding alone has no elements to count, so its mean is not a number.
        const covered = [h, w].every((of, i) => padding[i]!.every((p) => p < of.kernel) && of.kernel <= of.size);
        const forms: GraphFunction = ([y], b) =>
          [true, false].map((countPadding) => composite.avgPool(b, y!, { ...options, countPadding }));
        if (covered) expectGraphGradient(forms, [x], { directions: 1 });
      }),
      runs(60),
    );
  });

  const axisCut = fc.tuple(size(0, 5), fc.nat(5), fc.nat(5), size(1, 3));

  test("slice with steps", () => {
    fc.assert(
      fc.property(fc.array(axisCut, { maxLength: 3 }), seeds, (cuts, seed) => {
        const ranges = cuts.map(([, start, stop, step]) => ({ start, stop, step }));
        const x = normal(
          cuts.map(([n]) => n),
          seed,
        );
        expectGraphGradient(([y], b) => b.slice(y!, ranges), [x], { directions: 1 });
      }),
      runs(60),
    );
  });

  test("pad before, after and between", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(size(), size(0, 2), size(0, 2), size(0, 2)), { maxLength: 3 }),
        seeds,
        (axes, seed) => {
          const x = normal(
            axes.map(([n]) => n),
            seed,
          );
          const [low, high, interior] = [1, 2, 3].map((i) => axes.map((axis) => axis[i]!)) as [
            number[],
            number[],
            number[],
          ];
          expectGraphGradient(([y], b) => b.pad(y!, low, high, { interior, value: 2 }), [x], { directions: 1 });
        },
      ),
      runs(60),
    );
  });

  test("sum, prod, max and min over any axes", () => {
    fc.assert(
      fc.property(shapes(), fc.array(fc.nat(2)), fc.boolean(), seeds, (shape, picked, keepDims, seed) => {
        const axes = [...new Set(picked.filter((axis) => axis < shape.length))];
        const options = { axes, keepDims };
        const f: GraphFunction = ([x], b) => [b.sum(x!, options), b.prod(b.mul(x!, 0.3), options)];
        expectGraphGradient(f, [distinct(shape, seed, 0.25)], { directions: 1 });
        if (sizeOf(shape) === 0) return;
        const extremes: GraphFunction = ([x], b) => [b.max(x!, options), b.min(x!, options)];
        expectGraphGradient(extremes, [distinct(shape, seed)], { directions: 1 });
      }),
      runs(60),
    );
  });

  test("transpose, reshape, flip and broadcast", () => {
    fc.assert(
      fc.property(shapes(1), fc.array(fc.nat(2)), size(0, 2), seeds, (shape, picked, lead, seed) => {
        const axes = [...new Set(picked.filter((axis) => axis < shape.length))];
        const perm = [...Rng.seeded(seed).permutation(shape.length)];
        const f: GraphFunction = ([x], b) => [
          b.transpose(x!, perm),
          b.reshape(x!, [sizeOf(shape)]),
          b.flip(x!, axes),
          b.broadcast(x!, [lead, ...shape]),
        ];
        expectGraphGradient(f, [normal(shape, seed)], { directions: 1 });
      }),
      runs(60),
    );
  });

  test("concat along any axis", () => {
    fc.assert(
      fc.property(
        shapes(1),
        fc.nat(2),
        fc.array(size(), { minLength: 1, maxLength: 3 }),
        seeds,
        (shape, at, parts, seed) => {
          const axis = at % shape.length;
          const inputs = parts.map((n, i) => normal(shape.with(axis, n), seed + i));
          expectGraphGradient((xs, b) => b.concat(xs, axis), inputs, { directions: 1 });
        },
      ),
      runs(40),
    );
  });

  test("gather and scatterAdd with indices that repeat", () => {
    const cases = fc.tuple(fc.array(size(1, 3), { minLength: 1, maxLength: 3 }), fc.nat(2), shapes(0, 2), seeds);
    fc.assert(
      fc.property(cases, ([shape, at, indexShape, seed]) => {
        const axis = at % shape.length;
        const indices = i32([...integers(indexShape, 0, shape[axis]!, seed).data], indexShape);
        const updates = normal([...shape.slice(0, axis), ...indexShape, ...shape.slice(axis + 1)], seed);
        const inputs = [normal(shape, seed), indices, updates];
        expectGraphGradient(([x, at, u], b) => [b.gather(x!, at!, axis), b.scatterAdd(x!, at!, u!, axis)], inputs, {
          directions: 1,
        });
      }),
      runs(60),
    );
  });

  test("gatherElements and scatterAddElements with indices that repeat", () => {
    const cases = fc.tuple(fc.array(size(1, 3), { minLength: 1, maxLength: 3 }), fc.nat(2), size(0, 4), seeds);
    fc.assert(
      fc.property(cases, ([shape, at, n, seed]) => {
        const axis = at % shape.length;
        const indexShape = shape.with(axis, n);
        const indices = i32([...integers(indexShape, 0, shape[axis]!, seed).data], indexShape);
        const inputs = [normal(shape, seed), indices, normal(indexShape, seed + 1)];
        const f: GraphFunction = ([x, i, u], b) => [
          b.gatherElements(x!, i!, axis),
          b.scatterAddElements(x!, i!, u!, axis),
        ];
        expectGraphGradient(f, inputs, { directions: 1 });
      }),
      runs(60),
    );
  });

  test("dynamicSlice and dynamicUpdateSlice, wherever they begin", () => {
    const axis = fc.tuple(size(0, 4), fc.nat(4), fc.integer({ min: -2, max: 6 }));
    fc.assert(
      fc.property(fc.array(axis, { maxLength: 3 }), seeds, (axes, seed) => {
        const sizes = axes.map(([n, block]) => Math.min(n, block));
        const inputs = [
          normal(
            axes.map(([n]) => n),
            seed,
          ),
          normal(sizes, seed + 1),
          i32(axes.map(([, , start]) => start)),
        ];
        const f: GraphFunction = ([x, u, start], b) => [
          b.dynamicSlice(x!, start!, sizes),
          b.dynamicUpdateSlice(x!, u!, start!),
        ];
        expectGraphGradient(f, inputs, { directions: 1 });
      }),
      runs(60),
    );
  });
});

/** The gradient of Σ f(x) at x, computed. */
function gradientAt(f: (b: Ops<Value>, x: Value) => Value, x: ArrayData): Float64Array {
  const builder = new GraphBuilder(infer);
  const input = builder.input(x, "x");
  const b = new Ops(builder);
  const out = f(b, input);
  const [g] = gradients(builder, [out], [b.full(out.shape, 1, out.dtype)], [input]);
  return graphFunction([input], [g!])([x.data])[0] as Float64Array;
}

describe("where a gradient is a matter of definition", () => {
  test("that of a product is the product of all others, exactly, however many are 0", () => {
    fc.assert(
      fc.property(fc.array(size(1, 4), { maxLength: 3 }), fc.array(fc.nat(2)), seeds, (shape, picked, seed) => {
        const axes = [...new Set(picked.filter((axis) => axis < shape.length))];
        const x = integers(shape, -2, 3, seed);
        const strides = stridesOf(shape);
        const groupOf = (i: number) =>
          shape.map((n, axis) => (axes.includes(axis) ? 0 : Math.floor(i / strides[axis]!) % n)).join();
        const expected = x.data.map((_, i) =>
          x.data.reduce((product, y, j) => (j !== i && groupOf(j) === groupOf(i) ? product * y : product), 1),
        );
        const actual = gradientAt((b, y) => b.prod(y, { axes }), x);
        expect([...actual].map((y) => y + 0)).toEqual([...expected].map((y) => y + 0)); // + 0: -0 is 0
        expectGraphGradient(([y], b) => b.prod(y!, { axes }), [x], { directions: 1, name: "prod with zeros" });
      }),
      runs(100),
    );
  });

  test("equal largest and smallest elements share it equally", () => {
    fc.assert(
      fc.property(size(1, 4), size(1, 5), fc.constantFrom("max", "min"), seeds, (rows, columns, which, seed) => {
        const x = integers([rows, columns], 0, 3, seed);
        const best = which === "max" ? Math.max : Math.min;
        const expected = x.data.map((y, i) => {
          const row = x.data.subarray(i - (i % columns), i - (i % columns) + columns);
          return y === best(...row) ? 1 / row.filter((z) => z === y).length : 0;
        });
        expect(gradientAt((b, y) => b[which](y, { axes: 1 }), x)).toEqual(expected);
      }),
      runs(60),
    );
  });

  test("equal operands of maximum and minimum take half each", () => {
    for (const which of ["maximum", "minimum"] as const) {
      const x = integers([3], 1, 2, 0);
      expect(gradientAt((b, y) => b[which](y, b.full([3], 1, "f64")), x)).toEqual(Float64Array.of(0.5, 0.5, 0.5));
      expect(gradientAt((b, y) => b[which](y, y), x)).toEqual(Float64Array.of(1, 1, 1));
    }
  });

  test("a window of equal elements gives it to the first", () => {
    const x: ArrayData = { dtype: "f64", shape: [1, 1, 2, 2], data: new Float64Array(4) };
    expect(gradientAt((b, y) => b.maxPool(y, { kernel: 2 }), x)).toEqual(Float64Array.of(1, 0, 0, 0));
  });

  test("slopes at 0: abs 0, relu 0, sqrt infinite, norm 0", () => {
    const zero = tensor([0], { dtype: "f64" });
    const at0 = (f: (b: Ops<Value>, x: Value) => Value) =>
      gradientAt(f, { ...zero, data: new Float64Array(1) } as ArrayData)[0];
    expect(at0((b, x) => b.abs(x))).toBe(0);
    expect(at0((b, x) => composite.relu(b, x))).toBe(0);
    expect(at0((b, x) => b.sqrt(x))).toBe(Number.POSITIVE_INFINITY);
    expect(at0((b, x) => composite.norm(b, x))).toBe(0);
    expect(at0((b, x) => b.pow(x, 0))).toBe(0);
    expect(at0((b, x) => b.pow(x, 1))).toBe(1);
    expect(at0((b, x) => b.pow(x, 2))).toBe(0);
  });

  test("pow by a whole number has one for negative bases too", () => {
    const bases: ArrayData = { dtype: "f64", shape: [4], data: Float64Array.of(-2, -0.5, 0.5, 3) };
    for (const exponent of [-2, -1, 0, 1, 2, 3]) expectGraphGradient(([x], b) => b.pow(x!, exponent), [bases]);
  });
});

// Compositions

type Composition = (b: Ops<Value>, inputs: readonly Value[]) => Value | readonly Value[];

const row = (...values: number[]): ArrayData => ({
  dtype: "f64",
  shape: [values.length],
  data: Float64Array.from(values),
});
const ORDINARY = [row(-1.7, -0.4, 0.3, 1.1, 2.6)];
const LARGE = [row(-30, 25, -41), row(700, -720, 300), row(3e4, -1e5, 8e4)].map((x) => [x]);
const AROUND_0 = [row(0, 1e-9, -1e-12, 0.2, -0.1)];
const OFF_0 = [row(1e-3, -1e-3, 0.2, -0.1)];
const SMOOTH = [ORDINARY, ...LARGE, AROUND_0];
const KINKED = [ORDINARY, ...LARGE, OFF_0];
const rows = (seed: number, scale = 1): ArrayData => {
  const { dtype, shape, data } = normal([3, 4], seed);
  return { dtype, shape, data: data.map((x) => x * scale) };
};
const STATISTICS = [[rows(1)], [rows(2, 1e4)], [rows(3, 1e-6)]];
const NEGATIVE_INFINITY = Number.NEGATIVE_INFINITY;

/** Each with points at which it is smooth. */
const compositions: Partial<Record<keyof typeof composite, readonly [Composition, readonly (readonly ArrayData[])[]]>> =
  {
    square: [(b, [x]) => composite.square(b, x!), SMOOTH],
    reciprocal: [(b, [x]) => composite.reciprocal(b, x!), [ORDINARY, ...LARGE, [row(1e-90, -3e-90)]]],
    clip: [
      (b, [x, low, high]) => composite.clip(b, x!, low!, high!),
      [
        [...ORDINARY, row(-1), row(2)],
        [row(-1e5, 3e4), row(-1), row(2)],
      ],
    ],
    log1p: [
      (b, [x]) => composite.log1p(b, x!),
      [[row(-0.9, -0.4, 0.3, 1.1, 2.6)], [row(1e3, 3e3)], [row(1e80, 3e80)], AROUND_0, [row(-0.99)]],
    ],
    expm1: [
      (b, [x]) => composite.expm1(b, x!),
      [ORDINARY, [row(-30, 25, -720, 40)], AROUND_0, [row(0.9, -0.9, 1.1, -1.1)]],
    ],
    sigmoid: [(b, [x]) => composite.sigmoid(b, x!), SMOOTH],
    softplus: [(b, [x]) => composite.softplus(b, x!), SMOOTH],
    relu: [(b, [x]) => composite.relu(b, x!), KINKED],
    leakyRelu: [(b, [x]) => [composite.leakyRelu(b, x!), composite.leakyRelu(b, x!, 0.3)], KINKED],
    elu: [(b, [x]) => [composite.elu(b, x!), composite.elu(b, x!, 0.3)], KINKED],
    silu: [(b, [x]) => composite.silu(b, x!), SMOOTH],
    gelu: [(b, [x]) => [composite.gelu(b, x!), composite.gelu(b, x!, "tanh")], SMOOTH],
    mean: [(b, [x]) => [composite.mean(b, x!), composite.mean(b, x!, { axes: 1 })], STATISTICS],
    variance: [
      (b, [x]) => [composite.variance(b, x!), composite.variance(b, x!, { axes: 1, correction: 1 })],
      STATISTICS,
    ],
    std: [
      (b, [x]) => [composite.std(b, x!), composite.std(b, x!, { axes: 0, correction: 1, keepDims: true })],
      STATISTICS,
    ],
    norm: [
      (b, [x]) => [composite.norm(b, x!), composite.norm(b, x!, { axes: 0, keepDims: true })],
      [...STATISTICS, [rows(4, 1e200)], [rows(5, 1e-200)]],
    ],
    logSumExp: [
      (b, [x]) => [composite.logSumExp(b, x!, { axes: -1 }), composite.logSumExp(b, x!, { axes: 0, keepDims: true })],
      [
        ...STATISTICS,
        [{ ...rows(6), data: rows(6).data.map((x, i) => (i % 5 === 0 ? NEGATIVE_INFINITY : x)) as Float64Array }],
      ],
    ],
    softmax: [(b, [x]) => [composite.softmax(b, x!), composite.softmax(b, x!, 0)], STATISTICS],
    logSoftmax: [(b, [x]) => [composite.logSoftmax(b, x!), composite.logSoftmax(b, x!, 0)], STATISTICS],
    layerNorm: [
      (b, [x, scale, shift]) => [
        composite.layerNorm(b, x!),
        composite.layerNorm(b, x!, { scale: scale!, shift: shift! }),
      ],
      [...STATISTICS, [{ ...rows(0), data: new Float64Array(12).fill(3) }]].map(([x]) => [
        x!,
        row(1, 2, -1, 0.5),
        row(0, 1, 2, 3),
      ]),
    ],
    stack: [(b, xs) => composite.stack(b, xs, 1), [[rows(1), rows(2)]]],
    split: [(b, [x]) => composite.split(b, x!, [1, 0, 3], 1), [[rows(1)]]],
    sort: [
      (b, [x]) => [composite.sort(b, x!), composite.sort(b, x!, { axis: 0, descending: true })],
      [[distinct([3, 4], 1)]],
    ],
    topK: [(b, [x]) => composite.topK(b, x!, 2).values, [[distinct([3, 4], 1)]]],
    avgPool: [(b, [x]) => composite.avgPool(b, x!, { kernel: 2 }), [[normal([1, 2, 4, 4], 1)]]],
  };

/** Their results are bool or whole numbers, flat, or random. */
const withoutGradient: readonly (keyof typeof composite)[] = [
  "ne",
  "gt",
  "ge",
  "ceil",
  "oneHot",
  "argmin",
  "randomUniform",
];

describe("every composition has the right gradient, and that the right gradient", () => {
  test("the table is complete", () => {
    expect([...Object.keys(compositions), ...withoutGradient].sort()).toEqual(Object.keys(composite).sort());
  });

  const cases = Object.entries(compositions).flatMap(([name, [f, points]]) =>
    points.map((point, i) => ({ name, i, f, point })),
  );
  test.each(cases)("$name at point $i", ({ name, f, point }) => {
    for (const seed of [0, 1, 2]) expectGraphGradient((inputs, b) => f(b, inputs), point, { name, seed });
  });
});

describe("10,000 chained operations", () => {
  const BLOCKS = 3_334; // of three operations each, as in a residual network

  const chain = <V extends TensorType>(b: Ops<V>, x: V): V => {
    let y = x;
    for (let i = 0; i < BLOCKS; i++) y = b.add(y, b.mul(b.tanh(y), 1e-3));
    return y;
  };

  /** The value, its slope and the slope of the slope, carried forwards in plain numbers. */
  const expected = (x: number): readonly [number, number, number] => {
    let [y, first, second] = [x, 1, 0];
    for (let i = 0; i < BLOCKS; i++) {
      const t = Math.tanh(y);
      const [slope, bend] = [1 + 1e-3 * (1 - t * t), -2e-3 * t * (1 - t * t)];
      second = bend * first * first + slope * second;
      first *= slope;
      y += 1e-3 * t;
    }
    return [y, first, second];
  };

  test("differentiate as a graph, twice", () => {
    const builder = new GraphBuilder(infer);
    const x = builder.input({ dtype: "f64", shape: [] }, "x");
    const b = new Ops(builder);
    const one = b.scalar(1, "f64");
    const y = chain(b, x as Value);
    const [first] = gradients(builder, [y], [one], [x]);
    const [second] = gradients(builder, [first!], [one], [x]);
    const results = graphFunction([x], [y, first!, second!])([Float64Array.of(0.3)]);
    expectClose(
      results.map(([value]) => value!),
      expected(0.3),
      { relative: 1e-11 },
    );
  });

  test("differentiate as tensors", () => {
    const x = scalar(0.3, { dtype: "f64" });
    const [value, slope] = expected(0.3);
    const { value: y, grads } = valueAndGrad((z: Tensor) => chain(ops, z))(x);
    expectClose(y, value, { relative: 1e-13 });
    expectClose(grads, slope, { relative: 1e-11 });
  });
});

test("the gradient of the gradient of the gradient of tanh is the third derivative", () => {
  const third = grad((x: Tensor) => grad((y: Tensor) => grad((z: Tensor) => z.tanh().sum())(y).sum())(x).sum());
  const points = [-2, -0.5, 0, 0.1, 0.7, 3];
  const expected = points.map((x) => {
    const t2 = Math.tanh(x) ** 2;
    return -2 * (1 - t2) * (1 - 3 * t2);
  });
  expectClose(third(tensor(points, { dtype: "f64" })), expected, { absolute: 1e-14, relative: 1e-13 });
  expectGraphGradient(([x], b) => b.tanh(x!), [row(...points)], { order: 4 });
});
