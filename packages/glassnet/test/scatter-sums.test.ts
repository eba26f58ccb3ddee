import { describe, expect, test } from "vitest";
import type { Device } from "../src/backends/backend.ts";
import { nativeGap, openNativeSync } from "../src/backends/native/open.ts";
import { openWasm } from "../src/backends/wasm/open.ts";
import type { ArrayData } from "../src/core/array.ts";
import { Rng } from "../src/core/random.ts";
import { programOf } from "./one-primitive.ts";
import type { AnySample } from "./samples.ts";

/**
 * @file How far the sums of a scatter may be off where many updates meet one element: the kernels add them in f32, in order. The
 * reference adds in f64, so that is what they are compared with.
 */

const devices: readonly (readonly [string, Device])[] = [
  ["wasm", await openWasm({ relaxed: false })],
  ...(nativeGap() === undefined ? [["native", openNativeSync()] as const] : []),
];

const f32 = (shape: readonly number[], data: Float32Array): ArrayData => ({ dtype: "f32", shape, data });

type Scatter = "scatterAdd" | "scatterAddElements";

/** All updates [count, 2] added to one row of [3, 2]; returns that row. */
async function sumOf(device: Device, prim: Scatter, updates: Float32Array): Promise<number[]> {
  const count = updates.length / 2;
  const perRow = prim === "scatterAdd" ? 1 : 2;
  const shape = prim === "scatterAdd" ? [count] : [count, 2];
  const indices: ArrayData = { dtype: "i32", shape, data: new Int32Array(perRow * count).fill(1) };
  const inputs = [f32([3, 2], new Float32Array(6)), indices, f32([count, 2], updates)];
  const { program, feeds } = programOf({ prim, title: "", inputs, attrs: { axis: 0 } } as unknown as AnySample);
  const loaded = await device.load(program);
  const { outputs } = await device.run(loaded, { steps: 1, feeds });
  await device.unload(loaded);
  const result = Array.from(outputs.result!);
  expect([...result.slice(0, 2), ...result.slice(4)]).toEqual([0, 0, 0, 0]);
  return result.slice(2, 4);
}

/** Of each column, the exact sum and that of the magnitudes, as far as f64 can tell. */
function exact(updates: Float32Array): { sum: number; magnitude: number }[] {
  return [0, 1].map((column) => {
    const terms = updates.filter((_, i) => i % 2 === column);
    return { sum: terms.reduce((a, x) => a + x, 0), magnitude: terms.reduce((a, x) => a + Math.abs(x), 0) };
  });
}

const UNIT = 2 ** -24;
const COUNT = 200_000;

const terms: readonly (readonly [string, (i: number) => number])[] = [
  ["equal terms, whose errors all have one sign", () => 0.1],
  ["terms of which the first hides the others", (i) => (i < 2 ? 1e6 : 0.01)],
  [
    "random terms",
    (
      (rng) => () =>
        rng.next() - 0.5
    )(Rng.seeded(6)),
  ],
  ["terms that cancel", (i) => (i % 4 < 2 ? 1 : -1) * (1 + (i % 7) / 10)],
];

describe.each(devices)("%s, where all updates meet one row", (_, device) => {
  describe.each(["scatterAdd", "scatterAddElements"] as const)("%s", (prim) => {
    test.each(terms)("is within n units of the magnitudes' sum: %s", async (__, term) => {
      const updates = Float32Array.from({ length: 2 * COUNT }, (___, i) => term(i));
      const got = await sumOf(device, prim, updates);
      exact(updates).forEach(({ sum, magnitude }, column) => {
        // Higham 2002, Accuracy and Stability of Numerical Algorithms, eq. (4.4), for recursive summation.
        expect(Math.abs(got[column]! - sum)).toBeLessThanOrEqual(COUNT * UNIT * magnitude);
      });
    });

    test("of as many as a batch has, it is as good as f32 can say but for a few units", async () => {
      const rng = Rng.seeded(7);
      const updates = Float32Array.from({ length: 2 * 1024 }, () => rng.next() - 0.5);
      const got = await sumOf(device, prim, updates);
      exact(updates).forEach(({ sum, magnitude }, column) => {
        expect(Math.abs(got[column]! - sum)).toBeLessThanOrEqual(2 * UNIT * magnitude);
      });
    });

    test("counts are exact", async () => {
      expect(await sumOf(device, prim, new Float32Array(2 * COUNT).fill(1))).toEqual([COUNT, COUNT]);
    });
  });
});
