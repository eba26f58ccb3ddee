import { expect, test } from "vitest";
import { failureOf } from "../../test/training.ts";
import { activationNames } from "../nn/activation.ts";
import { activationCurve } from "./activation-curve.ts";

const z = [-3, -0.7, 0.4, 1.5];

test.each(activationNames)("%s: its slopes are difference quotients of its values", (name) => {
  const { values, slopes } = activationCurve(name, z);
  z.forEach((_, k) => {
    const step = 1e-6;
    const at = (by: number) =>
      activationCurve(
        name,
        z.map((x, i) => (i === k ? x + by : x)),
      ).values[k]!;
    expect((at(step) - at(-step)) / (2 * step)).toBeCloseTo(slopes[k]!, 7);
    expect(at(0)).toBe(values[k]);
  });
});

test("values that everybody knows", () => {
  expect(activationCurve("sigmoid", [0])).toEqual({ values: Float64Array.of(0.5), slopes: Float64Array.of(0.25) });
  expect(activationCurve("relu", [-2, 3])).toEqual({ values: Float64Array.of(0, 3), slopes: Float64Array.of(0, 1) });
  expect(activationCurve("softmax", [1, 1]).slopes).toEqual(Float64Array.of(0.25, 0.25));
});

test("a name that there is not", async () => {
  expect(await failureOf(() => activationCurve("step" as "relu", z))).toContain('unknown activation "step"');
});
