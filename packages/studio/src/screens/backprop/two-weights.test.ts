import fc from "fast-check";
import { type Device, fromArray, meanSquaredError, openDevice } from "glassnet";
import { beforeAll, describe, expect, test } from "vitest";
import { lossesAt, problemNames, problems, racerNames, STEPS, surfaceOf, wayOf } from "./two-weights.ts";

let device: Device;
beforeAll(async () => {
  device = await openDevice({ backend: "wasm", reproducible: true, threads: 1 });
});

describe.each(problemNames)("%s", (name) => {
  const problem = problems[name];

  test("the surface is the loss of the model with those weights", async () => {
    const weight = fc.double({ min: -3, max: 3, noNaN: true });
    await fc.assert(
      fc.asyncProperty(weight, weight, async (first, second) => {
        const { inputs, targets } = problem.data;
        const guesses = problem.model(first, second).call(fromArray(inputs));
        const loss = await meanSquaredError(guesses, fromArray(targets)).item({ device });
        const [found] = await lossesAt(problem, [first], [second], device);
        expect(Math.abs(found! - loss)).toBeLessThanOrEqual(1e-5 * Math.max(1, loss));
      }),
      { numRuns: 25 },
    );
  });

  test("all optimizers come near the lowest point, and each of their losses is that of its place", async () => {
    const { best } = await surfaceOf(name, device);
    const start = [-1, 1.8] as const;
    for (const racer of racerNames) {
      const way = await wayOf(racer, { problem: name, start, rate: 0.05, batch: "all" }, device);
      expect(way.points).toHaveLength(2 * (STEPS + 1));
      expect([way.points[0], way.points[1]]).toEqual([-1, Math.fround(1.8)]);
      expect(way.isDiverged).toBe(false);
      expect(way.losses.at(-1)!, racer).toBeLessThan(way.losses[0]! / 3);
      expect(way.losses.at(-1)!, racer).toBeGreaterThan(best.loss * 0.8);
    }
  });
});

test("too high a rate leaves the plane; Adam's steps are no longer than the rate", async () => {
  const wild = { problem: "scales", start: [-1, 1.5], rate: 1, batch: "all" } as const;
  const sgd = await wayOf("sgd", wild, device);
  expect(sgd.losses[5]!).toBeGreaterThan(sgd.losses[0]!);
  const { points } = await wayOf("adam", { ...wild, rate: 0.1 }, device);
  expect(Math.abs(points[2]! - points[0]!)).toBeCloseTo(0.1, 3);
});

test("few examples a step make as many steps, on another way", async () => {
  const params = { problem: "line", start: [-1, -1], rate: 0.05 } as const;
  const [all, few] = [
    await wayOf("sgd", { ...params, batch: "all" }, device),
    await wayOf("sgd", { ...params, batch: "few" }, device),
  ];
  expect(few.points.length).toBe(all.points.length);
  expect([...few.points]).not.toEqual([...all.points]);
});
