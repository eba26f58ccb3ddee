import { afterAll, beforeAll, expect, test } from "vitest";
import { runSample } from "../../../test/sample.ts";
import { openSmallSession } from "../../../test/session.ts";
import { coreHandlers } from "../../worker/core/index.ts";
import type { Session } from "../../worker/session.ts";
import { drawCode } from "./code.ts";
import { drawHandlers } from "./worker.ts";

let session: Session;
beforeAll(async () => {
  session = await openSmallSession();
});
afterAll(async () => session.close());

const example = { from: "validation", index: 11 } as const;
const question = { example, classIndex: 3, versus: 8 };
const numbersIn = (text: string): number[] => (text.match(/-?\d+\.?\d*(e-?\d+)?/g) ?? []).map(Number);

async function given() {
  const { model, preprocessing } = await session.current();
  return { model, preprocessing, x: session.input(example) };
}

test("network: activations, probabilities and what a line carries", async () => {
  const { model, x } = await given();
  const look = await drawHandlers.look(session, {
    example,
    classIndex: null,
    room: [18, 16, 12, 10],
    before: [],
    focus: null,
  });
  const [activations, probabilities, line] = await runSample(drawCode.network, { model, x });
  for (const [i, y] of numbersIn(activations!).entries()) expect(y).toBeCloseTo(look.columns[1]!.values[i]!, 4);
  for (const [i, p] of numbersIn(probabilities!).entries()) expect(p).toBeCloseTo(look.probabilities![i]!, 5);
  const whole = { example, classIndex: 3, room: [784, 128, 64, 10], before: [], focus: { column: 3, unit: 3 } };
  const edge = (await drawHandlers.look(session, whole)).gaps[2]!.edges.find(({ from }) => from === 17);
  if (edge !== undefined) expect(Number(line)).toBeCloseTo(edge.value, 5);
  else expect(Math.abs(Number(line))).toBeLessThan(0.5); // not among the strongest
});

test("evidence: the terms and their sum", async () => {
  const { model, x } = await given();
  const found = await drawHandlers.evidence(session, question);
  const lines = await runSample(drawCode.evidence, { model, x, classIndex: 3, versus: 8 });
  const strongest = found.for[0]!;
  expect(lines[0]).toContain(`unit ${strongest.index}: `);
  expect(numbersIn(lines[0]!).at(-1)).toBeCloseTo(strongest.product, 5);
  const [bias, sum, logit] = numbersIn(lines.at(-1)!);
  expect([bias, sum, logit].map((v) => v!.toFixed(4))).toEqual(
    [found.bias, found.sum, found.logit].map((v) => v.toFixed(4)),
  );
  expect(lines.at(-1)).toMatch(/true$/);
});

test("pixels: the strongest one, and the rest for the biases", async () => {
  const { model, x } = await given();
  const found = await drawHandlers.pixels(session, { ...question, versus: null });
  const [line] = await runSample(drawCode.pixels, { model, x, classIndex: 3 });
  const [pixel, value, biases] = numbersIn(line!);
  const sizes = found.values.map(Math.abs);
  expect(pixel).toBe(sizes.indexOf(Math.max(...sizes)));
  expect(value).toBeCloseTo(found.values[pixel!]!, 5);
  expect(biases).toBeCloseTo(found.output - found.sum, 4);
});

test("test: the drop of the strongest units and of random ones", async () => {
  const { model, x } = await given();
  const found = await drawHandlers.remove(session, { ...question, versus: null, count: 4 });
  const [line] = await runSample(drawCode.test, { model, x, classIndex: 3, count: 4 });
  const [drop, mean, atLeast, p] = numbersIn(line!);
  expect(drop).toBeCloseTo(found.drop, 4);
  expect(mean).toBeCloseTo(found.randomDrops.reduce((a, b) => a + b, 0) / 200, 4);
  expect([atLeast, p]).toEqual([found.atLeast, found.pValue]);
});

test("sees: the inputs that are not 0", async () => {
  const { preprocessing } = await given();
  const { stored } = coreHandlers.example(session, { example });
  const { input } = await coreHandlers.activations(session, { example });
  const pixels = Uint8Array.from(stored);
  const lines = await runSample(drawCode.sees, { pixels, preprocessing });
  expect(lines).toEqual([`784 ${input.filter((value) => value !== 0).length}`]);
});

test("unroll: a pixel of the picture is the input of its index", async () => {
  const { x } = await given();
  const { input } = await coreHandlers.activations(session, { example });
  const pixel = input.findIndex((value) => value > 0.3);
  const [line] = await runSample(drawCode.unroll, { x, pixel });
  expect(numbersIn(line!)).toEqual([input[pixel], input[pixel]]);
});

test("tiles: a unit's weights, its sum and its activation", async () => {
  const { model, x } = await given();
  const { layers } = await coreHandlers.activations(session, { example });
  const [line] = await runSample(drawCode.tiles, { model, x, unit: 20 });
  const [size, z, y] = numbersIn(line!);
  expect(size).toBe(784);
  expect(z).toBeCloseTo(layers["layers.1"]!.z[20]!, 4);
  expect(y).toBeCloseTo(layers["layers.1"]!.y[20]!, 4);
});

test("probes: the accuracies, of which the figure shows each layer's best", async () => {
  const { model, preprocessing } = await given();
  const [training, validation] = [session.data.training, session.data.validation!].map((part) => ({
    ...part,
    preprocessing,
  }));
  const lines = await runSample(drawCode.probes, { model, training, validation });
  const job = drawHandlers.probe(session);
  let turn = await job.next();
  while (turn.done !== true) turn = await job.next();
  for (const { layer, validationAccuracy } of turn.value.probes) {
    const own = lines.filter((line) => line.includes(` ${layer} `)).map((line) => numbersIn(line).at(-1)!);
    expect(Math.max(...own)).toBeCloseTo(validationAccuracy, 2);
  }
});
