import { fromData, openDevice, Rng, type Tensor, tensor } from "glassnet";
import { describe, expect, test } from "vitest";
import { distance, lengthOf, openArena, type Point, walledArena } from "./arena.ts";
import { CornerMap } from "./corner-map.ts";
import { drawPlace, FIELD, isTrainingGoal } from "./goal-split.ts";
import { attempts, createPolicy, policyModel, stepOf } from "./policy.ts";
import { examine } from "./policy-exam.ts";
import { type PolicyEpoch, trainPolicy } from "./policy-training.ts";
import { drawArena } from "./random-arena.ts";
import { policyInputs, RAY_LENGTH, RAYS, Senses } from "./senses.ts";
import { Terrain } from "./terrain.ts";

const device = await openDevice({ backend: "wasm", threads: 1, reproducible: true });

const tensorOf = (points: readonly Point[]): Tensor =>
  fromData(Float32Array.from(points.flatMap(({ x, y }) => [x, y])), [points.length, 2]);

describe("what happens to many characters at once agrees with the rules of the game:", () => {
  const rng = Rng.seeded(31);
  const arenas = Array.from({ length: 12 }, (_, i) => drawArena(rng, i % 7));

  test("walking distances", async () => {
    for (const arena of arenas) {
      const terrain = new Terrain(arena);
      const map = new CornerMap(terrain);
      const senses = new Senses(terrain, map);
      const places = Array.from({ length: 20 }, () => drawPlace(terrain, rng));
      const goals = Array.from({ length: 20 }, () => drawPlace(terrain, rng));
      const onwards = Float32Array.from(goals.flatMap((goal) => [...map.distancesTo(goal)]));
      const shape = [20, map.corners.length];
      const got = await senses.walkingDistances(tensorOf(places), tensorOf(goals), fromData(onwards, shape)).data();
      for (let i = 0; i < 20; i++) {
        const expected = map.walkingDistance(places[i]!, goals[i]!);
        if (expected < 1000) expect(Math.abs(got[i]! - expected), `${i}`).toBeLessThan(0.05);
        else expect(got[i]).toBeGreaterThan(1000);
      }
    }
  });

  test("rays, and what of the straight way is free", async () => {
    for (const arena of arenas) {
      const terrain = new Terrain(arena);
      const senses = new Senses(terrain, new CornerMap(terrain));
      const places = Array.from({ length: 20 }, () => drawPlace(terrain, rng));
      const goals = Array.from({ length: 20 }, () => drawPlace(terrain, rng));
      const rays = await senses.rays(tensorOf(places)).data();
      const sight = await senses.sight(tensorOf(places), tensorOf(goals)).data();
      for (const [i, { x, y }] of places.entries()) {
        for (let k = 0; k < RAYS; k++) {
          const free = RAY_LENGTH * rays[i * RAYS + k]!;
          const at = (length: number): Point => {
            const angle = (2 * Math.PI * k) / RAYS;
            return { x: x + length * Math.cos(angle), y: y + length * Math.sin(angle) };
          };
          expect(terrain.canSee({ x, y }, at(free - 0.01))).toBe(true);
          if (free < RAY_LENGTH - 0.01) expect(terrain.canSee({ x, y }, at(free + 0.01))).toBe(false);
        }
        expect(sight[i]! >= 1).toBe(terrain.canSee({ x, y }, goals[i]!));
      }
    }
  });

  test("moves, apart from how they slide around corners", async () => {
    for (const arena of arenas.filter(({ walls }) => walls.length > 0)) {
      const terrain = new Terrain(arena);
      const senses = new Senses(terrain, new CornerMap(terrain));
      const from = Array.from({ length: 60 }, () => drawPlace(terrain, rng));
      const steps = rng.uniform([60, 2], -2, 2, "f64").data;
      const to = from.map(({ x, y }, i) => ({ x: x + steps[2 * i]!, y: y + steps[2 * i + 1]! }));
      const ends = await senses.move(tensorOf(from), tensorOf(to)).data();
      for (const [i, start] of from.entries()) {
        const end = { x: ends[2 * i]!, y: ends[2 * i + 1]! };
        expect(terrain.isFree(end, 1e-3), JSON.stringify({ arena, start, to: to[i] })).toBe(true);
        if (terrain.canSee(start, to[i]!)) {
          const exact = terrain.move(start, to[i]!);
          if (distance(exact, to[i]!) === 0) expect(distance(end, exact)).toBeLessThan(1e-4);
        }
      }
    }
  });
});

describe("a policy", () => {
  test("is an ordinary model with named inputs and two outputs, and steps no farther than its speed", async () => {
    const policy = createPolicy(openArena, { hidden: 8, seed: 2 });
    const x = policy.senses.inputs(tensorOf([{ x: 10, y: 20 }]), tensorOf([{ x: 90, y: 60 }]));
    expect(x.shape).toEqual([1, policyInputs.length]);
    expect(policy.model.call(x).shape).toEqual([1, 2]);
    const steps = await stepOf(
      tensor([
        [0, 0],
        [30, 40],
        [-0.3, 0.4],
      ]),
      policy.speed,
    ).data();
    expect([steps[0], steps[1]]).toEqual([0, 0]);
    expect(Math.hypot(steps[2]!, steps[3]!)).toBeCloseTo(policy.speed, 2);
    expect(Math.hypot(steps[4]!, steps[5]!)).toBeCloseTo((policy.speed * 0.5) / Math.sqrt(1.25), 5);
    expect(createPolicy(openArena, {}, policyModel({ hidden: 4 })).model.config()).toMatchObject({
      kind: "sequential",
    });
  });

  test("without training it walks by the rules, and its way is measured", async () => {
    const policy = createPolicy(walledArena, { seed: 1 });
    const [attempt] = await attempts(policy, [walledArena.start], [walledArena.goal], { device, maxSteps: 30 });
    expect(attempt!.path.length).toBeLessThanOrEqual(31);
    expect(attempt!.path.every((point) => policy.terrain.isFree(point, 1e-9))).toBe(true);
    expect(attempt!.length).toBeCloseTo(lengthOf(attempt!.path), 9);
    expect(attempt!.shortest).toBeCloseTo(policy.terrain.walkingDistance(walledArena.start), 9);
    const [there] = await attempts(policy, [walledArena.goal], [walledArena.goal], { device });
    expect(there).toMatchObject({ isReached: true, length: 0 });
  });

  test("goals for training and for the exam come from different fields", async () => {
    expect(isTrainingGoal({ x: 5, y: 5 })).toBe(true);
    expect(isTrainingGoal({ x: 5 + FIELD, y: 5 })).toBe(false);
    const policy = createPolicy(openArena, { hidden: 4 });
    const unseen = await examine(policy, { device, goals: 20 });
    const seen = await examine(policy, { device, goals: 20, fields: "seen" });
    expect(unseen.attempts.every(({ goal }) => !isTrainingGoal(goal))).toBe(true);
    expect(seen.attempts.every(({ goal }) => isTrainingGoal(goal))).toBe(true);
  });

  test("learns on the open plane within seconds, and reaches goals that it has never seen", async () => {
    const policy = createPolicy(openArena, { hidden: 32, seed: 1 });
    const before = await examine(policy, { device });
    const epochs: PolicyEpoch[] = [];
    const options = { epochs: 6, updates: 40, batchSize: 64, learningRate: 0.01, seed: 1, device };
    for await (const epoch of trainPolicy(policy, options)) epochs.push(epoch);
    const after = await examine(policy, { device });
    expect(before.share).toBeLessThan(0.2);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(epochs.at(-1)!.updates).toBe(240);
    expect(epochs.at(-1)!.reached).toBeGreaterThan(epochs[0]!.reached);
    expect(epochs.every(({ attempts: ended, reached }) => reached <= ended)).toBe(true);
    expect(after.share).toBeGreaterThanOrEqual(0.95);
    expect(after.medianRatio).toBeLessThanOrEqual(1.15);
    expect(after.worstRatio).toBeGreaterThanOrEqual(after.medianRatio!);
  });

  test("learns the same bits from the same seed, and stops when it is told to", async () => {
    const learn = async (seed: number, signal?: AbortSignal): Promise<string> => {
      const policy = createPolicy(walledArena, { hidden: 8, seed });
      const losses: number[] = [];
      const options = { epochs: 2, updates: 3, batchSize: 16, unroll: 3, seed, device, ...(signal && { signal }) };
      for await (const { loss } of trainPolicy(policy, options)) losses.push(loss);
      return JSON.stringify(losses);
    };
    const first = await learn(1);
    expect(await learn(1)).toBe(first);
    expect(await learn(2)).not.toBe(first);
    expect(JSON.parse(first)).toHaveLength(2);
    expect(await learn(1, AbortSignal.abort())).toBe("[]");
  });
});
