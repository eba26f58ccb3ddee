import { adamW, crossEntropy, fromArray, type Layer, type Tensor } from "glassnet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runSample } from "../../../test/sample.ts";
import { openSmallSession } from "../../../test/session.ts";
import type { Session } from "../../worker/session.ts";
import { backpropCode, codeLineOf } from "./code.ts";
import { opAt } from "./tape.ts";
import { backpropHandlers } from "./worker.ts";

let session: Session;
let given: { model: Layer; x: Tensor; loss: typeof crossEntropy; targets: Tensor };
const example = { from: "validation", index: 3 } as const;
const question = { example, count: 1, answer: null };

beforeAll(async () => {
  session = await openSmallSession();
  const { model } = await session.current();
  given = {
    model,
    x: session.input(example),
    loss: crossEntropy,
    targets: fromArray(session.stored(example).targets!),
  };
});
afterAll(async () => session.close());

const close = (a: number, b: number): void =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-5 * Math.max(1e-6, Math.abs(b)));

describe("the lines behind the figures print their numbers", () => {
  test("the stepper", async () => {
    const printed = await runSample(backpropCode.stepper, given);
    const { loss, calls } = await backpropHandlers.tape(session, { question });
    close(Number(printed[0]), loss);
    expect(printed).toHaveLength(1 + calls.length + 6);
    expect(printed.some((line) => line.startsWith("layers.5.bias"))).toBe(true);
  });

  test("an opened cell", async () => {
    const [layer, unit, index] = ["layers.3", 7, 20];
    const printed = await runSample(backpropCode.cell, { ...given, layer, unit, index });
    const { tape } = await backpropHandlers.tape(session, { question });
    for (const [i, kind] of ["forward", "weights", "back"].entries()) {
      const at = opAt(tape, `${kind}:${layer}`);
      const { opened } = await backpropHandlers.cell(session, { question, cell: { at, focus: 0, unit, index } });
      const [terms, bias, sum, value, isSame] = printed[i]!.split(" ");
      expect([Number(terms), isSame]).toEqual([opened!.products.length, "true"]);
      close(Number(bias), opened!.bias ?? 0);
      close(Number(sum), opened!.sum);
      close(Number(value), opened!.value);
    }
  });

  test("an update", async () => {
    const { decay, beta1, beta2, epsilon } = session.settings.optimizer;
    const optimizer = adamW({ decay, beta1, beta2, epsilon });
    const [unit, index] = [2, 9];
    const rate = session.teacher.learningRate;
    const printed = await runSample(backpropCode.update, {
      ...{ ...given, optimizer, rate, param: "layers.5.weight", entry: unit * 64 + index },
    });
    const { tape } = await backpropHandlers.tape(session, { question });
    const cell = { at: opAt(tape, "update:layers.5"), focus: 0, unit, index };
    const { update } = await backpropHandlers.cell(session, { question, cell });
    const [before, grad, after] = printed[0]!.split(" ").map(Number);
    close(before!, update!.before);
    close(grad!, update!.grad);
    close(after!, update!.after);
    expect(printed.slice(1).map((line) => line.split(" = ")[1])).toEqual(update!.lines.map(({ rule }) => rule));
  });

  test("the verification", async () => {
    const small = await openSmallSession();
    await backpropHandlers.openSmall(small);
    const { model } = await small.current();
    const targets = fromArray(small.stored(example).targets!);
    const entry = { param: "layers.0.weight", entry: 4 };
    const printed = await runSample(backpropCode.verify, {
      ...{ model, x: small.input(example), loss: crossEntropy, targets, ...entry },
    });
    const found = await backpropHandlers.verify(small, { question, entry });
    const [analytic, numeric, digits, agrees] = printed[0]!.split(" ");
    close(Number(analytic), found.analytic);
    expect(Math.abs(Number(numeric) - found.numeric)).toBeLessThan(1e-6);
    expect(Number(digits)).toBeGreaterThan(4);
    expect([agrees, String(found.agrees)]).toEqual(["true", "true"]);
    expect(printed.slice(1).every((line) => line.endsWith("true"))).toBe(true);
    expect(printed).toHaveLength(5);
    await small.close();
  });

  test("the rates", async () => {
    const { decay, beta1, beta2, epsilon } = session.settings.optimizer;
    const rate = 0.01;
    const printed = await runSample(backpropCode.rates, {
      ...{ ...given, optimizer: adamW({ decay, beta1, beta2, epsilon }), rate },
    });
    const curve = await backpropHandlers.rates(session, { question });
    const [now, after] = printed[0]!.split(" ").map(Number);
    close(now!, curve.loss);
    expect(after!).toBeCloseTo(await backpropHandlers.lossAt(session, { question, rate }), 5);
    expect(curve.losses.every((loss, i) => Number.isFinite(loss) || i > 40)).toBe(true);
    expect(curve.losses[0]!).toBeCloseTo(curve.loss, 2);
  });

  test("the two weights", async () => {
    const printed = await runSample(backpropCode.two);
    expect(printed).toHaveLength(61);
    const [start, best] = printed[0]!.split(" ").map(Number);
    expect(start!).toBeGreaterThan(1);
    expect(best!).toBeLessThan(1e-9);
    const [step, first, second] = printed.at(-1)!.split(" ").map(Number);
    expect(step).toBe(60);
    expect(Math.hypot(first! - 0.9, second! - 0.5)).toBeLessThan(0.5);
  });
});

test("every operation has its line of code, and it is a line that runs", async () => {
  const { tape, calls } = await backpropHandlers.tape(session, { question });
  for (const [at, op] of tape.entries()) {
    {
      const index = op.kind === "weights" ? 128 : 3; // of the first hidden layer an input, of the others the bias or beyond it
      const cell = await backpropHandlers.cell(session, { question, cell: { at, focus: 0, unit: 1, index } });
      const line = codeLineOf(op, calls, cell);
      const code = `
import { backpropagation, nextStep, openCell, sgd } from "glassnet";
const pass = await backpropagation(model, x, { loss, targets });
const step = await nextStep(model, x, { loss, targets, optimizer: sgd() });
const rate = 0.1;
const found = await ${line.split(" //")[0]};
console.log(typeof found === "number" ? found : (found.value ?? found.after));
await step.release();`;
      const [printed] = await runSample({ given: ["model", "x", "loss", "targets"], code }, given);
      expect(Number.isFinite(Number(printed)), line).toBe(true);
      if (op.kind !== "update" && cell.opened !== null) close(Number(printed), cell.opened.value);
    }
  }
});
