import fc from "fast-check";
import {
  type ActivationName,
  activation,
  activationNames,
  fromArray,
  type Layer,
  linear,
  Rng,
  Sequential,
} from "glassnet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSmallSession } from "../../../test/session.ts";
import { fixed, significant } from "../../i18n/numbers.ts";
import { coreHandlers } from "../../worker/core/index.ts";
import type { Session } from "../../worker/session.ts";
import { tableData } from "../../worker/source.ts";
import { agreement } from "./agreement.ts";
import type { Neuron } from "./neuron.ts";
import { orders, rowOf, termRows } from "./term-rows.ts";
import { microscopeHandlers } from "./worker.ts";

let session: Session;
beforeAll(async () => {
  session = await openSmallSession();
});
afterAll(async () => session.close());

const example = { from: "validation", index: 7 } as const;

/** What a printed number says, and how far it may be from what it was printed from. */
function read(text: string): { value: number; half: number } {
  const plain = text.replaceAll("−", "-");
  const [mantissa = "", exponent = "0"] = plain.split("e");
  const digits = mantissa.split(".")[1]?.length ?? 0;
  const leading = mantissa.replace(/^-?0\.0*|^-/, "").replace(".", "").length;
  const unit = text.includes(".") ? 10 ** -digits : 1;
  return { value: Number(plain), half: leading === 0 ? 0.5 : 0.5 * unit * 10 ** Number(exponent) };
}

/** A layer of random width and magnitude behind another one, over a table of numbers. */
interface Setup {
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
  readonly activation: ActivationName;
  readonly magnitude: number;
  readonly seed: number;
}
const setups: fc.Arbitrary<Setup> = fc.record({
  inputs: fc.integer({ min: 1, max: 300 }),
  hidden: fc.integer({ min: 1, max: 40 }),
  outputs: fc.integer({ min: 2, max: 5 }),
  activation: fc.constantFrom(...activationNames),
  magnitude: fc.integer({ min: -4, max: 4 }),
  seed: fc.integer({ min: 0, max: 10_000 }),
});

async function adopt({ inputs, hidden, outputs, activation: name, magnitude, seed }: Setup): Promise<void> {
  const rng = Rng.seeded(seed);
  const weightInit = (shape: readonly number[]) => fromArray(rng.normal(shape, 0, 10 ** magnitude));
  const bias = seed % 3 > 0;
  const model: Layer = new Sequential([
    linear(inputs, hidden, { rng, weightInit, bias }),
    activation(name),
    linear(hidden, outputs, { rng, weightInit, bias }),
  ]);
  const classNames = Array.from({ length: outputs }, (_, i) => `class ${i}`);
  const data = tableData({
    name: "random",
    columns: Array.from({ length: inputs }, (_, i) => `column ${i}`),
    inputs: Float32Array.from(rng.normal([8, inputs], seed % 2, 1).data),
    targets: Int32Array.from({ length: 8 }, (_, i) => i % outputs),
    classNames,
    heldOut: 4,
  });
  await session.adopt(
    {
      model,
      inputShape: [inputs],
      preprocessing: { kind: "none" },
      classNames,
      outputs: "logits",
      name: "random",
      origin: "file",
    },
    data,
  );
}

function checkSum(neuron: Neuron): void {
  const { products, bias, sum, z, bound } = neuron;
  const magnitude = products.reduce((total, product) => total + Math.abs(product), Math.abs(bias));
  expect(bound).toBeLessThanOrEqual((products.length + 1) * 2 ** -24 * magnitude * (1 + 1e-12));
  expect(Math.abs(sum - z)).toBeLessThanOrEqual(bound);
  for (const order of orders) {
    for (const isFolded of [true, false]) {
      const rows = termRows(neuron, order, isFolded);
      // The last line has come to the sum; in another order f64 rounds otherwise.
      expect(Math.abs(rows.at(-1)!.running - sum)).toBeLessThanOrEqual(1e-12 * magnitude);
      const terms = rows.reduce((count, row) => count + (row.kind === "zeros" ? row.count : 1), 0);
      expect(terms).toBe(products.length + 1);
    }
  }
  const printed = agreement(sum, z);
  if (printed === null) {
    // In no digit: then they are apart by as much as they are large.
    expect(Math.abs(sum - z)).toBeGreaterThan(0);
    return;
  }
  const { value, half } = read(printed);
  expect(Math.abs(value - z)).toBeLessThanOrEqual(half * (1 + 1e-9) + 1e-300);
  expect(Math.abs(value - sum)).toBeLessThanOrEqual(half * (1 + 1e-9) + 1e-300);
  expect(
    [fixed, significant].some((print) => [0, 1, 2, 3, 4, 5, 6].some((d) => agreesIn(print, d, printed, sum, z))),
  ).toBe(true);
}

const agreesIn = (print: typeof fixed, digits: number, text: string, a: number, b: number): boolean => {
  if (print === significant && digits === 0) return false;
  return print(a, digits) === text && print(b, digits) === text;
};

describe("the sum of a neuron", () => {
  test("as it is printed equals z within n · 2⁻²⁴ · Σ|terms|, for random layers, widths, magnitudes and activations", async () => {
    await fc.assert(
      fc.asyncProperty(setups, async (setup) => {
        await adopt(setup);
        for (const { path, outFeatures, hasBias } of session.info().model.layers) {
          for (const unit of new Set([0, outFeatures - 1])) {
            const found = await microscopeHandlers.neuron(session, {
              layer: path,
              unit,
              example: { from: "validation", index: setup.seed % 4 },
              step: null,
            });
            if (!Number.isFinite(found.z)) continue;
            checkSum(found);
            expect(found.z).toBe(found.sums[unit]);
            expect(hasBias || found.bias === 0).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test("of real digits equals z in every layer", async () => {
    await coreHandlers.builtIn(session);
    for (const { path, outFeatures } of session.info().model.layers) {
      for (let unit = 0; unit < outFeatures; unit += 7) {
        const found = await microscopeHandlers.neuron(session, { layer: path, unit, example, step: null });
        checkSum(found);
        expect(found.value).toBe(found.values[unit]);
        expect(found.rank).toBe(1 + [...found.values].filter((other) => other > found.value).length);
      }
    }
  });

  test("in place has its zeros folded where they stand, sorted by size it begins with the strongest", async () => {
    const neuron = { products: Float64Array.of(0, 0, 2, -5, 0, 1), bias: 0.5 };
    expect(termRows(neuron, "place", true)).toEqual([
      { kind: "zeros", first: 0, last: 1, count: 2, running: 0 },
      { kind: "term", index: 2, product: 2, running: 2 },
      { kind: "term", index: 3, product: -5, running: -3 },
      { kind: "zeros", first: 4, last: 4, count: 1, running: -3 },
      { kind: "term", index: 5, product: 1, running: -2 },
      { kind: "bias", product: 0.5, running: -1.5 },
    ]);
    const bySize = termRows(neuron, "size", true);
    expect(bySize.map((row) => (row.kind === "term" ? row.index : row.kind))).toEqual([3, 2, 5, "bias", "zeros"]);
    const byValue = termRows(neuron, "value", false);
    expect(byValue.map((row) => (row.kind === "term" ? row.index : row.kind))).toEqual([2, 5, "bias", 0, 1, 4, 3]);
    expect(rowOf(bySize, 3, neuron.products)).toBe(0);
    expect(rowOf(bySize, null, neuron.products)).toBe(3);
    expect(rowOf(bySize, 1, neuron.products)).toBe(4);
    expect(termRows({ ...neuron, hasBias: false }, "place", false)).toHaveLength(6);
  });
});

describe("what is printed of two numbers that should be equal", () => {
  test("is only what both have in common", () => {
    expect(agreement(1.2345678, 1.2345671)).toBe("1.23457");
    expect(agreement(-1.2345678, -1.2355671)).toBe("−1.2");
    expect(agreement(4.00001e8, 4.00009e8)).toBe("4.000e8");
    expect(agreement(3.14159e-7, 3.14158e-7)).toBe("3.1416e−7");
    expect(agreement(1e-9, -1e-9)).toBe("0.000000");
    expect(agreement(1e9, -1e9)).toBeNull();
    expect(agreement(0, 0)).toBe("0");
    expect(agreement(Number.NaN, Number.NaN)).toBe("NaN");
    expect(agreement(Number.POSITIVE_INFINITY, 3e38)).toBeNull();
  });
});

describe("the curve of a neuron", () => {
  test.each(activationNames)(
    "of %s has its point where the network's is, and the slope of finite differences",
    async (name) => {
      await adopt({ inputs: 5, hidden: 4, outputs: 3, activation: name, magnitude: 0, seed: 4 });
      for (let unit = 0; unit < 4; unit++) {
        const { curve, value, z } = await microscopeHandlers.neuron(session, {
          layer: "layers.0",
          unit,
          example: { from: "training", index: 1 },
          step: null,
        });
        expect(curve.value).toBeCloseTo(value, 5);
        expect(Math.abs(curve.z[0]!)).toBeGreaterThanOrEqual(Math.abs(z));
        const step = curve.z[1]! - curve.z[0]!;
        for (let i = 1; i + 1 < curve.z.length; i += 10) {
          const slope = (curve.values[i + 1]! - curve.values[i - 1]!) / (2 * step);
          if (Math.abs(curve.z[i]!) > 2 * step) expect(curve.slopes[i]).toBeCloseTo(slope, 2);
        }
      }
    },
  );

  test("of a logit is its softmax, the other logits held", async () => {
    await coreHandlers.builtIn(session);
    const { probabilities } = await coreHandlers.predict(session, { example });
    for (let unit = 0; unit < 10; unit++) {
      const { curve } = await microscopeHandlers.neuron(session, { layer: "layers.5", unit, example, step: null });
      const p = probabilities![unit]!;
      expect(curve.kind).toBe("softmaxOfLogits");
      expect(curve.value).toBeCloseTo(p, 5);
      expect(curve.slope).toBeCloseTo(p * (1 - p), 5);
    }
  });
});

describe("what comes back", () => {
  const params = { example, step: null, target: null };

  test("is the library's gradient, and δ times the inputs", async () => {
    await coreHandlers.builtIn(session);
    const all = await coreHandlers.gradients(session, { example });
    for (const [path, unit] of [
      ["layers.1", 3],
      ["layers.3", 9],
      ["layers.5", 2],
    ] as const) {
      const found = await microscopeHandlers.gradient(session, { ...params, layer: path, unit });
      const { inputs, curve } = await microscopeHandlers.neuron(session, { ...params, layer: path, unit });
      const n = inputs.length;
      expect(found.loss).toBeCloseTo(all.loss, 6);
      expect(found.atSum).toBeCloseTo(all.layers[path]!.z[unit]!, 6);
      expect(found.bias).toBeCloseTo(all.layers[path]!.biases![unit]!, 6);
      found.weights.forEach((grad, i) => {
        expect(grad).toBeCloseTo(all.layers[path]!.weights[unit * n + i]!, 6);
        expect(grad).toBeCloseTo(found.atSum * inputs[i]!, 6);
      });
      if (found.atValue !== null) expect(found.atSum).toBeCloseTo(found.atValue * curve.slope, 6);
      expect(found.atValue === null).toBe(path === "layers.5");
    }
  });

  test.each(["sgd", "adam", "adamW"] as const)(
    "and the update of every weight is that of the entry on its own, for %s",
    async (kind) => {
      await coreHandlers.builtIn(session);
      const { settings } = session;
      await session.configure({ ...settings, optimizer: { ...settings.optimizer, kind } });
      session.run("step");
      await session.idle();
      for (const [layer, unit] of [
        ["layers.3", 4],
        ["layers.5", 6],
      ] as const) {
        const { coming } = await microscopeHandlers.gradient(session, { ...params, layer, unit });
        expect(coming).toMatchObject({ optimizer: kind, t: 2, learningRate: settings.schedule.rate });
        for (const index of [0, 13, null]) {
          const entry = await microscopeHandlers.update(session, { ...params, layer, unit, index });
          expect(index === null ? coming!.bias : coming!.weights[index]).toBeCloseTo(entry.change, 7);
          expect(entry.lines.at(-1)!.value).toBeCloseTo(entry.after, 6);
        }
      }
      await session.configure(settings);
    },
    60_000,
  );

  test("of a frozen unit moves nothing", async () => {
    await coreHandlers.builtIn(session);
    await coreHandlers.edit(session, { layer: "layers.3", unit: 4, change: { isFrozen: true } });
    const { coming, isFrozen } = await microscopeHandlers.gradient(session, { ...params, layer: "layers.3", unit: 4 });
    expect([isFrozen, coming!.weights.every((change) => change === 0), coming!.bias]).toEqual([true, true, 0]);
    const entry = await microscopeHandlers.update(session, { ...params, layer: "layers.3", unit: 4, index: 3 });
    expect([entry.isFrozen, entry.change]).toEqual([true, 0]);
  });

  test("of a drawing wants a class to compare with", async () => {
    await coreHandlers.builtIn(session);
    const drawing = { from: "drawing", pixels: new Uint8Array(784).fill(60) } as const;
    const ask = (target: number | null) =>
      microscopeHandlers.gradient(session, { example: drawing, step: null, layer: "layers.5", unit: 2, target });
    await expect(ask(null)).rejects.toThrow("choose a class");
    expect((await ask(2)).atSum).toBeLessThan(0);
    expect((await ask(3)).atSum).toBeGreaterThan(0);
  });
});

test("a killed unit gives 0 with slope 0, whatever its sum", async () => {
  await coreHandlers.builtIn(session);
  const params = { layer: "layers.1", unit: 3, example, step: null };
  const before = await microscopeHandlers.neuron(session, params);
  await coreHandlers.edit(session, { layer: "layers.1", unit: 3, change: { isSilenced: true } });
  const after = await microscopeHandlers.neuron(session, params);
  expect([after.z, after.value, after.curve.value, after.curve.slope, after.isSilenced]).toEqual([
    before.z,
    0,
    0,
    0,
    true,
  ]);
});

test("weights of an earlier step are those that were kept", async () => {
  await coreHandlers.builtIn(session);
  const params = { layer: "layers.1", unit: 3, example };
  const first = await microscopeHandlers.neuron(session, { ...params, step: null });
  session.run("epoch");
  await session.idle();
  const now = await microscopeHandlers.neuron(session, { ...params, step: null });
  const then = await microscopeHandlers.neuron(session, { ...params, step: 0 });
  expect(now.weights).not.toEqual(first.weights);
  expect([then.weights, then.z, then.step]).toEqual([first.weights, first.z, 0]);
  const { coming } = await microscopeHandlers.gradient(session, { ...params, step: 0, target: null });
  expect(coming).toBeNull();
});

describe("over the data", () => {
  async function finish<T>(job: AsyncGenerator<unknown, T, undefined>): Promise<T> {
    for (;;) {
      const turn = await job.next();
      if (turn.done === true) return turn.value;
    }
  }

  test("the strongest examples are those with the greatest activation, and their pictures are the stored ones", async () => {
    await coreHandlers.builtIn(session);
    const data = session.data.validation!;
    const found = await finish(
      microscopeHandlers.overData(session, { layer: "layers.1", unit: 5, part: "validation" }),
    );
    const values: number[] = [];
    for (let index = 0; index < data.size; index++) {
      values.push(
        (await coreHandlers.activations(session, { example: { from: "validation", index } })).layers["layers.1"]!.y[5]!,
      );
    }
    const best = values.map((_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
    expect(found.top.map(({ index }) => index)).toEqual(best.slice(0, 10));
    expect(found.histogram.counts.reduce((sum, rows) => sum + rows, 0)).toBe(data.size);
    const first = found.top[0]!.index;
    expect([...found.pictures.subarray(0, 784)]).toEqual([
      ...data.inputs.data.subarray(784 * first, 784 * (first + 1)),
    ]);
    expect(found.top[0]!.classIndex).toBe(data.targets.data[first]);
  });

  test("can be stopped", async () => {
    const job = microscopeHandlers.overData(session, { layer: "layers.1", unit: 5, part: "training" });
    await job.next();
    expect(await job.return(null as never)).toEqual({ done: true, value: null });
  });
});

test("the small picture of a layer has the strongest weight of each block", async () => {
  await coreHandlers.builtIn(session);
  const found = await microscopeHandlers.matrix(session, { layer: "layers.1", step: null });
  expect([found.rows, found.columns, found.blockRows, found.blockColumns]).toEqual([64, 112, 2, 7]);
  const { weights } = await coreHandlers.weights(session, { layer: "layers.1" });
  let strongest = 0;
  for (const row of [20, 21])
    for (let k = 350; k < 357; k++) {
      const w = weights[row * 784 + k]!;
      if (Math.abs(w) > Math.abs(strongest)) strongest = w;
    }
  expect(found.cells[10 * 112 + 50]).toBe(strongest);
});
