import { describe, expect, test, vi } from "vitest";
import { RunningMean, Twice } from "../../test/own-layers.ts";
import { bitsOf, clouds, failureOf, network, runToEnd, WatchedDevice } from "../../test/training.ts";
import { epochOrder } from "../data/batches.ts";
import { type Dataset, takeRows } from "../data/dataset.ts";
import { holdOut } from "../data/split.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { accuracy } from "../metric/accuracy.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import { adam, adamW } from "../optim/adam.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { sgd } from "../optim/sgd.ts";
import { compile } from "../tensor/compile.ts";
import { fromArray, scalar, zeros } from "../tensor/create.ts";
import { openDevice } from "../tensor/device.ts";
import { valueAndGrad } from "../tensor/grad.ts";
import { keyOf } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { paramsOf, variablesOf } from "../tensor/variable.ts";
import { evaluate } from "./evaluate.ts";
import type { EndEvent, TrainEvent } from "./events.ts";
import { train } from "./train.ts";

interface Recipe {
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** The loop that `train` stands for, written out: one compiled call for each batch. Gives the loss of every step. */
async function trainByHand(model: Layer, data: Dataset, recipe: Recipe): Promise<number[]> {
  const { optimizer, epochs, batchSize, learningRate, seed } = recipe;
  const params = paramsOf(model);
  const { dtype } = [...params.values()][0]!;
  let slots = Object.fromEntries(
    [...params].map(([path, { shape }]) => [
      path,
      Object.fromEntries(optimizer.slots.map((slot) => [slot, zeros(shape, { dtype })])),
    ]),
  );
  const step = compile((x: Tensor, y: Tensor, words: Tensor, scalars: Record<string, Tensor>, before: typeof slots) => {
    const run = new Run({ training: true, key: { words, stream: 0 } });
    const { value, grads } = valueAndGrad((m: Layer) => crossEntropy(m.call(x, run), y))(model);
    const after: typeof slots = {};
    for (const [path, param] of params) {
      const [next, nextSlots] = optimizer.update(param.value, grads[path]!, before[path]!, scalars);
      param.assign(next);
      after[path] = nextSlots as Record<string, Tensor>;
    }
    return { value, after };
  });
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = epochOrder(data.size, seed, epoch);
    for (let begin = 0; begin < data.size; begin += batchSize) {
      const { inputs, targets } = takeRows(data, order.subarray(begin, begin + batchSize));
      const numbers = optimizer.scalars(losses.length + 1, learningRate);
      const scalars = Object.fromEntries(Object.entries(numbers).map(([name, x]) => [name, scalar(x, { dtype })]));
      const words = keyOf(seed, losses.length).words;
      const { value, after } = await step(fromArray(inputs), fromArray(targets), words, scalars, slots);
      losses.push(await value.item());
      slots = after;
    }
  }
  return losses;
}

const recipes: readonly [string, Optimizer][] = [
  ["sgd", sgd()],
  ["sgd with momentum, Nesterov and decay", sgd({ momentum: 0.9, nesterov: true, decay: 0.01 })],
  ["adam", adam()],
  ["adamW", adamW()],
];

describe.each(recipes)("with %s", (_, optimizer) => {
  test.each(["f32", "f64"] as const)("training is the loop written by hand, bit for bit, in %s", async (dtype) => {
    const data = clouds(53);
    const recipe = { optimizer, epochs: 2, batchSize: 10, learningRate: 0.05, seed: 3 }; // the last batch has 3 rows
    const [trained, byHand] = [network({ dtype, rate: 0.3 }), network({ dtype, rate: 0.3 })];
    const log = await runToEnd(train(trained, data, { loss: crossEntropy, ...recipe }));
    const losses = await trainByHand(byHand, data, recipe);
    expect(bitsOf(trained)).toBe(bitsOf(byHand));
    expect(bitsOf(trained)).not.toBe(bitsOf(network({ dtype, rate: 0.3 })));
    expect(log.losses).toEqual(losses);
  });
});

test("events come in order, with their version, and their numbers add up", async () => {
  const data = clouds(53);
  const { rest, held } = holdOut(data, 13);
  const model = network();
  const device = await openDevice({ backend: "wasm" });
  const options = { loss: crossEntropy, epochs: 3, batchSize: 16, metrics: { accuracy }, validation: held, device };
  const { events, start, steps, epochs, end } = await runToEnd(train(model, rest, options));
  const kinds = events.map(({ kind }) => kind).join(" ");
  expect(kinds).toMatch(/^start( (step )+epoch){3} end$/);
  for (const event of events) expect(event.version).toBe(1);
  expect(start).toEqual({
    version: 1,
    kind: "start",
    ...{ backend: device.backend, variant: device.variant },
    seed: 0,
    parameters: 2 * 6 + 6 + 6 * 3 + 3,
    examples: 40,
    batchSize: 16,
    stepsPerEpoch: 3,
    epochs: 3,
    step: 0,
  });
  let [done, elapsed] = [0, 0];
  for (const event of steps) {
    done += event.losses.length;
    const inEpoch = ((event.step - 1) % 3) + 1;
    expect(event).toMatchObject({ step: done, epoch: Math.ceil(done / 3), learningRate: 0.001 });
    expect(event.examples).toBe(inEpoch === 3 ? 8 : 16 * event.losses.length); // the last batch comes alone
    expect(event.losses).toBeInstanceOf(Float32Array);
    expect(event.elapsedMs).toBeGreaterThanOrEqual(elapsed);
    elapsed = event.elapsedMs;
  }
  expect(done).toBe(9);
  expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
    [1, 3],
    [2, 6],
    [3, 9],
  ]);
  for (const event of epochs) expect(Object.keys(event.validation!)).toEqual(["loss", "accuracy"]);
  expect(epochs[0]!.training).toBeUndefined();
  expect(end).toMatchObject({ reason: "completed", step: 9, epoch: 3 });
  expect(end.validation).toEqual(await evaluate(model, held, { loss: crossEntropy, metrics: { accuracy } }));
  expect(end.training).toEqual(await evaluate(model, rest, { loss: crossEntropy, metrics: { accuracy } }));
  expect(end.bestEpoch).toBeUndefined();
  expect(end.divergence).toBeUndefined();
});

test("every row is seen once an epoch, in an order of the seed and the epoch", async () => {
  const size = 23;
  const inputs = {
    dtype: "f32",
    shape: [size, 2],
    data: Float32Array.from({ length: 2 * size }, (_, i) => i),
  } as const;
  const data: Dataset = { ...clouds(size), inputs };
  const ordersOf = async (seed: number) => {
    const order: number[] = [];
    // Batches of one row, and a loss that is the row's number.
    const loss = (_: Tensor, targets: Tensor) => targets.cast("f32").mean();
    const rows = {
      ...data,
      targets: { dtype: "i32", shape: [size], data: Int32Array.from(inputs.data.keys()).slice(0, size) },
    };
    const options = { loss, epochs: 2, batchSize: 1, seed, empiricalLoss: "never" } as const;
    const { losses } = await runToEnd(train(network(), rows as Dataset, options));
    order.push(...losses);
    return [order.slice(0, size), order.slice(size)] as const;
  };
  const [first, second] = await ordersOf(1);
  const ascending = Array.from({ length: size }, (_, i) => i);
  expect(first).toEqual([...epochOrder(size, 1, 0)]);
  expect(first.toSorted((a, b) => a - b)).toEqual(ascending);
  expect(second.toSorted((a, b) => a - b)).toEqual(ascending);
  expect(second).not.toEqual(first);
  expect(await ordersOf(1)).toEqual([first, second]);
  expect((await ordersOf(2))[0]).not.toEqual(first);
});

test("the batch loss is the running mean, the empirical loss that of the whole set with the weights of now", async () => {
  const data = clouds(53);
  const model = network();
  const atEpochs: number[] = [];
  const options = { loss: crossEntropy, epochs: 2, batchSize: 10, learningRate: 0.05, empiricalLoss: "epoch" } as const;
  const { epochs, losses, end } = await runToEnd(train(model, data, options), async (event) => {
    if (event.kind === "epoch") atEpochs.push((await evaluate(model, data, { loss: crossEntropy })).loss);
  });
  epochs.forEach((event, e) => {
    const batches = losses.slice(6 * e, 6 * e + 6);
    const mean = batches.reduce((sum, loss, i) => sum + loss * (i === 5 ? 3 : 10), 0) / 53;
    expect(event.batchLoss).toBeCloseTo(mean, 12);
    expect(event.training!.loss).toBe(atEpochs[e]);
    expect(event.training!.loss).toBeLessThan(event.batchLoss); // it lags behind while the loss falls
  });
  expect(end.training!.loss).toBe(atEpochs[1]);

  const never = await runToEnd(train(network(), data, { ...options, empiricalLoss: "never" }));
  expect([never.epochs[0]!.training, never.end.training]).toEqual([undefined, undefined]);
});

test("the best weights by the monitored score are kept, and the model ends with them", async () => {
  const { rest, held } = holdOut(clouds(60), 20);
  for (const monitor of ["loss", "accuracy"]) {
    const model = network();
    const seen: { score: number; bits: string; best: boolean }[] = [];
    const options = {
      loss: crossEntropy,
      metrics: { accuracy },
      validation: held,
      optimizer: sgd(),
      learningRate: (step: number) => (step < 12 ? 0.3 : 30), // the last epochs throw the weights about
      epochs: 6,
      batchSize: 10,
      keepBest: true,
      monitor,
    };
    const { end } = await runToEnd(train(model, rest, options), (event) => {
      if (event.kind !== "epoch") return;
      const score = monitor === "loss" ? -event.validation!.loss : event.validation![monitor]!;
      seen.push({ score, bits: bitsOf(model), best: event.best });
    });
    const scores = seen.map(({ score }) => score);
    const winner = scores.indexOf(Math.max(...scores)); // the first, if several are as good
    expect(winner, monitor).toBeLessThan(5);
    expect(end.bestEpoch).toBe(winner + 1);
    expect(bitsOf(model)).toBe(seen[winner]!.bits);
    expect(seen.map(({ best }) => best)).toEqual(scores.map((s, i) => s > Math.max(...scores.slice(0, i))));
    expect(end.validation).toEqual(await evaluate(model, held, { loss: crossEntropy, metrics: { accuracy } }));
  }
});

test("a score that is not a number is never the best", async () => {
  const { rest, held } = holdOut(clouds(60), 20);
  const broken = (output: Tensor) => output.mean().mul(Number.NaN);
  const options = { loss: crossEntropy, validation: held, epochs: 2, batchSize: 20 };
  const [model, plain] = [network(), network()];
  const monitored = { ...options, metrics: { broken }, keepBest: true, monitor: "broken" };
  const { epochs, end } = await runToEnd(train(model, rest, monitored));
  expect(epochs.map(({ best }) => best)).toEqual([false, false]);
  expect(end.bestEpoch).toBeUndefined();
  await runToEnd(train(plain, rest, options));
  expect(bitsOf(model)).toBe(bitsOf(plain)); // those of the last epoch
});

test("a schedule sets the step size of each step", async () => {
  const asked = new Set<number>();
  const learningRate = (step: number) => {
    asked.add(step);
    return 0.1 / (step + 1);
  };
  const data = clouds(40);
  const recipe = { loss: crossEntropy, optimizer: sgd(), epochs: 2, batchSize: 10 };
  const [scheduled, byHand] = [network(), network()];
  const { steps } = await runToEnd(train(scheduled, data, { ...recipe, learningRate }));
  expect([...asked].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  for (const event of steps) expect(event.learningRate).toBe(0.1 / event.step);
  // The same by stopping after every step.
  let restore: Awaited<ReturnType<ReturnType<typeof train>["snapshot"]>> | undefined;
  for (let step = 0; step < 8; step++) {
    const options = { ...recipe, learningRate: 0.1 / (step + 1), ...(restore && { restore }) };
    const training = train(byHand, data, options);
    for await (const event of training) {
      if (event.kind !== "step") continue;
      restore = await training.snapshot();
      break;
    }
  }
  expect(bitsOf(byHand)).toBe(bitsOf(scheduled));

  const broken = train(network(), data, { ...recipe, learningRate: (step) => (step < 3 ? 0.1 : Number.NaN) });
  expect(await failureOf(() => runToEnd(broken))).toMatchInlineSnapshot(`
    "UsageError: train: the schedule gave a learning rate of NaN at step 3
      help: a schedule must give finite numbers of at least 0"
  `);
});

test("the listener may say how many steps an event is at most; it changes no bit", async () => {
  const data = clouds(120);
  const options = { loss: crossEntropy, epochs: 2, batchSize: 10 };
  const [whole, slow] = [network(), network()];
  await runToEnd(train(whole, data, options));
  const { events } = await runToEnd(train(slow, data, { ...options, stepsPerEvent: () => 1 }));
  const steps = events.flatMap((event) => (event.kind === "step" ? [event.losses.length] : []));
  expect(steps).toEqual(new Array(24).fill(1));
  expect(bitsOf(slow)).toBe(bitsOf(whole));

  const broken = train(network(), data, { ...options, stepsPerEvent: () => 0 });
  expect(await failureOf(() => runToEnd(broken))).toMatchInlineSnapshot(
    `"UsageError: train: stepsPerEvent gave 0: expected a number of at least 1"`,
  );
});

describe("stopping", () => {
  test.each(["reference", "wasm"] as const)(
    "an abort signal stops between steps; the model keeps what it learned, on the backend %s",
    async (backend) => {
      const device = await openDevice({ backend });
      const data = clouds(200);
      const controller = new AbortController();
      const model = network();
      const options = { loss: crossEntropy, epochs: 100, batchSize: 10, signal: controller.signal, device };
      const { events, end, start } = await runToEnd(train(model, data, options), (event) => {
        if (event.kind === "step" && event.step >= 7) controller.abort();
      });
      expect(end).toMatchObject({ kind: "end", reason: "stopped" });
      expect(end.training).toBeUndefined();
      expect(end.step).toBeLessThan(100 * start.stepsPerEpoch);
      expect(events.at(-2)!.kind).toMatch(/step|epoch/);
      // The weights are those of exactly so many steps.
      const again = network();
      const { signal: _, ...whole } = options;
      for await (const event of train(again, data, { ...whole, device: new WatchedDevice(10, device) })) {
        if (event.kind === "step" && event.step === end.step) break;
      }
      expect(bitsOf(model)).toBe(bitsOf(again));
    },
  );

  test("a signal that is aborted from the start trains nothing", async () => {
    const model = network();
    const options = { loss: crossEntropy, signal: AbortSignal.abort() };
    const { events, end } = await runToEnd(train(model, clouds(50), options));
    expect(events.map(({ kind }) => kind)).toEqual(["start", "end"]);
    expect(end).toMatchObject({ reason: "stopped", step: 0, epoch: 0 });
    expect(bitsOf(model)).toBe(bitsOf(network()));
  });

  test("with keepBest, a stopped training ends with the best weights so far", async () => {
    const { rest, held } = holdOut(clouds(60), 20);
    const controller = new AbortController();
    const model = network();
    let [best, bestEpoch] = ["", 0];
    const options = { loss: crossEntropy, validation: held, keepBest: true, epochs: 50, batchSize: 10 };
    const { end } = await runToEnd(train(model, rest, { ...options, signal: controller.signal }), (event) => {
      if (event.kind === "epoch" && event.best) [best, bestEpoch] = [bitsOf(model), event.epoch];
      if (event.kind === "step" && event.epoch === 3) controller.abort();
    });
    expect(bestEpoch).toBeGreaterThan(0);
    expect(end).toMatchObject({ reason: "stopped", bestEpoch, epoch: Math.floor(end.step / 4) });
    expect(bitsOf(model)).toBe(best);
  });

  test.each(["start", "step", "epoch", "end"] as const)(
    "leaving the loop at a %s event leaves the model trained so far and the device empty",
    async (kind) => {
      const device = new WatchedDevice();
      const { rest, held } = holdOut(clouds(60), 20);
      const model = network();
      let steps = 0;
      const options = { loss: crossEntropy, validation: held, epochs: 2, batchSize: 15, device };
      for await (const event of train(model, rest, options)) {
        if (event.kind === "step") steps = event.step;
        if (event.kind === kind) break;
      }
      expect([...device.states]).toEqual([]);
      expect(device.programs.size).toBe(0);
      expect(bitsOf(model) === bitsOf(network())).toBe(steps === 0);
    },
  );

  test("an error in the listener, in the loss or on the device leaves the device empty", async () => {
    const device = new WatchedDevice();
    const options = { loss: crossEntropy, epochs: 2, batchSize: 15, device };
    const data = clouds(60);
    const inListener = runToEnd(train(network(), data, options), (event) => {
      if (event.kind === "step") throw new Error("mine");
    });
    await expect(inListener).rejects.toThrow("mine");
    const loss = () => {
      throw new Error("of the loss");
    };
    await expect(runToEnd(train(network(), data, { ...options, loss }))).rejects.toThrow("of the loss");
    const failing = vi.spyOn(device, "run").mockRejectedValue(new Error("of the device"));
    await expect(runToEnd(train(network(), data, options))).rejects.toThrow("of the device");
    failing.mockRestore();
    expect([device.states.size, device.programs.size]).toEqual([0, 0]);
  });
});

describe("same seed, same bits", () => {
  const data = clouds(90);
  const options = { loss: crossEntropy, epochs: 3, batchSize: 8, learningRate: 0.01 };
  const trained = async (more: object = {}) => {
    const model = network({ rate: 0.2 });
    const log = await runToEnd(train(model, data, { ...options, ...more }));
    return { bits: bitsOf(model), losses: log.losses, runs: log.steps.length };
  };

  test("two runs give identical weights and losses, another seed does not", async () => {
    const first = await trained({ seed: 5 });
    const second = await trained({ seed: 5 });
    expect(second.bits).toBe(first.bits);
    expect(second.losses).toEqual(first.losses);
    const other = await trained({ seed: 6 });
    expect(other.bits).not.toBe(first.bits);
  });

  test("however many steps a call runs", async () => {
    const [slow, fast] = [new WatchedDevice(10), new WatchedDevice()];
    const oneByOne = await trained({ device: slow });
    const inRuns = await trained({ device: fast });
    expect(oneByOne.runs).toBe(36); // every step by itself
    expect(Math.max(...fast.runs)).toBeGreaterThan(1);
    expect(inRuns.bits).toBe(oneByOne.bits);
    expect(inRuns.losses).toEqual(oneByOne.losses);
  });

  test("and training makes way for others between its runs", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await trained({ device: new WatchedDevice(10) });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });
});

test("states that the model assigns are trained along, and reach the model at every epoch", async () => {
  const model = new RunningMean(2);
  const data = clouds(40);
  const means: number[][] = [];
  const loss = (output: Tensor) => output.square().mean();
  await runToEnd(train(model, data, { loss, epochs: 2, batchSize: 20, optimizer: sgd() }), (event) => {
    if (event.kind === "epoch") means.push([...model.mean.value.dataSync()]);
  });
  const expected = new Float32Array(2);
  for (let epoch = 0; epoch < 2; epoch++) {
    const order = epochOrder(40, 0, epoch);
    for (let begin = 0; begin < 40; begin += 20) {
      const x = [...takeRows(data, order.subarray(begin, begin + 20)).inputs.data];
      for (const k of [0, 1]) {
        const sum = x.filter((_, i) => i % 2 === k).reduce((total, value) => total + value, 0);
        expected[k] = 0.5 * expected[k]! + 0.5 * (sum / 20);
      }
    }
    for (const k of [0, 1]) expect(means[epoch]![k]).toBeCloseTo(expected[k]!, 5);
  }
  expect([...variablesOf(model).keys()]).toEqual(["scale", "mean"]);
});

test("a parameter that is used twice is one parameter", async () => {
  const model = new Twice();
  const { start } = await runToEnd(
    train(model, clouds(20), { loss: (output: Tensor) => output.square().mean(), epochs: 1, batchSize: 10 }),
  );
  expect(start.parameters).toBe(4);
});

test("an iterator that is never started has touched nothing", () => {
  const device = new WatchedDevice();
  train(network(), clouds(20), { loss: crossEntropy, batchSize: 4, device });
  expect([device.states.size, device.programs.size]).toEqual([0, 0]);
});

test("the type of an event follows from its kind", () => {
  const describe = (event: TrainEvent): number | undefined =>
    event.kind === "end" ? event.bestEpoch : event.kind === "epoch" ? event.batchLoss : event.step;
  expect(describe({ version: 1, kind: "end", bestEpoch: 3 } as EndEvent)).toBe(3);
});
