import { fromData, openDevice, Rng, type Tensor } from "glassnet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runSample } from "../../../test/sample.ts";
import { openSmallSession } from "../../../test/session.ts";
import { openArena, type Point, walledArena } from "../../game/arena.ts";
import { walk } from "../../game/descent.ts";
import { drawPlace, isTrainingGoal } from "../../game/goal-split.ts";
import { LossField } from "../../game/losses.ts";
import { attempts, createPolicy } from "../../game/policy.ts";
import { examine } from "../../game/policy-exam.ts";
import { trainPolicy } from "../../game/policy-training.ts";
import { Terrain } from "../../game/terrain.ts";
import type { Session } from "../../worker/session.ts";
import { gameCode } from "./code.ts";
import { lossNames } from "./walk-params.ts";

let session: Session;
beforeAll(async () => {
  session = await openSmallSession();
});
afterAll(() => session.close());

const numbers = (lines: readonly string[]): number[][] => lines.map((line) => line.split(" ").map(Number));
const device = await openDevice({ backend: "reference" });

test.each(lossNames)("gradient of %s", async (loss) => {
  const terrain = new Terrain(walledArena);
  const at = { x: 30, y: 60 };
  const shown = await new LossField(terrain, loss, device).at(at);
  const anchors = terrain.anchors.filter((anchor) => terrain.canSee(at, anchor));
  const { goal } = walledArena;
  const given = { at: [at.x, at.y], device, ...(loss === "walking" ? { anchors } : { goal: [goal.x, goal.y] }) };
  const [[value, x, y]] = numbers(await runSample(gameCode.gradient[loss], given)) as [[number, number, number]];
  expect(value).toBeCloseTo(shown.loss, 6);
  expect(x).toBeCloseTo(shown.gradient.x, 6);
  expect(y).toBeCloseTo(shown.gradient.y, 6);
});

test("descent: the lines walk the way of the figure", async () => {
  const { start, goal, radius } = openArena;
  const { steps } = await walk(openArena, { loss: "distance", rate: 0.8, momentum: 0.3, device });
  const given = { start: [start.x, start.y], goal: [goal.x, goal.y], radius, rate: 0.8, momentum: 0.3, device };
  const printed = numbers(await runSample(gameCode.descent, given));
  expect(printed).toHaveLength(steps.length);
  for (const [k, [step, loss, x, y]] of printed.entries()) {
    expect(step).toBe(k);
    expect(loss).toBeCloseTo(steps[k]!.loss, 6);
    expect(x).toBeCloseTo(steps[k]!.at.x, 6);
    expect(y).toBeCloseTo(steps[k]!.at.y, 6);
  }
});

test("way", async () => {
  const { path, length, ratio, shortest } = await walk(walledArena, { loss: "walking", rate: 1, device });
  const { goal } = walledArena;
  const given = { path: path.map(({ x, y }) => [x, y]), goal: [goal.x, goal.y], shortest };
  expect(numbers(await runSample(gameCode.way, given))).toEqual([[length, ratio]]);
});

test("policy: the lines take the steps of an attempt", async () => {
  const policy = createPolicy(walledArena, { seed: 2 });
  for await (const _ of trainPolicy(policy, { epochs: 1, updates: 20, seed: 2, device: session.device })) {
    // a little, so that it moves
  }
  const { start, goal, radius } = walledArena;
  const [attempt] = await attempts(policy, [start], [goal], { device: session.device });
  const { model, senses, terrain, speed } = policy;
  const printed = await runSample(gameCode.policy, { model, senses, terrain, speed, radius, start, goal });
  const [[steps, x, y]] = numbers(printed) as [[number, number, number]];
  expect(steps).toBe(attempt!.path.length - 1);
  expect(x).toBeCloseTo(attempt!.path.at(-1)!.x, 1);
  expect(y).toBeCloseTo(attempt!.path.at(-1)!.y, 1);
});

test("update: the lines give the loss of the first update", async () => {
  const policy = createPolicy(walledArena, { seed: 2 });
  const { model, senses, speed, terrain, map } = policy;
  const rng = Rng.seeded(2).fold("attempts");
  const walkers = Array.from({ length: 16 }, () => {
    const goal = drawPlace(terrain, rng, isTrainingGoal);
    return { goal, onwards: map.distancesTo(goal), place: drawPlace(terrain, rng) };
  });
  const pairs = (points: readonly Point[]): Tensor =>
    fromData(Float32Array.from(points.flatMap(({ x, y }) => [x, y])), [16, 2]);
  const given = {
    ...{ model, senses, speed },
    places: pairs(walkers.map(({ place }) => place)),
    goals: pairs(walkers.map(({ goal }) => goal)),
    onwards: fromData(Float32Array.from(walkers.flatMap(({ onwards }) => [...onwards])), [16, map.corners.length]),
  };
  const [[loss, parameters]] = numbers(await runSample(gameCode.update, given)) as [[number, number]];
  const options = { epochs: 1, updates: 1, batchSize: 16, seed: 2, device: session.device };
  for await (const epoch of trainPolicy(policy, options)) expect(loss).toBeCloseTo(epoch.loss, 3);
  expect(parameters).toBe(6);
});

test("exam", async () => {
  const policy = createPolicy(openArena, { seed: 1, hidden: 16 });
  const learning = { epochs: 2, updates: 40, batchSize: 64, learningRate: 0.01, seed: 1, device: session.device };
  for await (const _ of trainPolicy(policy, learning)) {
    // a little, so that it arrives somewhere
  }
  const exam = await examine(policy, { goals: 40, device: session.device });
  expect(exam.share).toBeGreaterThan(0);
  const printed = numbers(await runSample(gameCode.exam, { attempts: exam.attempts }));
  expect(printed).toEqual([[exam.share], [exam.medianRatio, exam.worstRatio]]);
});
