import { describe, expect, test } from "vitest";
import { openKernelDevices } from "../../test/devices.ts";
import { failureOf } from "../../test/training.ts";
import { openReference } from "../backends/reference/device.ts";
import { Rng } from "../core/random.ts";
import { pixelEncodings } from "../data/preprocessing.ts";
import { dropout } from "../nn/dropout.ts";
import { linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { fromArray, tensor } from "../tensor/create.ts";
import { relu, softmax } from "../tensor/functions.ts";
import { predict } from "./predict.ts";
import { predictor } from "./predictor.ts";

const rng = Rng.seeded(3);
const model = sequential(linear(6, 8, { rng }), relu, dropout(0.5), linear(8, 3, { rng }));
const rows = rng.normal([4, 6]);

describe.each([["reference", openReference()] as const, ...(await openKernelDevices())])("on %s", (_, device) => {
  test("a predictor gives what predict gives, row by row", async () => {
    const one = await predictor(model, { inputShape: [6], device });
    for (let i = 0; i < 4; i++) {
      const row = rows.data.slice(6 * i, 6 * i + 6) as Float32Array;
      const expected = await (await predict(model, { ...rows, shape: [1, 6], data: row }, { device })).data();
      expect(await one(row)).toEqual(expected);
      expect(one.sync(row)).toEqual(expected);
    }
    expect(one.output).toEqual({ dtype: "f32", shape: [1, 3] });
    await one.release();
  });

  test("results are fresh arrays, and several rows go in one call", async () => {
    const all = await predictor(model, { inputShape: [6], rows: 4, device });
    const first = await all(rows.data);
    const kept = first.slice();
    await all(new Float32Array(24));
    expect(first).toEqual(kept);
    expect(first).toHaveLength(12);
    await all.release();
  });

  test("weights that are assigned in between are used", async () => {
    const layer = linear(2, 1, { rng, bias: false });
    const one = await predictor(layer, { inputShape: [2], device });
    layer.weight.assign(tensor([[3, 4]]));
    expect([...(await one(Float32Array.of(1, 10)))]).toEqual([43]);
    layer.weight.assign(layer.weight.value.mul(2)); // not computed yet
    expect([...one.sync(Float32Array.of(1, 10))]).toEqual([86]);
    await one.release();
  });

  test("bytes go through the preprocessing; probabilities through a softmax", async () => {
    const saved = { model, inputShape: [6], preprocessing: pixelEncodings.intensity };
    const bytes = Uint8Array.of(0, 51, 102, 153, 204, 255);
    const one = await predictor(saved, { dtype: "u8", probabilities: true, device });
    const logits = await predict(saved, { dtype: "u8", shape: [1, 6], data: bytes }, { device });
    const expected = await softmax(fromArray({ dtype: "f32", shape: [1, 3], data: await logits.data() })).data();
    (await one(bytes)).forEach((p, i) => {
      expect(p).toBeCloseTo(expected[i]!, 6);
    });
    await one.release();
  });
});

test("what does not fit is said before anything runs", async () => {
  expect(await failureOf(() => predictor(model))).toMatchInlineSnapshot(`
    "UsageError: predictor: the shape of an input is not known
      help: give inputShape, without the batch axis"
  `);
  expect(await failureOf(() => predictor(model, { inputShape: [6], rows: 0 }))).toMatchInlineSnapshot(
    `"UsageError: predictor: rows must be a whole number of at least 1, got 0"`,
  );
  expect(await failureOf(() => predictor(model, { inputShape: [7] }))).toMatchInlineSnapshot(`
    "ShapeError: linear: expected 6 features in the last axis, got 7
      x: f32[1, 7]
      weight: f32[8, 6]
      in layers.0"
  `);
  const one = await predictor(model, { inputShape: [6] });
  expect(await failureOf(() => one(new Float32Array(5)))).toMatchInlineSnapshot(
    `"UsageError: predictor: expected a Float32Array of 6 for [1, 6], got a Float32Array of 5"`,
  );
  expect(await failureOf(() => one(new Uint8Array(6)))).toMatchInlineSnapshot(
    `"UsageError: predictor: expected a Float32Array of 6 for [1, 6], got a Uint8Array of 6"`,
  );
  expect(await failureOf(() => one([1, 2, 3, 4, 5, 6] as never))).toMatchInlineSnapshot(
    `"UsageError: predictor: expected a Float32Array of 6 for [1, 6], got a list"`,
  );
});
