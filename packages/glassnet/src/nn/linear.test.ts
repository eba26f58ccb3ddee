import { describe, expect, test } from "vitest";
import { Rng } from "../core/random.ts";
import { compile } from "../tensor/compile.ts";
import { fromArray, scalar, tensor, zeros } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../testing/index.ts";
import { type Linear, linear } from "./linear.ts";
import { sequential } from "./sequential.ts";

const rng = Rng.seeded(0);

function known(bias: boolean) {
  const layer = linear(3, 2, { rng, bias });
  layer.weight.assign(
    tensor([
      [1, 2, 3],
      [-1, 0, 1],
    ]),
  );
  layer.bias?.assign(tensor([10, 20]));
  return layer;
}

test("computes x Wᵀ + b on the last axis", () => {
  const x = tensor([
    [1, 1, 1],
    [1, 0, 2],
  ]);
  const rows = [
    [16, 20],
    [17, 21],
  ];
  expect(known(true).call(x).toArraySync()).toEqual(rows);
  expect(known(false).call(x).toArraySync()).toEqual([
    [6, 0],
    [7, 1],
  ]);
  expect(
    known(true)
      .call(x.reshape([2, 1, 3]))
      .toArraySync(),
  ).toEqual(rows.map((row) => [row]));
  expect(
    known(true)
      .call(tensor([1, 1, 1]))
      .toArraySync(),
  ).toEqual([16, 20]);
});

test("takes whole numbers as f32", () => {
  const y = known(true).call(tensor([[1, 1, 1]], { dtype: "u8" }));
  expect(y.dtype).toBe("f32");
  expect(y.toArraySync()).toEqual([[16, 20]]);
});

test("a parameter that is assigned is what the next call uses, compiled ones included", async () => {
  const layer = known(true);
  const apply = compile((x: Tensor) => layer.call(x));
  const x = tensor([[1, 1, 1]]);
  expect(await (await apply(x)).toArray()).toEqual([[16, 20]]);
  layer.bias!.assign(tensor([0, 0]));
  expect(await (await apply(x)).toArray()).toEqual([[6, 0]]);
  await apply.release();
});

test("many rows are each row alone", () => {
  const layer = linear(16, 5, { rng: Rng.seeded(1) });
  const x = fromArray(Rng.seeded(2).normal([7, 16]));
  const all = layer.call(x);
  for (let i = 0; i < 7; i++) expectClose(layer.call(x.at(i)), all.at(i), 1e-6);
});

describe("errors", () => {
  test.each([0, -1, 1.5, Number.NaN])("a size of %d is refused", (size) => {
    const message = (name: string) => `linear: ${name} must be a whole number of at least 1, got ${size}`;
    expect(() => linear(size, 2, { rng })).toThrow(message("inFeatures"));
    expect(() => linear(2, size, { rng })).toThrow(message("outFeatures"));
  });

  test("sizes", () => {
    expect(() => linear(0, 2, { rng })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: linear: inFeatures must be a whole number of at least 1, got 0]",
    );
    expect(() => linear(784, -1, { rng })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: linear: outFeatures must be a whole number of at least 1, got -1]",
    );
    expect(() => linear(784, 1.5, { rng })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: linear: outFeatures must be a whole number of at least 1, got 1.5]",
    );
  });

  test("another number of features, with the path of the layer", () => {
    const size: number = 100; // so that the compiler does not know
    const model = sequential(linear(784, 128, { rng }), sequential(linear(size, 10, { rng })));
    expect(() => model.call(zeros([32, 784]))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: linear: expected 100 features in the last axis, got 128
        x: f32[32, 128]
        weight: f32[10, 100]
        in layers.1.layers.0]
    `);
    expect(() => known(true).call(zeros([32, 4]))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: linear: expected 3 features in the last axis, got 4
        x: f32[32, 4]
        weight: f32[2, 3]]
    `);
    expect(() => known(true).call(scalar(1))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: linear: expected 3 features in the last axis, got a scalar
        x: f32[]
        weight: f32[2, 3]]
    `);
  });
});

test("a layer without a source of start values, or called with a list, says what it needs", () => {
  const plain = linear as unknown as (inFeatures: number, outFeatures: number, options?: object) => Linear<3, 4>;
  expect(() => plain(3, 4)).toThrowErrorMatchingInlineSnapshot(`
    [UsageError: linear: needs a source of start values as rng, got undefined
      help: linear(3, 4, { rng: Rng.seeded(0) })]
  `);
  const layer = plain(3, 4, { rng: Rng.seeded(0) });
  expect(() => layer.call([[1, 2, 3]] as unknown as Tensor)).toThrowErrorMatchingInlineSnapshot(`
    [UsageError: call: expected a tensor, got a list
      help: tensor([[1, 2, 3]]) makes one of nested arrays]
  `);
});
