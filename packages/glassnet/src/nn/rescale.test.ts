import { expect, test } from "vitest";
import { tensor } from "../tensor/create.ts";
import { grad } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { makeLayer } from "./registry.ts";
import { fitRescale, Rescale, rescale } from "./rescale.ts";

test("scales and shifts, by one number or one for each feature, in the precision of what comes in", () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  expect(rescale(10, 5).call(x).toArraySync()).toEqual([
    [15, 25],
    [35, 45],
  ]);
  expect(rescale([10, 100], [1, 2]).call(x).toArraySync()).toEqual([
    [11, 202],
    [31, 402],
  ]);
  expect(rescale([10, 100]).call(x).toArraySync()).toEqual([
    [10, 200],
    [30, 400],
  ]);
  expect(
    rescale([0.1, 0.2], 0.3)
      .call(tensor([[1, 1]], { dtype: "f64" }))
      .toArraySync(),
  ).toEqual([[0.4, 0.5]]);
  expect(grad((t: Tensor) => rescale([2, 3], 7).call(t).sum())(x).toArraySync()).toEqual([
    [2, 3],
    [2, 3],
  ]);
});

test("is fitted to the mean and the standard deviation of targets", () => {
  const { scale, offset } = fitRescale({ dtype: "f32", shape: [4, 1], data: Float32Array.of(2, 4, 4, 6) });
  expect([scale, offset]).toEqual([Math.SQRT2, 4]);
  const two = fitRescale({ dtype: "f32", shape: [2, 2], data: Float32Array.of(1, 5, 3, 5) });
  expect([two.scale, two.offset]).toEqual([
    [1, 1],
    [2, 5],
  ]); // a constant column keeps the scale 1
  const flat = fitRescale({ dtype: "f32", shape: [4], data: Float32Array.of(2, 4, 4, 6) });
  expect(flat.config()).toEqual({ kind: "rescale", scale: Math.SQRT2, offset: 4 });
});

test("is made again from its description, and a bad one is refused", () => {
  const made = makeLayer({ kind: "rescale", scale: [1, 2], offset: 3 });
  expect(made).toBeInstanceOf(Rescale);
  expect(made.config()).toEqual({ kind: "rescale", scale: [1, 2], offset: 3 });
  expect(() => makeLayer({ kind: "rescale", scale: "1", offset: 3 })).toThrow(
    'model: rescale: scale must be finite numbers other than 0, got "1"',
  );
  expect(() => makeLayer({ kind: "rescale", offset: 3 })).toThrow(
    "model: rescale: scale must be finite numbers other than 0, got undefined",
  );
});

test("numbers that it cannot use are refused", () => {
  expect(() => rescale(0)).toThrow("rescale: scale must be finite numbers other than 0, got 0");
  expect(() => rescale([1, Number.NaN])).toThrow("rescale: scale must be finite numbers other than 0, got NaN");
  expect(() => rescale(1, Number.POSITIVE_INFINITY)).toThrow("rescale: offset must be finite numbers, got Infinity");
  expect(() => rescale([1, 2], [1, 2, 3])).toThrow("rescale: there are 2 scales but 3 offsets");
  expect(() => rescale([1, 2]).call(tensor([[1, 2, 3]]))).toThrow(
    "rescale: has 2 scales, expected one for each of 3 features\n  x: f32[1, 3]",
  );
  expect(() => fitRescale({ dtype: "f32", shape: [0, 1], data: new Float32Array(0) })).toThrow(
    "fitRescale: there are no targets",
  );
});
