import { openDevice, Rng } from "glassnet";
import { describe, expect, test } from "vitest";
import { type Arena, distance, openArena, type Point, walledArena } from "./arena.ts";
import { type DescentOptions, type GameStep, summaryOf, walk, walkSteps } from "./descent.ts";
import { drawPlace } from "./goal-split.ts";
import { gameLosses, LossField } from "./losses.ts";
import { drawArena } from "./random-arena.ts";
import { Terrain } from "./terrain.ts";

const device = await openDevice({ backend: "reference" });

describe("losses", () => {
  test.each(gameLosses)("%s: the library's gradient is the slope of what the geometry says", async (loss) => {
    const rng = Rng.seeded(3);
    const arena = drawArena(rng, 5);
    const terrain = new Terrain(arena);
    const field = new LossField(terrain, loss, device);
    const expected = (at: Point): number => {
      if (loss === "walking") return terrain.walkingDistance(at);
      return loss === "distance" ? distance(at, arena.goal) : distance(at, arena.goal) ** 2;
    };
    for (let k = 0; k < 30; k++) {
      const at = drawPlace(terrain, rng);
      const { loss: value, gradient } = await field.at(at);
      if (!Number.isFinite(expected(at))) {
        expect(value).toBe(Number.POSITIVE_INFINITY);
        continue;
      }
      expect(value).toBeCloseTo(expected(at), 5);
      const h = 1e-5;
      const slope = (dx: number, dy: number): number =>
        (expected({ x: at.x + h * dx, y: at.y + h * dy }) - expected({ x: at.x - h * dx, y: at.y - h * dy })) / (2 * h);
      expect(gradient.x).toBeCloseTo(slope(1, 0), 3);
      expect(gradient.y).toBeCloseTo(slope(0, 1), 3);
      if (loss !== "squared") expect(Math.hypot(gradient.x, gradient.y)).toBeCloseTo(1, 6);
    }
  });

  test("a map of many points holds the same numbers; out of a closed room it is infinite", async () => {
    const terrain = new Terrain(walledArena);
    const field = new LossField(terrain, "walking", device);
    const points = [
      { x: 5, y: 5 },
      { x: 50, y: 50 },
      { x: 70, y: 40 },
    ];
    const values = await field.many(points);
    for (const [i, point] of points.entries()) expect(values[i]).toBeCloseTo(terrain.walkingDistance(point), 5);
    const border = { ...openArena, walls: [{ x: 40, y: -5, width: 4, height: 90 }] };
    const cut = new LossField(new Terrain(border), "walking", device);
    expect(
      (
        await cut.many([
          { x: 10, y: 10 },
          { x: 60, y: 10 },
        ])
      )[0],
    ).toBe(Number.POSITIVE_INFINITY);
    expect((await cut.at({ x: 10, y: 10 })).gradient).toEqual({ x: 0, y: 0 });
    expect((await walk(border, { loss: "walking", rate: 1 })).outcome).toBe("stuck");
  });
});

describe("without walls", () => {
  const rng = Rng.seeded(11);
  const free = new Terrain(openArena);
  const arenas = Array.from({ length: 25 }, (): Arena => {
    for (;;) {
      const [start, goal] = [drawPlace(free, rng), drawPlace(free, rng)];
      if (distance(start, goal) > 5) return { ...openArena, start, goal };
    }
  });

  test.each<DescentOptions>([
    { loss: "distance", rate: 1 },
    { loss: "squared", rate: 0.05 },
    { loss: "walking", rate: 1 },
  ])("descent goes straight: way over straight way at most 1.01, with %o", async (options) => {
    for (const arena of arenas) {
      const { outcome, ratio } = await walk(arena, { ...options, device });
      expect(outcome).toBe("goal");
      expect(ratio).toBeLessThanOrEqual(1.01);
      expect(ratio).toBeGreaterThanOrEqual(1 - 1e-9);
    }
  });

  test("each step is the printed rule: with the slope 1 equally long, with squares shorter and shorter", async () => {
    const { steps } = await walk(openArena, { loss: "distance", rate: 2, device });
    for (const { at, to, gradient, slope } of steps.slice(0, -1)) {
      expect(slope).toBeCloseTo(1, 9);
      expect(to).toEqual({ x: at.x - 2 * gradient.x, y: at.y - 2 * gradient.y });
    }
    const squared = await walk(openArena, { loss: "squared", rate: 0.1, device });
    const left = squared.steps.map(({ at }) => distance(at, openArena.goal));
    for (const [i, here] of left.entries()) if (i > 0) expect(here).toBeCloseTo(0.8 * left[i - 1]!, 6);
  });

  test("a rate too large overshoots: there and back, around the goal, or away for good", async () => {
    const back = await walk(openArena, { loss: "squared", rate: 0.9, device });
    expect(back.outcome).toBe("goal");
    expect(back.ratio).toBeGreaterThan(5);
    expect((await walk(openArena, { loss: "distance", rate: 5, device })).outcome).toBe("overshoot");
    expect((await walk(openArena, { loss: "squared", rate: 1.1, device })).outcome).toBe("diverged");
    expect((await walk(openArena, { loss: "distance", rate: 0.001, maxSteps: 10, device })).outcome).toBe("steps");
  });

  test("momentum gathers speed, noise makes detours, and both are the same for the same seed", async () => {
    const plain = await walk(openArena, { loss: "squared", rate: 0.02, device });
    const faster = await walk(openArena, { loss: "squared", rate: 0.02, momentum: 0.5, device });
    expect(faster.steps.length).toBeLessThan(0.8 * plain.steps.length);
    const noisy = { loss: "distance", rate: 1, noise: 0.5, seed: 4, device } as const;
    const [first, second, other] = [
      await walk(openArena, noisy),
      await walk(openArena, noisy),
      await walk(openArena, { ...noisy, seed: 5 }),
    ];
    expect(first.ratio).toBeGreaterThan(1.02);
    expect(second.path).toEqual(first.path);
    expect(other.path).not.toEqual(first.path);
  });

  test("a walk may be watched and left at any step", async () => {
    const seen: GameStep[] = [];
    for await (const step of walkSteps(openArena, { loss: "distance", rate: 1, device })) {
      seen.push(step);
      if (seen.length === 5) break;
    }
    const { outcome, length, path, ratio } = summaryOf(openArena, seen);
    expect(outcome).toBe("steps");
    expect(length).toBeCloseTo(4, 9);
    expect(path).toHaveLength(5);
    expect(ratio).toBeUndefined();
  });
});

describe("with walls", () => {
  test("naive descent is caught in a pocket, at a wall", async () => {
    for (const loss of ["distance", "squared"] as const) {
      const { outcome, path, steps } = await walk(walledArena, { loss, rate: loss === "distance" ? 1 : 0.05, device });
      expect(outcome).toBe("stuck");
      expect(steps.some(({ isBlocked }) => isBlocked)).toBe(true);
      expect(distance(path.at(-1)!, walledArena.goal)).toBeGreaterThan(20);
      expect(new Terrain(walledArena).isFree(path.at(-1)!)).toBe(true);
    }
  });

  test("descent on the walking distance finds the short way: at most 1.05 of the shortest", async () => {
    const { outcome, ratio } = await walk(walledArena, { loss: "walking", rate: 1, device });
    expect(outcome).toBe("goal");
    expect(ratio).toBeLessThanOrEqual(1.05);
  });

  test("so it does in 60 arenas with up to 8 walls anywhere", async () => {
    const rng = Rng.seeded(21);
    for (let k = 0; k < 60; k++) {
      const arena = drawArena(rng, 1 + (k % 8));
      if (distance(arena.start, arena.goal) < 5) continue;
      const { outcome, ratio } = await walk(arena, { loss: "walking", rate: 0.5, device });
      expect(outcome, JSON.stringify(arena)).toBe("goal");
      expect(ratio, JSON.stringify(arena)).toBeLessThanOrEqual(1.05);
      expect(ratio).toBeGreaterThanOrEqual(1 - 1e-9);
    }
  });
});

test.each([
  [{ rate: 0 }, "rate must be a finite number above 0, got 0"],
  [{ momentum: 1 }, "momentum must be at least 0 and below 1, got 1"],
  [{ noise: -1 }, "noise must be a finite number of at least 0, got -1"],
  [{ maxSteps: 0.5 }, "maxSteps must be a whole number of at least 1, got 0.5"],
])("options out of range are refused: %o", async (change, message) => {
  await expect(walk(openArena, { loss: "distance", rate: 1, ...change })).rejects.toThrow(message);
});
