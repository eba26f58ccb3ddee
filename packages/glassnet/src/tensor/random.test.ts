import { describe, expect, test } from "vitest";
import { type Arithmetic, normalFrom, numberArithmetic } from "../core/normal.ts";
import { Rng, stepKey, threefry2x32 } from "../core/random.ts";
import { sizeOf } from "../core/shape.ts";
import { compile } from "./compile.ts";
import { type Key, keyOf, randomNormal, randomUniform } from "./random.ts";
import type { Tensor } from "./tensor.ts";

const key = keyOf(2024, 17);
const words = stepKey(2024, 17);

/** Every operation rounded to f32, as a program in f32 does it. */
const singleArithmetic: Arithmetic<number> = {
  constant: Math.fround,
  add: (a, b) => Math.fround(a + b),
  sub: (a, b) => Math.fround(a - b),
  mul: (a, b) => Math.fround(a * b),
  div: (a, b) => Math.fround(a / b),
  sqrt: (a) => Math.fround(Math.sqrt(a)),
  ifLess: numberArithmetic.ifLess,
};

function momentsOf(x: Tensor) {
  const data = Array.from(x.dataSync());
  const mean = data.reduce((a, b) => a + b) / data.length;
  const central = (power: number) => data.reduce((sum, value) => sum + (value - mean) ** power, 0) / data.length;
  const variance = central(2);
  return { mean, variance, skew: central(3) / variance ** 1.5, kurtosis: central(4) / variance ** 2 };
}

/** Correlation of two lists of numbers. */
function correlation(x: Tensor, y: Tensor): number {
  const [a, b] = [x, y].map((t) => t.sub(t.mean()));
  return a!.mul(b!).mean().itemSync() / Math.sqrt(a!.square().mean().itemSync() * b!.square().mean().itemSync());
}

describe("randomUniform", () => {
  test.each(["f32", "f64"] as const)("gives the bits of a stream with the same key, in %s", (dtype) => {
    for (const shape of [[7], [2, 3], [], [0]]) {
      const x = randomUniform(key, shape, dtype);
      expect(x.shape).toEqual(shape);
      expect(x.dtype).toBe(dtype);
      expect(x.dataSync()).toEqual(new Rng(words).uniform(shape, 0, 1, dtype).data);
    }
  });

  test("never changes: these bits are part of the library's contract", () => {
    expect({
      f32: Array.from(randomUniform(key, [3]).dataSync()),
      f64: Array.from(randomUniform(key, [3], "f64").dataSync()),
      stream: Array.from(randomUniform({ ...key, stream: 5 }, [3]).dataSync()),
    }).toMatchInlineSnapshot(`
      {
        "f32": [
          0.0017423629760742188,
          0.7036614418029785,
          0.7713537216186523,
        ],
        "f64": [
          0.0017424129222440854,
          0.7713537383346494,
          0.9799540032306208,
        ],
        "stream": [
          0.9357652068138123,
          0.8200119137763977,
          0.44767969846725464,
        ],
      }
    `);
  });

  test("takes its bits from the blocks of its stream", () => {
    const block = new Uint32Array(2);
    threefry2x32(words[0]!, words[1]!, 1, 5, block);
    const x = randomUniform({ ...key, stream: 5 }, [4]).dataSync();
    expect([x[2], x[3]]).toEqual(Array.from(block, (word) => (word >>> 8) * 2 ** -24));
  });

  test("is uniform in [0, 1)", () => {
    const n = 200_000;
    const x = randomUniform(key, [n]);
    const { mean, variance, kurtosis } = momentsOf(x);
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(4 / Math.sqrt(12 * n));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 / Math.sqrt(180 * n));
    expect(Math.abs(kurtosis - 9 / 5)).toBeLessThan(0.02);
    const counts = new Array<number>(16).fill(0);
    for (const value of x.dataSync()) counts[Math.floor(value * 16)]!++; // NaN for a value outside
    const chiSquare = counts.reduce((sum, count) => sum + (count - n / 16) ** 2 / (n / 16), 0);
    expect(counts).toHaveLength(16);
    expect(chiSquare).toBeLessThan(37.7); // 15 degrees of freedom, 1 in 1000
  });
});

describe("randomNormal", () => {
  const cases = [
    { dtype: "f32", arithmetic: singleArithmetic, tiny: 2 ** -24 },
    { dtype: "f64", arithmetic: numberArithmetic, tiny: 2 ** -53 },
  ] as const;

  test.each(cases)("is the library's normal number of two uniform ones, bit by bit, in $dtype", (row) => {
    const { dtype, arithmetic, tiny } = row;
    const shape = [50, 4];
    const uniform = randomUniform(key, [...shape, 2], dtype).dataSync();
    const expected = Array.from({ length: sizeOf(shape) }, (_, i) =>
      normalFrom(arithmetic, arithmetic.add(uniform[2 * i]!, tiny), uniform[2 * i + 1]!),
    );
    const x = randomNormal(key, shape, dtype);
    expect(x.shape).toEqual(shape);
    expect(x.dtype).toBe(dtype);
    expect(Array.from(x.dataSync())).toEqual(expected);
  });

  test("never changes: these bits are part of the library's contract", () => {
    expect({
      f32: Array.from(randomNormal(key, [3]).dataSync()),
      f64: Array.from(randomNormal(key, [3], "f64").dataSync()),
    }).toMatchInlineSnapshot(`
      {
        "f32": [
          -1.023188591003418,
          0.029044155031442642,
          0.1264359951019287,
        ],
        "f64": [
          0.4768006235396082,
          -0.19384669826041914,
          1.5098613611989127,
        ],
      }
    `);
  });

  test.each(["f32", "f64"] as const)("has the moments of a standard normal distribution, in %s", (dtype) => {
    const n = 100_000;
    const { mean, variance, skew, kurtosis } = momentsOf(randomNormal(key, [n], dtype));
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(skew)).toBeLessThan(4 * Math.sqrt(6 / n));
    expect(Math.abs(kurtosis - 3)).toBeLessThan(4 * Math.sqrt(24 / n));
  });

  test("has the tails of one: 4.55 % beyond two deviations, 0.27 % beyond three", () => {
    const n = 100_000;
    const beyond = (limit: number) => randomNormal(key, [n]).abs().gt(limit).mean().itemSync();
    expect(Math.abs(beyond(2) - 0.0455)).toBeLessThan(4 * Math.sqrt(0.0455 / n));
    expect(Math.abs(beyond(3) - 0.0027)).toBeLessThan(4 * Math.sqrt(0.0027 / n));
  });

  test("is finite at the ends of what goes in", () => {
    for (const { arithmetic, tiny } of cases) {
      const smallest = arithmetic.add(0, tiny);
      expect(Math.abs(normalFrom(arithmetic, smallest, 0))).toBeCloseTo(Math.sqrt(-2 * Math.log(tiny)), 5);
      const largest = arithmetic.add(1 - tiny, tiny);
      expect(largest).toBe(1);
      expect(Math.abs(normalFrom(arithmetic, largest, 1 - tiny))).toBeLessThan(1e-3);
    }
    expect(Math.sqrt(-2 * Math.log(2 ** -24)).toFixed(2)).toBe("5.77"); // as the docstring says
  });
});

describe("keys", () => {
  const n = 20_000;
  const INDEPENDENT = 4 / Math.sqrt(n);

  test("are those of the step, whatever was drawn before", () => {
    expect(key.words.dataSync()).toEqual(words);
    expect(key.stream).toBe(0);
    expect(randomUniform(keyOf(2024, 17), [3]).dataSync()).toEqual(randomUniform(key, [3]).dataSync());
  });

  test.each([
    ["seeds", keyOf(2025, 17)],
    ["steps", keyOf(2024, 18)],
    ["streams", { ...key, stream: 1 }],
    ["streams far away", { ...key, stream: -(2 ** 31) }],
  ] as const)("of other %s give numbers that have nothing to do with each other", (_, other: Key) => {
    for (const draw of [randomUniform, randomNormal]) {
      expect(Math.abs(correlation(draw(key, [n]), draw(other, [n])))).toBeLessThan(INDEPENDENT);
    }
  });

  test("come into a compiled function as an argument, and give it the same bits as outside", async () => {
    const draw = compile((given: Tensor) => [
      randomUniform({ words: given, stream: 9 }, [5]),
      randomNormal({ words: given, stream: 9 }, [5], "f64"),
    ]);
    for (const step of [0, 1]) {
      const at = { ...keyOf(7, step), stream: 9 };
      const [uniform, normal] = await draw(at.words);
      expect(await uniform!.data()).toEqual(randomUniform(at, [5]).dataSync());
      expect(await normal!.data()).toEqual(randomNormal(at, [5], "f64").dataSync());
    }
    await draw.release();
  });

  test("are made of whole numbers in range", () => {
    expect(() => keyOf(-1, 0)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: stepKey: seed must be a whole number from 0 to 9007199254740991, got -1]",
    );
    expect(() => keyOf(0, 1.5)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: stepKey: step must be a whole number from 0 to 4294967295, got 1.5]",
    );
    expect(() => keyOf(0, 2 ** 32)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: stepKey: step must be a whole number from 0 to 4294967295, got 4294967296]",
    );
  });
});
