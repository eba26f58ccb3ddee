import { expect, test } from "vitest";
import { failureOf, runToEnd } from "../../test/training.ts";
import { openReference } from "../backends/reference/device.ts";
import { Rng } from "../core/random.ts";
import { type Dataset, dataset } from "../data/dataset.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import type { Loss } from "../loss/reduction.ts";
import { Layer, type LayerConfig } from "../nn/layer.ts";
import { linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { elementsOf } from "../tensor/compute.ts";
import { fromArray } from "../tensor/create.ts";
import { gather, gatherElements, logSoftmax } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Param } from "../tensor/variable.ts";
import { expectClose } from "../testing/expect-close.ts";
import { evaluate } from "./evaluate.ts";
import { predict } from "./predict.ts";
import { train } from "./train.ts";

const rng = Rng.seeded(1);
const model = () => sequential(linear(2, 2, { rng }));
const points = (labels: Dataset["targets"]["data"], dtype: "i32" | "u8" | "f32" = "i32") =>
  dataset({
    name: "points",
    inputs: rng.normal([labels.length, 2]),
    targets: { dtype, shape: [labels.length], data: labels },
  });
const good = points(Int32Array.of(0, 1, 0, 1, 1));
const bad = points(Int32Array.of(0, 1, 0, 12, 1));

const table = fromArray(rng.normal([2, 2]));
const losses: readonly [string, Loss][] = [
  ["cross-entropy", crossEntropy],
  ["cross-entropy in a function", (output, targets) => crossEntropy(output, targets)],
  [
    "of a cast and a change of shape",
    (o, t) => crossEntropy(o, t.cast("f32").reshape([-1, 1]).cast("i32").reshape([-1])),
  ],
  [
    "with indices of one's own",
    (o, t) =>
      gatherElements(logSoftmax(o), t.reshape([-1, 1]))
        .mean()
        .neg(),
  ],
  ["with rows of a table", (o, t) => gather(table, t).sub(o).square().mean()],
];

test.each(losses)("a label that does not exist is named: %s", async (_, loss) => {
  const options = { loss, epochs: 1, batchSize: 2 };
  const text = "UsageError: points: label of row 3 is 12: expected 0 to 1";
  expect(await failureOf(() => runToEnd(train(model(), bad, options)))).toBe(text);
  expect(await failureOf(() => runToEnd(train(model(), good, { ...options, validation: bad })))).toBe(text);
  expect(await failureOf(() => evaluate(model(), bad, { loss }))).toBe(text);
  expect((await runToEnd(train(model(), good, options))).end.reason).toBe("completed");
});

test("labels of other dtypes are checked as the numbers that they are", async () => {
  const cast: Loss = (output, targets) => crossEntropy(output, targets.cast("i32"));
  const messages = [
    await failureOf(() => evaluate(model(), points(Uint8Array.of(0, 1, 2), "u8"), { loss: crossEntropy })),
    await failureOf(() => evaluate(model(), points(Float32Array.of(0, 1, -1), "f32"), { loss: cast })),
    await failureOf(() => evaluate(model(), points(Int32Array.of(0, -7, 1)), { loss: crossEntropy })),
  ];
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: points: label of row 2 is 2: expected 0 to 1",
      "UsageError: points: label of row 2 is -1: expected 0 to 1",
      "UsageError: points: label of row 1 is -7: expected 0 to 1",
    ]
  `);
});

test("labels that are no indices are left alone", async () => {
  const loss: Loss = (output, targets) => output.mean({ axes: 1 }).sub(targets).square().mean();
  expect((await evaluate(model(), bad, { loss })).loss).toBeGreaterThan(10);
  const shifted: Loss = (output, targets) => crossEntropy(output, targets.sub(1)); // labels that count from 1
  expect((await evaluate(model(), points(Int32Array.of(1, 2, 1)), { loss: shifted })).loss).toBeGreaterThan(0);
});

/** A vector for each of some words, and the mean of those of a sentence. */
class Embedding extends Layer<number, number> {
  readonly table: Param;

  constructor(words: number, features: number) {
    super();
    this.table = new Param(fromArray(rng.normal([words, features])));
  }

  protected override forward(x: Tensor): Tensor {
    return gather(this.table.value, x).mean({ axes: 1 }); // [batch, words] → [batch, features]
  }

  override config(): LayerConfig {
    return { kind: "embedding" };
  }
}

test("an embedding is trained on whole numbers, and a word that does not exist is named", async () => {
  const words = rng.integers([30, 4], 0, 10);
  const labels = Int32Array.from({ length: 30 }, (_, i) => Number(words.data[4 * i]! > 4));
  const sentences = (inputs: Dataset["inputs"]) =>
    dataset({ name: "sentences", inputs, targets: { dtype: "i32", shape: [30], data: labels } });
  const make = () => sequential(new Embedding(10, 3), linear(3, 2, { rng }));
  const options = { loss: crossEntropy, epochs: 20, batchSize: 10, learningRate: 0.1 };
  const { end, epochs } = await runToEnd(train(make(), sentences(words), options));
  expect(end.training!.loss).toBeLessThan(epochs[0]!.batchLoss);
  const unknown = { ...words, data: words.data.slice() };
  unknown.data[50] = 10;
  const messages = [
    await failureOf(() => runToEnd(train(make(), sentences(unknown), options))),
    await failureOf(() => predict(make(), unknown)),
  ];
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: sentences: input of row 12 is 10: expected 0 to 9",
      "UsageError: predict: input of row 12 is 10: expected 0 to 9",
    ]
  `);
});

test("bytes without preprocessing go through a linear layer as numbers", async () => {
  const inputs = { dtype: "u8", shape: [4, 2], data: Uint8Array.of(0, 255, 3, 4, 5, 6, 7, 8) } as const;
  const layer = sequential(linear(2, 2, { rng }));
  const floats = fromArray({ ...inputs, dtype: "f32", data: Float32Array.from(inputs.data) });
  const device = openReference(); // for the same bits whatever is computed together
  const outputs = await predict(layer, inputs, { device });
  expect(outputs.dtype).toBe("f32");
  expect(await outputs.data()).toEqual((await elementsOf([layer.call(floats)], { device }))[0]);
  expectClose(await predict(layer, inputs), outputs, 1e-6);
  const targets = { dtype: "i32", shape: [4], data: Int32Array.of(0, 1, 0, 1) } as const;
  const bytes = dataset({ name: "bytes", inputs, targets });
  const { end } = await runToEnd(train(layer, bytes, { loss: crossEntropy, epochs: 1 }));
  expect(end.reason).toBe("completed");
});
