import { openDevice, Rng, type Tensor, tensor } from "glassnet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSmallSession } from "../../../test/session.ts";
import { type Arena, faultsOf, openArena, walledArena } from "../../game/arena.ts";
import { walk } from "../../game/descent.ts";
import { createPolicy } from "../../game/policy.ts";
import { type PolicyEpoch, trainPolicy } from "../../game/policy-training.ts";
import { drawArena } from "../../game/random-arena.ts";
import { policyInputs, RAYS as RAY_COUNT, RAY_LENGTH } from "../../game/senses.ts";
import { Terrain } from "../../game/terrain.ts";
import type { Session } from "../../worker/session.ts";
import { arenaText, readArena, settled, tenth, wallsText } from "./arena-text.ts";
import type { Descent } from "./descend.ts";
import { dragged, moved, withoutWall } from "./drag.ts";
import { GameLab, type PolicyState } from "./lab.ts";
import { en } from "./messages.en.ts";
import { zh } from "./messages.zh.ts";
import { RAYS } from "./rays.ts";
import { lossNames, startRates } from "./walk-params.ts";
import { gameHandlers } from "./worker.ts";

let session: Session;
beforeAll(async () => {
  session = await openSmallSession();
});
afterAll(() => session.close());

/** A job to its end. */
async function ended<T>(job: AsyncGenerator<unknown, T, undefined>): Promise<T> {
  let turn = await job.next();
  while (turn.done !== true) turn = await job.next();
  return turn.value;
}

const places = (): [Tensor, Tensor] => [tensor([[10, 20]]), tensor([[90, 40]])];

describe("arenas", () => {
  test("a text stands for an arena, and what is none is refused", () => {
    const rng = Rng.seeded(5);
    for (let k = 0; k < 30; k++) {
      const arena = settled(drawArena(rng, k % 9));
      if (arena === undefined) continue;
      const read = readArena(arenaText(arena));
      if (read === undefined) continue; // a place at the very edge of a wall was rounded into it
      expect(arenaText(read)).toBe(arenaText(arena));
    }
    expect(readArena(arenaText(walledArena))).toEqual(walledArena);
    for (const bad of ["", "1_2", "12_58~86_14~1_2_3", "a_b~c_d", "12_58~86_14~28_14_5", "200_0~1_1"]) {
      expect(readArena(bad), bad).toBeUndefined();
    }
    expect(wallsText(openArena)).toBe("");
  });

  test("whatever is dragged anywhere, what is left can be played, or nothing is changed", () => {
    const rng = Rng.seeded(9);
    let refused = 0;
    for (let k = 0; k < 300; k++) {
      const arena = settled(drawArena(rng, 1 + (k % 7)));
      if (arena === undefined) continue;
      const to = { x: 140 * rng.next() - 20, y: 110 * rng.next() - 20 };
      const from = { x: 100 * rng.next(), y: 70 * rng.next() };
      const grips = [
        { kind: "move", handle: "goal", from: arena.goal },
        { kind: "move", handle: "start", from: arena.start },
        { kind: "move", handle: 0, from },
        { kind: "corner", wall: 0, anchor: from },
        { kind: "wall", from },
      ] as const;
      const next = dragged(arena, grips[k % 5]!, to);
      if (next === undefined) refused++;
      else expect(faultsOf(next), JSON.stringify({ arena, next })).toEqual([]);
    }
    expect(refused).toBeLessThan(30);
  });

  test("a goal that is pushed into a wall stands beside it; walls come and go", () => {
    const next = moved(walledArena, "goal", { x: 62 - walledArena.goal.x, y: 40 - walledArena.goal.y })!;
    expect(new Terrain(next).isFree(next.goal)).toBe(true);
    expect(Math.abs(next.goal.x - 62)).toBeLessThan(6);
    expect(withoutWall(walledArena, 0)!.walls).toEqual(walledArena.walls.slice(1));
    expect(tenth(1.26)).toBe(1.3);
    const full: Arena = { ...openArena, walls: [{ x: -5, y: -5, width: 120, height: 90 }] };
    expect(settled(full)).toBeUndefined();
  });
});

describe("descent", () => {
  const walkOf = (arena: Arena, loss: (typeof lossNames)[number]): Promise<Descent> => {
    const settings = { loss, rate: startRates[loss], momentum: 0, noise: 0, seed: 0 };
    return ended(gameHandlers.descent(session, { arena, settings }));
  };

  test.each(lossNames)("%s: every number is that of the walk", async (loss) => {
    const device = await openDevice({ backend: "reference" });
    const expected = await walk(walledArena, { loss, rate: startRates[loss], device, maxSteps: 600 });
    const got = await walkOf(walledArena, loss);
    expect(got.outcome).toBe(expected.outcome);
    expect([...got.at]).toEqual(expected.path.flatMap(({ x, y }) => [x, y]));
    expect([...got.losses]).toEqual(expected.steps.map(({ loss: value }) => value));
    expect([...got.gradients]).toEqual(expected.steps.flatMap(({ gradient: { x, y } }) => [x, y]));
    expect([...got.blocked]).toEqual(expected.steps.map(({ isBlocked }) => Number(isBlocked)));
    expect(got.walked.at(-1)).toBeCloseTo(expected.length, 9);
    expect(got).toMatchObject({
      straight: expected.straight,
      shortest: expected.shortest,
      ratio: expected.ratio ?? null,
    });
  });

  test("without walls all losses lead straight: at most 1.01", async () => {
    for (const loss of lossNames) {
      const { outcome, ratio } = await walkOf(openArena, loss);
      expect([loss, outcome]).toEqual([loss, "goal"]);
      expect(ratio).toBeLessThanOrEqual(1.01);
    }
  });

  test("with walls naive descent is caught, and the walking distance leads there: at most 1.05", async () => {
    expect((await walkOf(walledArena, "distance")).outcome).toBe("stuck");
    expect((await walkOf(walledArena, "squared")).outcome).toBe("stuck");
    const { outcome, ratio } = await walkOf(walledArena, "walking");
    expect(outcome).toBe("goal");
    expect(ratio).toBeLessThanOrEqual(1.05);
  });

  test("the map holds the losses of the middles of its fields", async () => {
    const { columns, rows, losses } = await gameHandlers.map(session, { arena: walledArena, loss: "walking" });
    expect(losses).toHaveLength(columns * rows);
    const terrain = new Terrain(walledArena);
    for (const i of [0, 100, 777, losses.length - 1]) {
      const at = { x: (((i % columns) + 0.5) * 100) / columns, y: ((Math.floor(i / columns) + 0.5) * 70) / rows };
      expect(losses[i]).toBeCloseTo(terrain.walkingDistance(at), 3);
    }
  });

  test("an arena anywhere can be played, and is the same for the same seed", () => {
    const arena = gameHandlers.arena(session, { seed: 4, walls: 5 });
    expect(faultsOf(arena)).toEqual([]);
    expect(gameHandlers.arena(session, { seed: 4, walls: 5 })).toEqual(arena);
  });
});

describe("the policy", () => {
  const params = { arena: walledArena, seed: 3, epochs: 1 };

  test("learns in short turns the very bits that it learns in long ones", async () => {
    const state: PolicyState = await ended(gameHandlers.learn(session, params));
    const policy = createPolicy(walledArena, { seed: 3 });
    const epochs: PolicyEpoch[] = [];
    for await (const epoch of trainPolicy(policy, { epochs: 1, updates: 50, seed: 3, device: session.device }))
      epochs.push(epoch);
    const learnt = state.reports.slice(1);
    expect(learnt.map(({ attempts, reached }) => [attempts, reached])).toEqual(
      epochs.map(({ attempts, reached }) => [attempts, reached]),
    );
    for (const [i, { loss }] of learnt.entries()) expect(loss).toBeCloseTo(epochs[i]!.loss, 6);
    const mine = (await GameLab.of(session).policyFor(session))!;
    const x = mine.senses.inputs(...places());
    expect([...(await mine.model.call(x).data({ device: session.device }))]).toEqual([
      ...(await policy.model.call(x).data({ device: session.device })),
    ]);
    expect(state.reports.map(({ trails }) => trails.length)).toEqual([16, 16]);
    expect(state.before!.share).toBeLessThan(0.2);
    expect(state.exam!.trails).toHaveLength(200);
    expect(state.exam!.share).toBeGreaterThan(state.before!.share);
  });

  test("stopped, it keeps what it has learnt", async () => {
    const job = gameHandlers.learn(session, { ...params, seed: 4 });
    await job.next();
    await job.next();
    await job.return(null as never);
    expect(gameHandlers.policy(session)).toMatchObject({ seed: 4, exam: null, isOpen: false });
    const exam = await gameHandlers.exam(session);
    expect(exam!.trails).toHaveLength(200);
  });

  test("is opened in the workspace, walks there as it does here, and is given back", async () => {
    const before = session.project;
    const { start, goal } = walledArena;
    const there = (await gameHandlers.attempt(session, { start, goal }))!;
    expect(await gameHandlers.adopt(session, { columns: en.senses, start, goal })).toBe(true);
    const { model, data, settings } = session.info();
    expect(model).toMatchObject({ name: "policy", origin: "lab", inputShape: [15] });
    expect(model.layers.map(({ outFeatures }) => outFeatures)).toEqual([64, 64, 2]);
    expect(data).toMatchObject({ source: "lab", validation: there.path.length / 2, columns: en.senses });
    expect(settings.loss).toBe("meanSquaredError");
    const row = (await gameHandlers.situation(session, { from: "validation", index: 1 }))!;
    expect(row.place.x).toBeCloseTo(there.path[2]!, 5);
    expect(Math.hypot(row.step.x, row.step.y)).toBeLessThanOrEqual(3);
    const stored = session.data.validation!.inputs.data.subarray(15, 30);
    expect([...row.inputs]).toEqual([...stored]);
    // Targets are directions of shortest ways: one long, or nothing at the goal itself.
    const { data: targets } = session.data.training.targets;
    for (let i = 0; i < targets.length; i += 2) {
      const size = Math.hypot(Number(targets[i]), Number(targets[i + 1]));
      expect(Math.min(Math.abs(size - 1), size)).toBeLessThan(1e-5);
    }
    // What is changed there walks here.
    await session.revise((variables) => {
      const [bias] = Object.keys(variables)
        .filter((path) => path.endsWith("bias"))
        .slice(-1);
      (variables[bias!]!.data as Float32Array).set([5, 0]);
    });
    const changed = (await gameHandlers.attempt(session, { start, goal }))!;
    expect([...changed.path]).not.toEqual([...there.path]);
    await gameHandlers.giveBack(session);
    expect(session.project.model).toBe(before.model);
    expect(session.settings.loss).toBe("crossEntropy");
    expect([...(await gameHandlers.attempt(session, { start, goal }))!.path]).toEqual([...changed.path]);
    expect(await gameHandlers.situation(session, { from: "validation", index: 1 })).toBeNull();
  });

  test("the page's words fit what the policy is told", () => {
    expect(en.senses).toHaveLength(policyInputs.length);
    expect(zh.senses).toHaveLength(policyInputs.length);
    expect(RAYS).toEqual({ count: RAY_COUNT, length: RAY_LENGTH });
  });
});

test("without a policy nothing is answered", async () => {
  const fresh = await openSmallSession();
  expect(gameHandlers.policy(fresh)).toBeNull();
  expect(await gameHandlers.exam(fresh)).toBeNull();
  expect(await gameHandlers.attempt(fresh, walledArena)).toBeNull();
  expect(await gameHandlers.adopt(fresh, { columns: [], ...walledArena })).toBe(false);
  await fresh.close();
});
