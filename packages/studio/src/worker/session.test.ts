import { linear, linearLayers, openDevice, paramsOf, Rng, Sequential } from "glassnet";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { smallAssets } from "../../test/assets.ts";
import { initialSettings } from "../workspace/settings.ts";
import { coreHandlers } from "./core/index.ts";
import { Session } from "./session.ts";

let session: Session;
beforeEach(async () => {
  const device = await openDevice({ backend: "wasm", reproducible: true, threads: 1 });
  session = await Session.open({ device, assets: smallAssets });
});
afterEach(() => session.close());

const first = () => session.info().model.layers[0]!;
const bitsOf = async (): Promise<string> => {
  const { model } = await session.current();
  return [...paramsOf(model).values()].map(({ value }) => Buffer.from(value.stored!.buffer).toString("base64")).join();
};

async function runFor(mode: "step" | "epoch", times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    session.run(mode);
    await session.idle();
  }
}

describe("a session", () => {
  test("begins with the built-in digits and their model", () => {
    const { model, data } = session.info();
    expect(model).toMatchObject({ name: "digits", origin: "built-in", parameters: 109386, isEdited: false });
    expect(model.layers.map(({ path, activation, outFeatures }) => [path, activation, outFeatures])).toEqual([
      ["layers.1", "relu", 128],
      ["layers.3", "relu", 64],
      ["layers.5", null, 10],
    ]);
    expect(data).toMatchObject({ source: "digits", training: 120, validation: 60 });
  });

  test("does one step, and an epoch to its end with scores over the whole data", async () => {
    await runFor("step");
    expect(session.status()).toMatchObject({ step: 1, epoch: 0, stepsPerEpoch: 2, running: null });
    await runFor("epoch");
    expect(session.status()).toMatchObject({ step: 2, epoch: 1 });
    const [scores] = session.history.epochs;
    expect(scores).toMatchObject({ epoch: 1, step: 2 });
    expect(scores!.training!.loss).toBeGreaterThan(0);
    expect(scores!.validation!.accuracy).toBeGreaterThan(0.5);
    expect(session.history.losses(0, 10).step).toEqual(Float64Array.of(1, 2));
  });

  test("gives the same bits again from the same seed, step by step or in one go", async () => {
    await session.configure({ ...initialSettings, seed: 7, batchSize: 30 });
    await runFor("step", 8);
    const slowly = await bitsOf();
    await session.rebuild();
    await runFor("epoch", 2);
    expect(session.status()).toMatchObject({ step: 8, epoch: 2 });
    expect(await bitsOf()).toBe(slowly);
  });

  test("goes on with an edited weight as if it had always been so, and takes the edit back", async () => {
    await runFor("step");
    const { path, inFeatures } = first();
    const weights = new Float32Array(inFeatures).fill(0.01);
    const before = await coreHandlers.edit(session, { layer: path, unit: 3, change: { weights, bias: 0.5 } });
    const now = await coreHandlers.weights(session, { layer: path, units: [3] });
    expect(now.weights).toEqual(weights);
    expect(now.biases).toEqual(Float32Array.of(0.5));
    expect(session.info().model.isEdited).toBe(true);
    await runFor("step");
    expect(session.status().step).toBe(2);
    await coreHandlers.edit(session, { layer: path, unit: 3, change: before });
    const back = await coreHandlers.weights(session, { layer: path, units: [3] });
    expect(back.weights).toEqual(before.weights);
  });

  test("leaves a frozen unit alone and trains the others", async () => {
    await runFor("step");
    const { path } = first();
    await coreHandlers.edit(session, { layer: path, unit: 5, change: { isFrozen: true } });
    const before = await coreHandlers.weights(session, { layer: path, units: [5, 6] });
    await runFor("step", 3);
    const after = await coreHandlers.weights(session, { layer: path, units: [5, 6] });
    const n = before.inFeatures;
    expect(after.weights.subarray(0, n)).toEqual(before.weights.subarray(0, n));
    expect(after.biases[0]).toBe(before.biases[0]);
    expect(after.weights.subarray(n)).not.toEqual(before.weights.subarray(n));
  });

  test("silences a unit for every example, in the file that it saves too", async () => {
    const { path } = first();
    const example = { from: "validation", index: 4 } as const;
    const whole = await coreHandlers.activations(session, { example });
    const unit = whole.layers[path]!.y.findIndex((y) => y > 0.2);
    expect(unit).toBeGreaterThanOrEqual(0);
    await coreHandlers.edit(session, { layer: path, unit, change: { isSilenced: true } });
    const without = await coreHandlers.activations(session, { example });
    expect(without.layers[path]!.z).toEqual(whole.layers[path]!.z);
    expect(without.layers[path]!.y[unit]).toBe(0);
    const prediction = await coreHandlers.predict(session, { example });
    const bytes = await coreHandlers.save(session);
    await coreHandlers.load(session, { name: "again", bytes });
    const reloaded = await coreHandlers.predict(session, { example });
    for (const [i, x] of reloaded.outputs.entries()) expect(x).toBeCloseTo(prediction.outputs[i]!, 4);
    await runFor("step");
    expect(session.status().divergence).toBeNull();
  });

  test("gives gradients of the loss of one example, which sum over weights as z times input", async () => {
    const example = { from: "validation", index: 2 } as const;
    const { input } = await coreHandlers.activations(session, { example });
    const gradients = await coreHandlers.gradients(session, { example });
    const { z, weights } = gradients.layers[first().path]!;
    const unit = z.findIndex((g) => g !== 0);
    const at = input.findIndex((x) => x > 0.5);
    expect(weights[unit * 784 + at]).toBeCloseTo(z[unit]! * input[at]!, 5);
  });

  test("gives what the optimizer keeps beside a unit's weights", async () => {
    const { path } = first();
    expect((await coreHandlers.slots(session, { layer: path, unit: 0 })).weight).toEqual({});
    await runFor("step", 2);
    const { weight, bias, scalars } = await coreHandlers.slots(session, { layer: path, unit: 0 });
    expect(Object.keys(weight)).toEqual(["m", "v"]);
    expect(weight.m).toHaveLength(784);
    expect(Object.keys(bias)).toEqual(["m", "v"]);
    expect(scalars.correction1).toBeCloseTo(1 / (1 - 0.9 ** 3), 10);
  });

  test("names the layer in which a training diverged, and keeps weights that are finite", async () => {
    const { optimizer, schedule } = initialSettings;
    await session.configure({
      ...initialSettings,
      optimizer: { ...optimizer, kind: "sgd" },
      schedule: { ...schedule, rate: 1e20 },
    });
    session.run("run");
    await session.idle();
    expect(session.status().divergence).toMatchObject({ layer: expect.stringContaining("layers.") });
    for (const layer of linearLayers((await session.current()).model).values()) {
      expect(layer.weight.value.stored!.every(Number.isFinite)).toBe(true);
    }
  });

  test("says why it cannot train a model that does not take the data, and goes on when it can", async () => {
    const model = new Sequential([linear(3, 2, { rng: Rng.seeded(1) })]);
    const { inputShape, preprocessing } = { inputShape: [3], preprocessing: { kind: "none" } as const };
    await session.adopt({ model, inputShape, preprocessing, name: "other", origin: "file" });
    session.run("run");
    await session.idle();
    expect(session.status()).toMatchObject({ running: null, step: 0, failure: { code: "shape-mismatch" } });
    await session.rebuild();
    await runFor("step");
    expect(session.status()).toMatchObject({ step: 1, failure: null });
  });

  test("gives the signed change of weights since a step", async () => {
    const { path } = first();
    const start = await coreHandlers.weights(session, { layer: path, units: [1] });
    await runFor("step", 2);
    const now = await coreHandlers.weights(session, { layer: path, units: [1] });
    const change = await coreHandlers.weights(session, { layer: path, units: [1], since: 0 });
    expect(change.since).toBe(0);
    expect(change.weights).toEqual(now.weights.map((w, i) => w - start.weights[i]!));
    expect(change.weights.some((w) => w !== 0)).toBe(true);
  });

  test("trains on a table of numbers", async () => {
    const inputs = Float32Array.from({ length: 80 }, (_, i) => Math.sin(i));
    const targets = Float32Array.from({ length: 40 }, (_, i) => inputs[2 * i]! - 2 * inputs[2 * i + 1]!);
    await session.configure({ ...initialSettings, hidden: [], loss: "meanSquaredError", batchSize: 8 });
    await coreHandlers.table(session, { name: "shop", columns: ["price", "marketing"], inputs, targets, heldOut: 8 });
    expect(session.info().model.layers).toMatchObject([{ inFeatures: 2, outFeatures: 1 }]);
    await runFor("epoch", 3);
    expect(session.history.epochs.at(-1)!.validation!.loss).toBeGreaterThan(0);

    // Another session goes on with what was kept, as a page does when its worker is lost.
    const { bytes, data } = structuredClone(await coreHandlers.keep(session));
    const weights = await coreHandlers.weights(session, { layer: "layers.0" });
    const { settings } = session;
    await coreHandlers.builtIn(session);
    await coreHandlers.restore(session, { bytes, data, settings, name: "shop", origin: "settings", all: false });
    expect((await coreHandlers.weights(session, { layer: "layers.0" })).weights).toEqual(weights.weights);
    expect(session.info().data).toMatchObject({ source: "table", training: 32, columns: ["price", "marketing"] });
    await runFor("step");
    expect(session.status()).toMatchObject({ step: 1, failure: null });
  });
});
