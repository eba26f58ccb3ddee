import { beforeEach, expect, test, vi } from "vitest";
import { main as game } from "./game.ts";
import { main as profit } from "./profit.ts";

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => lines.push(line));
});

test("the company: a plane runs to the bounds, the network finds an inner optimum near the true one, each step printed", async () => {
  const { edge, best, goal, regret, fitted } = await profit();
  expect(edge).toMatchObject({ reason: "bound", byName: { price: 15, marketing: 80 } });
  expect(best).toMatchObject({ reason: "flat", atBounds: [], warnings: [] });
  expect(regret).toBeGreaterThanOrEqual(0);
  expect(regret).toBeLessThan(0.02);
  for (const [i, effect] of [-24, -4, 10, 18].entries()) expect(Math.abs(fitted[i]! - effect)).toBeLessThan(3);
  expect(goal).toMatchObject({ reason: "target" });
  expect(goal.prediction).toBeCloseTo(150, 1);
  const steps = lines.filter((line) => /^ {2,}\d+( +-?\d+\.\d+){6}$/.test(line));
  expect(steps).toHaveLength(edge.path.length + best.path.length + goal.path.length);
  // Rows of actual − predicted = difference.
  const rows = lines.flatMap((line) => line.match(/month \d: +(\S+) - +(\S+) = +(\S+)/) ?? []);
  expect(rows).toHaveLength(12);
  for (const k of [0, 4, 8]) expect(Number(rows[k + 1]) - Number(rows[k + 2])).toBeCloseTo(Number(rows[k + 3]), 1);
});

test("the game: straight ways, overshoot, a wall that stops the naive one, and a network that walks where it never was", async () => {
  const { straight, shortest, plain, squared, far, stuck, around, reached, ratio } = await game();
  for (const way of [plain, squared]) {
    expect(way.isReached).toBe(true);
    expect(way.length / straight).toBeLessThanOrEqual(1.01);
  }
  expect(far.isReached).toBe(true);
  expect(far.length / straight).toBeGreaterThan(5);
  expect(stuck.isReached).toBe(false);
  expect(around.isReached).toBe(true);
  expect(around.length / shortest).toBeLessThanOrEqual(1.05);
  expect(around.length).toBeGreaterThan(straight);
  expect(reached).toBeGreaterThanOrEqual(0.95);
  expect(ratio).toBeLessThanOrEqual(1.15);
  expect(lines).toContain("  The wall stops it at (45.0, 25.0): the slope leads on into the wall.");
});
