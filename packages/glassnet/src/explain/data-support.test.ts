import { expect, test } from "vitest";
import { Rng } from "../core/random.ts";
import { dataSupport } from "./data-support.ts";

const cloud = Rng.seeded(2).normal([500, 2], 10, 3);

test("almost all rows of the data, and places between them, are inside; places far away are not", () => {
  const support = dataSupport(cloud);
  const rows = Array.from({ length: 500 }, (_, i) => [...cloud.data.subarray(2 * i, 2 * i + 2)]);
  expect(rows.filter((row) => support.at(row).isOutside).length).toBeLessThanOrEqual(5);
  expect(support.at([10, 10])).toMatchObject({ isOutside: false, beyond: [], limit: support.limit });
  const { isOutside, beyond, distance } = support.at([40, 10]);
  expect(isOutside).toBe(true);
  expect(beyond).toEqual([{ input: 0, value: 40, low: support.ranges[0]![0], high: support.ranges[0]![1] }]);
  expect(distance).toBeGreaterThan(5 * support.limit);
});

test("a hole is outside, though each input is within its range", () => {
  const ring = Float64Array.from({ length: 800 }, (_, i) => {
    const angle = (Math.floor(i / 2) * 2 * Math.PI) / 400;
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
  const support = dataSupport({ dtype: "f64", shape: [400, 2], data: ring });
  expect(support.at([0, 0])).toMatchObject({ isOutside: true, beyond: [] });
  expect(support.at([Math.SQRT1_2, Math.SQRT1_2]).isOutside).toBe(false);
});

test("units do not matter, and a constant input counts for its range alone", () => {
  const scaled = Float64Array.from({ length: 1500 }, (_, i) => {
    if (i % 3 === 2) return 7;
    return cloud.data[2 * Math.floor(i / 3) + (i % 3)]! * (i % 3 === 0 ? 1000 : 0.001);
  });
  const support = dataSupport({ dtype: "f64", shape: [500, 3], data: scaled });
  const plain = dataSupport(cloud);
  for (const [x, y] of [
    [10, 10],
    [17, 3],
    [2, 18],
  ] as const) {
    expect(support.at([1000 * x, 0.001 * y, 7]).distance).toBeCloseTo(plain.at([x, y]).distance, 6);
  }
  expect(support.at([10_000, 0.01, 7]).isOutside).toBe(false);
  expect(support.at([10_000, 0.01, 8])).toMatchObject({ isOutside: true, beyond: [{ input: 2, low: 7, high: 7 }] });
});

test("the distance is the root mean square of those to the nearest rows", () => {
  const line = { dtype: "f64", shape: [4, 1], data: Float64Array.of(0, 1, 3, 100) } as const;
  const deviation = Math.sqrt([0, 1, 3, 100].reduce((sum, x) => sum + (x - 26) ** 2, 0) / 4);
  const { distance } = dataSupport(line, { neighbours: 2 }).at([2]);
  expect(distance).toBeCloseTo(1 / deviation, 12); // 1 and 3, both 1 away
});

test("what it cannot work with is refused", () => {
  const one = { dtype: "f32", shape: [1, 2], data: new Float32Array(2) } as const;
  expect(() => dataSupport(one)).toThrow("dataSupport: two rows of inputs are needed at least, got 1");
  expect(() => dataSupport(cloud, { neighbours: 0 })).toThrow(
    "dataSupport: neighbours must be a whole number of at least 1, got 0",
  );
  expect(() => dataSupport(cloud).at([1])).toThrow("dataSupport: expected 2 inputs, got 1");
});
