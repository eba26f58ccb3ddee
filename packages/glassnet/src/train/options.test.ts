import { expect, test } from "vitest";
import { clouds, failureOf, network, runToEnd, WatchedDevice } from "../../test/training.ts";
import { dataset } from "../data/dataset.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { meanSquaredError } from "../loss/mean-squared-error.ts";
import { accuracy } from "../metric/accuracy.ts";
import { flatten } from "../nn/flatten.ts";
import type { Layer } from "../nn/layer.ts";
import { sequential } from "../nn/sequential.ts";
import { adamW } from "../optim/adam.ts";
import { relu } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type TrainOptions, trainOptions } from "./options.ts";
import { train } from "./train.ts";

const data = clouds(30);

/** What calling `train` says, or else the first event. */
const trying = (options: Partial<TrainOptions>, model: Layer = network(), set = data) =>
  failureOf(() => runToEnd(train(model, set, { loss: crossEntropy, batchSize: 10, epochs: 1, ...options })));

test("options that cannot be are refused when `train` is called", async () => {
  const bad: Partial<TrainOptions>[] = [
    { epochs: 0 },
    { epochs: 1.5 },
    { epochs: Number.POSITIVE_INFINITY },
    { batchSize: 0 },
    { batchSize: 31 },
    { learningRate: Number.NaN },
    { learningRate: -0.1 },
    { learningRate: 0 },
    { learningRate: "0.1" as unknown as number },
    { seed: -1 },
    { seed: 2 ** 53 },
    { empiricalLoss: "always" as "end" },
    { loss: "cross-entropy" as unknown as typeof crossEntropy },
    { loss: undefined as unknown as typeof crossEntropy },
    { monitor: "accuracy" },
    { monitor: "f1", metrics: { accuracy } },
    { keepBest: true },
    { metrics: { loss: accuracy } },
  ];
  const messages: string[] = [];
  for (const options of bad) {
    messages.push(await failureOf(() => train(network(), data, { loss: crossEntropy, batchSize: 10, ...options })));
  }
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: train: epochs must be a whole number of at least 1, got 0",
      "UsageError: train: epochs must be a whole number of at least 1, got 1.5",
      "UsageError: train: epochs must be a whole number of at least 1, got Infinity",
      "UsageError: train: batchSize must be a whole number of at least 1, got 0",
      "UsageError: train: a batch of 31 rows is larger than the data set of 30
      help: use a batch size of at most 30",
      "UsageError: train: learningRate must be a finite number above 0, got NaN",
      "UsageError: train: learningRate must be a finite number above 0, got -0.1",
      "UsageError: train: learningRate must be a finite number above 0, got 0",
      "UsageError: train: learningRate must be a finite number above 0, got "0.1"",
      "UsageError: train: seed must be a whole number from 0 to 9007199254740991, got -1",
      "UsageError: train: seed must be a whole number from 0 to 9007199254740991, got 9007199254740992",
      "UsageError: train: unknown empiricalLoss "always": expected "end", "epoch" or "never"",
      "UsageError: train: loss must be a function, got cross-entropy
      help: pass one such as crossEntropy",
      "UsageError: train: loss must be a function, got undefined
      help: pass one such as crossEntropy",
      "UsageError: train: unknown monitor "accuracy": expected "loss"",
      "UsageError: train: unknown monitor "f1": expected "loss" or "accuracy"",
      "UsageError: train: keepBest needs a validation set to tell the best by
      help: set examples apart with holdOut(data, count)",
      "UsageError: metrics: no metric can be called "loss": the loss itself has that name",
    ]
  `);
});

test("a model, a loss or a metric that cannot be trained with is named at the first step", async () => {
  const nothing = sequential(flatten(), relu);
  expect(await trying({}, nothing)).toMatchInlineSnapshot(`"UsageError: train: the model has no parameters to train"`);
  const each = (output: Tensor, targets: Tensor) => crossEntropy(output, targets, { reduction: "none" });
  expect(await trying({ loss: each })).toMatchInlineSnapshot(`
    "GraphError: train: the loss must be a single number, got f32[10]
      help: take the mean over the examples"
  `);
  const perClass = (output: Tensor) => output.mean({ axes: 0 });
  expect(await trying({ metrics: { perClass } })).toMatchInlineSnapshot(`
    "GraphError: evaluate: the metric "perClass" must be a single number, got f32[3]
      help: take the mean over the examples"
  `);
  expect(await trying({ loss: meanSquaredError })).toMatchInlineSnapshot(`
    "ShapeError: meanSquaredError: output and targets must have one shape
      output: f32[10, 3]
      targets: i32[10]"
  `);
  const notATensor = (() => 1) as unknown as typeof crossEntropy;
  expect(await trying({ loss: notATensor })).toMatchInlineSnapshot(
    `"GraphError: train: the loss must be a tensor, got 1"`,
  );
});

test("data that cannot be used is refused, and names its row", async () => {
  const rows = (inputs: number[], targets: number[], classNames?: readonly string[]) =>
    failureOf(() =>
      dataset({
        name: "points",
        inputs: { dtype: "f32", shape: [inputs.length / 2, 2], data: Float32Array.from(inputs) },
        targets: { dtype: "u8", shape: [targets.length], data: Uint8Array.from(targets) },
        ...(classNames && { classNames }),
      }),
    );
  expect(await rows([1, 2, 3, Number.NaN], [0, 1])).toMatchInlineSnapshot(
    `"UsageError: points: input of row 1, column 1 is NaN: expected a finite number"`,
  );
  expect(await rows([], [])).toMatchInlineSnapshot(`
    "UsageError: points: the data set is empty
      inputs: f32[0, 2]
      targets: u8[0]"
  `);
  expect(await rows([1, 2, 3, 4], [0, 3], ["a", "b", "c"])).toMatchInlineSnapshot(
    `"UsageError: points: label of row 1 is 3: expected 0 to 2"`,
  );
  expect(await rows([1, 2, 3, 4], [0])).toMatchInlineSnapshot(`
    "UsageError: points: 2 rows of inputs, but 1 rows of targets
      inputs: f32[2, 2]
      targets: u8[1]"
  `);
});

test("labels without class names are checked against the outputs of the model", async () => {
  const inputs = { dtype: "f32", shape: [12, 2], data: new Float32Array(24) } as const;
  const labels = Int32Array.of(0, 1, 2, 0, 1, 2, 0, 3, 2, 0, 1, 2);
  const set = dataset({ name: "points", inputs, targets: { dtype: "i32", shape: [12], data: labels } });
  expect(await trying({}, network(), set)).toMatchInlineSnapshot(
    `"UsageError: points: label of row 7 is 3: expected 0 to 2"`,
  );
  expect(await trying({ validation: set, batchSize: 12 })).toMatchInlineSnapshot(
    `"UsageError: points: label of row 7 is 3: expected 0 to 2"`,
  );
});

test("inputs that do not fit the model name the layer", async () => {
  const inputs = { dtype: "f32", shape: [12, 5], data: new Float32Array(60) } as const;
  const targets = { dtype: "i32", shape: [12], data: new Int32Array(12) } as const;
  expect(await trying({}, network(), dataset({ name: "wide", inputs, targets }))).toMatchInlineSnapshot(`
    "ShapeError: linear: expected 2 features in the last axis, got 5
      x: f32[10, 5]
      weight: f32[6, 2]
      in layers.0"
  `);
});

test("the table has a default and a help text for each plain option", () => {
  for (const option of Object.values(trainOptions)) {
    expect(option.help).toMatch(/^[a-z].*[^.]$/);
    expect(option.default).toBeDefined();
  }
});

test("what is no option, no optimizer or no data set is refused, with the remedy", async () => {
  const bad: object[] = [
    { epoch: 3 },
    { lr: 0.1 },
    { shuffle: true },
    { optimizer: adamW },
    { optimizer: "adamW" },
    { optimizer: null },
    { optimizer: { ...adamW(), slots: ["m", "m"] } },
    { optimizer: { ...adamW(), config: undefined } },
    { metrics: accuracy },
    { metrics: [accuracy] },
    { metrics: { accuracy: 0.9 } },
    { validation: 0.1 },
    { validation: data.inputs },
    { keepBest: "yes" },
    { monitor: "loss" },
    { stepsPerEvent: 5 },
    { signal: new AbortController() },
    { device: "gpu" },
    { restore: "model.json" },
  ];
  const call = (model: unknown, set: unknown, options: unknown) =>
    failureOf(() => train(model as Layer, set as typeof data, options as TrainOptions));
  const messages: string[] = [];
  for (const options of bad) messages.push(await call(network(), data, { loss: crossEntropy, ...options }));
  messages.push(await call(relu, data, { loss: crossEntropy }));
  messages.push(await call(network(), data.inputs, { loss: crossEntropy }));
  messages.push(await call(network(), undefined, { loss: crossEntropy }));
  messages.push(await call(network(), data, crossEntropy));
  messages.push(await call(network(), data, undefined));
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: train: unknown option "epoch": expected "loss", "optimizer", "epochs", "batchSize", "learningRate", "seed", "metrics", "validation", "empiricalLoss", "keepBest", "maxDataBytes", "monitor", "stepsPerEvent", "signal", "device" or "restore"
      help: did you mean epochs?",
      "UsageError: train: unknown option "lr": expected "loss", "optimizer", "epochs", "batchSize", "learningRate", "seed", "metrics", "validation", "empiricalLoss", "keepBest", "maxDataBytes", "monitor", "stepsPerEvent", "signal", "device" or "restore"
      help: did you mean learningRate?",
      "UsageError: train: unknown option "shuffle": expected "loss", "optimizer", "epochs", "batchSize", "learningRate", "seed", "metrics", "validation", "empiricalLoss", "keepBest", "maxDataBytes", "monitor", "stepsPerEvent", "signal", "device" or "restore"",
      "UsageError: train: optimizer must be an optimizer, got a function
      help: call it, as in adamW()",
      "UsageError: train: optimizer must be an optimizer, got "adamW"
      help: pass one such as adamW()",
      "UsageError: train: optimizer must be an optimizer, got null
      help: pass one such as adamW()",
      "UsageError: train: the slots of the optimizer "adamW" must be a list of different names",
      "UsageError: train: the config of the optimizer "adamW" must be an object",
      "UsageError: train: metrics must be functions by name, got a function
      help: pass them as { accuracy }",
      "UsageError: train: metrics must be functions by name, got a list
      help: pass them as { accuracy }",
      "UsageError: train: the metric "accuracy" must be a function, got 0.9
      help: pass one such as accuracy",
      "UsageError: train: validation must be a data set, got 0.1
      help: make one with dataset({ name, inputs, targets })",
      "UsageError: train: validation must be a data set, got an object
      help: make one with dataset({ name, inputs, targets })",
      "UsageError: train: keepBest must be true or false, got "yes"",
      "UsageError: train: monitor needs a validation set to tell the best by
      help: set examples apart with holdOut(data, count)",
      "UsageError: train: stepsPerEvent must be a function, got 5",
      "UsageError: train: signal must be an AbortSignal, got an object",
      "UsageError: train: device must be an open device, got "gpu"",
      "UsageError: train: restore must be a snapshot, got "model.json"",
      "UsageError: train: the model must be a layer, got a function",
      "UsageError: train: the training data must be a data set, got an object
      help: make one with dataset({ name, inputs, targets })",
      "UsageError: train: the training data must be a data set, got undefined
      help: make one with dataset({ name, inputs, targets })",
      "UsageError: train: the options must be an object, got a function",
      "UsageError: train: the options must be an object, got undefined",
    ]
  `);
});

test("batches of the default size are smaller where the data set is, those that were asked for never", async () => {
  const { start } = await runToEnd(train(network(), clouds(12), { loss: crossEntropy, epochs: 1 }));
  expect([start.batchSize, start.stepsPerEpoch]).toEqual([12, 1]);
  const more = await runToEnd(train(network(), clouds(33), { loss: crossEntropy, epochs: 1 }));
  expect([more.start.batchSize, more.start.stepsPerEpoch]).toEqual([32, 2]);
  expect(await trying({ batchSize: 32 }, network(), clouds(12))).toMatchInlineSnapshot(`
    "UsageError: train: a batch of 32 rows is larger than the data set of 12
      help: use a batch size of at most 12"
  `);
});

test("whatever is wrong with the last batch, the validation set or a metric shows before the first step", async () => {
  const events: string[] = [];
  const early = async (options: Partial<TrainOptions>, model: Layer = network()) => {
    const device = new WatchedDevice();
    const message = await failureOf(async () => {
      for await (const event of train(model, data, { loss: crossEntropy, batchSize: 20, device, ...options })) {
        events.push(event.kind);
      }
    });
    expect([device.runs, device.states.size, device.programs.size]).toEqual([[], 0, 0]);
    return message;
  };
  const wide = dataset({
    name: "wide",
    inputs: { dtype: "f32", shape: [12, 5], data: new Float32Array(60) },
    targets: { dtype: "i32", shape: [12], data: new Int32Array(12) },
  });
  const onlyOf20 = (output: Tensor, targets: Tensor) =>
    crossEntropy(output, targets).add(output.reshape([20, 3]).sum());
  const perClass = (output: Tensor) => output.sum({ axes: 0 });
  const flat = sequential(network(), (x: Tensor) => x.reshape([-1]));
  const messages = [
    await early({ validation: wide }),
    await early({ loss: onlyOf20 }),
    await early({ metrics: { perClass } }),
    await early({ metrics: { misfit: (output: Tensor, targets: Tensor) => output.add(targets).mean() } }),
    await early({}, flat),
  ];
  expect(events).toEqual([]);
  expect(messages).toMatchInlineSnapshot(`
    [
      "ShapeError: linear: expected 2 features in the last axis, got 5
      x: f32[12, 5]
      weight: f32[6, 2]
      in layers.0",
      "ShapeError: reshape: 30 elements do not fill [20, 3]
      x: f32[10, 3]",
      "GraphError: evaluate: the metric "perClass" must be a single number, got f32[3]
      help: take the mean over the examples",
      "ShapeError: add: shapes do not broadcast: 3 and 30 at axis -1
      a: f32[30, 3]
      b: f32[30]",
      "ShapeError: crossEntropy: class indices must have the shape of the logits without the last axis
      logits: f32[60]
      targets: i32[20]",
    ]
  `);
});
