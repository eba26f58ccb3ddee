import { describe, expect, test } from "vitest";
import { compile } from "../tensor/compile.ts";
import { arange, ones, tensor } from "../tensor/create.ts";
import { type Key, keyOf } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { dropout } from "./dropout.ts";
import { Run } from "./run.ts";
import { sequential } from "./sequential.ts";

const training = (step = 0, seed = 0): Run => new Run({ training: true, key: keyOf(seed, step) });
const SIZE = 100_000;

/** Which elements were kept. */
const maskOf = (y: Tensor): boolean[] => Array.from(y.dataSync(), (value) => value !== 0);

/** Share of places where two masks agree: p² + (1 − p)² if they have nothing to do with each other. */
const agreement = (a: readonly boolean[], b: readonly boolean[]): number =>
  a.filter((kept, i) => kept === b[i]).length / a.length;

test.each([0.1, 0.5, 0.9])("drops with probability %d and scales the others so that the mean stays", (rate) => {
  const y = dropout(rate).call(ones([SIZE]), training());
  const kept = maskOf(y).filter(Boolean).length / SIZE;
  const deviation = Math.sqrt((rate * (1 - rate)) / SIZE);
  expect(Math.abs(kept - (1 - rate))).toBeLessThan(4 * deviation);
  const scaled = Math.fround(1 / (1 - rate));
  expect(new Set(y.dataSync())).toEqual(new Set([0, scaled]));
  expect(Math.abs(y.mean().itemSync() - 1)).toBeLessThan((4 * deviation) / (1 - rate));
});

test("what is kept keeps its value, scaled", () => {
  const x = arange(1, 1001).cast("f32");
  const y = dropout(0.75).call(x, training()).dataSync();
  for (const [i, value] of y.entries()) expect([0, 4 * (i + 1)]).toContain(value);
});

test("outside training, or with a rate of 0, the input comes back itself", () => {
  const x = tensor([1, 2]);
  expect(dropout(0.5).call(x)).toBe(x);
  expect(dropout(0.5).call(x, new Run({ key: keyOf(0, 0) }))).toBe(x);
  expect(dropout(0).call(x, new Run({ training: true }))).toBe(x);
});

describe("which elements are dropped", () => {
  const layer = dropout(0.5);
  const x = ones([SIZE]);
  const maskAt = (run: Run) => maskOf(layer.call(x, run));
  const INDEPENDENT = 4 * Math.sqrt(0.25 / SIZE); // four deviations around 1/2

  test("is the same for the same seed and step", () => {
    expect(maskAt(training(3, 1))).toEqual(maskAt(training(3, 1)));
  });

  test("has nothing in common between steps and between seeds", () => {
    const first = maskAt(training(0, 0));
    for (const other of [training(1, 0), training(0, 1), training(2 ** 31, 0)]) {
      expect(Math.abs(agreement(first, maskAt(other)) - 0.5)).toBeLessThan(INDEPENDENT);
    }
  });

  test("has nothing in common between layers, nor between two uses of one layer", () => {
    const seen: Tensor[] = [];
    const keep = (y: Tensor) => {
      seen.push(y);
      return ones([SIZE]);
    };
    sequential(layer, keep, dropout(0.5), keep, sequential(dropout(0.5)), keep, layer, keep).call(x, training());
    const masks = seen.map(maskOf);
    expect(masks).toHaveLength(4);
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < i; j++) {
        expect(Math.abs(agreement(masks[i]!, masks[j]!) - 0.5)).toBeLessThan(INDEPENDENT);
      }
    }
  });

  test("has no pattern among neighbours", () => {
    const mask = maskAt(training());
    for (const distance of [1, 2, 3, 32]) {
      const shifted = mask.slice(distance);
      expect(Math.abs(agreement(shifted, mask) * (shifted.length / SIZE) - 0.5)).toBeLessThan(2 * INDEPENDENT);
    }
  });

  test("is new in each step of one compiled program, which gets the key as an argument", async () => {
    const step = compile((words: Tensor, input: Tensor) => {
      const key: Key = { words, stream: 0 };
      return layer.call(input, new Run({ training: true, key }));
    });
    for (const at of [0, 1, 2]) {
      expect(maskOf(await step(keyOf(5, at).words, x))).toEqual(maskAt(training(at, 5)));
    }
    await step.release();
  });
});

describe("errors", () => {
  test("a rate outside [0, 1) is refused", () => {
    expect(() => dropout(1)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: dropout: rate must be a finite number of at least 0 and below 1, got 1]",
    );
    expect(() => dropout(-0.1)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: dropout: rate must be a finite number of at least 0 and below 1, got -0.1]",
    );
    expect(() => dropout(Number.NaN)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: dropout: rate must be a finite number of at least 0 and below 1, got NaN]",
    );
  });

  test("a run without a key is named together with the layer", () => {
    const model = sequential(dropout(0), dropout(0.5));
    expect(() => model.call(ones([2]), new Run({ training: true }))).toThrowErrorMatchingInlineSnapshot(`
      [GraphError: run.key: this run has no source of randomness
        help: pass one: new Run({ training: true, key: keyOf(seed, step) })
        in layers.1]
    `);
  });
});
