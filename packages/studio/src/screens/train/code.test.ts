import { accuracy, crossEntropy, evaluate, fromArray, inputsOf, sliceRows, takeRows } from "glassnet";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runSample } from "../../../test/sample.ts";
import { openSmallSession } from "../../../test/session.ts";
import { modelOf, optimizerOf, preprocessingOf } from "../../worker/network.ts";
import type { Session } from "../../worker/session.ts";
import { hiddenLayer, initialSettings, type Settings } from "../../workspace/settings.ts";
import { trainCode } from "./code.ts";
import { compare, type Side } from "./compare.ts";
import { SPREAD_ROWS } from "./histograms.ts";
import { trainHandlers } from "./worker.ts";

const settings: Settings = { ...initialSettings, hidden: [hiddenLayer(12)], batchSize: 30, seed: 5 };

let session: Session;
beforeEach(async () => {
  session = await openSmallSession();
  await session.configure(settings);
});
afterEach(() => session.close());

async function runEpochs(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    session.run("epoch");
    await session.idle();
  }
}

/** The data as the network sees them. */
function dataSets(own: Settings = settings) {
  const { training, validation } = session.data;
  const preprocessing = preprocessingOf(own.input, training);
  return { training: { ...training, preprocessing }, validation: { ...validation!, preprocessing } };
}

test("the lines of the curves print the losses and the accuracy that the curves show", async () => {
  await runEpochs(2);
  const { losses, epochs } = trainHandlers.course(session, { points: 100, smooth: 0 });
  const { training, validation } = dataSets();
  const printed = await runSample(trainCode.course, {
    ...{ model: modelOf(settings, training), training, validation, optimizer: optimizerOf(settings.optimizer) },
    ...{ learningRate: settings.schedule.rate, batchSize: 30, seed: 5, epochs: 2 },
  });
  const batches = printed.filter((line) => line.startsWith("batch")).map((line) => Number(line.split(" ")[1]));
  expect(batches).toHaveLength(losses.mean.length);
  for (const [i, loss] of batches.entries()) expect(loss).toBeCloseTo(losses.mean[i]!, 4);
  const lasts = printed.filter((line) => line.startsWith("epoch")).map((line) => line.split(" ").slice(1).map(Number));
  for (const [i, [loss, right]] of lasts.entries()) {
    expect(loss).toBeCloseTo(epochs.trainingLoss[i]!, 4);
    expect(right).toBeCloseTo(epochs.validationAccuracy[i]!, 1);
  }
});

test("the lines of the tiles print the ends of a unit's weights and of their change", async () => {
  await runEpochs(2);
  const { model } = await session.current();
  const layer = "layers.1";
  const before = session.log
    .at(0)!
    .weights.get(`${layer}.weight`)!
    .slice(3 * 784, 4 * 784);
  const printed = await runSample(trainCode.weights, { model, layer, unit: 3, before });
  const { coreHandlers } = await import("../../worker/core/index.ts");
  const ends = (x: Float32Array) => `${Math.max(...x)} ${Math.min(...x)}`;
  const now = await coreHandlers.weights(session, { layer, units: [3] });
  const change = await coreHandlers.weights(session, { layer, units: [3], since: 0 });
  expect(printed).toEqual([ends(now.weights), ends(change.weights)]);
});

test("the lines of the histograms print the means that stand below them", async () => {
  await runEpochs(1);
  const { layers } = await trainHandlers.spreads(session);
  const { training } = dataSets();
  const count = Math.min(SPREAD_ROWS, training.size);
  const some = takeRows(
    training,
    Array.from({ length: count }, (_, i) => Math.floor((i * training.size) / count)),
  );
  const { model } = await session.current();
  const given = {
    model,
    x: inputsOf(some),
    targets: fromArray(some.targets),
    layer: "layers.1",
    activation: "layers.2",
  };
  const printed = (await runSample(trainCode.spreads, given)).map(Number);
  const { weights, activations, gradients } = layers["layers.1"]!.at(-1)!;
  expect(printed[0]).toBeCloseTo(weights.mean, 7);
  expect(printed[1]).toBeCloseTo(activations.mean, 5);
  expect(printed[2]).toBeCloseTo(gradients.mean, 7);
});

test("the lines of health print the same findings and ratios", async () => {
  await runEpochs(3);
  const { checkup } = await trainHandlers.health(session);
  const { model } = await session.current();
  const printed = await runSample(trainCode.health, {
    ...{ model, training: dataSets().training, optimizer: session.teacher.optimizer() },
    ...{ learningRate: settings.schedule.rate, steps: session.teacher.step, slots: await session.teacher.slots() },
    ...{ epochs: session.history.epochs, initialLoss: session.history.firstLoss },
  });
  const found = checkup.findings.map(({ severity, message, advice }) => `${severity} ${message} ${advice}`);
  expect(printed.slice(0, found.length)).toEqual(found);
  for (const [i, { path, gradNorm, updateRatio }] of checkup.params.entries()) {
    const [name, gradient, ratio] = printed[found.length + i]!.split(" ");
    expect(name).toBe(path);
    expect(Number(gradient)).toBeCloseTo(gradNorm, 5);
    expect(Number(ratio)).toBeCloseTo(updateRatio!, 5);
  }
});

test("the lines of A and B print the means and ends of both bands", async () => {
  const b: Settings = { ...settings, schedule: { ...settings.schedule, rate: 0.01 } };
  const job = compare(session, { a: settings, b, epochs: 2, seeds: 2, examples: 120 });
  let sides: readonly [Side, Side] | undefined;
  while (sides === undefined) {
    const turn = await job.next();
    if (turn.done === true) sides = turn.value;
  }
  const { training, validation } = dataSets();
  const optimizer = optimizerOf(settings.optimizer);
  const printed = await runSample(trainCode.compare, {
    makeModel: (_: string, seed: number) => modelOf({ ...settings, seed }, training),
    ...{ training, validation, seeds: [5, 6], epochs: 2 },
    settings: [
      { name: "A", optimizer, learningRate: 1e-3, batchSize: 30 },
      { name: "B", optimizer, learningRate: 0.01, batchSize: 30 },
    ],
  });
  for (const [i, side] of sides.entries()) {
    const { mean, low, high } = side.bands.validationAccuracy;
    const [, ...numbers] = printed[i]!.split(" ");
    for (const [k, x] of [mean, low, high].entries()) expect(Number(numbers[k])).toBeCloseTo(x.at(-1)!, 1);
  }
});

test("what an epoch ends with is what the library measures", async () => {
  await runEpochs(1);
  const { last } = trainHandlers.course(session, { points: 10, smooth: 0 });
  const { model } = await session.current();
  const scores = await evaluate(model, sliceRows(dataSets().validation, 0, 60), {
    ...{ loss: crossEntropy, metrics: { accuracy }, device: session.device },
  });
  expect(last!.validation!.loss).toBeCloseTo(scores.loss, 6);
  expect(last!.validation!.accuracy).toBe(scores.accuracy);
});
