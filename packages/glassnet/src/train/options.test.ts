import { expect, test } from "vitest";
import { clouds, failureOf, network, runToEnd } from "../../test/training.ts";
import { dataset } from "../data/dataset.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { meanSquaredError } from "../loss/mean-squared-error.ts";
import { accuracy } from "../metric/accuracy.ts";
import { flatten } from "../nn/flatten.ts";
import type { Layer } from "../nn/layer.ts";
import { sequential } from "../nn/sequential.ts";
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
