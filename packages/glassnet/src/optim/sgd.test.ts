import { describe, expect, test } from "vitest";
import { scalar, tensor, zeros } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Optimizer, Slots } from "./optimizer.ts";
import { type SgdOptions, sgd } from "./sgd.ts";

const LEARNING_RATE = 0.5;
const f64 = (x: number | number[]): Tensor => tensor(x, { dtype: "f64" });

/** Steps of the rule on ½ w², whose gradient is w. */
function path(rule: Optimizer, start: number, steps: number): number[] {
  let w = f64(start);
  let slots: Slots = Object.fromEntries(rule.slots.map((slot) => [slot, f64(0)]));
  return Array.from({ length: steps }, (_, i) => {
    const scalars = Object.entries(rule.scalars(i + 1, LEARNING_RATE));
    [w, slots] = rule.update(w, w, slots, Object.fromEntries(scalars.map(([name, value]) => [name, f64(value)])));
    return w.itemSync();
  });
}

test("takes steps down the gradient", () => {
  expect(path(sgd(), 8, 3)).toEqual([4, 2, 1]);
});

test("with momentum repeats a share of the last step", () => {
  // v: 8, 0.5·8 + 4 = 8, 0.5·8 + 0 = 4
  expect(path(sgd({ momentum: 0.5 }), 8, 3)).toEqual([4, 0, -2]);
});

test("with Nesterov momentum looks ahead", () => {
  // v: 8, then w = 8 − ½ (8 + ½·8) = 2; v = ½·8 + 2 = 6, w = 2 − ½ (2 + ½·6) = −½
  expect(path(sgd({ momentum: 0.5, nesterov: true }), 8, 2)).toEqual([2, -0.5]);
});

test("with decay descends on ½ λ w² as well", () => {
  expect(path(sgd({ decay: 0.5 }), 8, 2)).toEqual([8 - 0.5 * 12, 2 - 0.5 * 3]);
  expect(path(sgd({ decay: 0.5, momentum: 0.5 }), 8, 2)).toEqual([2, 2 - 0.5 * (6 + 3)]);
});

test("keeps a velocity only if there is momentum", () => {
  expect(sgd().slots).toEqual([]);
  expect(sgd({ nesterov: true }).slots).toEqual([]);
  expect(sgd({ momentum: 0.9 }).slots).toEqual(["velocity"]);
});

test("describes itself as plain data, defaults included", () => {
  expect(sgd()).toMatchObject({ kind: "sgd", config: { momentum: 0, nesterov: false, decay: 0 } });
  const options: Required<SgdOptions> = { momentum: 0.9, nesterov: true, decay: 1e-4 };
  expect(sgd(options).config).toEqual(options);
});

test("is pure: what goes in stays as it is, and dtype and shape are kept", () => {
  const rule = sgd({ momentum: 0.9, nesterov: true, decay: 0.1 });
  for (const dtype of ["f32", "f64"] as const) {
    const w = tensor([[1, 2]], { dtype });
    const velocity = zeros([1, 2], { dtype });
    const [next, slots] = rule.update(w, w, { velocity }, { learningRate: scalar(0.1, { dtype }) });
    for (const x of [next, slots.velocity!]) expect([x.dtype, x.shape]).toEqual([dtype, [1, 2]]);
    expect(next.toArraySync()).not.toEqual([[1, 2]]);
    expect(w.toArraySync()).toEqual([[1, 2]]);
    expect(velocity.toArraySync()).toEqual([[0, 0]]);
  }
});

test("the learning rate is a tensor of the step, not a constant of the program", () => {
  expect(sgd({ momentum: 0.9 }).scalars(7, 0.25)).toEqual({ learningRate: 0.25 });
});

describe("errors", () => {
  test("options out of range", () => {
    expect(() => sgd({ momentum: 1 })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: sgd: momentum must be a finite number of at least 0 and below 1, got 1]",
    );
    expect(() => sgd({ momentum: -0.1 })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: sgd: momentum must be a finite number of at least 0 and below 1, got -0.1]",
    );
    expect(() => sgd({ momentum: Number.NaN })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: sgd: momentum must be a finite number of at least 0 and below 1, got NaN]",
    );
    expect(() => sgd({ decay: -1 })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: sgd: decay must be a finite number of at least 0, got -1]",
    );
    expect(() => sgd({ decay: Number.POSITIVE_INFINITY })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: sgd: decay must be a finite number of at least 0, got Infinity]",
    );
  });
});
