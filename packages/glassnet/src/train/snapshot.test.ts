import { describe, expect, test } from "vitest";
import { RunningMean } from "../../test/own-layers.ts";
import { bitsOf, clouds, failureOf, network, runToEnd, WatchedDevice } from "../../test/training.ts";
import type { Device } from "../backends/backend.ts";
import { openReference } from "../backends/reference/device.ts";
import type { ArrayData } from "../core/array.ts";
import type { Dataset } from "../data/dataset.ts";
import { holdOut } from "../data/split.ts";
import { decodeSafetensors, encodeSafetensors } from "../formats/safetensors.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { accuracy } from "../metric/accuracy.ts";
import type { Layer } from "../nn/layer.ts";
import { adam, adamW } from "../optim/adam.ts";
import { sgd } from "../optim/sgd.ts";
import { zeros } from "../tensor/create.ts";
import { openDevice } from "../tensor/device.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { State } from "../tensor/variable.ts";
import type { EndEvent, EpochEvent, TrainEvent } from "./events.ts";
import type { TrainOptions } from "./options.ts";
import type { Snapshot } from "./snapshot.ts";
import { train } from "./train.ts";

const { rest: data, held: validation } = holdOut(clouds(73), 20); // 53 rows: 6 steps of 10, the last of 3
const devices = { reference: openReference(), wasm: await openDevice({ backend: "wasm" }) } as const;
const options: TrainOptions = {
  ...{ loss: crossEntropy, epochs: 4, batchSize: 10, learningRate: 0.02, seed: 9 },
  device: devices.reference,
};

/** A training to its end, with a snapshot at every event from the first to the last but one. One step a call. */
async function trainWithSnapshots(model: Layer, more: TrainOptions, device: Device) {
  const snapshots: { at: string; event: number; snapshot: Snapshot }[] = [];
  const events: TrainEvent[] = [];
  const training = train(model, data, { ...more, device: new WatchedDevice(9, device) });
  for await (const event of training) {
    events.push(event);
    if (event.kind === "end") break;
    snapshots.push({ at: `${event.kind} ${event.step}`, event: events.length, snapshot: await training.snapshot() });
  }
  return { snapshots, events };
}

/** What an event tells, without the clock. */
const facts = ({ elapsedMs: _, ...rest }: EpochEvent | EndEvent) => rest;
const isSummary = (event: TrainEvent): event is EpochEvent | EndEvent => event.kind === "epoch" || event.kind === "end";

describe.each<[string, () => Layer, Partial<TrainOptions>]>([
  ["sgd with momentum", () => network(), { optimizer: sgd({ momentum: 0.9 }) }],
  ["adam and dropout", () => network({ rate: 0.3 }), { optimizer: adam() }],
  ["adamW in f64", () => network({ dtype: "f64" }), { optimizer: adamW() }],
  ["a schedule", () => network(), { learningRate: (step) => 0.1 / (1 + step) }],
  [
    "the best weights kept, by accuracy",
    () => network({ rate: 0.1 }),
    { validation, keepBest: true, metrics: { accuracy }, monitor: "accuracy", optimizer: sgd(), learningRate: 0.5 },
  ],
  ["states", () => new RunningMean(2), { loss: (output: Tensor) => output.square().mean(), optimizer: sgd() }],
])("with %s", (_, make, more) => {
  test.each(["reference", "wasm"] as const)(
    "a training goes on from any moment as if it had never stopped, bit for bit, on the backend %s",
    async (backend) => {
      const device = devices[backend];
      const settings = { ...options, ...more, device };
      const whole = make();
      const { snapshots, events } = await trainWithSnapshots(whole, settings, device);
      expect(snapshots.map(({ at }) => at).slice(0, 9)).toEqual([
        ...["start 0", "step 1", "step 2", "step 3", "step 4", "step 5", "step 6", "epoch 6", "step 7"],
      ]);
      const positions = snapshots.filter(({ event }, i) => i < 10 || event % 5 === 0 || i === snapshots.length - 1);
      for (const { at, event, snapshot } of positions) {
        const resumed = make();
        const log = await runToEnd(train(resumed, data, { ...settings, restore: snapshot }));
        expect(bitsOf(resumed), at).toBe(bitsOf(whole));
        expect(log.events.filter(isSummary).map(facts), at).toEqual(events.slice(event).filter(isSummary).map(facts));
        expect(log.start.step).toBe(snapshot.step);
      }
    },
  );
});

async function snapshotAfter(model: Layer, steps: number, more: Partial<TrainOptions> = {}): Promise<Snapshot> {
  const training = train(model, data, { ...options, ...more, device: new WatchedDevice(9) });
  for await (const event of training) {
    if (event.kind === "step" && event.step === steps) return await training.snapshot();
  }
  throw new Error("the training ended before");
}

test("a snapshot is plain data: copied, or stored as a file and JSON, it restores the same", async () => {
  const more = { validation, keepBest: true, optimizer: adam() };
  const [whole, copied, stored] = [network(), network(), network()];
  await runToEnd(train(whole, data, { ...options, ...more }));
  const snapshot = await snapshotAfter(network(), 8, more);

  await runToEnd(train(copied, data, { ...options, ...more, restore: structuredClone(snapshot) }));
  expect(bitsOf(copied)).toBe(bitsOf(whole));

  const { variables, slots, best, ...numbers } = snapshot;
  const groups = { variables, slots, best: best!.variables };
  const names = Object.entries(groups).flatMap(([group, arrays]) =>
    Object.entries(arrays).map(([name, array]) => [`${group}:${name}`, array] as const),
  );
  const file = encodeSafetensors(new Map(names));
  const json = JSON.stringify({ ...numbers, best: { ...best, variables: {} } });
  const { tensors } = decodeSafetensors(file);
  const group = (prefix: string, like: Readonly<Record<string, ArrayData>>) =>
    Object.fromEntries(Object.keys(like).map((name) => [name, tensors.get(`${prefix}:${name}`)!]));
  const read = JSON.parse(json) as Snapshot;
  const restore: Snapshot = {
    ...read,
    variables: group("variables", variables),
    slots: group("slots", slots),
    best: { ...read.best!, variables: group("best", best!.variables) },
  };
  expect(restore).toEqual(snapshot);
  await runToEnd(train(stored, data, { ...options, ...more, restore }));
  expect(bitsOf(stored)).toBe(bitsOf(whole));
});

test("a snapshot belongs to its taker: training on does not change it", async () => {
  const training = train(network(), data, { ...options, device: new WatchedDevice(9) });
  let taken: Snapshot | undefined;
  let copy: Snapshot | undefined;
  for await (const event of training) {
    if (event.kind !== "step" || taken !== undefined) continue;
    taken = await training.snapshot();
    copy = structuredClone(taken);
  }
  expect(taken).toEqual(copy);
});

test("a training that was finished goes on with more epochs", async () => {
  const [long, short] = [network(), network()];
  await runToEnd(train(long, data, options));
  const half = train(short, data, { ...options, epochs: 2 });
  let restore: Snapshot | undefined;
  for await (const event of half) if (event.kind === "end") restore = await half.snapshot();
  await runToEnd(train(short, data, { ...options, restore: restore! }));
  expect(bitsOf(short)).toBe(bitsOf(long));
});

test("a snapshot is refused where there is nothing to take, or other weights than those of the last step", async () => {
  const training = train(network(), data, { ...options, validation, keepBest: true });
  const before = await failureOf(() => training.snapshot());
  let atEnd = "";
  for await (const event of training) {
    if (event.kind === "end") atEnd = await failureOf(() => training.snapshot());
  }
  const after = await failureOf(() => training.snapshot());
  expect(before).toMatchInlineSnapshot(`
    "GraphError: snapshot: there is no training under way
      help: take it between the first event and the last"
  `);
  expect([atEnd, after]).toEqual([before, before]);
});

test("another setup is refused, and says what differs", async () => {
  const snapshot = await snapshotAfter(network(), 3, { optimizer: adam(), validation });
  const best: Snapshot = await snapshotAfter(network(), 8, { optimizer: adam(), validation });
  const same = { ...options, optimizer: adam(), validation, restore: snapshot };
  const with_ = (more: Partial<TrainOptions>, model: Layer = network(), set = data) =>
    failureOf(() => runToEnd(train(model, set, { ...same, ...more })));
  const edited = (change: object) => with_({ restore: { ...snapshot, ...change } as Snapshot });
  const first = "layers.0.weight";
  const messages = await Promise.all([
    with_({ seed: 1 }),
    with_({ batchSize: 11 }),
    with_({}, network(), clouds(54)),
    with_({ optimizer: sgd() }),
    with_({ optimizer: adam({ beta1: 0.8 }) }),
    with_({}, network({ dtype: "f64" })),
    with_({ loss: (output: Tensor) => output.square().mean() }, new RunningMean(2)),
    with_({ restore: best, metrics: { accuracy }, monitor: "accuracy" }),
    with_({ restore: best, keepBest: true }),
    edited({ version: 2 }),
    edited({ slots: {} }),
    edited({
      variables: { ...snapshot.variables, [first]: { dtype: "f32", shape: [3, 6], data: new Float32Array(18) } },
    }),
    edited({
      variables: { ...snapshot.variables, [first]: { dtype: "f32", shape: [6, 2], data: new Array(12).fill(0) } },
    }),
    edited({
      variables: { ...snapshot.variables, [first]: { dtype: "f32", shape: [6, 2], data: new Float32Array(3) } },
    }),
  ]);
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: restore: seed differs: the snapshot has 9, this training 1",
      "UsageError: restore: batchSize differs: the snapshot has 10, this training 11",
      "UsageError: restore: examples differs: the snapshot has 53, this training 54",
      "UsageError: restore: optimizer differs: the snapshot has adam {"beta1":0.9,"beta2":0.999,"epsilon":1e-8,"decay":0}, this training sgd {"momentum":0,"nesterov":false,"decay":0}",
      "UsageError: restore: optimizer differs: the snapshot has adam {"beta1":0.9,"beta2":0.999,"epsilon":1e-8,"decay":0}, this training adam {"beta1":0.8,"beta2":0.999,"epsilon":1e-8,"decay":0}",
      "UsageError: restore: layers.0.weight differs: the snapshot has f32[6, 2], this training f64[6, 2]",
      "UsageError: restore: the list of variables differs: the snapshot has layers.0.weight, layers.0.bias, layers.3.weight, layers.3.bias, this training scale, mean",
      "UsageError: restore: monitor differs: the snapshot has least loss, this training greatest accuracy",
      "UsageError: restore: keepBest differs: the snapshot has false, this training true",
      "UsageError: restore: version differs: the snapshot has 2, this training 1",
      "UsageError: restore: the list of slots differs: the snapshot has , this training layers.0.weight/m, layers.0.weight/v, layers.0.bias/m, layers.0.bias/v, layers.3.weight/m, layers.3.weight/v, layers.3.bias/m, layers.3.bias/v",
      "UsageError: restore: layers.0.weight differs: the snapshot has f32[3, 6], this training f32[6, 2]",
      "UsageError: restore: the data of layers.0.weight is not f32[6, 2]
      help: a snapshot holds typed arrays: store it in a way that keeps them",
      "UsageError: restore: the data of layers.0.weight is not f32[6, 2]
      help: a snapshot holds typed arrays: store it in a way that keeps them",
    ]
  `);
});

test("what is no snapshot is refused before anything is changed", async () => {
  const good = await snapshotAfter(network(), 8);
  const [first] = Object.keys(good.variables) as [string];
  const nan = { ...good.variables[first]!, data: Float32Array.from(good.variables[first]!.data, () => Number.NaN) };
  const best = { epoch: 1, monitor: { metric: "loss", best: "least" }, score: Number.POSITIVE_INFINITY, variables: {} };
  const faults: Record<string, unknown> = {
    "an empty object": {},
    "a step beyond the end": { ...good, step: 1e9 },
    "a fraction of a step": { ...good, step: 1.5 },
    "a step in words": { ...good, step: "8" },
    "another epoch": { ...good, epoch: 3 },
    "no epoch loss": { ...good, epochLoss: undefined },
    "no variables": { ...good, variables: undefined },
    "a variable that is null": { ...good, variables: { ...good.variables, [first]: null } },
    "a weight that is NaN": { ...good, variables: { ...good.variables, [first]: nan } },
    "a score without end": { ...good, best },
  };
  const texts: Record<string, string> = {};
  for (const [name, restore] of Object.entries(faults)) {
    const model = network();
    const before = bitsOf(model);
    const restored = async () => runToEnd(train(model, data, { ...options, restore: restore as Snapshot }));
    texts[name] = await restored().then(
      () => "accepted",
      (error: Error) => `${error.name}: ${error.message}`,
    );
    expect(bitsOf(model)).toBe(before);
  }
  expect(texts).toMatchInlineSnapshot(`
    {
      "a fraction of a step": "UsageError: restore: this is no snapshot of such a training: step must be 0 to 24, got 1.5",
      "a score without end": "UsageError: restore: this is no snapshot of such a training: the best score must be a finite number, got Infinity",
      "a step beyond the end": "UsageError: restore: this is no snapshot of such a training: step must be 0 to 24, got 1000000000",
      "a step in words": "UsageError: train: restore must be a snapshot, got an object",
      "a variable that is null": "UsageError: restore: layers.0.weight must be an array with dtype, shape and data",
      "a weight that is NaN": "UsageError: restore: layers.0.weight holds NaN",
      "an empty object": "UsageError: train: restore must be a snapshot, got an object",
      "another epoch": "UsageError: restore: this is no snapshot of such a training: epoch must be 1, got 3",
      "no epoch loss": "UsageError: restore: this is no snapshot of such a training: epochLoss must be a finite number, got undefined",
      "no variables": "UsageError: restore: this is no snapshot of such a training: variables must be an object, got undefined",
    }
  `);
});

test("a refused snapshot leaves the model as it was", async () => {
  const snapshot = await snapshotAfter(network({ seed: 3 }), 3);
  const model = network();
  const device = new WatchedDevice();
  await failureOf(() => runToEnd(train(model, data, { ...options, seed: 1, restore: snapshot, device })));
  expect(bitsOf(model)).toBe(bitsOf(network()));
  expect([device.states.size, device.programs.size]).toEqual([0, 0]);
});

/** A loss that follows the mean of its outputs in a state of its own, and weighs by it. */
function followingLoss() {
  const mean = new State(zeros([]));
  const loss = (output: Tensor, targets: Tensor) => {
    mean.assign(mean.value.mul(0.9).add(output.mean().stopGradient().mul(0.1)));
    return crossEntropy(output, targets).add(output.sub(mean).square().mean().mul(0.1));
  };
  return { loss, mean };
}

test("states from outside the model that the step assigns are part of a snapshot, and reach their owner", async () => {
  const [whole, resumed] = [network(), network()];
  const [first, second] = [followingLoss(), followingLoss()];
  const training = train(whole, data, { ...options, loss: first.loss, device: new WatchedDevice(9) });
  let restore: Snapshot | undefined;
  for await (const event of training)
    if (event.kind === "step" && event.step === 9) restore = await training.snapshot();
  expect(Object.keys(restore!.variables).at(-1)).toBe("outside 1");
  await runToEnd(train(resumed, data, { ...options, loss: second.loss, restore: restore! }));
  expect(bitsOf(resumed)).toBe(bitsOf(whole));
  expect(first.mean.value.itemSync()).not.toBe(0);
  expect(second.mean.value.itemSync()).toBe(first.mean.value.itemSync());
});

test("other data of the same size, or another preprocessing, are refused", async () => {
  const restore = await snapshotAfter(network(), 3);
  const with_ = (set: Dataset) => failureOf(() => runToEnd(train(network(), set, { ...options, restore })));
  const { rest: others } = holdOut(clouds(73, 2), 20);
  const messages = [
    await with_(others),
    await with_({ ...data, preprocessing: { kind: "intensity", scale: 0.5 } }),
    await with_({ ...data, targets: { ...data.targets, data: data.targets.data.map((label) => 2 - label) } }),
  ];
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: restore: the training data or its preprocessing differs: the snapshot has e7fc45702e70b36f, this training 7ba343488295ba03",
      "UsageError: restore: the training data or its preprocessing differs: the snapshot has e7fc45702e70b36f, this training 3c3c410e02a32a0a",
      "UsageError: restore: the training data or its preprocessing differs: the snapshot has e7fc45702e70b36f, this training 2e5bb0ba7627d469",
    ]
  `);
  const same = { ...data, name: "copied", inputs: { ...data.inputs, data: data.inputs.data.slice() } };
  await runToEnd(train(network(), same, { ...options, restore }));
});

test("a snapshot that is asked for while steps run waits for their end", async () => {
  const [whole, resumed] = [network(), network()];
  const training = train(whole, data, { ...options, device: new WatchedDevice(9) });
  const asked: Promise<Snapshot>[] = [];
  for (;;) {
    const next = training.next(); // not awaited: a step begins
    const snapshot = training.snapshot();
    snapshot.catch(() => undefined); // there is none any more behind the last event
    asked.push(snapshot);
    if ((await next).done === true) break;
  }
  const taken = await Promise.all(asked.slice(0, -1));
  expect(taken.map(({ step }) => step).slice(0, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 6, 7]);
  for (const restore of [taken[4]!, taken[8]!]) {
    await runToEnd(train(resumed, data, { ...options, restore }));
    expect(bitsOf(resumed)).toBe(bitsOf(whole));
  }
});

test("a snapshot shares nothing with the training or the model", async () => {
  const model = network();
  const training = train(model, data, { ...options, validation, keepBest: true });
  for await (const event of training) {
    if (event.kind !== "epoch") continue;
    const { variables, slots, best } = await training.snapshot();
    for (const arrays of [variables, slots, best!.variables])
      for (const { data } of Object.values(arrays)) data.fill(9);
  }
  const untouched = network();
  await runToEnd(train(untouched, data, { ...options, validation, keepBest: true }));
  expect(bitsOf(model)).toBe(bitsOf(untouched));
});

test("sync brings the model up to date between two epochs, and changes nothing", async () => {
  const [model, plain, stopped] = [network(), network(), network()];
  const training = train(model, data, { ...options, device: new WatchedDevice(9) });
  const before = await failureOf(() => training.sync());
  for await (const event of training) {
    if (event.kind !== "step" || event.step !== 8) continue;
    expect(bitsOf(model)).not.toBe(bitsOf(stopped));
    await training.sync();
    for await (const other of train(stopped, data, { ...options, device: new WatchedDevice(9) })) {
      if (other.kind === "step" && other.step === 8) break;
    }
    expect(bitsOf(model)).toBe(bitsOf(stopped));
  }
  await runToEnd(train(plain, data, options));
  expect(bitsOf(model)).toBe(bitsOf(plain));
  expect(before).toMatchInlineSnapshot(`
    "GraphError: sync: there is no training under way
      help: call it between the first event and the last"
  `);
  expect(await failureOf(() => training.sync())).toBe(before);
});

test("an epoch reads every weight once", async () => {
  const device = new WatchedDevice();
  const reads: string[] = [];
  const read = device.read.bind(device);
  device.read = (name) => {
    reads.push(name);
    return read(name);
  };
  const counts: number[] = [];
  for await (const event of train(network(), data, { ...options, validation, keepBest: true, device })) {
    if (event.kind === "epoch" || event.kind === "end") counts.push(reads.splice(0).length);
  }
  expect(counts).toEqual([4 + 4, 4, 4, 4, 0]); // four weights: at the start, at each epoch, none at the end
});
