import { describe, expect, test } from "vitest";
import * as glassnet from "../src/index.ts";
import * as node from "../src/node/index.ts";
import { failureOf } from "./training.ts";

/**
 * @file What plain JavaScript, which no compiler reads, may write by mistake: each public function that takes options refuses a
 * name that it does not know. Otherwise it would be passed over, and the default be taken.
 */

type Untyped = (...args: readonly unknown[]) => unknown;
const untyped = (all: object): Readonly<Record<string, Untyped>> => all as Record<string, Untyped>;
const { tensor, sgd, linear, relu, sequential, crossEntropy, Rng, dataset } = glassnet;
const g = untyped(glassnet);
const n = untyped(node);

const x = tensor([
  [1, 2],
  [3, 4],
]);
const planes = glassnet.ones([1, 1, 4, 4]);
const rng = Rng.seeded(0);
const model = sequential(linear(2, 3, { rng }), relu, linear(3, 2, { rng }));
const one = tensor([[1, 2]]);
const data = dataset({
  name: "points",
  inputs: [
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  targets: [0, 1, 0],
  classNames: ["a", "b"],
});
const targets = tensor([1], { dtype: "i32" });
const needed = { loss: crossEntropy, targets };

/** A call of each public function that takes options, with the options left to the test; what it needs is given. */
const calls: Readonly<Record<string, (options: object) => unknown>> = {
  sum: (o) => g.sum!(x, o),
  prod: (o) => g.prod!(x, o),
  max: (o) => g.max!(x, o),
  min: (o) => g.min!(x, o),
  mean: (o) => g.mean!(x, o),
  variance: (o) => g.variance!(x, o),
  norm: (o) => g.norm!(x, o),
  logSumExp: (o) => g.logSumExp!(x, o),
  argmax: (o) => g.argmax!(x, o),
  argsort: (o) => g.argsort!(x, o),
  conv2d: (o) => g.conv2d!(planes, planes, o),
  maxPool: (o) => g.maxPool!(planes, { kernel: 2, ...o }),
  avgPool: (o) => g.avgPool!(planes, { kernel: 2, ...o }),
  layerNorm: (o) => g.layerNorm!(x, o),
  tensor: (o) => g.tensor!([1], o),
  scalar: (o) => g.scalar!(1, o),
  full: (o) => g.full!([2], 1, o),
  eye: (o) => g.eye!(2, o),
  arange: (o) => g.arange!(0, 3, 1, o),
  linspace: (o) => g.linspace!(0, 1, 3, o),
  fromData: (o) => g.fromData!(new Float32Array(1), [1], o),
  compile: (o) => g.compile!((y: unknown) => y, o),
  openDevice: (o) => g.openDevice!(o),
  linear: (o) => g.linear!(2, 3, { rng, ...o }),
  Run: (o) => Reflect.construct(glassnet.Run, [o]) as unknown,
  dataset: (o) => g.dataset!({ name: "points", inputs: [[1]], targets: [1], ...o }),
  holdOut: (o) => g.holdOut!(data, 1, o),
  companyData: (o) => g.companyData!(o),
  loss: (o) => g.crossEntropy!(x, tensor([0, 1], { dtype: "i32" }), o),
  adam: (o) => g.adam!(o),
  adamW: (o) => g.adamW!(o),
  sgd: (o) => g.sgd!(o),
  train: (o) => g.train!(model, data, { loss: crossEntropy, ...o }),
  evaluate: (o) => g.evaluate!(model, data, { loss: crossEntropy, ...o }),
  predict: (o) => g.predict!(model, one, o),
  predictor: (o) => g.predictor!(model, { inputShape: [2], ...o }),
  doctor: (o) => g.doctor!(model, data, { loss: crossEntropy, ...o }),
  observe: (o) => g.observe!(model, data, { loss: crossEntropy, ...o }),
  ablation: (o) => g.ablation!(model, one, { layer: "layers.0", classIndex: 0, ...o }),
  ablationOverData: (o) => g.ablationOverData!(model, data, { layer: "layers.0", ...o }),
  activationTimesWeight: (o) => g.activationTimesWeight!(model, one, { layer: "layers.2", ...o }),
  backpropagation: (o) => g.backpropagation!(model, one, { ...needed, ...o }),
  capture: (o) => g.capture!(model, one, o),
  checkGradient: (o) => g.checkGradient!(model, one, { ...needed, param: "layers.0.weight", index: 0, ...o }),
  checkGradients: (o) => g.checkGradients!(model, one, { ...needed, ...o }),
  contributions: (o) => g.contributions!(model, one, { layer: "layers.0", unit: 0, ...o }),
  dataSupport: (o) => g.dataSupport!(data, o),
  evidence: (o) => g.evidence!(model, one, { classIndex: 0, ...o }),
  gradientTimesInput: (o) => g.gradientTimesInput!(model, one, { classIndex: 0, ...o }),
  integratedGradients: (o) => g.integratedGradients!(model, one, { classIndex: 0, ...o }),
  layerOutputs: (o) => g.layerOutputs!(model, data, o),
  linearProbes: (o) => g.linearProbes!(model, data, data, o),
  mostActivating: (o) => g.mostActivating!(model, data, { layer: "layers.0", unit: 0, ...o }),
  nextStep: (o) => g.nextStep!(model, one, { ...needed, optimizer: sgd(), ...o }),
  occlusion: (o) => g.occlusion!(model, one, { classIndex: 0, ...o }),
  optimizeInputs: (o) => g.optimizeInputs!(model, [1, 2], { maximize: true, ...o }),
  perturbationCurves: (o) => g.perturbationCurves!(model, one, [1, 2], { classIndex: 0, ...o }),
  randomizedWeights: (o) => g.randomizedWeights!(model, one, { method: "gradient-times-input", classIndex: 0, ...o }),
  loadMnist: (o) => n.loadMnist!(o),
  save: (o) => n.save!("nowhere.safetensors", { model, inputShape: [2], preprocessing: { kind: "none" } }, o),
  load: (o) => g.decodeModel!(new Uint8Array(8), o),
};

test.each(Object.entries(calls))("%s refuses an option that it does not know", async (name, call) => {
  const message = await failureOf(async () => void (await call({ qqqqqq: 1 })));
  expect(message).toMatch(new RegExp(`^UsageError: ${name}: unknown option "qqqqqq": expected "\\w+"`));
});

describe("a name that is nearly right is told the right one", () => {
  test.each([
    ["sum", { axis: 0 }, "axes"],
    ["argmax", { axes: 0 }, "axis"],
    ["conv2d", { strides: 2 }, "stride"],
    ["maxPool", { kernal: 2 }, "kernel"],
    ["adam", { beta: 0.9 }, "beta1"],
    ["train", { lr: 0.1 }, "learningRate"],
    ["predict", { batchsize: 3 }, "batchSize"],
    ["predictor", { probabilites: true }, "probabilities"],
    ["dataset", { classnames: ["a"] }, "classNames"],
    ["linear", { biasinit: 1 }, "biasInit"],
  ])("%s, given %o", async (name, options, right) => {
    const message = await failureOf(async () => void (await calls[name]!(options)));
    expect(message).toMatch(new RegExp(`\\n {2}help: did you mean ${right}\\?$`));
  });
});

test("what is no object is not taken for options, nor anything else for a list of ranges", async () => {
  const t = x as unknown as Readonly<Record<string, Untyped>>;
  const wrong: readonly (() => unknown)[] = [
    () => t.sum!(0),
    () => t.mean!([0]),
    () => t.argmax!(1),
    () => t.slice!({ start: 1 }),
    () => t.slice!([1]),
    () => t.slice!([{ begin: 1 }]),
    () => t.at!({ end: 1 }),
    () => g.maxPool!(planes),
    () => g.maxPool!(planes, {}),
    () => g.layerNorm!(x, 1e-5),
    () => g.tensor!([1], "i32"),
    () => g.tensor!([1], { dtype: "float32" }),
    () => g.sgd!(0.1),
    () => g.adamW!(0.01),
    () => g.dropout!({ rate: 0.5 }),
    () => g.train!(model, data, crossEntropy),
    () => g.train!(model, data),
    () => g.holdOut!(data, 1, 7),
    () => g.dataset!({ inputs: [[1]], targets: [1] }),
    () => g.dataset!([[1]], [1]),
  ];
  const messages: string[] = [];
  for (const call of wrong) messages.push(await failureOf(async () => void (await call())));
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: sum: the options must be an object, got 0",
      "UsageError: mean: the options must be an object, got a list",
      "UsageError: argmax: the options must be an object, got 1",
      "UsageError: slice: the ranges must be a list, one for each axis, got an object
      help: [{ start: 1 }] cuts the first axis",
      "UsageError: slice: a range must be an object, got 1",
      "UsageError: slice: unknown option "begin": expected "start", "stop" or "step"",
      "UsageError: slice: unknown option "end": expected "start", "stop" or "step"",
      "UsageError: maxPool: the options must be an object, got undefined",
      "UsageError: maxPool: needs the size of its windows as kernel",
      "UsageError: layerNorm: the options must be an object, got 0.00001",
      "UsageError: tensor: the options must be an object, got "i32"",
      "DtypeError: tensor: unknown dtype "float32": expected "bool", "u8", "i32", "f32" or "f64"",
      "UsageError: sgd: the options must be an object, got 0.1",
      "UsageError: adamW: the options must be an object, got 0.01",
      "UsageError: dropout: rate must be a finite number of at least 0 and below 1, got an object",
      "UsageError: train: the options must be an object, got a function",
      "UsageError: train: the options must be an object, got undefined",
      "UsageError: holdOut: the options must be an object, got 7",
      "UsageError: dataset: name must be a text, got undefined
      help: dataset({ name: "xor", inputs, targets })",
      "UsageError: dataset: what it is made of must be an object, got a list",
    ]
  `);
});
