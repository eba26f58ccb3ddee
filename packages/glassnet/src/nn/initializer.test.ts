import { describe, expect, test } from "vitest";
import { Rng } from "../core/random.ts";
import { compile } from "../tensor/compile.ts";
import { fromArray } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  normal,
  torchUniform,
  uniform,
  zeros,
} from "./initializer.ts";
import { linear } from "./linear.ts";

interface Moments {
  readonly mean: number;
  readonly variance: number;
  /** Fourth central moment over the squared variance: 3 for a normal distribution, 9/5 for a uniform one. */
  readonly kurtosis: number;
  readonly low: number;
  readonly high: number;
}

function momentsOf(x: Tensor): Moments {
  const data = x.dataSync();
  let [sum, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    sum += value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const mean = sum / data.length;
  let [squares, fourths] = [0, 0];
  for (const value of data) {
    squares += (value - mean) ** 2;
    fourths += (value - mean) ** 4;
  }
  const variance = squares / data.length;
  return { mean, variance, kurtosis: fourths / data.length / variance ** 2, low, high };
}

const near = (value: number, expected: number, relative: number): void =>
  expect(Math.abs(value - expected)).toBeLessThan(relative * Math.abs(expected));

/** Dense [out, in] and convolution kernels [out, in, height, width], with what feeds one output and leaves one input. */
const shapes = [
  { shape: [150, 400], fanIn: 400, fanOut: 150 },
  { shape: [64, 48, 5, 4], fanIn: 960, fanOut: 1280 },
] as const;

const glorot = (fanIn: number, fanOut: number) => 2 / (fanIn + fanOut);
const he = (fanIn: number) => 2 / fanIn;
const lecun = (fanIn: number) => 1 / fanIn;

interface Scheme {
  readonly name: string;
  readonly init: Initializer;
  readonly variance: (fanIn: number, fanOut: number) => number;
}

const uniforms: readonly Scheme[] = [
  { name: "glorotUniform", init: glorotUniform(), variance: glorot },
  { name: "heUniform", init: heUniform(), variance: he },
  { name: "lecunUniform", init: lecunUniform(), variance: lecun },
];
const normals: readonly Scheme[] = [
  { name: "glorotNormal", init: glorotNormal(), variance: glorot },
  { name: "heNormal", init: heNormal(), variance: he },
  { name: "lecunNormal", init: lecunNormal(), variance: lecun },
];

// With 60,000 draws a mean is off by 1/245 standard deviations, a variance by 0.6 %, a kurtosis by 2 %: limits are 4 times that.
describe.each(shapes)("at $shape", ({ shape, fanIn, fanOut }) => {
  test.each(uniforms)("$name is uniform with the variance that its paper gives", ({ init, variance }) => {
    const expected = variance(fanIn, fanOut);
    const limit = Math.sqrt(3 * expected);
    const x = init(shape, Rng.seeded(1));
    expect(x.shape).toEqual(shape);
    expect(x.dtype).toBe("f32");
    const moments = momentsOf(x);
    near(moments.variance, expected, 0.02);
    near(moments.kurtosis, 9 / 5, 0.03);
    expect(Math.abs(moments.mean)).toBeLessThan(0.017 * Math.sqrt(expected));
    expect(moments.low).toBeGreaterThanOrEqual(Math.fround(-limit));
    expect(moments.high).toBeLessThanOrEqual(Math.fround(limit));
    near(moments.low, -limit, 0.001);
    near(moments.high, limit, 0.001);
  });

  test.each(normals)("$name is normal with the variance that its paper gives", ({ init, variance }) => {
    const expected = variance(fanIn, fanOut);
    const moments = momentsOf(init(shape, Rng.seeded(1)));
    near(moments.variance, expected, 0.025);
    near(moments.kurtosis, 3, 0.08);
    expect(Math.abs(moments.mean)).toBeLessThan(0.017 * Math.sqrt(expected));
    expect(moments.high).toBeGreaterThan(3.5 * Math.sqrt(expected)); // not cut off
  });
});

test("constant and zeros draw nothing", () => {
  const rng = Rng.seeded(3);
  expect(constant(0.5)([2, 2], rng).toArraySync()).toEqual([
    [0.5, 0.5],
    [0.5, 0.5],
  ]);
  expect(zeros()([3], rng).toArraySync()).toEqual([0, 0, 0]);
  expect(rng.next()).toBe(Rng.seeded(3).next());
});

test("uniform and normal take their limits and moments", () => {
  const between = momentsOf(uniform(2, 6)([60_000], Rng.seeded(1)));
  near(between.mean, 4, 0.005);
  near(between.variance, 16 / 12, 0.02);
  expect(between.low).toBeGreaterThanOrEqual(2);
  expect(between.high).toBeLessThanOrEqual(6);
  const around = momentsOf(normal(-3, 0.5)([60_000], Rng.seeded(1)));
  near(around.mean, -3, 0.005);
  near(around.variance, 0.25, 0.025);
  near(momentsOf(normal()([60_000], Rng.seeded(2))).variance, 1, 0.025);
});

test("the numbers are those of the stream, which moves on", () => {
  const [a, b] = [Rng.seeded(4), Rng.seeded(4)];
  expect(uniform(-1, 1)([5], a).dataSync()).toEqual(b.uniform([5], -1, 1).data);
  expect(normal(0, 2)([5], a).dataSync()).toEqual(b.normal([5], 0, 2).data);
});

describe("the start of a linear layer", () => {
  test("is uniform in ±1/√inFeatures, the bias too", () => {
    const layer = linear(400, 3000, { rng: Rng.seeded(1) });
    for (const param of [layer.weight, layer.bias!]) {
      const moments = momentsOf(param.value);
      near(moments.high, 0.05, 0.005);
      near(moments.low, -0.05, 0.005);
      near(moments.variance, 0.05 ** 2 / 3, param === layer.bias ? 0.07 : 0.02);
    }
  });

  test("is what is asked for", () => {
    const rng = Rng.seeded(1);
    const layer = linear(2, 3, { rng, weightInit: constant(2), biasInit: zeros() });
    expect(layer.weight.value.toArraySync()).toEqual([
      [2, 2],
      [2, 2],
      [2, 2],
    ]);
    expect(layer.bias!.value.toArraySync()).toEqual([0, 0, 0]);
  });

  test("draws the weight before the bias, so that layers without a bias have the same weights", () => {
    const [a, b] = [true, false].map((bias) => linear(3, 2, { rng: Rng.seeded(1), bias }));
    expect(a!.weight.value.dataSync()).toEqual(b!.weight.value.dataSync());
  });
});

describe("errors", () => {
  test("a stream is not drawn from inside a traced function", () => {
    const rng = Rng.seeded(0);
    const inside = compile((x: Tensor) => linear(2, 2, { rng }).call(x));
    expect(() => inside.sync(zeros()([1, 2], rng))).toThrowErrorMatchingInlineSnapshot(`
      [GraphError: rng: a random stream cannot be drawn from inside a traced function
        help: use run.key(layer) with randomUniform or randomNormal]
    `);
    const direct = compile((x: Tensor) => x.add(fromArray(rng.uniform([2]))));
    expect(() => direct.sync(zeros()([1, 2], rng))).toThrow("cannot be drawn from inside a traced function");
    expect(rng.uniform([1]).data[0]).toBeGreaterThanOrEqual(0); // and is open again behind the trace
    const noisy = compile((x: Tensor) => x.add(normal()([2], rng)));
    expect(() => noisy.sync(zeros()([1, 2], rng))).toThrowErrorMatchingInlineSnapshot(`
      [GraphError: rng: a random stream cannot be drawn from inside a traced function
        help: use run.key(layer) with randomUniform or randomNormal]
    `);
  });

  test("torchUniform needs inputs", () => {
    expect(() => torchUniform(0)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: torchUniform: fanIn must be positive, got 0]",
    );
    expect(() => torchUniform(Number.NaN)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: torchUniform: fanIn must be positive, got NaN]",
    );
  });
});
