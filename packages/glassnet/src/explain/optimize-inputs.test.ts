import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failureOf } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { dataset } from "../data/dataset.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { linear } from "../nn/linear.ts";
import { type Part, sequential } from "../nn/sequential.ts";
import { fromData, tensor } from "../tensor/create.ts";
import { exp, relu, tanh } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { paramsOf } from "../tensor/variable.ts";
import type { OptimizeInputsOptions } from "./input-options.ts";
import { type OptimizedInputs, optimizeInputs } from "./optimize-inputs.ts";

/** A model that is a formula: rows [n, inputs] → [n, 1]. */
const formula = (apply: (x: Tensor) => Tensor) => sequential(apply as Part);

/** height − Σ curvature · (x − top)² */
const hill = (top: readonly number[], curvature: readonly number[], height = 0) =>
  formula((x) => {
    const row = (numbers: readonly number[]) => fromData(Float64Array.from(numbers), [1, numbers.length]).cast(x.dtype);
    return x.sub(row(top)).square().mul(row(curvature)).sum({ axes: 1, keepDims: true }).neg().add(height);
  });

const rng = Rng.seeded(3);
const network = sequential(linear(3, 8, { rng }), tanh, linear(8, 2, { rng }));
const preprocessing: Preprocessing = { kind: "standardize", mean: [20, 300, -4], std: [5, 80, 0.5] };
const saved = { model: network, preprocessing };
const start = [21, 250, -4.2];

const fails = (values: unknown, options: unknown, model: unknown = network): Promise<string> =>
  failureOf(() => optimizeInputs(model as typeof network, values as number[], options as OptimizeInputsOptions));

describe("every point of the way", () => {
  const bounds = { 0: [10, 30], 1: [100, 500], 2: [-5, -3] } as const;

  test.each([{ maximize: true }, { minimize: true }, { target: 0.1 }] as const)(
    "holds the model's prediction, its partial derivatives, and the step that follows from them: %o",
    async (goal) => {
      const { path, scales } = await optimizeInputs(saved, start, { ...goal, bounds, output: 1 });
      const mean = preprocessing.kind === "standardize" ? preprocessing.mean : [];
      const std = preprocessing.kind === "standardize" ? preprocessing.std : [];
      const predict = (inputs: ArrayLike<number>): number => {
        const x = Array.from(inputs, (value, i) => (value - mean[i]!) / std[i]!);
        return network.call(tensor([x], { dtype: "f64" })).dataSync()[1]!;
      };
      expect(path.length).toBeGreaterThan(2);
      for (const [k, { inputs, prediction, loss, partials, gradient, stepSize, move }] of path.entries()) {
        expect(prediction).toBeCloseTo(predict(inputs), 12);
        for (const [i, partial] of partials.entries()) {
          const h = 1e-5 * std[i]!;
          const at = (sign: number) => predict(inputs.map((x, j) => (j === i ? x + sign * h : x)));
          expect(partial * std[i]!).toBeCloseTo(((at(1) - at(-1)) / (2 * h)) * std[i]!, 8);
        }
        const [expected, slope] =
          "target" in goal
            ? [(goal.target - prediction) ** 2, -2 * (goal.target - prediction)]
            : "maximize" in goal
              ? [-prediction, -1]
              : [prediction, 1];
        expect(loss).toBe(expected);
        expect(gradient).toEqual(partials.map((partial) => slope * partial));
        const next = inputs.map((x, i) => {
          const [low, high] = bounds[i as 0 | 1 | 2];
          return Math.min(high, Math.max(low, x - stepSize * scales[i]! ** 2 * gradient[i]!));
        });
        expect(move).toEqual(next.map((x, i) => x - inputs[i]!));
        if (k + 1 < path.length) {
          expect(path[k + 1]!.inputs).toEqual(next);
          expect(path[k + 1]!.loss).toBeLessThan(loss);
        } else expect(stepSize).toBe(0);
      }
    },
  );

  test("is handed over as it is made, one after the other, and a promise is waited for", async () => {
    const seen: string[] = [];
    const { path } = await optimizeInputs(saved, start, {
      maximize: true,
      bounds,
      onStep: async ({ step }) => {
        seen.push(`begin ${step}`);
        await Promise.resolve();
        seen.push(`end ${step}`);
      },
    });
    expect(seen).toEqual(path.flatMap((_, step) => [`begin ${step}`, `end ${step}`]));
  });

  test("leaves the weights as they are", async () => {
    const before = [...paramsOf(network).values()].map((param) => param.value.dataSync());
    await optimizeInputs(saved, start, { maximize: true, bounds });
    expect([...paramsOf(network).values()].map((param) => param.value.dataSync())).toEqual(before);
  });
});

describe("the optimum", () => {
  test("of a hill within bounds is found whatever its place, its steepness and its units", async () => {
    const one = fc.record({
      top: fc.double({ min: -3, max: 3, noNaN: true }),
      curvature: fc.double({ min: 0.1, max: 10, noNaN: true }),
      unit: fc.integer({ min: -3, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 5 }), async (axes) => {
        const units = axes.map(({ unit }) => 10 ** unit);
        const top = axes.map(({ top: at }, i) => at * units[i]!);
        const steepness = axes.map(({ curvature }, i) => curvature / units[i]! ** 2);
        const bounds = Object.fromEntries(units.map((unit, i) => [i, [-2 * unit, 2 * unit] as const]));
        const from = units.map((unit) => 0.5 * unit);
        const best = await optimizeInputs(hill(top, steepness), from, { maximize: true, bounds });
        for (const [i, unit] of units.entries()) {
          expect(best.inputs[i]! / unit).toBeCloseTo(Math.min(2, Math.max(-2, top[i]! / unit)), 4);
        }
        for (const [k, { loss }] of best.path.entries()) if (k > 0) expect(loss).toBeLessThan(best.path[k - 1]!.loss);
        expect(["flat", "bound"]).toContain(best.reason);
      }),
      { numRuns: 60 },
    );
  });

  test("of a hill without bounds is found from far away", async () => {
    const best = await optimizeInputs(hill([1234, -5], [1e-3, 2]), [0, 0], { maximize: true });
    expect(best.inputs[0]).toBeCloseTo(1234, 1);
    expect(best.inputs[1]).toBeCloseTo(-5, 4);
    expect(best).toMatchObject({ reason: "flat", atBounds: [], warnings: [] });
  });

  test("of a plane is the corner, and the bounds that hold it are named", async () => {
    const plane = formula((x) => x.mul(fromData(Float64Array.of(2, -1), [1, 2])).sum({ axes: 1, keepDims: true }));
    const names = ["price", "cost"];
    const best = await optimizeInputs(plane, { price: 3, cost: 5 }, { maximize: true, names, bounds: [1, 9] });
    expect(best).toMatchObject({ byName: { price: 9, cost: 1 }, prediction: 17, reason: "bound" });
    expect(best.atBounds).toEqual([
      { input: 0, name: "price", bound: "high" },
      { input: 1, name: "cost", bound: "low" },
    ]);
  });

  test("stays where it is if the start is on top, or if there is no slope at all", async () => {
    const onTop = await optimizeInputs(hill([1, 2], [1, 1]), [1, 2], { maximize: true });
    expect(onTop).toMatchObject({ reason: "flat", evaluations: 1 });
    expect([...onTop.inputs]).toEqual([1, 2]);
    const flat = await optimizeInputs(
      formula((x) => relu(x).mul(0)),
      [-3],
      { maximize: true },
    );
    expect(flat.reason).toBe("flat");
  });

  test("of two hills is the higher one, if a start leads there", async () => {
    const bump = (x: Tensor, at: number, height: number): Tensor => exp(x.sub(at).square().neg()).mul(height);
    const hills = formula((x) => bump(x, -2, 1).add(bump(x, 3, 2)));
    const options = { maximize: true, bounds: [-5, 5] } as const;
    const alone = await optimizeInputs(hills, [-2.5], options);
    expect(alone.inputs[0]).toBeCloseTo(-2, 3);
    const given = await optimizeInputs(hills, [[-2.5], [2.5]], options);
    expect(given.inputs[0]).toBeCloseTo(3, 3);
    expect(given.runs.map(({ best }) => Math.round(best.inputs[0]!))).toEqual([-2, 3]);
    expect(given.path.every((step) => step.start === 1)).toBe(true);
    const drawn = await optimizeInputs(hills, [-2.5], { ...options, restarts: 8, seed: 1 });
    expect(drawn.inputs[0]).toBeCloseTo(3, 3);
    expect(drawn.runs).toHaveLength(9);
    const again = await optimizeInputs(hills, [-2.5], { ...options, restarts: 8, seed: 1 });
    expect(again.path).toEqual(drawn.path);
  });

  test("is the same in single precision, as well as that can tell", async () => {
    const bounds = { 0: [10, 30], 1: [100, 500], 2: [-5, -3] } as const;
    const [double, single] = await Promise.all(
      (["f64", "f32"] as const).map((dtype) => optimizeInputs(saved, start, { maximize: true, bounds, dtype })),
    );
    expect(single!.prediction).toBeCloseTo(double!.prediction, 5);
  });

  test("of a picture is a picture: inputs in any shape", async () => {
    const model = formula((x) => x.reshape([1, 4]).sub(0.25).square().sum({ axes: 1, keepDims: true }));
    const best = await optimizeInputs(model, [0, 1, 0, 1], { minimize: true, inputShape: [1, 2, 2], bounds: [0, 1] });
    for (const pixel of best.inputs) expect(pixel).toBeCloseTo(0.25, 6);
  });
});

describe("knobs, fixed inputs and targets", () => {
  const model = hill([1, 2, 3], [1, 1, 1], 10);

  test("only knobs are turned; the slope of the others is still told", async () => {
    const best = await optimizeInputs(model, [0, 0, 0], { maximize: true, knobs: [1] });
    expect(best.inputs[0]).toBe(0);
    expect(best.inputs[1]).toBeCloseTo(2, 6);
    expect(best.inputs[2]).toBe(0);
    expect(best.path.at(-1)!.partials[2]).toBeCloseTo(6, 10);
  });

  test("fixed inputs stay where they were, or where they are put", async () => {
    const names = ["a", "b", "c"];
    const kept = await optimizeInputs(model, [0, 0, 0], { maximize: true, names, fixed: ["a", 2] });
    expect(kept.byName).toMatchObject({ a: 0, c: 0 });
    const put = await optimizeInputs(model, { a: 0, b: 0, c: 0 }, { maximize: true, names, fixed: { a: 7 } });
    expect(put.byName.a).toBe(7);
    expect(put.byName.c).toBeCloseTo(3, 5);
    expect(put.path[0]!.inputs[0]).toBe(7);
  });

  test("a target is reached from above and from below, and what cannot be reached is approached", async () => {
    for (const from of [
      [1, 2, 2.9],
      [9, 9, 9],
    ]) {
      const best = await optimizeInputs(model, from, { target: 6 });
      expect(best.prediction).toBeCloseTo(6, 4);
      expect(best).toMatchObject({ reason: "target" });
      expect(best.loss).toBeLessThan(1e-8);
    }
    const tooHigh = await optimizeInputs(model, [0, 0, 0], { target: 12 });
    expect(tooHigh.prediction).toBeCloseTo(10, 6);
    expect(tooHigh).toMatchObject({ reason: "flat" });
    expect(tooHigh.loss).toBeCloseTo(4, 5);
  });
});

describe("a fixed rate", () => {
  const model = hill([0], [1]); // slope −2x: x ← x − rate · 2x

  test("is the plain rule in the inputs' own units", async () => {
    const { path, scales } = await optimizeInputs(model, [1], { maximize: true, learningRate: 0.25, maxSteps: 5 });
    expect(path.map(({ inputs }) => inputs[0])).toEqual([1, 0.5, 0.25, 0.125, 0.0625, 0.03125]);
    expect([...scales]).toEqual([1]);
  });

  test("may overshoot and still arrive, or overshoot more and more", async () => {
    const over = await optimizeInputs(model, [1], { maximize: true, learningRate: 0.75 });
    expect(over.path.slice(0, 3).map(({ inputs }) => inputs[0])).toEqual([1, -0.5, 0.25]);
    expect(over.reason).toBe("flat");
    const diverging = await optimizeInputs(model, [1], { maximize: true, learningRate: 1e10, maxSteps: 1000 });
    expect(diverging).toMatchObject({
      reason: "diverged",
      warnings: ["the search diverged: the rate is too large, or there is no optimum"],
    });
    expect([...diverging.inputs]).toEqual([1]); // the best point that was seen
  });
});

test("the search ends after its steps, or when it is stopped, with what was found so far", async () => {
  const model = hill([5, 5], [1, 100]);
  const short = await optimizeInputs(model, [0, 0], { maximize: true, maxSteps: 2 });
  expect(short).toMatchObject({ reason: "steps", path: { length: 3 } });
  expect(short.warnings).toEqual(["the search ended before the slope did: allow more steps, or another rate"]);
  const controller = new AbortController();
  const stopped = await optimizeInputs(
    model,
    [
      [0, 0],
      [1, 1],
    ],
    { maximize: true, signal: controller.signal, onStep: ({ step }) => void (step === 1 && controller.abort()) },
  );
  expect(stopped).toMatchObject({ reason: "stopped", path: { length: 3 }, runs: { length: 1 } });
});

describe("outside the data", () => {
  const points = Rng.seeded(1).normal([400, 2]);
  const targets = { dtype: "f32", shape: [400, 1], data: new Float32Array(400) } as const;
  const data = dataset({ name: "cloud", inputs: points, targets });
  const options = { maximize: true, names: ["x", "y"], data } as const;
  const warningsOf = async (top: readonly number[], from = [0, 0]): Promise<OptimizedInputs> =>
    optimizeInputs(hill(top, [1, 1]), from, options);

  test("nothing is said within them", async () => {
    const best = await warningsOf([0.3, -0.2]);
    expect(best.warnings).toEqual([]);
    expect(best.support).toMatchObject({ isOutside: false, beyond: [] });
    expect(best.path.every(({ support }) => support !== undefined)).toBe(true);
  });

  test("an input beyond its range is named, with the range", async () => {
    const { warnings, support } = await warningsOf([6, 0]);
    expect(support!.isOutside).toBe(true);
    expect(warnings).toEqual([
      expect.stringMatching(/^outside the data: x is 6, the data have -[\d.]+ to [\d.]+; the model is guessing$/),
    ]);
  });

  test("so is a combination that the data do not have, and a way that leads out and back", async () => {
    const corner = [2.6, 2.6];
    const { warnings } = await warningsOf(corner);
    expect(warnings).toEqual([
      expect.stringMatching(/^outside the data: the data have no such combination \([\d.]+ standard deviations/),
    ]);
    const back = await warningsOf([0, 0], corner);
    expect(back.warnings).toEqual(["the way leads outside the data at step 0, and back"]);
  });
});

describe("what does not fit is refused by name", () => {
  const names = ["price", "marketing", "season"];
  const goal = { maximize: true, names };

  test.each([
    [
      "no goal",
      start,
      {},
      'exactly one goal is needed, "maximize: true", "minimize: true" or "target: number", got none',
    ],
    [
      "two goals",
      start,
      { maximize: true, target: 3 },
      'exactly one goal is needed, "maximize: true", "minimize: true" or "target: number", got maximize and target',
    ],
    ["a goal that is false", start, { maximize: false }, "maximize must be true, got false"],
    ["a target that is no number", start, { target: Number.NaN }, "target must be a finite number, got NaN"],
    [
      "no such knob",
      start,
      { ...goal, knobs: ["prise"] },
      'knobs: no input "prise", expected "price", "marketing" or "season"\n  help: did you mean price?',
    ],
    ["no such position", start, { maximize: true, knobs: [3] }, "knobs: there is no input 3, expected 0 to 2"],
    [
      "a name without names",
      start,
      { maximize: true, fixed: ["price"] },
      'fixed: inputs have no names, got "price"\n  help: pass names: [...], in order',
    ],
    [
      "empty bounds",
      start,
      { ...goal, bounds: { price: [9, 3] } },
      'bounds of "price" are empty: nothing lies between 9 and 3',
    ],
    [
      "bounds of one value",
      start,
      { ...goal, bounds: { price: [9, 9] } },
      'bounds of "price" leave one value, 9\n  help: put it among the fixed inputs instead',
    ],
    [
      "bounds that are no pair",
      start,
      { ...goal, bounds: { price: 9 } },
      'bounds of "price" must be two numbers, the least and the greatest value, got 9',
    ],
    [
      "a start outside its bounds",
      start,
      { ...goal, bounds: { marketing: [300, 500] } },
      'the start lies outside of its bounds: "marketing" is 250, its bounds are [300, 500]',
    ],
    ["a start that is too short", [1, 2], goal, "start has 2 values, expected 3"],
    ["a start that is not finite", [1, Number.NaN, 3], goal, 'start: "marketing" must be a finite number, got NaN'],
    ["one of several starts", [start, [1, 2]], goal, "start 1 has 2 values, expected 3"],
    ["a start by name with a gap", { price: 1, season: 2 }, goal, 'start: "marketing" is missing'],
    [
      "a start by name without names",
      { price: 1 },
      { maximize: true },
      "a start by name needs the names of all inputs in order\n  help: pass names: [...], in order",
    ],
    [
      "a start that is none",
      7,
      { maximize: true },
      "start must be a list or an object of numbers, or a list of such, got 7",
    ],
    ["everything fixed", start, { ...goal, fixed: names }, "there is no knob to turn: all inputs are fixed"],
    [
      "a knob that is fixed",
      start,
      { ...goal, knobs: ["price"], fixed: ["price"] },
      '"price" is a knob and fixed at once',
    ],
    [
      "names that are too few",
      start,
      { maximize: true, names: ["a"], inputShape: [3] },
      "there are 1 names for 3 inputs",
    ],
    ["a name twice", start, { maximize: true, names: ["a", "b", "a"] }, 'the name "a" is given to two inputs'],
    [
      "restarts without bounds",
      start,
      { ...goal, restarts: 2, bounds: { price: [0, 99] } },
      'restarts need two bounds for every knob: "marketing" has not',
    ],
    ["a rate of 0", start, { ...goal, learningRate: 0 }, "learningRate must be a finite number above 0, got 0"],
    ["no such output", start, { ...goal, output: 2 }, "there is no output 2: the model has 2"],
    ["a half output", start, { ...goal, output: 0.5 }, "output must be a whole number of at least 0, got 0.5"],
  ])("%s", async (_, values, options, message) => {
    expect(await fails(values, options)).toBe(`UsageError: optimizeInputs: ${message}`);
  });

  test("an option that does not exist", async () => {
    const failure = await fails(start, { ...goal, maximise: true });
    expect(failure).toMatch(
      /^UsageError: optimizeInputs: unknown option "maximise": expected .*\n {2}help: did you mean maximize\?$/,
    );
  });

  test("data of other inputs", async () => {
    const data = dataset({
      name: "two",
      inputs: [
        [1, 2],
        [3, 4],
      ],
      targets: [[1], [2]],
    });
    expect(await fails(start, { ...goal, data })).toBe(
      "UsageError: optimizeInputs: the data have 2 inputs, expected 3 as in [3]",
    );
  });

  test("a model that is none, and one whose inputs are made black or white", async () => {
    expect(await fails(start, goal, {})).toBe(
      "UsageError: optimizeInputs: the model must be a layer, or a saved model, got an object",
    );
    const binary = { model: network, preprocessing: { kind: "binary", threshold: 0.5 } };
    expect(await fails(start, goal, binary)).toBe(
      "UsageError: optimizeInputs: the preprocessing is binary: its steps have no slope, so there is nothing to follow",
    );
  });

  test("a start at which the model predicts no number, or has no slope", async () => {
    const help = "\n  help: look for weights or inputs that are not finite, or far beyond those of the training";
    const root = formula((x) => x.sqrt());
    expect(await fails([-1], { maximize: true }, root)).toBe(
      `UsageError: optimizeInputs: the model predicts NaN at the start: expected a finite number${help}`,
    );
    expect(await fails([[1], [0]], { maximize: true, names: ["x"] }, root)).toBe(
      `UsageError: optimizeInputs: the slope for "x" is Infinity at start 1: expected a finite number${help}`,
    );
  });
});
