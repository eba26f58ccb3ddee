import { describe, expect, test } from "vitest";
import { clouds, failureOf, network } from "../../test/training.ts";
import { openReference } from "../backends/reference/device.ts";
import type { ArrayData } from "../core/array.ts";
import { inputsOf } from "../data/inputs-of.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { adam, adamW } from "../optim/adam.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { sgd } from "../optim/sgd.ts";
import { fromArray, scalar } from "../tensor/create.ts";
import { norm } from "../tensor/functions.ts";
import { keyOf } from "../tensor/random.ts";
import { variablesOf } from "../tensor/variable.ts";
import type { Snapshot } from "../train/snapshot.ts";
import { train } from "../train/train.ts";
import type { Training } from "../train/training-events.ts";
import { type EntryUpdate, nextStep } from "./next-step.ts";

const reference = openReference();
const data = clouds(20);
const x = inputsOf(data);
const targets = fromArray(data.targets);

/** Steps by the direction of the gradient alone: its entries cannot be updated by themselves. */
const byDirection: Optimizer = {
  kind: "direction",
  config: {},
  slots: [],
  scalars: (_, learningRate) => ({ learningRate }),
  update: (w, grad, _, scalars) => [w.sub(grad.div(norm(grad)).mul(scalars.learningRate!)), {}],
};

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => sgd(),
  "sgd with momentum": () => sgd({ momentum: 0.9 }),
  "sgd with Nesterov's momentum and decay": () => sgd({ momentum: 0.8, nesterov: true, decay: 0.02 }),
  adam: () => adam(),
  "adam with decay": () => adam({ decay: 0.03, beta1: 0.8 }),
  adamW: () => adamW(),
  "an optimizer of one's own": () => byDirection,
};

describe.each(Object.entries(optimizers))("%s", (_, make) => {
  // Dropout's mask goes by the place of a row in its shuffled batch, so with dropout the batch is a single row.
  test.each([
    { rate: 0, rows: 20 },
    { rate: 0.3, rows: 1 },
  ])("it tells the step that training then takes, with dropout $rate", async ({ rate, rows }) => {
    const few = clouds(rows);
    const [inputs, labels] = [inputsOf(few), fromArray(few.targets)];
    const model = network({ rate });
    const optimizer = make();
    const learningRate = 0.05;
    const options = {
      loss: crossEntropy,
      optimizer,
      learningRate,
      seed: 5,
      batchSize: rows,
      epochs: 5,
      device: reference,
    };
    const training = train(model, few, options);
    const snapshot = await nextEpoch(training, 2);
    await training.sync();
    const coming = await nextStep(model, inputs, {
      ...{ loss: crossEntropy, targets: labels, optimizer, slots: snapshot.slots, step: snapshot.step + 1 },
      ...{ key: keyOf(5, snapshot.step), device: reference },
    });
    const updates = new Map<string, EntryUpdate>();
    for (const path of coming.grads.keys()) updates.set(path, await coming.update(path, 1, learningRate));
    const loss = await coming.lossAfter(learningRate);
    await coming.release();
    const next = await nextEpoch(training, 3);
    await training.return?.();
    expect(next.step).toBe(snapshot.step + 1);
    for (const [path, update] of updates) {
      expect(update.before).toBe(snapshot.variables[path]!.data[1]);
      expect(update.after).toBeCloseTo(next.variables[path]!.data[1]!, 6);
      expect(update.change).toBe(update.after - update.before);
      expect(update.slots.map(({ name }) => name)).toEqual(optimizer.slots);
      for (const { name, before, after } of update.slots) {
        expect(before).toBe(snapshot.slots[`${path}/${name}`]!.data[1]);
        expect(after).toBeCloseTo(next.slots[`${path}/${name}`]!.data[1]!, 6);
      }
    }
    if (rate > 0) return; // the loss after it has the mask of the step itself, which no other call draws
    const moved = network({ rate });
    for (const [path, variable] of variablesOf(moved)) variable.assign(fromArray(next.variables[path]!));
    expect(loss).toBeCloseTo(await crossEntropy(moved.call(inputs), labels).item(), 5);
  });

  test("its lines lead to what the library computes", async () => {
    const model = network();
    const optimizer = make();
    const slots = Object.fromEntries(
      [...variablesOf(model)].flatMap(([path, { shape, value }]) =>
        optimizer.slots.map((name): [string, ArrayData] => {
          const numbers = Float32Array.from(value.dataSync(), (w) => Math.abs(w) / 10 + 0.01);
          return [`${path}/${name}`, { dtype: "f32", shape, data: numbers }];
        }),
      ),
    );
    const coming = await nextStep(model, x, { loss: crossEntropy, targets, optimizer, slots, step: 7 });
    for (const path of coming.grads.keys()) {
      const { lines, after, slots: kept } = await coming.update(path, 2, 0.05);
      if (optimizer === byDirection) {
        expect(lines).toEqual([]);
        continue;
      }
      expect(lines.at(-1)!.symbol).toBe("w");
      expect(lines.at(-1)!.value).toBeCloseTo(after, 6);
      const symbols: Readonly<Record<string, string>> = { velocity: "v", m: "m", v: "v" };
      for (const slot of kept) {
        expect(lines.find(({ symbol }) => symbol === symbols[slot.name])!.value).toBeCloseTo(slot.after, 7);
      }
      for (const { numbers, value } of lines) expect(calculate(numbers) / value).toBeCloseTo(1, 3);
    }
    await coming.release();
  });
});

/** Computes what a line shows, as a reader with a calculator would. */
function calculate(numbers: string): number {
  const code = numbers
    .replaceAll("−", "-")
    .replaceAll("·10^", "e")
    .replaceAll("·", "*")
    .replaceAll("²", "**2")
    .replaceAll("^", "**")
    .replaceAll("√", "Math.sqrt ")
    .replaceAll(/Math\.sqrt ([\d.]+(?:e-?\d+)?)/g, "Math.sqrt($1)")
    .replaceAll(/(\d)\*\*2/g, "$1**2");
  return new Function(`return ${code}`)() as number;
}

/** The state of a training after an epoch, each of which is a step here. */
async function nextEpoch(training: Training, epoch: number): Promise<Snapshot> {
  for await (const event of { [Symbol.asyncIterator]: () => ({ next: () => training.next() }) }) {
    if (event.kind === "epoch" && event.epoch === epoch) return training.snapshot();
  }
  throw new Error("the training ended");
}

test("what if the rate were: no rate leaves the loss, a small one lowers it, a huge one raises it; nothing changes", async () => {
  const model = network();
  const before = [...variablesOf(model)].map(([, { value }]) => [...value.dataSync()]);
  const coming = await nextStep(model, x, { loss: crossEntropy, targets, optimizer: sgd() });
  expect(await coming.lossAfter(0)).toBeCloseTo(coming.loss, 6);
  expect(await coming.lossAfter(0.01)).toBeLessThan(coming.loss);
  expect(await coming.lossAfter(1e6)).toBeGreaterThan(coming.loss);
  expect(Number.isFinite(await coming.lossAfter(1e38))).toBe(false);
  expect([...variablesOf(model)].map(([, { value }]) => [...value.dataSync()])).toEqual(before);
  await coming.release();
});

test("the slope of the loss over the rate is −|gradient|² at 0, for plain descent", async () => {
  const model = network({ dtype: "f64" });
  const doubles = x.cast("f64");
  const coming = await nextStep(model, doubles, { loss: crossEntropy, targets, optimizer: sgd() });
  let squares = 0;
  for (const { data: grad } of coming.grads.values()) for (const g of grad) squares += g * g;
  const h = 1e-6;
  const slope = ((await coming.lossAfter(h)) - coming.loss) / h;
  expect(slope).toBeCloseTo(-squares, 4);
  await coming.release();
});

describe("errors", () => {
  const model = network();
  const options = { loss: crossEntropy, targets, optimizer: adam() };

  test("slots that are missing or do not fit", async () => {
    expect(await failureOf(() => nextStep(model, x, { ...options, slots: {} }))).toMatchInlineSnapshot(`
      "UsageError: nextStep: the slot "layers.0.weight/m" is missing
        help: give the slots of a snapshot, or none at the beginning"
    `);
    const slots = { "layers.0.weight/m": { dtype: "f32", shape: [2], data: new Float32Array(2) } } as const;
    expect(await failureOf(() => nextStep(model, x, { ...options, slots }))).toMatchInlineSnapshot(
      `"UsageError: nextStep: the slot "layers.0.weight/m" must be f32[6, 2], got f32[2]"`,
    );
  });

  test("a step, a rate, a parameter or an entry that there is not", async () => {
    expect(await failureOf(() => nextStep(model, x, { ...options, step: 0 }))).toMatchInlineSnapshot(
      `"UsageError: nextStep: step must be a whole number from 1 to 9007199254740991, got 0"`,
    );
    const coming = await nextStep(model, x, options);
    expect(await failureOf(() => coming.lossAfter(-1))).toMatchInlineSnapshot(
      `"UsageError: nextStep: learningRate must be a finite number of at least 0, got -1"`,
    );
    expect(await failureOf(() => coming.update("layers.0.scale", 0, 0.1))).toMatchInlineSnapshot(
      `"UsageError: nextStep: the model has no parameter "layers.0.scale": expected "layers.0.weight", "layers.0.bias", "layers.3.weight" or "layers.3.bias""`,
    );
    expect(await failureOf(() => coming.update("layers.0.bias", 6, 0.1))).toMatchInlineSnapshot(
      `"UsageError: nextStep: index must be 0 to 5 in layers.0.bias, got 6"`,
    );
    await coming.release();
  });

  test("a loss that is no single number", async () => {
    const loss = () => scalar(1).broadcastTo([3]);
    expect(await failureOf(() => nextStep(model, x, { ...options, loss }))).toMatchInlineSnapshot(`
      "GraphError: nextStep: the loss must be a single number, got f32[3]
        help: take the mean over the examples"
    `);
  });
});
