import { describe, expect, test } from "vitest";
import { Rng } from "../src/core/random.ts";
import { type Shape, sizeOf } from "../src/core/shape.ts";
import { epochOrder } from "../src/data/batches.ts";
import { type Dataset, dataset } from "../src/data/dataset.ts";
import { meanSquaredError } from "../src/loss/mean-squared-error.ts";
import { activation, activationNames } from "../src/nn/activation.ts";
import { dropout } from "../src/nn/dropout.ts";
import { flatten } from "../src/nn/flatten.ts";
import { Layer, type LayerConfig } from "../src/nn/layer.ts";
import { linear } from "../src/nn/linear.ts";
import { layerMakers } from "../src/nn/registry.ts";
import { rescale } from "../src/nn/rescale.ts";
import { Run } from "../src/nn/run.ts";
import { sequential } from "../src/nn/sequential.ts";
import { sgd } from "../src/optim/sgd.ts";
import { compile } from "../src/tensor/compile.ts";
import { fromArray, ones, tensor, zeros } from "../src/tensor/create.ts";
import { relu, tanh } from "../src/tensor/functions.ts";
import { grad } from "../src/tensor/grad.ts";
import { keyOf } from "../src/tensor/random.ts";
import { type Tensor, upcomingId } from "../src/tensor/tensor.ts";
import { withFrame } from "../src/tensor/trace.ts";
import { Param, paramsOf, State, type Variable, variablesOf } from "../src/tensor/variable.ts";
import { expectClose, expectGradient } from "../src/testing/index.ts";
import { evaluate } from "../src/train/evaluate.ts";
import { predict } from "../src/train/predict.ts";
import { train } from "../src/train/train.ts";

/** @file What every kind of layer promises, from one case each. */

/** Normalises each feature over the batch, and keeps running statistics for when there is no batch. */
class RunningNorm<N extends number> extends Layer<N, N> {
  readonly features: N;
  readonly momentum: number;
  readonly scale: Param;
  readonly shift: Param;
  readonly mean: State;
  readonly variance: State;

  constructor(features: N, momentum = 0.1) {
    super();
    this.features = features;
    this.momentum = momentum;
    this.scale = new Param(ones([features]));
    this.shift = new Param(zeros([features]));
    this.mean = new State(zeros([features]));
    this.variance = new State(ones([features]));
  }

  protected override forward(x: Tensor, run: Run): Tensor {
    const [mean, variance] = run.training ? this.#follow(x, run) : [this.mean.value, this.variance.value];
    return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(this.scale).add(this.shift);
  }

  #follow(x: Tensor, run: Run): [Tensor, Tensor] {
    const [mean, variance] = [x.mean({ axes: 0 }), x.variance({ axes: 0 })]; // [features]
    const moved = (state: State, batch: Tensor) =>
      state.value.mul(1 - this.momentum).add(batch.mul(this.momentum).cast(state.dtype));
    run.assign(this.mean, moved(this.mean, mean));
    run.assign(this.variance, moved(this.variance, variance));
    return [mean, variance];
  }

  override config(): LayerConfig {
    return { kind: "runningNorm", features: this.features, momentum: this.momentum };
  }
}

interface LayerContract {
  readonly title: string;
  readonly make: (rng: Rng) => Layer;
  readonly input: Shape;
  readonly output: Shape;
  /** In order. */
  readonly params?: Readonly<Record<string, Shape>>;
  readonly states?: Readonly<Record<string, Shape>>;
  readonly config: LayerConfig;
  /** Whether start values are the same for every seed. */
  readonly fixedStart?: boolean;
  /** Whether training draws random numbers. */
  readonly random?: boolean;
  /** Whether training computes something else than evaluation, for other reasons than `random`. */
  readonly modal?: boolean;
}

const linearConfig = (inFeatures: number, outFeatures: number, bias = true): LayerConfig => ({
  kind: "linear",
  inFeatures,
  outFeatures,
  bias,
});

const contracts: readonly LayerContract[] = [
  {
    title: "linear",
    make: (rng) => linear(4, 3, { rng }),
    input: [6, 4],
    output: [6, 3],
    params: { weight: [3, 4], bias: [3] },
    config: linearConfig(4, 3),
  },
  {
    title: "linear without a bias",
    make: (rng) => linear(4, 3, { rng, bias: false }),
    input: [6, 4],
    output: [6, 3],
    params: { weight: [3, 4] },
    config: linearConfig(4, 3, false),
  },
  {
    title: "linear on three axes",
    make: (rng) => linear(4, 3, { rng }),
    input: [5, 2, 4],
    output: [5, 2, 3],
    params: { weight: [3, 4], bias: [3] },
    config: linearConfig(4, 3),
  },
  ...activationNames.map(
    (name): LayerContract => ({
      title: `activation ${name}`,
      make: () => activation(name),
      input: [6, 4],
      output: [6, 4],
      config: { kind: "activation", name },
    }),
  ),
  {
    title: "dropout",
    make: () => dropout(0.25),
    input: [6, 4],
    output: [6, 4],
    config: { kind: "dropout", rate: 0.25 },
    random: true,
  },
  {
    title: "dropout of nothing",
    make: () => dropout(0),
    input: [6, 4],
    output: [6, 4],
    config: { kind: "dropout", rate: 0 },
  },
  { title: "flatten", make: () => flatten(), input: [6, 2, 2], output: [6, 4], config: { kind: "flatten" } },
  {
    title: "rescale",
    make: () => rescale([2, -1, 0.5, 3], 1.5),
    input: [6, 4],
    output: [6, 4],
    config: { kind: "rescale", scale: [2, -1, 0.5, 3], offset: 1.5 },
  },
  {
    title: "sequential",
    make: (rng) => sequential(linear(4, 5, { rng }), tanh, linear(5, 3, { rng })),
    input: [6, 4],
    output: [6, 3],
    params: { "layers.0.weight": [5, 4], "layers.0.bias": [5], "layers.2.weight": [3, 5], "layers.2.bias": [3] },
    config: {
      kind: "sequential",
      layers: [linearConfig(4, 5), { kind: "activation", name: "tanh" }, linearConfig(5, 3)],
    },
  },
  {
    title: "sequential inside sequential, with dropout",
    make: (rng) =>
      sequential(
        flatten(),
        sequential(linear(4, 5, { rng }), relu, dropout(0.5)),
        sequential(linear(5, 3, { rng, bias: false })),
      ),
    input: [6, 2, 2],
    output: [6, 3],
    params: { "layers.1.layers.0.weight": [5, 4], "layers.1.layers.0.bias": [5], "layers.2.layers.0.weight": [3, 5] },
    config: {
      kind: "sequential",
      layers: [
        { kind: "flatten" },
        {
          kind: "sequential",
          layers: [linearConfig(4, 5), { kind: "activation", name: "relu" }, { kind: "dropout", rate: 0.5 }],
        },
        { kind: "sequential", layers: [linearConfig(5, 3, false)] },
      ],
    },
    random: true,
  },
  {
    title: "sequential of nothing",
    make: () => sequential(),
    input: [6, 4],
    output: [6, 4],
    config: { kind: "sequential", layers: [] },
  },
  {
    title: "running statistics",
    make: () => new RunningNorm(4),
    input: [6, 4],
    output: [6, 4],
    params: { scale: [4], shift: [4] },
    states: { mean: [4], variance: [4] },
    config: { kind: "runningNorm", features: 4, momentum: 0.1 },
    fixedStart: true,
    modal: true,
  },
];

const shapesOf = (variables: ReadonlyMap<string, Variable>) =>
  Object.fromEntries([...variables].map(([path, { shape }]) => [path, shape]));

const valuesOf = (layer: Layer) =>
  Object.fromEntries([...variablesOf(layer)].map(([path, { value }]) => [path, value.dataSync()]));

const inputOf = ({ input }: LayerContract): Tensor => fromArray(Rng.seeded(5).normal(input));

const training = (step = 0): Run => new Run({ training: true, key: keyOf(3, step) });

/** Calls the layer with other tensors in place of its parameters. */
function callWith(layer: Layer, values: readonly Tensor[], x: Tensor, run: Run): Tensor {
  const variables = new Map<Variable, Tensor>([...paramsOf(layer).values()].map((param, i) => [param, values[i]!]));
  return withFrame({ variables, assignments: new Map(), startId: upcomingId() }, () => layer.call(x, run));
}

describe.each(contracts)("$title", (contract) => {
  const { make, input, output, params = {}, states = {}, config } = contract;

  test("has the parameters and states that it should, by these paths and in this order", () => {
    const layer = make(Rng.seeded(0));
    expect(Object.entries(shapesOf(paramsOf(layer)))).toEqual(Object.entries(params));
    expect(shapesOf(variablesOf(layer))).toEqual({ ...params, ...states });
    const kinds = [...variablesOf(layer)].map(([path, variable]) => [path, variable.trainable]);
    expect(Object.fromEntries(kinds)).toEqual(
      Object.fromEntries([
        ...Object.keys(params).map((path) => [path, true]),
        ...Object.keys(states).map((path) => [path, false]),
      ]),
    );
  });

  test("describes itself as plain data", () => {
    expect(make(Rng.seeded(0)).config()).toEqual(config);
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  });

  test("gives the shape that it should, in training and outside", () => {
    const layer = make(Rng.seeded(0));
    for (const run of [new Run(), training()]) {
      const y = layer.call(inputOf(contract), run);
      expect(y.shape).toEqual(output);
      expect(y.dtype).toBe("f32");
    }
  });

  test("gives a batch of one, and an empty one, the same treatment", () => {
    const layer = make(Rng.seeded(0));
    for (const n of [1, 0]) {
      const y = layer.call(zeros([n, ...input.slice(1)]));
      expect(y.shape).toEqual([n, ...output.slice(1)]);
      expect(y.dataSync()).toHaveLength(n * sizeOf(output.slice(1)));
    }
  });

  test("starts with the same bits for the same seed, and with others for another one if it draws them", () => {
    const [a, b, c] = [1, 1, 2].map((seed) => valuesOf(make(Rng.seeded(seed))));
    expect(a).toEqual(b);
    for (const path of Object.keys(params)) {
      if (contract.fixedStart === true) expect(a![path]).toEqual(c![path]);
      else expect(a![path]).not.toEqual(c![path]);
    }
  });

  test("computes the same bits for the same key", () => {
    const layer = make(Rng.seeded(0));
    const x = inputOf(contract);
    const [a, b] = [0, 0].map(() =>
      callWith(
        layer,
        [...paramsOf(layer).values()].map((p) => p.value),
        x,
        training(7),
      ),
    );
    expect(a!.dataSync()).toEqual(b!.dataSync());
  });

  test("differs between training and evaluation only if it says so", () => {
    const layer = make(Rng.seeded(0));
    const x = inputOf(contract);
    const inTraining = (step: number) =>
      callWith(
        layer,
        [...paramsOf(layer).values()].map((p) => p.value),
        x,
        training(step),
      ).dataSync();
    const outside = layer.call(x).dataSync();
    const differs = contract.random === true || contract.modal === true;
    expect(JSON.stringify(inTraining(0)) !== JSON.stringify(outside)).toBe(differs);
    expect(JSON.stringify(inTraining(0)) !== JSON.stringify(inTraining(1))).toBe(contract.random === true);
    expect(layer.call(x, new Run({ key: keyOf(0, 0) })).dataSync()).toEqual(outside);
  });

  test("needs a key only to draw random numbers", () => {
    const layer = make(Rng.seeded(0));
    const call = () =>
      callWith(
        layer,
        [...paramsOf(layer).values()].map((p) => p.value),
        inputOf(contract),
        new Run({ training: true }),
      );
    if (contract.random === true) expect(call).toThrow("this run has no source of randomness");
    else expect(call).not.toThrow();
  });

  test("has the right gradient for its input and every parameter, in evaluation and in training", () => {
    const layer = make(Rng.seeded(0));
    const values = [...paramsOf(layer).values()].map((param) => param.value);
    for (const run of [() => new Run(), training]) {
      expectGradient(
        (x: Tensor, ...given: Tensor[]) => callWith(layer, given, x, run()),
        [inputOf(contract), ...values],
      );
    }
  });

  test("every parameter gets a gradient, nothing else does", () => {
    const layer = make(Rng.seeded(0));
    const x = inputOf(contract);
    const weights = fromArray(Rng.seeded(6).normal(output));
    const grads = grad((wrt: Layer) => wrt.call(x, new Run()).mul(weights).sum())(layer);
    expect(Object.keys(grads)).toEqual(Object.keys(params));
    for (const [path, shape] of Object.entries(params)) {
      expect(grads[path]!.shape).toEqual(shape);
      expect(grads[path]!.dataSync().some((g) => g !== 0)).toBe(true);
    }
  });

  test("the loss falls in each of 5 steps of gradient descent", async () => {
    const rng = Rng.seeded(1);
    const layer = make(rng);
    // A layer without parameters is trained through one that has some.
    const last = input.at(-1)!;
    const model: Layer = Object.keys(params).length > 0 ? layer : sequential(linear(last, last, { rng }), layer);
    const data = dataset({ name: "points", inputs: rng.normal(input), targets: rng.uniform(output, 0, 1) });
    const loss = (y: Tensor, targets: Tensor) => meanSquaredError(y, targets);
    const losses = [(await evaluate(model, data, { loss })).loss];
    const options = { loss, optimizer: sgd(), learningRate: 0.05, batchSize: data.size, epochs: 5 };
    let batchLosses: number[] = [];
    for await (const event of train(model, data, { ...options, empiricalLoss: "epoch" })) {
      if (event.kind === "step") batchLosses = [...batchLosses, ...event.losses];
      if (event.kind === "epoch") losses.push(event.training!.loss);
      if (event.kind === "end") expect(event.reason).toBe("completed");
    }
    expect(batchLosses).toHaveLength(5);
    // Running statistics move too, so that only the losses in training are those that descent makes small.
    const falling = contract.modal === true ? batchLosses : losses;
    for (let i = 1; i < falling.length; i++) expect(falling[i]).toBeLessThan(falling[i - 1]!);
  });
});

test("every kind of layer that can be saved has a case", () => {
  const kinds = new Set(contracts.map(({ config }) => config.kind));
  expect(Object.keys(layerMakers).filter((kind) => !kinds.has(kind))).toEqual([]);
});

describe("state", () => {
  const rows = [
    [1, 10],
    [2, 30],
    [6, 20],
    [3, -40],
    [-4, 0],
    [5, 5],
  ];
  const MOMENTUM = 0.25;

  interface Statistics {
    readonly mean: number[];
    readonly variance: number[];
  }
  const start: Statistics = { mean: [0, 0], variance: [1, 1] };

  /** What the running statistics are after one more batch, in plain numbers. */
  function followed({ mean, variance }: Statistics, batch: readonly (readonly number[])[]): Statistics {
    const columns = [0, 1].map((j) => batch.map((row) => row[j]!));
    const means = columns.map((column) => column.reduce((a, b) => a + b) / column.length);
    const variances = columns.map(
      (column, j) => column.map((x) => (x - means[j]!) ** 2).reduce((a, b) => a + b) / column.length,
    );
    const moved = (old: number, value: number) => old * (1 - MOMENTUM) + value * MOMENTUM;
    return {
      mean: mean.map((old, j) => moved(old, means[j]!)),
      variance: variance.map((old, j) => moved(old, variances[j]!)),
    };
  }

  function expectStatistics(layer: RunningNorm<2>, expected: Statistics): void {
    expectClose(layer.mean.value, expected.mean, { relative: 1e-6, absolute: 1e-6 });
    expectClose(layer.variance.value, expected.variance, { relative: 1e-6 });
  }

  const dataOf = (): Dataset =>
    dataset({
      name: "points",
      inputs: { dtype: "f32", shape: [6, 2], data: Float32Array.from(rows.flat()) },
      targets: { dtype: "f32", shape: [6, 1], data: Float32Array.from({ length: 6 }, (_, i) => i / 6) },
    });

  test("moves when the layer is called in training, outside of any trace at once", () => {
    const layer = new RunningNorm(2, MOMENTUM);
    layer.call(tensor(rows), training());
    expectStatistics(layer, followed(start, rows));
    layer.call(tensor(rows.slice(0, 3)), training());
    expectStatistics(layer, followed(followed(start, rows), rows.slice(0, 3)));
  });

  test("stays when the layer is called outside training, and is what it normalises with", () => {
    const layer = new RunningNorm(2, MOMENTUM);
    layer.call(tensor(rows), training());
    const { mean, variance } = followed(start, rows);
    const expected = rows.map((row) => row.map((x, j) => (x - mean[j]!) / Math.sqrt(variance[j]! + 1e-5)));
    expectClose(layer.call(tensor(rows)), expected, 1e-5);
    expectStatistics(layer, { mean, variance });
  });

  test("moves through a compiled function, which is traced once", async () => {
    const layer = new RunningNorm(2, MOMENTUM);
    let traces = 0;
    const step = compile((x: Tensor) => {
      traces++;
      return layer.call(x, training());
    });
    let expected = start;
    for (let i = 0; i < 3; i++) {
      const y = await step(tensor(rows));
      expectClose(y.mean({ axes: 0 }), [0, 0], 1e-6);
      expected = followed(expected, rows);
      expectStatistics(layer, expected);
    }
    expect(traces).toBe(1);
    await step.release();
  });

  test("stays through a compiled function of evaluation, which follows it", async () => {
    const layer = new RunningNorm(2, MOMENTUM);
    const apply = compile((x: Tensor) => layer.call(x));
    const before = await (await apply(tensor(rows))).data();
    layer.call(tensor(rows), training());
    const { mean, variance } = followed(start, rows);
    const after = await apply(tensor(rows));
    expect(await after.data()).not.toEqual(before);
    expectStatistics(layer, { mean, variance });
    expectClose(
      after,
      rows.map((row) => row.map((x, j) => (x - mean[j]!) / Math.sqrt(variance[j]! + 1e-5))),
      1e-5,
    );
    await apply.release();
  });

  test("an assignment is seen after the step, not within it", async () => {
    const count = new State(tensor(1));
    const step = compile((x: Tensor) => {
      const before = count.value;
      new Run().assign(count, count.value.add(x));
      return [before, count.value];
    });
    const results: number[][] = [];
    for (let i = 0; i < 3; i++) results.push((await step(tensor(10))).map((y) => y.itemSync()));
    expect(results).toEqual([
      [1, 1],
      [11, 11],
      [21, 21],
    ]);
    expect(count.value.itemSync()).toBe(31);
    await step.release();
  });

  test("moves through train(), batch by batch, in the order of the epochs, the smaller last batch included", async () => {
    const rng = Rng.seeded(0);
    const norm = new RunningNorm(2, MOMENTUM);
    const model = sequential(norm, linear(2, 1, { rng }));
    const options = { loss: meanSquaredError, optimizer: sgd(), learningRate: 0.01, batchSize: 4, epochs: 3, seed: 9 };
    let expected = start;
    for await (const event of train(model, dataOf(), options)) {
      if (event.kind !== "epoch") continue;
      const order = [...epochOrder(6, 9, event.epoch - 1)].map((i) => rows[i]!);
      expected = followed(followed(expected, order.slice(0, 4)), order.slice(4));
    }
    expectStatistics(norm, expected);
  });

  test("stays through evaluate() and predict()", async () => {
    const norm = new RunningNorm(2, MOMENTUM);
    const model = sequential(norm, linear(2, 1, { rng: Rng.seeded(0) }));
    norm.call(tensor(rows), training());
    const before = valuesOf(model);
    await evaluate(model, dataOf(), { loss: meanSquaredError, batchSize: 4 });
    const y = await predict(model, dataOf(), { batchSize: 4 });
    expect(valuesOf(model)).toEqual(before);
    expectClose(y, model.call(tensor(rows)), 1e-6);
  });

  test("is part of a snapshot, so that training goes on with the same bits", async () => {
    expect.hasAssertions();
    const make = () => sequential(new RunningNorm(2, MOMENTUM), linear(2, 1, { rng: Rng.seeded(0) }));
    const options = { loss: meanSquaredError, batchSize: 4, epochs: 4 };
    const whole = make();
    for await (const _ of train(whole, dataOf(), options));
    const first = make();
    const begun = train(first, dataOf(), options);
    for await (const event of begun) {
      if (event.kind !== "epoch" || event.epoch !== 2) continue;
      const snapshot = await begun.snapshot();
      const second = make();
      for await (const _ of train(second, dataOf(), { ...options, restore: snapshot }));
      expect(valuesOf(second)).toEqual(valuesOf(whole));
      break;
    }
  });

  test("descends on no gradient", () => {
    const layer = new RunningNorm(2);
    const loss = (wrt: Layer) => wrt.call(tensor(rows)).square().sum();
    expect(Object.keys(grad(loss)(layer))).toEqual(["scale", "shift"]);
  });

  test("an assignment of another shape is refused, with the layer's path", () => {
    class Broken extends RunningNorm<2> {
      protected override forward(x: Tensor, run: Run): Tensor {
        run.assign(this.mean, x);
        return x;
      }
    }
    const model = sequential(relu, new Broken(2));
    expect(() => model.call(tensor(rows), training())).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: assign: expected f32[2], got f32[6, 2]
        in layers.1]
    `);
  });
});
