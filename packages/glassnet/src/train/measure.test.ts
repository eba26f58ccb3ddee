import { describe, expect, test } from "vitest";
import { bitsOf, clouds, failureOf, network, WatchedDevice } from "../../test/training.ts";
import { openReference } from "../backends/reference/device.ts";
import { Rng } from "../core/random.ts";
import { dataset, sliceRows } from "../data/dataset.ts";
import { applyPreprocessing, fitStandardize, type Preprocessing } from "../data/preprocessing.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { accuracy } from "../metric/accuracy.ts";
import { flatten } from "../nn/flatten.ts";
import { linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { loadMnist } from "../node/mnist.ts";
import { computeSync } from "../tensor/compute.ts";
import { fromArray, fromData, tensor, zeros } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../testing/expect-close.ts";
import { evaluate } from "./evaluate.ts";
import { predict } from "./predict.ts";

const data = clouds(53);
const metrics = { accuracy };
/** Its outputs are the same bits whatever is computed together; those of others are close. */
const reference = openReference();

describe("evaluate", () => {
  test("gives the mean over all examples, whatever the batches", async () => {
    const model = network({ dtype: "f64" });
    const inputs = fromArray(data.inputs);
    const targets = fromArray(data.targets);
    const loss = await crossEntropy(model.call(inputs), targets).item();
    const share = await accuracy(model.call(inputs), targets).item();
    for (const batchSize of [1, 7, 10, 52, 53, 1000]) {
      const scores = await evaluate(model, data, { loss: crossEntropy, metrics, batchSize });
      expect(scores.loss, `batches of ${batchSize}`).toBeCloseTo(loss, 12);
      expect(scores.accuracy, `batches of ${batchSize}`).toBeCloseTo(share, 6);
    }
  });

  test("counts an uneven last batch as what it is", async () => {
    // Losses 0 … 4 by row: batches of 2, 2 and 1 have the means 0.5, 2.5 and 4; their plain mean would be 2.33.
    const inputs = { dtype: "f32", shape: [5, 1], data: Float32Array.of(0, 1, 2, 3, 4) } as const;
    const rows = dataset({ name: "rows", inputs, targets: { dtype: "u8", shape: [5], data: new Uint8Array(5) } });
    const scores = await evaluate(sequential(flatten()), rows, { loss: (x: Tensor) => x.mean(), batchSize: 2 });
    expect(scores).toEqual({ loss: 2 });
  });

  test("changes nothing, uses neither dropout nor randomness, and leaves the device empty", async () => {
    const device = new WatchedDevice();
    const model = network({ rate: 0.5 });
    const options = { loss: crossEntropy, metrics, batchSize: 10 };
    const first = await evaluate(model, data, { ...options, device });
    expect(await evaluate(model, data, { ...options, device })).toEqual(first);
    expect(await evaluate(network(), data, { ...options, device: reference })).toEqual(first);
    const byDefault = await evaluate(network(), data, options);
    expect(byDefault.loss).toBeCloseTo(first.loss, 5);
    expect(byDefault.accuracy).toBe(first.accuracy);
    expect(bitsOf(model)).toBe(bitsOf(network()));
    expect([device.states.size, device.programs.size]).toEqual([0, 0]);
    const loss = () => {
      throw new Error("of the loss");
    };
    await expect(evaluate(model, data, { loss, device })).rejects.toThrow("of the loss");
    expect([device.states.size, device.programs.size]).toEqual([0, 0]);
  });

  test("shares are exact: examples are counted, not the rounded means of batches", async () => {
    const model = network();
    const outputs = await predict(model, data);
    const classes = await outputs.argmax({ axis: 1 }).data();
    const right = [...classes].filter((c, i) => c === data.targets.data[i]).length;
    for (const batchSize of [1, 3, 7, 10, 53]) {
      const scores = await evaluate(model, data, { loss: crossEntropy, metrics, batchSize });
      expect(scores.accuracy, `batches of ${batchSize}`).toBe(right / 53);
    }
  });

  test("a metric may be a mean over the batch, one value an example, or a loss", async () => {
    const model = network({ dtype: "f64" });
    const mean = (output: Tensor) => output.mean();
    const each = (output: Tensor) => output.mean({ axes: 1 });
    const all = (output: Tensor) => output;
    const loss = crossEntropy;
    const scores = await evaluate(model, data, { loss, metrics: { mean, each, all, crossEntropy }, batchSize: 10 });
    const expected = await (await predict(model, data)).mean().item();
    for (const name of ["mean", "each", "all"]) expect(scores[name], name).toBeCloseTo(expected, 12);
    expect(scores.crossEntropy).toBeCloseTo(scores.loss, 12);
  });

  test("refuses what it cannot measure", async () => {
    const each = (output: Tensor, targets: Tensor) => crossEntropy(output, targets, { reduction: "none" });
    const wide = sequential(linear(5, 3, { rng: Rng.seeded(1) }));
    const messages = await Promise.all([
      failureOf(() => evaluate(network(), data, { loss: crossEntropy, batchSize: 0 })),
      failureOf(() => evaluate(network(), data, { loss: each, batchSize: 10 })),
      failureOf(() => evaluate(network(), data, { loss: crossEntropy, metrics: { loss: accuracy } })),
      failureOf(() => evaluate(wide, data, { loss: crossEntropy })),
    ]);
    expect(messages).toMatchInlineSnapshot(`
      [
        "UsageError: evaluate: batchSize must be a whole number of at least 1, got 0",
        "GraphError: evaluate: the loss must be a single number, got f32[10]
        help: take the mean over the examples",
        "UsageError: metrics: no metric can be called "loss": the loss itself has that name",
        "ShapeError: linear: expected 5 features in the last axis, got 2
        x: f32[53, 2]
        weight: f32[3, 5]
        in layers.0",
      ]
    `);
  });
});

describe("predict", () => {
  const numbers = (output: Tensor): number[] => {
    computeSync([output], { device: reference });
    return [...output.dataSync()];
  };
  const whole = (model = network()) => numbers(model.call(fromArray(data.inputs)));

  test("gives the outputs of all rows, bit for bit those of one big batch, from data sets, arrays and tensors", async () => {
    const model = network();
    const rows = fromData(data.inputs.data, [53, 2]);
    for (const inputs of [data, data.inputs, rows, rows.mul(2).mul(0.5)]) {
      for (const batchSize of [1, 10, 53, 256]) {
        const output = await predict(model, inputs, { batchSize, device: reference });
        expect(output.shape).toEqual([53, 3]);
        expect([...(await output.data())]).toEqual(whole());
        expectClose([...(await (await predict(model, inputs, { batchSize })).data())], whole(), 1e-5);
      }
    }
    expect([
      ...(await (await predict(model, sliceRows(data, 20, 31), { batchSize: 4, device: reference })).data()),
    ]).toEqual(whole().slice(60, 93));
  });

  test("keeps the dtype and the shape of the outputs", async () => {
    const classes = await predict(
      sequential(network(), (x: Tensor) => x.argmax({ axis: 1 })),
      data,
      { batchSize: 20 },
    );
    expect([classes.dtype, classes.shape]).toEqual(["i32", [53]]);
    const wide = await predict(network({ dtype: "f64" }), data);
    expect(wide.dtype).toBe("f64");
    const square = await predict(
      sequential((x: Tensor) => x.reshape([-1, 2, 1]).matmul(x.reshape([-1, 1, 2]))),
      data,
    );
    expect(square.shape).toEqual([53, 2, 2]);
  });

  test("applies the preprocessing of a data set, or the one that is given, to stored bytes", async () => {
    const bytes = Uint8Array.from({ length: 40 }, (_, i) => (i * 41) % 256);
    const inputs = { dtype: "u8", shape: [20, 2], data: bytes } as const;
    const targets = { dtype: "u8", shape: [20], data: new Uint8Array(20) } as const;
    const kinds: Preprocessing[] = [
      { kind: "none" },
      { kind: "intensity", scale: 1 / 255 },
      { kind: "binary", threshold: 128 },
      fitStandardize(inputs),
      { kind: "standardize", mean: [100], std: [50] },
    ];
    for (const preprocessing of kinds) {
      const model = network();
      const expected = numbers(model.call(fromData(applyPreprocessing(preprocessing, bytes), [20, 2])));
      const device = reference;
      const stored = dataset({ name: "bytes", inputs, targets, preprocessing });
      expect([...(await (await predict(model, stored, { batchSize: 3, device })).data())]).toEqual(expected);
      expect([...(await (await predict(model, inputs, { preprocessing, device })).data())]).toEqual(expected);
      expect([...(await (await predict(model, fromArray(inputs), { preprocessing, device })).data())]).toEqual(
        expected,
      );
    }
  });

  test("the real digits: batches of u8 pixels equal one call on floats", async () => {
    const { test: digits } = await loadMnist();
    const some = sliceRows(digits, 0, 300);
    const model = sequential(flatten(), linear(784, 10, { rng: Rng.seeded(3) }));
    const floats = applyPreprocessing(some.preprocessing, some.inputs.data);
    const expected = await model.call(fromData(floats, [300, 1, 28, 28])).data();
    expect(await (await predict(model, some, { batchSize: 128 })).data()).toEqual(expected);
    const { accuracy: share } = await evaluate(model, some, { loss: crossEntropy, metrics });
    const classes = await model
      .call(fromData(floats, [300, 1, 28, 28]))
      .argmax({ axis: 1 })
      .data();
    expect(share).toBeCloseTo([...classes].filter((c, i) => c === some.targets.data[i]).length / 300, 6);
  });

  test("refuses what it cannot predict for, and leaves the device empty", async () => {
    const device = new WatchedDevice();
    const model = network();
    const messages = await Promise.all([
      failureOf(() => predict(model, data, { batchSize: 1.5 })),
      failureOf(() => predict(model, zeros([0, 2]))),
      failureOf(() => predict(model, tensor(3))),
      failureOf(() => predict(model, zeros([4, 5]), { device })),
      failureOf(() =>
        predict(
          sequential((x: Tensor) => x.sum()),
          data,
          { device },
        ),
      ),
      failureOf(() =>
        predict(model, zeros([4, 2]), {
          device,
          preprocessing: { kind: "standardize", mean: [1, 2, 3], std: [1, 1, 1] },
        }),
      ),
    ]);
    expect(messages).toMatchInlineSnapshot(`
      [
        "UsageError: predict: batchSize must be a whole number of at least 1, got 1.5",
        "UsageError: predict: there are no rows of inputs in f32[0, 2]",
        "UsageError: predict: there are no rows of inputs in f32[]",
        "ShapeError: linear: expected 2 features in the last axis, got 5
        x: f32[4, 5]
        weight: f32[6, 2]
        in layers.0",
        "ShapeError: predict: the model must give one output for each input
        input: f32[53, 2]
        output: f32[]",
        "ShapeError: standardize: 3 numbers for 2 features
        x: f32[4, 2]",
      ]
    `);
    expect([device.states.size, device.programs.size]).toEqual([0, 0]);
  });
});
