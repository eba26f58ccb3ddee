import fc from "fast-check";
import {
  type ActivationName,
  activation,
  activationNames,
  capture,
  checkGradients,
  dropout,
  flatten,
  fromArray,
  type Layer,
  linear,
  Rng,
  rescale,
  Sequential,
  type TypedArray,
  takeRows,
} from "glassnet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSmallSession } from "../../../test/session.ts";
import { lossOf } from "../../worker/network.ts";
import type { Session } from "../../worker/session.ts";
import { initialSettings, type LossName, lossNames, optimizerNames } from "../../workspace/settings.ts";
import { Bench } from "./bench.ts";
import type { CellView } from "./cells.ts";
import type { MatrixRole } from "./matrices.ts";
import type { QuestionParams } from "./question.ts";
import { opAt, sameOn, tapeOf } from "./tape.ts";
import { backpropHandlers } from "./worker.ts";

let session: Session;
beforeAll(async () => {
  session = await openSmallSession();
});
afterAll(async () => session.close());

const ROWS = 6;
const classNames = ["a", "b", "c"];

/** A network of every layer kind that the studio has, in front of three outputs. */
function networkOf(names: readonly ActivationName[], seed: number, rate: number): Layer {
  const rng = Rng.seeded(seed);
  const layers: Layer[] = [flatten()];
  let features = 4;
  for (const [k, name] of names.entries()) {
    layers.push(linear(features, 3 + k, { rng, bias: (seed + k) % 3 > 0 }), activation(name));
    if (k === 0) layers.push(dropout(rate));
    features = 3 + k;
  }
  layers.push(linear(features, 3, { rng }));
  if (seed % 2 === 0) layers.push(rescale([0.5, 2, -1.5], [0.1, 0, -0.2]));
  return new Sequential(layers);
}

async function open(names: readonly ActivationName[], loss: LossName, seed: number, rate = 0.25): Promise<void> {
  const rng = Rng.seeded(seed).fold("data");
  const inputs = { dtype: "f32", shape: [ROWS, 2, 2], data: rng.normal([ROWS, 2, 2]).data } as const;
  const targets = { dtype: "i32", shape: [ROWS], data: rng.integers([ROWS], 0, 3).data } as const;
  const data = { name: "random", inputShape: [2, 2], size: ROWS, inputs, targets, classNames };
  const training = { ...session.data.training, ...data, preprocessing: { kind: "none" } } as never;
  await session.configure({ ...initialSettings, loss });
  await session.adopt(
    {
      ...{ model: networkOf(names, seed, rate), name: "random", origin: "lab", inputShape: [2, 2], classNames },
      preprocessing: { kind: "none" },
    },
    { source: "lab", training, validation: training, columns: null },
  );
}

const cases = fc.record({
  names: fc.array(fc.constantFrom(...activationNames), { minLength: 1, maxLength: 3 }),
  loss: fc.constantFrom(...lossNames),
  seed: fc.nat(1000),
  count: fc.integer({ min: 1, max: 4 }),
});
const everyActivation = activationNames.map((name, i) => ({
  names: [name],
  loss: lossNames[i % lossNames.length]!,
  seed: i,
  count: 1 + (i % 3),
}));
const everyLoss = lossNames.map((loss, i) => ({
  names: ["tanh" as const, "relu" as const],
  loss,
  seed: 50 + i,
  count: 2,
}));
const examples = [...everyActivation, ...everyLoss].map((one): [typeof one] => [one]);

const asked = (count: number): QuestionParams => ({ example: { from: "validation", index: 1 }, count, answer: null });

/** Every cell of every operation. */
async function* cellsOf(question: QuestionParams): AsyncGenerator<CellView> {
  const { tape, calls, batch } = await backpropHandlers.tape(session, { question });
  for (const [at, { call }] of tape.entries()) {
    const { inSize, outSize, kind } = call === null ? { inSize: 1, outSize: 3, kind: "" } : calls[call]!;
    for (let unit = 0; unit < outSize; unit++) {
      for (let index = 0; index <= (kind === "linear" ? inSize : 0); index++) {
        const cell = { at, focus: (unit + index) % batch, unit, index };
        yield await backpropHandlers.cell(session, { question, cell });
      }
    }
  }
}

describe("for every layer kind, activation and loss of the studio", () => {
  test("the stepper's gradients are the library's and agree with finite differences", async () => {
    const property = fc.asyncProperty(cases, async ({ names, loss, seed, count }) => {
      await open(names, loss, seed);
      const question = asked(count);
      const { tape, calls, loss: shown } = await backpropHandlers.tape(session, { question });
      const { model } = await session.current();
      const rows = Array.from({ length: count }, (_, i) => (1 + i) % ROWS);
      const taken = takeRows(session.data.training, rows);
      const x = fromArray(taken.inputs);
      const options = {
        loss: lossOf(loss, session.data.training),
        targets: fromArray(taken.targets),
        device: session.device,
      };
      const run = await capture(model, x, options);
      expect(shown).toBe(await run.loss!.item());
      for (const [at, { kind, call }] of tape.entries()) {
        if (kind !== "weights") continue;
        const { path, inSize, outSize, hasBias } = calls[call!]!;
        const { matrices } = await backpropHandlers.matrices(session, { question, at, focus: 0 });
        const { data, columns } = matrices.at(-1)!;
        const weights = (await run.paramGrads![`${path}.weight`]!.data()) as TypedArray;
        const biases = hasBias ? ((await run.paramGrads![`${path}.bias`]!.data()) as TypedArray) : undefined;
        for (let u = 0; u < outSize; u++) {
          expect([...data.subarray(u * columns, u * columns + inSize)]).toEqual([
            ...weights.subarray(u * inSize, (u + 1) * inSize),
          ]);
          if (biases !== undefined) expect(data[u * columns + inSize]).toBe(biases[u]);
        }
      }
      for (const check of await checkGradients(model, x, options)) expect(check.agrees, check.path).toBe(true);
    });
    await fc.assert(property, { numRuns: 20, examples });
  });

  test("every opened cell is the sum that it says", async () => {
    const property = fc.asyncProperty(cases, async ({ names, loss, seed, count }) => {
      await open(names, loss, seed);
      for await (const { id, opened, curve, unit, index } of cellsOf(asked(count))) {
        const where = `${id} unit ${unit} index ${index}`;
        if (curve !== null) expect(curve.values.length, where).toBe(curve.z.length);
        if (opened === null) continue;
        const total = [...opened.products].reduce((sum, product) => sum + product, opened.bias ?? 0);
        expect(opened.sum, where).toBeCloseTo(total, 12);
        const size = Math.max(Math.abs(opened.value), ...opened.products.map(Math.abs), 1e-6);
        expect(Math.abs(opened.sum - opened.value), where).toBeLessThanOrEqual(Math.max(opened.bound, 4e-6 * size));
      }
    });
    await fc.assert(property, { numRuns: 18, examples });
  });
});

test("an update is the step that training takes, with the optimizer's memory", async () => {
  for (const kind of optimizerNames) {
    await open(["tanh"], "crossEntropy", 3, 0); // a pass has no dropout, a step of training has
    const optimizer = { ...initialSettings.optimizer, kind };
    await session.configure({ ...session.settings, loss: "crossEntropy", optimizer, batchSize: ROWS });
    session.run("step");
    await session.idle();
    const question: QuestionParams = { example: { from: "training", index: 0 }, count: ROWS, answer: null };
    const { tape, calls } = await backpropHandlers.tape(session, { question });
    const at = opAt(tape, "update:layers.1");
    const { matrices } = await backpropHandlers.matrices(session, { question, at, focus: 0 });
    const matrix = (role: MatrixRole) => matrices.find((one) => one.role === role)!;
    const shown = { after: matrix("newWeights").data.slice(), change: matrix("change").data.slice() };
    const { columns } = matrix("newWeights");
    const { update } = await backpropHandlers.cell(session, { question, cell: { at, focus: 0, unit: 1, index: 2 } });
    expect(update!.after).toBeCloseTo(shown.after[columns + 2]!, 6);
    expect(update!.after - update!.before).toBeCloseTo(shown.change[columns + 2]!, 6);
    expect(update!.lines.at(-1)!.value).toBeCloseTo(update!.after, 6);
    const lossAfter = await backpropHandlers.lossAt(session, { question, rate: session.teacher.learningRate });
    session.run("step"); // the whole data are the batch, in whatever order
    await session.idle();
    await session.current();
    const { inSize } = calls[tape[at]!.call!]!;
    const { layers } = session.project.model as Sequential;
    const weights = (layers[1] as unknown as { weight: { value: { stored: TypedArray } } }).weight.value.stored;
    for (let i = 0; i < inSize; i++) expect(weights[inSize + i]).toBeCloseTo(shown.after[columns + i]!, 5);
    expect((await backpropHandlers.tape(session, { question })).loss).toBeCloseTo(lossAfter, 5);
  }
});

test("verifying gives both numbers; all parameters of a small network are checked whole", async () => {
  await open(["gelu"], "meanSquaredError", 8);
  const question = asked(2);
  const one = await backpropHandlers.verify(session, { question, entry: { param: "layers.1.weight", entry: 5 } });
  expect(one.agrees).toBe(true);
  expect(one.digits).toBeGreaterThanOrEqual(5);
  expect(one.trained).toBeCloseTo(one.analytic, 6);
  expect((one.above - one.below) / (2 * one.step)).toBe(one.numeric);
  const job = backpropHandlers.verifyAll(session, { question });
  const all = (await job.next()).value as readonly {
    agrees: boolean;
    isWhole: boolean;
    size: number;
    compared: number;
  }[];
  expect(all.length).toBeGreaterThan(2);
  expect(all.every(({ agrees, isWhole }) => agrees && isWhole)).toBe(true);
});

test("a large network is checked where it is steepest, and by chance", async () => {
  await session.configure(initialSettings);
  const other = await openSmallSession();
  const question = asked(1);
  const job = backpropHandlers.verifyAll(other, { question });
  const seen: number[] = [];
  for (;;) {
    const { done, value } = await job.next();
    if (done === true) {
      expect(value.map(({ param }) => param)).toContain("layers.5.bias");
      expect(value.every(({ agrees, isWhole, compared }) => agrees && !isWhole && compared >= 3)).toBe(true);
      break;
    }
    seen.push(value.done);
  }
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  await other.close();
});

test("the tape goes forward, back in the opposite order, then updates; other layers are found on it", async () => {
  await open(["relu", "tanh"], "crossEntropy", 5);
  const { tape, calls } = await backpropHandlers.tape(session, { question: asked(1) });
  expect(tape.map(({ id }) => id)).toEqual([
    ...["forward:layers.0", "forward:layers.1", "forward:layers.2", "forward:layers.3", "forward:layers.4"],
    ...["forward:layers.5", "forward:layers.6", "loss", "lossGrad", "weights:layers.6", "back:layers.6"],
    ...["slope:layers.5", "weights:layers.4", "back:layers.4", "slope:layers.3", "slope:layers.2"],
    ...["weights:layers.1", "back:layers.1", "slope:layers.0", "update:layers.1", "update:layers.4", "update:layers.6"],
  ]);
  const at = opAt(tape, "weights:layers.6");
  expect(tape[sameOn(tape, calls, at, "layers.1")]!.id).toBe("weights:layers.1");
  expect(tape[sameOn(tape, calls, at, "elsewhere")]!.id).toBe("weights:layers.6");
  expect(opAt(tape, "nothing")).toBe(0);
  expect(tapeOf([])).toHaveLength(2);
});

test("the pass is made once for as long as nothing changes", async () => {
  await open(["relu"], "crossEntropy", 1);
  const bench = Bench.of(session);
  const before = await bench.pass(session, asked(2));
  expect(await bench.pass(session, asked(2))).toBe(before);
  expect(await bench.pass(session, asked(3))).not.toBe(before);
  session.touch();
  expect(await bench.pass(session, asked(2))).not.toBe(before);
});

test("a drawing is compared with the class that it was meant to be, and with nothing else", async () => {
  const other = await openSmallSession();
  const example = { from: "drawing", pixels: new Uint8Array(784).fill(9) } as const;
  await expect(backpropHandlers.tape(other, { question: { example, count: 1, answer: null } })).rejects.toThrow(
    "choose a class",
  );
  const found = await backpropHandlers.tape(other, { question: { example, count: 4, answer: 3 } });
  expect([found.batch, found.rows]).toEqual([1, []]);
  const { predicted } = await (await import("../../worker/core/index.ts")).coreHandlers.predict(other, { example });
  const own = await backpropHandlers.tape(other, { question: { example, count: 1, answer: predicted } });
  expect(own.loss).toBeLessThan(
    (await backpropHandlers.tape(other, { question: { example, count: 1, answer: (predicted + 1) % 10 } })).loss,
  );
  await other.close();
});

test("a small network is opened beside the user's own, which comes back as it was", async () => {
  const other = await openSmallSession();
  const before = await other.current();
  await backpropHandlers.openSmall(other);
  const question = asked(1);
  const graph = await backpropHandlers.graph(other, { question, focus: 0 });
  expect(graph!.columns.map(({ values }) => values.length)).toEqual([2, 3, 3, 2]);
  expect((await backpropHandlers.tape(other, { question })).hasKept).toBe(true);
  expect(await backpropHandlers.giveBack(other)).toBe(true);
  expect(other.project.model).toBe(before.model);
  expect(await backpropHandlers.graph(other, { question, focus: 0 })).toBeNull();
  expect(await backpropHandlers.giveBack(other)).toBe(false);
  await other.close();
});
