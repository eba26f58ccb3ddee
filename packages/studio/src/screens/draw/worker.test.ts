import fc from "fast-check";
import { activationTimesWeight, flatten, fromArray, linear, Rng, relu, sequential, softmax } from "glassnet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSmallSession } from "../../../test/session.ts";
import { coreHandlers } from "../../worker/core/index.ts";
import type { Session } from "../../worker/session.ts";
import { chooseUnits } from "./choose-units.ts";
import { DRAWS } from "./removal.ts";
import { drawHandlers } from "./worker.ts";

let session: Session;
beforeAll(async () => {
  session = await openSmallSession();
});
afterAll(async () => session.close());

const example = { from: "validation", index: 7 } as const;
const room = [18, 16, 12, 10];
const params = { example, classIndex: null, room, before: [], focus: null };

describe("the picture of the network", () => {
  test("shows as many units as there is room for, and the numbers of the run", async () => {
    const found = await drawHandlers.look(session, params);
    const { input, layers } = await coreHandlers.activations(session, { example });
    const { outputs, probabilities, predicted } = await coreHandlers.predict(session, { example });
    expect(found.columns.map(({ units }) => units.length)).toEqual(room);
    expect(found.columns[0]!.values).toEqual(input);
    expect(found.columns[1]!.values).toEqual(layers["layers.1"]!.y);
    expect(found.columns[2]!.values).toEqual(layers["layers.3"]!.y);
    expect(found.sums["layers.3"]).toEqual(layers["layers.3"]!.z);
    expect(found.outputs).toEqual(outputs);
    expect(found.probabilities).toEqual(probabilities);
    expect(found.predicted).toBe(predicted);
    expect(found.target).toBe(session.data.validation!.targets.data[7]);
    expect(found.gaps.map(({ total }) => total)).toEqual([784 * 128, 128 * 64, 64 * 10]);
  });

  test("its connections are the library's activation times weight, the strongest between what is shown", async () => {
    const found = await drawHandlers.look(session, params);
    const { model } = await session.current();
    for (const [gap, path] of ["layers.1", "layers.3", "layers.5"].entries()) {
      const { products, inFeatures } = await activationTimesWeight(model, session.input(example), {
        layer: path,
        device: session.device,
      });
      const { edges } = found.gaps[gap]!;
      const [from, to] = [found.columns[gap]!.units, found.columns[gap + 1]!.units];
      const all = to.flatMap((t) => from.map((f) => Math.abs(products[t * inFeatures + f]!))).sort((a, b) => b - a);
      expect(edges.length).toBeGreaterThan(5);
      for (const [i, edge] of edges.entries()) {
        expect(edge.value).toBeCloseTo(products[edge.to * inFeatures + edge.from]!, 12);
        expect(Math.abs(edge.value)).toBeCloseTo(all[i]!, 12);
      }
    }
  });

  test("a unit in focus is shown with its strongest sources, and only its connections", async () => {
    const focus = { column: 1, unit: 5 };
    const found = await drawHandlers.look(session, { ...params, focus });
    expect(found.columns[1]!.units).toContain(5);
    const { model } = await session.current();
    const { products } = await activationTimesWeight(model, session.input(example), {
      layer: "layers.1",
      device: session.device,
    });
    const own = Array.from(products.subarray(5 * 784, 6 * 784), Math.abs);
    const best = own.map((_, i) => i).sort((a, b) => own[b]! - own[a]!);
    expect(new Set(found.columns[0]!.units)).toEqual(new Set(best.slice(0, 18)));
    expect(found.gaps[0]!.edges.map(({ from }) => from)).toEqual(best.slice(0, 12));
    expect(found.gaps[1]!.edges.every(({ from }) => from === 5)).toBe(true);
    expect(found.gaps[2]!.edges).toEqual([]);
  });

  test("the circles keep still while somebody draws, unless others matter more", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 30, maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        (scores, k) => {
          const shown = chooseUnits(scores, k);
          expect(shown).toHaveLength(k);
          expect([...new Set(shown)].sort((a, b) => a - b)).toEqual(shown);
          expect(chooseUnits(scores, k, { before: shown })).toEqual(shown);
          const nearly = scores.map((score) => score * 0.99);
          expect(chooseUnits(nearly, k, { before: shown })).toEqual(shown);
          expect(chooseUnits(scores, k, { before: shown, always: 29 })).toContain(29);
        },
      ),
      { seed: 4 },
    );
    expect(chooseUnits(new Float32Array(10), 5)).toEqual([1, 3, 5, 7, 9]); // spread evenly
    expect(chooseUnits([0, 0, 0, 9, 0, 0, 8, 7], 2, { before: [6, 7] })).toEqual([6, 7]);
    expect(chooseUnits([0, 0, 3, 9, 5, 8, 1, 1], 2, { before: [6, 7] })).toEqual([3, 5]);
  });
});

describe("the evidence", () => {
  test("sums to the logit within the bound, for every class and every pair", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(59),
        fc.nat(9),
        fc.option(fc.nat(9), { nil: null }),
        async (index, classIndex, versus) => {
          const one = { from: "validation", index } as const;
          const { outputs } = await coreHandlers.predict(session, { example: one });
          const found = await drawHandlers.evidence(session, { example: one, classIndex, versus });
          const sum = [...found.for, ...found.against].reduce((all, { product }) => all + product, found.bias);
          const logit = outputs[classIndex]! - (versus === null ? 0 : outputs[versus]!);
          expect(found.logit).toBeCloseTo(logit, 12);
          expect(Math.abs(sum - logit)).toBeLessThanOrEqual(found.bound + 1e-12);
          expect(found.unitsOf).toBe("layers.3");
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });

  test("of the pixels is gradient times input, for the picture and for a pair of classes", async () => {
    const one = await drawHandlers.pixels(session, { example, classIndex: 3, versus: null });
    const two = await drawHandlers.pixels(session, { example, classIndex: 3, versus: 8 });
    const other = await drawHandlers.pixels(session, { example, classIndex: 8, versus: null });
    expect(one.values).toHaveLength(784);
    const { input } = await coreHandlers.activations(session, { example });
    input.forEach((x, i) => {
      if (x === 0) expect(Math.abs(one.values[i]!)).toBe(0);
      expect(two.values[i]).toBeCloseTo(one.values[i]! - other.values[i]!, 4);
    });
  });
});

describe("removing units", () => {
  test("removes the strongest of the evidence and compares with random active ones", async () => {
    const { predicted, outputs } = await coreHandlers.predict(session, { example });
    const question = { example, classIndex: predicted, versus: null };
    const found = await drawHandlers.remove(session, { ...question, count: 4 });
    const { for: strong } = await drawHandlers.evidence(session, question);
    expect(new Set(found.removed.units)).toEqual(new Set(strong.slice(0, 4).map(({ index }) => index)));
    expect(found.randomDrops).toHaveLength(DRAWS);
    expect(found.intact.output).toBeCloseTo(outputs[predicted]!, 4);
    // The last layer is linear: what is lost is the evidence of the units, exactly.
    const lost = strong.slice(0, 4).reduce((sum, { product }) => sum + product, 0);
    expect(found.drop).toBeCloseTo(lost, 3);
    const { layers } = await coreHandlers.activations(session, { example });
    for (const { units } of found.random) {
      expect(units.every((unit) => layers["layers.3"]!.y[unit] !== 0)).toBe(true);
    }
  });

  test("removes all active units if more are asked for, and says so where there is none", async () => {
    const question = { example, classIndex: 3, versus: null, count: 64 };
    const found = await drawHandlers.remove(session, question);
    expect(found.count).toBe(found.active);
    const flat = await openSmallSession();
    await flat.configure({ ...flat.settings, hidden: [] });
    await expect(drawHandlers.remove(flat, question)).rejects.toThrow("no hidden layer");
    await flat.close();
  });
});

test("probes rise from the pixels to the hidden layers", async () => {
  const turns: number[] = [];
  const job = drawHandlers.probe(session);
  for (;;) {
    const turn = await job.next();
    if (turn.done === true) {
      const { probes, training, validation } = turn.value;
      expect(probes.map(({ unitsOf, features }) => [unitsOf, features])).toEqual([
        [null, 784],
        ["layers.1", 128],
        ["layers.3", 64],
      ]);
      expect(training).toBe(120);
      expect(validation).toBe(60);
      for (const { validationAccuracy } of probes) expect(validationAccuracy).toBeGreaterThan(0.4);
      break;
    }
    turns.push(turn.value.done);
  }
  expect(turns).toEqual([...Array(12).keys()]);
});

test("a scribble lies farther from the digits than digits do", async () => {
  const block = new Uint8Array(784);
  for (let i = 0; i < 784; i++) block[i] = Math.floor(i / 28) % 8 < 4 === (i % 28) % 8 < 4 ? 255 : 0;
  const scribble = await drawHandlers.strangeness(session, { example: { from: "drawing", pixels: block } });
  const digit = await drawHandlers.strangeness(session, { example: { from: "training", index: 0 } });
  expect(scribble.share).toBe(0);
  expect(digit.distance).toBeLessThan(scribble.distance / 2);
  expect(digit.share).toBeGreaterThan(0.05);
});

test("a network of another shape is shown too", async () => {
  const other = await openSmallSession();
  const rng = Rng.seeded(3);
  const model = sequential(flatten(), linear(784, 5, { rng }), relu, linear(5, 10, { rng }));
  const { outputs: _, ...rest } = other.project;
  await other.adopt({ ...rest, model, name: "small", origin: "lab" });
  const found = await drawHandlers.look(other, { ...params, room: [18, 16, 10] });
  expect(found.columns.map(({ units }) => units.length)).toEqual([18, 5, 10]);
  const all = fromArray({ dtype: "f32", shape: [1, 10], data: found.outputs.slice() });
  expect([...found.probabilities!]).toEqual([...(await softmax(all).data())]);
  await other.close();
});
