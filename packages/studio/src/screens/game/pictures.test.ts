import { expect, test } from "vitest";
import { palettes } from "../../draw/palette.ts";
import { recordingBrush } from "../../draw/recorder.ts";
import { openArena, walledArena } from "../../game/arena.ts";
import { Terrain } from "../../game/terrain.ts";
import type { Descent } from "./descend.ts";
import { arrowScales, handleAt, paintDescent } from "./draw-descent.ts";
import { ratioOf, scaleFor } from "./draw-ground.ts";
import { paintRace } from "./draw-race.ts";
import { nearestTrail, paintExam, paintTrails } from "./draw-trails.ts";
import { isolines } from "./isolines.ts";
import type { Trail } from "./lab.ts";
import { Race } from "./race.ts";
import { RAYS } from "./rays.ts";

const { light } = palettes;
const words = { start: "Start", goal: "Goal" };
const size = [1060, 760] as const; // ten pixels a unit
const descent: Descent = {
  settings: { loss: "distance", rate: 2, momentum: 0, noise: 0, seed: 0 },
  outcome: "stuck",
  at: Float64Array.of(12, 58, 14, 58),
  losses: Float64Array.of(60, 58),
  gradients: Float64Array.of(-1, 0, -1, 0),
  to: Float64Array.of(14, 58, 14, 58),
  blocked: Uint8Array.of(0, 1),
  walked: Float64Array.of(0, 2),
  straight: 86,
  shortest: 90,
  ratio: null,
};
const picture = {
  arena: walledArena,
  ground: null,
  descent,
  others: [],
  shortest: undefined,
  step: 0,
  selected: null,
  words,
} as const;

test("a scale goes to pixels and back, with a border", () => {
  const scale = scaleFor(openArena, ...size);
  expect(ratioOf(openArena)).toBeCloseTo(106 / 76);
  expect([scale.unit, scale.x(0), scale.y(70)]).toEqual([10, 30, 730]);
  expect(scale.place(scale.x(12.5), scale.y(33))).toEqual({ x: 12.5, y: 33 });
});

test("the gradient is an arrow with its size, and the step goes the other way", () => {
  const { brush, strokes, texts } = recordingBrush(...size);
  paintDescent(picture)(brush);
  expect(texts()).toContain("|∇| = 1.00");
  expect(texts()).toEqual(expect.arrayContaining(["Start", "Goal"]));
  const tips = (colour: string): number[] => {
    const at = strokes.findIndex(
      ([name, value], i) => name === "fillStyle =" && value === colour && strokes[i + 1]?.[0] === "lineWidth =",
    );
    return strokes
      .slice(at)
      .filter(([name]) => name === "moveTo")
      .slice(0, 2)
      .map(([, x]) => x as number);
  };
  const [, gradientTip] = tips(light.negative);
  const [from, stepTip] = tips(light.update);
  expect(from).toBe(150);
  expect(gradientTip).toBeCloseTo(150 - 130); // to the left, where the loss grows
  expect(stepTip).toBeCloseTo(150 + 2 * 10 * arrowScales(descent).step);
});

test("a walk that is stuck is crossed out, and its wanted step is dashed", () => {
  const { brush, texts } = recordingBrush(...size);
  paintDescent({ ...picture, step: 1 })(brush);
  expect(texts()).toContain("×");
});

test("all arrows of a walk are drawn on one scale", () => {
  const { gradient, step } = arrowScales({ ...descent, gradients: Float64Array.of(-26, 0, -2, 0) });
  expect(gradient).toBeCloseTo(13 / 26);
  expect(step).toBeCloseTo(1 / 6);
});

test("what lies under the pointer: goal, start, the uppermost wall, nothing", () => {
  const scale = scaleFor(walledArena, ...size);
  const under = (x: number, y: number) => handleAt(walledArena, scale, scale.x(x), scale.y(y));
  expect([under(86, 15), under(12, 58), under(30, 30), under(62, 20), under(5, 5)]).toEqual([
    "goal",
    "start",
    0,
    1,
    null,
  ]);
});

test("lines of equal loss lie where the loss has that value", () => {
  const values = Float64Array.from({ length: 20 }, (_, i) => i % 5); // grows to the right
  const pieces = isolines(values, 5, 4, 1.5);
  expect(pieces).toHaveLength(3);
  for (const [x0, , x1] of pieces) expect([x0, x1]).toEqual([1.5, 1.5]);
  expect(isolines([0, 1, Number.POSITIVE_INFINITY, 1], 2, 2, 0.5)).toEqual([]);
});

const trail = (isReached: boolean): Trail => ({
  start: { x: 10, y: 10 },
  goal: { x: 20, y: 10 },
  isReached,
  length: 10,
  shortest: 10,
  ratio: isReached ? 1 : null,
  path: Float32Array.of(10, 10, 15, 10, 20, 10),
});

test("attempts that fail are dashed and end in a cross, and grow with their share", () => {
  const paint = (isReached: boolean, share: number) => {
    const { brush, strokes } = recordingBrush(...size);
    paintTrails({ arena: openArena, trails: [trail(isReached)], share, situation: null, words }, RAYS)(brush);
    return strokes;
  };
  const isDashed = (strokes: ReturnType<typeof paint>): boolean =>
    strokes.some(([name, dash]) => name === "setLineDash" && (dash as number[]).length > 0);
  expect([isDashed(paint(true, 1)), isDashed(paint(false, 1))]).toEqual([false, true]);
  const reach = (share: number): number =>
    Math.max(
      ...paint(true, share)
        .filter(([name]) => name === "lineTo")
        .map(([, x]) => x as number),
    );
  expect([reach(0.5), reach(1)]).toEqual([180, 230]);
});

test("the exam shows reached goals as discs, missed ones as crosses, and finds the goal under a pointer", () => {
  const trails = [trail(true), { ...trail(false), goal: { x: 60, y: 40 } }];
  const { brush, strokes } = recordingBrush(...size);
  paintExam({ arena: openArena, trails, chosen: 1 })(brush);
  expect(strokes.filter(([name]) => name === "arc").length).toBe(3);
  const at = (x: number, y: number) => nearestTrail(openArena, trails, ...size, 30 + 10 * x, 30 + 10 * y);
  expect([at(20, 11), at(61, 40), at(90, 60)]).toEqual([0, 1, null]);
});

test("a race has both, the time, and what to do", () => {
  const race = new Race(new Terrain(openArena), openArena, {
    path: [12, 58, 86, 14],
    isReached: true,
    secondsPerStep: 2,
  });
  const { brush, texts } = recordingBrush(...size);
  const raceWords = { you: "You", rival: "Policy", goal: "Goal", paused: "Paused", ready: "Ready\nGo" };
  paintRace(race, raceWords)(brush);
  expect(texts()).toEqual(expect.arrayContaining(["You", "Policy", "0.0 s", "Ready", "Go"]));
});
