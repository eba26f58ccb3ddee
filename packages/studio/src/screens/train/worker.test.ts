import { linearLayers, paramsOf, train } from "glassnet";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSmallSession } from "../../../test/session.ts";
import { lossOf, modelOf, optimizerOf, preprocessingOf } from "../../worker/network.ts";
import type { Session } from "../../worker/session.ts";
import { hiddenLayer, initialSettings, type Settings } from "../../workspace/settings.ts";
import { compare, type Side } from "./compare.ts";
import { trainHandlers } from "./worker.ts";

let session: Session;
beforeEach(async () => {
  session = await openSmallSession();
});
afterEach(() => session.close());

async function runFor(mode: "step" | "epoch", times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    session.run(mode);
    await session.idle();
  }
}

const small: Settings = { ...initialSettings, hidden: [hiddenLayer(12)], batchSize: 30, seed: 3 };

describe("the course of a training", () => {
  test("has the loss of every batch while there are few, and means of them when there are many", async () => {
    await session.configure(small);
    await runFor("epoch", 3);
    const whole = trainHandlers.course(session, { points: 100, smooth: 0 });
    expect(whole.losses.step).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(whole.losses.smooth).toEqual(whole.losses.mean);
    expect(whole.epochs.step).toEqual([4, 8, 12]);
    expect(whole.epochs.trainingLoss).toEqual(session.history.epochs.map(({ training }) => training!.loss));
    const few = trainHandlers.course(session, { points: 3, smooth: 0 });
    expect(few.stepsPerPoint).toBe(4);
    expect([whole.lastLoss, few.lastLoss]).toEqual([whole.losses.mean.at(-1), whole.losses.mean.at(-1)]);
    expect(few.losses.mean[0]).toBeCloseTo(whole.losses.mean.slice(0, 4).reduce((a, b) => a + b) / 4, 10);
  });
});

describe("health", () => {
  test("compares the first batch with ln 10, and finds a fresh network sound", async () => {
    await session.configure(small);
    await runFor("epoch", 2);
    const { checkup, step } = await trainHandlers.health(session);
    expect(step).toBe(8);
    expect(checkup.initialLoss).toEqual({ loss: session.history.firstLoss, expected: Math.log(10) });
    expect(checkup.findings.filter(({ severity }) => severity === "fault")).toEqual([]);
    expect(checkup.params.map(({ path }) => path)).toEqual([...paramsOf(session.project.model).keys()]);
  });

  test("does not judge weights from a file as start values", async () => {
    const { checkup } = await trainHandlers.health(session);
    expect(checkup.initialLoss).toBeNull();
  });

  test("sees what has changed since the last time: weights, loss, a silenced unit", async () => {
    await session.configure(small);
    const before = await trainHandlers.health(session);
    await runFor("epoch", 4);
    const after = await trainHandlers.health(session);
    expect(after.checkup.loss).toBeLessThan(before.checkup.loss);
    await session.configure({ ...small, loss: "meanSquaredError" });
    const other = await trainHandlers.health(session);
    expect(other.checkup.loss).not.toBe(after.checkup.loss);
  });

  test("names the layer and the step of a training that diverged", async () => {
    const { optimizer, schedule } = initialSettings;
    await session.configure({
      ...small,
      optimizer: { ...optimizer, kind: "sgd" },
      schedule: { ...schedule, rate: 1e20 },
    });
    session.run("run");
    await session.idle();
    const { checkup } = await trainHandlers.health(session);
    expect(checkup.findings[0]).toMatchObject({
      fault: "diverged",
      facts: { layer: expect.stringContaining("layers.") },
    });
  });
});

describe("spreads", () => {
  test("count weights, activations and gradients of every layer, at the start and now", async () => {
    await session.configure(small);
    await runFor("epoch", 2);
    const { steps, layers, rows, missing } = await trainHandlers.spreads(session);
    expect(steps).toEqual([0, 4, 8]);
    expect(missing).toBe(0);
    expect(rows).toBe(120);
    const [first] = [...linearLayers(session.project.model)][0]!;
    const now = layers[first]!.at(-1)!;
    const weights = Float64Array.from([...linearLayers(session.project.model).values()][0]!.weight.value.stored!);
    expect(now.weights.mean).toBeCloseTo(weights.reduce((sum, w) => sum + w, 0) / weights.length, 8);
    expect(now.weights.least).toBe(Math.min(...weights));
    for (const spread of Object.values(now)) {
      expect(spread.shares.reduce((sum, share) => sum + share, 0) + spread.beside + spread.zeros).toBeCloseTo(1, 10);
    }
    expect(now.activations.least).toBe(0); // relu
    expect(layers[first]![0]!.weights.mean).not.toBe(now.weights.mean);
  });

  test("go through many kept steps a few at a time", async () => {
    await session.configure(small);
    await runFor("epoch", 6);
    const first = await trainHandlers.spreads(session);
    expect(first.missing).toBeGreaterThan(0);
    let last = first;
    for (let i = 0; i < 8 && last.missing > 0; i++) last = await trainHandlers.spreads(session);
    expect(last.missing).toBe(0);
    expect(last.steps.length).toBeGreaterThan(first.steps.length);
  });
});

describe("keeping what fits", () => {
  test("takes over the units and inputs that both networks have, and leaves the rest at its start values", async () => {
    await session.configure({ ...small, hidden: [hiddenLayer(6)] });
    await runFor("epoch", 2);
    const before = [...linearLayers((await session.current()).model).values()].map(({ weight }) =>
      weight.value.stored!.slice(),
    );
    await trainHandlers.remember(session);
    await session.configure({ ...small, hidden: [hiddenLayer(9)] });
    const fresh = [...linearLayers((await session.current()).model).values()].map(({ weight }) =>
      weight.value.stored!.slice(),
    );
    expect(await trainHandlers.takeOver(session)).toBe(6 * 785 + 10 * 6 + 10);
    const [hidden, output] = [...linearLayers((await session.current()).model).values()].map(
      ({ weight }) => weight.value.stored!,
    );
    expect(hidden!.subarray(0, 6 * 784)).toEqual(before[0]);
    expect(hidden!.subarray(6 * 784)).toEqual(fresh[0]!.subarray(6 * 784));
    expect([...output!.subarray(0, 6)]).toEqual([...before[1]!.subarray(0, 6)]);
    expect([...output!.subarray(6, 9)]).toEqual([...fresh[1]!.subarray(6, 9)]);
  });
});

describe("A and B", () => {
  async function finish(params: Parameters<typeof compare>[1]): Promise<readonly [Side, Side]> {
    const job = compare(session, params);
    for (;;) {
      const turn = await job.next();
      if (turn.done === true) return turn.value;
      expect(turn.value.done).toBeLessThanOrEqual(turn.value.of);
    }
  }

  test("equal settings give equal curves, bit for bit, and other seeds give others", async () => {
    const [a, b] = await finish({ a: small, b: small, epochs: 2, seeds: 2, examples: 90 });
    expect(a.trials.map(({ milliseconds: _, ...trial }) => trial)).toEqual(
      b.trials.map(({ milliseconds: _, ...trial }) => trial),
    );
    expect(a.trials.map(({ seed }) => seed)).toEqual([3, 4]);
    expect(a.trials[0]!.validationLoss).not.toEqual(a.trials[1]!.validationLoss);
    expect(a.tiles).toHaveLength(12 * 784);
    const at = 1;
    const two = a.trials.map(({ validationLoss }) => validationLoss[at]!);
    expect(a.bands.validationLoss).toMatchObject({ low: { [at]: Math.min(...two) }, high: { [at]: Math.max(...two) } });
  });

  test("are the library's own training from that seed", async () => {
    const [, b] = await finish({ a: small, b: { ...small, hidden: [] }, epochs: 2, seeds: 1, examples: 120 });
    const settings = { ...small, hidden: [] };
    const data = { ...session.data.training, preprocessing: preprocessingOf(settings.input, session.data.training) };
    const model = modelOf(settings, data);
    const found: number[] = [];
    for await (const event of train(model, data, {
      loss: lossOf("crossEntropy", data),
      optimizer: optimizerOf(settings.optimizer),
      learningRate: settings.schedule.rate,
      ...{ epochs: 2, batchSize: 30, seed: 3, empiricalLoss: "epoch", device: session.device },
    })) {
      if (event.kind === "epoch") found.push(event.training!.loss);
    }
    expect(b.trials[0]!.trainingLoss).toEqual(found);
    expect(b.parameters).toBe(7850);
  });

  test("one that diverges says so, and the other goes on", async () => {
    const wild = {
      ...small,
      schedule: { ...small.schedule, rate: 1e20 },
      optimizer: { ...small.optimizer, kind: "sgd" },
    } as const;
    const [a, b] = await finish({ a: small, b: wild, epochs: 2, seeds: 1, examples: 120 });
    expect(a.trials[0]!.divergence).toBeNull();
    expect(a.bands.validationAccuracy.mean).toHaveLength(2);
    expect(b.trials[0]!.divergence).toContain("not applied");
  });

  test("a comparison that is cancelled leaves the session as it was", async () => {
    const job = compare(session, { a: small, b: small, epochs: 5, seeds: 3, examples: 120 });
    await job.next();
    await job.next();
    await job.return([] as never);
    await runFor("step");
    expect(session.status().step).toBe(1);
  });
});
