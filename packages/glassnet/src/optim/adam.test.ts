import { describe, expect, test } from "vitest";
import { scalar, tensor, zeros } from "../tensor/create.ts";
import { expectClose } from "../testing/index.ts";
import { adam, adamW } from "./adam.ts";
import type { Optimizer, Slots } from "./optimizer.ts";

const LEARNING_RATE = 0.125;
const f64 = (x: number[]) => tensor(x, { dtype: "f64" });

/** The parameters after each of some given gradients. */
function path(rule: Optimizer, start: readonly number[], grads: readonly (readonly number[])[]): number[][] {
  let w = f64([...start]);
  let slots: Slots = Object.fromEntries(rule.slots.map((slot) => [slot, zeros(w.shape, { dtype: "f64" })]));
  return grads.map((g, i) => {
    const row = Object.entries(rule.scalars(i + 1, LEARNING_RATE));
    const scalars = Object.fromEntries(row.map(([name, value]) => [name, scalar(value, { dtype: "f64" })]));
    [w, slots] = rule.update(w, f64([...g]), slots, scalars);
    return Array.from(w.dataSync());
  });
}

test("adam is its equations", () => {
  const [beta1, beta2, epsilon, decay] = [0.8, 0.9, 0.01, 0.25];
  const grads = [3, -1, 0.5, 2];
  let [w, m, v] = [1, 0, 0];
  const expected = grads.map((grad, i) => {
    const g = grad + decay * w;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g ** 2;
    const [mHat, vHat] = [m / (1 - beta1 ** (i + 1)), v / (1 - beta2 ** (i + 1))];
    w -= (LEARNING_RATE * mHat) / (Math.sqrt(vHat) + epsilon);
    return [w];
  });
  const got = path(
    adam({ beta1, beta2, epsilon, decay }),
    [1],
    grads.map((g) => [g]),
  );
  expectClose(got, expected, 1e-14);
});

test("adamW takes the decay off the weight", () => {
  const [beta1, beta2, epsilon, decay] = [0.8, 0.9, 0.01, 0.25];
  const grads = [3, -1, 0.5, 2];
  let [w, m, v] = [1, 0, 0];
  const expected = grads.map((g, i) => {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g ** 2;
    const [mHat, vHat] = [m / (1 - beta1 ** (i + 1)), v / (1 - beta2 ** (i + 1))];
    w -= LEARNING_RATE * (mHat / (Math.sqrt(vHat) + epsilon) + decay * w);
    return [w];
  });
  const got = path(
    adamW({ beta1, beta2, epsilon, decay }),
    [1],
    grads.map((g) => [g]),
  );
  expectClose(got, expected, 1e-14);
});

test("the first step is as long as the learning rate, whatever the size of the gradient", () => {
  const [first] = path(adam(), [0, 0, 0], [[1e-4, -1, 1e6]]);
  expectClose(first!, [-LEARNING_RATE, LEARNING_RATE, -LEARNING_RATE], 1e-3);
});

test("gradients that are always the same make steps that are", () => {
  const steps = path(
    adam(),
    [0],
    Array.from({ length: 50 }, () => [2]),
  );
  expectClose(
    steps,
    steps.map((_, i) => [-LEARNING_RATE * (i + 1)]),
    1e-7,
  );
});

test("without a gradient adam stays, adamW shrinks the weight", () => {
  expect(path(adam(), [3], [[0], [0]])).toEqual([[3], [3]]);
  expect(path(adamW({ decay: 0.5 }), [3], [[0], [0]])).toEqual([[3 * (1 - 0.0625)], [3 * (1 - 0.0625) ** 2]]);
});

test("without decay they are the same, and by default only adamW has some", () => {
  const grads = [[1], [-3], [0.5]];
  expect(path(adamW({ decay: 0 }), [2], grads)).toEqual(path(adam(), [2], grads));
  expect(path(adamW(), [2], grads)).toEqual(path(adamW({ decay: 0.01 }), [2], grads));
  expect(path(adamW(), [2], grads)).not.toEqual(path(adam(), [2], grads));
});

test.each([adam, adamW])("%o describes itself as plain data, defaults included", (make) => {
  const decay = make === adam ? 0 : 0.01;
  expect(make().config).toEqual({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay });
  expect(make({ beta1: 0.5 }).config).toEqual({ beta1: 0.5, beta2: 0.999, epsilon: 1e-8, decay });
  expect(make().kind).toBe(make === adam ? "adam" : "adamW");
  expect(make().slots).toEqual(["m", "v"]);
});

test("bias corrections are computed for each step, counted from 1", () => {
  const rule = adam({ beta1: 0.5, beta2: 0.75 });
  expect(rule.scalars(1, 0.1)).toEqual({ learningRate: 0.1, correction1: 2, correction2: 4 });
  expect(rule.scalars(2, 0.2)).toEqual({ learningRate: 0.2, correction1: 4 / 3, correction2: 16 / 7 });
  const late = adam().scalars(1_000_000, 0.1);
  expect([late.correction1, late.correction2]).toEqual([1, 1]);
});

test("is pure: what goes in stays as it is, and dtype and shape are kept", () => {
  const rule = adamW();
  for (const dtype of ["f32", "f64"] as const) {
    const w = tensor([[1, 2]], { dtype });
    const [m, v] = [zeros([1, 2], { dtype }), zeros([1, 2], { dtype })];
    const row = Object.entries(rule.scalars(1, 0.1)).map(([name, x]) => [name, scalar(x, { dtype })]);
    const [next, slots] = rule.update(w, w, { m, v }, Object.fromEntries(row));
    for (const x of [next, slots.m!, slots.v!]) expect([x.dtype, x.shape]).toEqual([dtype, [1, 2]]);
    expect(Object.keys(slots)).toEqual(rule.slots);
    for (const [x, before] of [
      [w, [[1, 2]]],
      [m, [[0, 0]]],
      [v, [[0, 0]]],
    ] as const) {
      expect(x.toArraySync()).toEqual(before);
    }
  }
});

describe("errors", () => {
  test("options out of range", () => {
    expect(() => adam({ beta1: 1 })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: adam: beta1 must be a finite number of at least 0 and below 1, got 1]",
    );
    expect(() => adam({ beta2: -0.5 })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: adam: beta2 must be a finite number of at least 0 and below 1, got -0.5]",
    );
    expect(() => adam({ epsilon: -1e-8 })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: adam: epsilon must be a finite number of at least 0, got -1e-8]",
    );
    expect(() => adamW({ decay: Number.NaN })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: adamW: decay must be a finite number of at least 0, got NaN]",
    );
    expect(() => adamW({ beta1: Number.POSITIVE_INFINITY })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: adamW: beta1 must be a finite number of at least 0 and below 1, got Infinity]",
    );
  });
});
