import { companyBounds, companyInputs, companyOptimum, companyRow } from "glassnet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runSample } from "../../../test/sample.ts";
import { openSmallSession } from "../../../test/session.ts";
import type { Session } from "../../worker/session.ts";
import { profitCode } from "./code.ts";
import { fitPlan } from "./fit.ts";
import { type LabInfo, ProfitLab } from "./lab.ts";
import { profitHandlers } from "./worker.ts";

let session: Session;
let info: LabInfo;
let lab: ProfitLab;
const plan = { kind: "company", rows: 400, noise: 5, seed: 3 } as const;
const summer = companyRow({ price: 18, marketing: 10, competitor: 25, season: "summer" });
const bounds = { 0: companyBounds.price, 1: companyBounds.marketing };
const knobs = [
  { input: 0, low: 15, high: 40 },
  { input: 1, low: 2, high: 80 },
];

beforeAll(async () => {
  session = await openSmallSession();
  const run = profitHandlers.open(session, { source: plan });
  let turn = await run.next();
  while (turn.done !== true) turn = await run.next();
  info = turn.value;
  lab = ProfitLab.of(session);
});
afterAll(() => session.close());

const numbers = (lines: readonly string[]): number[][] => lines.map((line) => line.split(" ").map(Number));
const model = () => lab.fit("curved").model;

test("source", async () => {
  const [sizes, [profit]] = numbers(await runSample(profitCode.source, { rows: 400, noise: 5, seed: 3 })) as [
    number[],
    [number],
  ];
  expect(sizes).toEqual([info.training, info.validation]);
  expect(profit).toBeGreaterThan(0);
});

test("fit: the lines train the very model of the lab", async () => {
  expect(fitPlan).toEqual({
    hidden: [16, 16],
    activation: "tanh",
    batchSize: 64,
    steps: 1800,
    learningRate: 0.01,
    decay: 0.01,
  });
  const { training, validation } = lab.books;
  const printed = await runSample(profitCode.fit, { training, validation, seed: 3, device: session.device });
  expect(printed[0]).toBe(`epochs ${info.epochs}`);
  expect(Number(printed[1])).toBe(info.scores.curved.training);
  expect(Number(printed[2])).toBe(info.scores.curved.validation);
});

test("rows", async () => {
  const shown = (await profitHandlers.rows(session, { key: info.key, fit: "curved", part: "validation" }))!;
  const [[square], [loss]] = numbers(
    await runSample(profitCode.rows, { model: model(), rows: lab.books.validation }),
  ) as [[number], [number]];
  expect(square / shown.meanSquare).toBeCloseTo(1, 5);
  expect(loss / shown.loss).toBeCloseTo(1, 5);
});

test("bias", async () => {
  const { levels } = (await profitHandlers.effects(session, { key: info.key, level: 0 }))!;
  const given = { model: model(), rows: lab.books.training, firstLevel: 3, levels: 4 };
  const printed = numbers(await runSample(profitCode.bias, given)).flat();
  for (const [k, { effect }] of levels.entries()) expect(printed[k]).toBeCloseTo(effect.curved, 3);
});

test("surface", async () => {
  const [x, y] = [
    { input: 0, low: 15, high: 40 },
    { input: 1, low: 2, high: 80 },
  ];
  const shown = (await profitHandlers.surface(session, { key: info.key, fit: "curved", x, y, at: summer }))!;
  const given = {
    model: model(),
    preprocessing: lab.fit("curved").preprocessing,
    start: summer,
    x,
    y,
    side: shown.side,
  };
  const [[low, high]] = numbers(await runSample(profitCode.surface, given)) as [[number, number]];
  expect(low).toBeCloseTo(shown.low, 2);
  expect(high).toBeCloseTo(shown.high, 2);
});

test("search", async () => {
  const params = { key: info.key, fit: "curved", goal: "maximize", target: 0, rate: null } as const;
  const shown = (await profitHandlers.search(session, { ...params, start: summer, knobs }))!;
  const given = {
    model: model(),
    preprocessing: lab.fit("curved").preprocessing,
    start: summer,
    bounds,
    data: lab.books.training,
  };
  const printed = await runSample(profitCode.search, given);
  const steps = numbers(printed.slice(0, shown.steps));
  for (const [k, [step, prediction, loss, ...partials]] of steps.entries()) {
    expect(step).toBe(k);
    expect(prediction).toBe(shown.predictions[k]);
    expect(loss).toBe(shown.losses[k]);
    expect(partials).toEqual([...shown.partials.subarray(k * companyInputs.length, (k + 1) * companyInputs.length)]);
  }
  expect(printed[shown.steps]?.split(" ")[0]).toBe(shown.reason);
});

test("result", async () => {
  const given = { found: [25, 30], competitor: 25, season: "summer", bounds: companyBounds };
  const [[price, marketing, profit], [missed]] = numbers(await runSample(profitCode.result, given)) as [
    number[],
    [number],
  ];
  expect({ price, marketing, profit }).toMatchObject({ ...pick(companyOptimum({ competitor: 25, season: "summer" })) });
  expect(missed).toBeGreaterThan(0);
});

const pick = ({ price, marketing, profit }: { price: number; marketing: number; profit: number }) => ({
  price,
  marketing,
  profit,
});

test("compare", async () => {
  const given = {
    linearModel: lab.fit("linear").model,
    curvedModel: model(),
    preprocessing: lab.fit("curved").preprocessing,
    start: summer,
    bounds,
  };
  const printed = await runSample(profitCode.compare, given);
  expect(printed[0]).toMatch(/^bound [12] /);
  expect(printed[1]).toMatch(/^flat 0 /);
});

test("every figure's lines are run by a test here", () => {
  expect(Object.keys(profitCode).sort()).toEqual([
    "bias",
    "compare",
    "fit",
    "result",
    "rows",
    "search",
    "source",
    "surface",
  ]);
});
