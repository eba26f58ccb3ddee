import { crossEntropy, fromArray } from "glassnet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runSample } from "../../../test/sample.ts";
import { openSmallSession } from "../../../test/session.ts";
import { coreHandlers } from "../../worker/core/index.ts";
import type { Session } from "../../worker/session.ts";
import { microscopeCode } from "./code.ts";
import { strongestOf } from "./scope.tsx";
import { microscopeHandlers } from "./worker.ts";

let session: Session;
beforeAll(async () => {
  session = await openSmallSession();
  session.run("epoch"); // so that the optimizer remembers something
  await session.idle();
});
afterAll(async () => session.close());

const example = { from: "validation", index: 4 } as const;
const at = { layer: "layers.3", unit: 9, example, step: null } as const;

async function setup() {
  const { model } = await session.current();
  const { layer, unit } = at;
  return { model, x: session.input(example), layer, unit };
}
const numbersIn = (line: string | undefined): number[] => line!.split(" ").map(Number);

test("the lines of the sum print the sum and the network's z", async () => {
  const shown = await microscopeHandlers.neuron(session, at);
  const [printed] = await runSample(microscopeCode.sum, await setup());
  const [running, z] = numbersIn(printed);
  expect(running).toBeCloseTo(shown.sum, 6);
  expect(z).toBeCloseTo(shown.z, 5);
  expect(printed).toMatch(/true$/);
  expect(numbersIn((await runSample(microscopeCode.neuron, await setup()))[0])[1]).toBeCloseTo(shown.value, 5);
});

test("the lines of the picture name its strongest place", async () => {
  const { products } = await microscopeHandlers.neuron(session, at);
  const [place, product] = numbersIn((await runSample(microscopeCode.picture, await setup()))[0]);
  expect(place).toBe(strongestOf(products));
  expect(product).toBeCloseTo(products[place!]!, 6);
});

test("the lines of the curve print the point and the slope", async () => {
  const { curve, z } = await microscopeHandlers.neuron(session, at);
  const [value, slope] = numbersIn((await runSample(microscopeCode.curve, { name: curve.kind, z }))[0]);
  expect([value, slope]).toEqual([curve.value, curve.slope]);
  const output = await microscopeHandlers.neuron(session, { ...at, layer: "layers.5", unit: 3 });
  const logits = Array.from(output.sums);
  const [share, rise] = numbersIn((await runSample(microscopeCode.softmax, { logits, unit: 3 }))[0]);
  expect(share).toBeCloseTo(output.curve.value, 6);
  expect(rise).toBeCloseTo(output.curve.slope, 6);
  const [plain] = await runSample(microscopeCode.identity, { ...(await setup()), layer: "layers.5", unit: 3 });
  expect(numbersIn(plain)[0]).toBeCloseTo(output.z, 5);
});

test("the lines of the three forms print z three times", async () => {
  const { z } = await microscopeHandlers.neuron(session, at);
  const printed = await runSample(microscopeCode.forms, await setup());
  expect(printed).toHaveLength(3);
  for (const line of printed) expect(Number(line)).toBeCloseTo(z, 5);
});

test("the lines of the gradient and of the update print what the figure shows", async () => {
  const { neuron, gradient, update } = microscopeHandlers;
  const { inputs } = await neuron(session, at);
  const shown = await gradient(session, { ...at, target: null });
  const common = { ...(await setup()), targets: fromArray(session.stored(example).targets!), loss: crossEntropy };
  const [delta, grad, product] = numbersIn((await runSample(microscopeCode.gradient, common))[0]);
  expect(delta).toBeCloseTo(shown.atSum, 6);
  expect(grad).toBeCloseTo(shown.weights[strongestOf(inputs)]!, 6);
  expect(product).toBeCloseTo(grad!, 6);

  const index = strongestOf(inputs);
  const entry = await update(session, { ...at, target: null, index });
  const { layer: _, unit, ...rest } = common;
  const printed = await runSample(microscopeCode.update, {
    ...rest,
    optimizer: session.teacher.optimizer(),
    slots: await session.teacher.slots(),
    step: session.teacher.stepsOfRule + 1,
    learningRate: session.teacher.learningRate,
    param: `${at.layer}.weight`,
    index: unit * inputs.length + index,
  });
  expect(printed).toHaveLength(entry.lines.length + 1);
  expect(printed[0]).toContain(entry.lines[0]!.rule);
  const [before, after, change] = numbersIn(printed.at(-1));
  expect(before).toBe(entry.before);
  expect(after).toBeCloseTo(entry.after, 6);
  expect(change).toBeCloseTo(entry.change, 6);
  expect(entry.slots.map(({ before: remembered }) => remembered)).not.toEqual([0, 0]);
});

test("the lines over the data print the strongest example and the mean", async () => {
  const { model, preprocessing } = await session.current();
  const data = { ...session.data.validation!, preprocessing };
  const job = microscopeHandlers.overData(session, { layer: at.layer, unit: at.unit, part: "validation" });
  let turn = await job.next();
  while (turn.done !== true) turn = await job.next();
  const shown = turn.value;
  const [printed] = await runSample(microscopeCode.overData, { model, data, layer: "layers.4", unit: at.unit });
  const [strongest, value, , mean, share] = numbersIn(printed);
  expect(strongest).toBe(shown.top[0]!.index);
  expect(value).toBeCloseTo(shown.top[0]!.value, 5);
  expect(mean).toBeCloseTo(shown.mean, 6);
  expect(share).toBe(shown.activeShare);
});

test("the lines of an edit print what the network gives before and after it", async () => {
  const before = await coreHandlers.predict(session, { example });
  const { weights, inputs } = await microscopeHandlers.neuron(session, at);
  const index = strongestOf(inputs);
  const [now, then] = await runSample(microscopeCode.edit, { ...(await setup()), index, value: 3 });
  expect(numbersIn(now)[2]).toBeCloseTo(before.outputs[2]!, 4);
  const changed = weights.slice();
  changed[index] = 3;
  const back = await coreHandlers.edit(session, { layer: at.layer, unit: at.unit, change: { weights: changed } });
  const after = await coreHandlers.predict(session, { example });
  numbersIn(then).forEach((logit, i) => {
    expect(logit).toBeCloseTo(after.outputs[i]!, 4);
  });
  await coreHandlers.edit(session, { layer: at.layer, unit: at.unit, change: back });
  expect((await coreHandlers.predict(session, { example })).outputs).toEqual(before.outputs);
});
