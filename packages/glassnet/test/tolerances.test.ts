import { expect, test } from "vitest";
import { Rng } from "../src/core/random.ts";
import type { PrimName } from "../src/ir/prim.ts";
import { ableSamples, expectedOf } from "./one-primitive.ts";
import type { AnySample } from "./samples.ts";
import { faultOf, toleranceOf } from "./tolerances.ts";

/** @file The tolerances of the contract suite let no mistake through: they are checked like what they check. */

const UNIT = 2 ** -24;

function sampleOf(prim: PrimName, shapes: readonly (readonly number[])[], attrs: object = {}): AnySample {
  const rng = Rng.seeded(9);
  return { prim, title: "", inputs: shapes.map((shape) => rng.uniform(shape, 0.5, 1)), attrs } as unknown as AnySample;
}

/** The largest tolerance, in units of half the last place relative to the largest result. */
function looseness(sample: AnySample): number {
  const expected = expectedOf(sample);
  const largest = Math.max(...Array.from(expected.data, Math.abs));
  return Math.max(...toleranceOf(sample, expected)!) / (UNIT * largest);
}

test("a sum's tolerance grows with what is added up, not with the size of its operands", () => {
  // All terms are positive, so the sum of magnitudes is the sum: n - 1 additions, n products, and the reference's rounding.
  expect(
    looseness(
      sampleOf("matmul", [
        [64, 8],
        [8, 64],
      ]),
    ),
  ).toBeCloseTo(9, 3);
  expect(
    looseness(
      sampleOf("matmul", [
        [64, 64],
        [64, 64],
      ]),
    ),
  ).toBeCloseTo(65, 3);
  expect(looseness(sampleOf("sum", [[100, 7]], { axes: [1], keepDims: false }))).toBeCloseTo(7, 3);
  expect(looseness(sampleOf("prod", [[100, 7]], { axes: [1], keepDims: false }))).toBeCloseTo(7, 3);
  const windows = {
    kernel: [3, 3],
    stride: [1, 1],
    padding: [
      [1, 1],
      [1, 1],
    ],
  };
  expect(looseness(sampleOf("sumPool", [[2, 3, 8, 8]], windows))).toBeCloseTo(9, 3);
  const taps = {
    stride: [1, 1],
    padding: [
      [0, 0],
      [0, 0],
    ],
    dilation: [1, 1],
    groups: 2,
  };
  expect(
    looseness(
      sampleOf(
        "conv2d",
        [
          [2, 4, 8, 8],
          [6, 2, 3, 3],
        ],
        taps,
      ),
    ),
  ).toBeCloseTo(2 * 9 + 1, 3);
});

test("at an edge of an image fewer terms are counted", () => {
  const windows = {
    kernel: [3, 3],
    stride: [1, 1],
    padding: [
      [1, 1],
      [1, 1],
    ],
  };
  const sample = sampleOf("sumPool", [[1, 1, 8, 8]], windows);
  const expected = expectedOf(sample);
  const [corner] = toleranceOf(sample, expected)!;
  expect(corner! / (UNIT * expected.data[0]!)).toBeCloseTo(4, 3);
});

test("of no result is an element free", () => {
  for (const [title, sample] of ableSamples) {
    const expected = expectedOf(sample);
    for (const tolerance of toleranceOf(sample, expected) ?? []) {
      expect(Number.isFinite(tolerance) && tolerance >= 0, title).toBe(true);
    }
  }
});

test("in every sample an element that is a little off is found, and a zero of the other sign where all bits count", () => {
  for (const [title, sample] of ableSamples) {
    const expected = expectedOf(sample);
    expect(faultOf(expected.data, sample, expected), title).toBeUndefined();
    const tolerance = toleranceOf(sample, expected);
    for (const [i, y] of expected.data.entries()) {
      const got = expected.data.slice();
      if (expected.dtype !== "f32") got[i] = y ^ 1;
      else if (!Number.isFinite(y)) got[i] = 1;
      else if (y === 0) got[i] = tolerance === undefined ? -y : 2 * tolerance[i]! + 2 ** -149;
      else
        got[i] =
          tolerance === undefined
            ? y * (1 + 2 ** -23)
            : y + Math.sign(y) * (1.5 * tolerance[i]! + 2 ** -24 * Math.abs(y));
      if (Object.is(got[i], y)) continue; // 1.5 units below the next number
      expect(faultOf(got, sample, expected), `${title}, element ${i}`).toContain(`element ${i} is`);
    }
  }
});
