import {
  accuracy,
  crossEntropy,
  type Dataset,
  digitNames,
  encodeModel,
  evaluate,
  openDevice,
  takeRows,
  train,
} from "glassnet";
import { modelOf, optimizerOf } from "../src/worker/network.ts";
import { initialSettings } from "../src/workspace/settings.ts";

/** How much is trained and how many digits go with the studio. */
export interface DigitPlan {
  /** Digits that the model is trained on: the first ones. */
  readonly examples: number;
  readonly epochs: number;
  /** Learning rate at the start; it falls evenly to 0. */
  readonly rate: number;
  /** Of each digit in the sample: to train on and to check with. */
  readonly trainingEach: number;
  readonly validationEach: number;
}

/** What is built in. */
export const builtInPlan: DigitPlan = {
  examples: 60_000,
  epochs: 3,
  rate: 3e-3,
  trainingEach: 200,
  validationEach: 100,
};

/** The first rows of each class, in the order of the data. @throws Error if there are too few of one. */
export function balancedRows({ targets }: Dataset, each: number): number[] {
  const left = new Array<number>(digitNames.length).fill(each);
  const rows: number[] = [];
  for (let row = 0; row < targets.data.length; row++) {
    const label = targets.data[row]!;
    if (left[label]! === 0) continue;
    left[label]!--;
    rows.push(row);
  }
  const short = left.findIndex((n) => n > 0);
  if (short >= 0) throw new Error(`the data have too few examples of ${short}: ${left[short]} of ${each} are missing`);
  return rows;
}

/** An IDX file of bytes: magic number, sizes, data. @see http://yann.lecun.com/exdb/mnist */
function idxOf(shape: readonly number[], data: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 | shape.length);
  for (const [axis, n] of shape.entries()) view.setUint32(4 + 4 * axis, n);
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

/**
 * Makes the files of the built-in digits: a balanced sample of `train` and `test`, and a model that is trained on `train` with the
 * studio's own settings. The same files on every machine: WebAssembly without what rounds as the machine likes, one thread.
 */
export async function digitFiles(
  { train: training, test }: { readonly train: Dataset; readonly test: Dataset },
  plan: DigitPlan,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const parts = [
    ["train", "train", takeRows(training, balancedRows(training, plan.trainingEach))],
    ["t10k", "test", takeRows(test, balancedRows(test, plan.validationEach))],
  ] as const;
  for (const [name, , { inputs, targets, size }] of parts) {
    files.set(`${name}-images-idx3-ubyte`, idxOf([size, 28, 28], inputs.data));
    files.set(`${name}-labels-idx1-ubyte`, idxOf([size], targets.data));
  }
  const device = await openDevice({ backend: "wasm", reproducible: true, threads: 1 });
  const data = takeRows(
    training,
    Array.from({ length: Math.min(plan.examples, training.size) }, (_, row) => row),
  );
  const model = modelOf(initialSettings, data);
  const { seed, batchSize, optimizer } = initialSettings;
  const steps = plan.epochs * Math.ceil(data.size / batchSize);
  const options = {
    ...{ loss: crossEntropy, optimizer: optimizerOf(optimizer), epochs: plan.epochs, batchSize, seed, device },
    learningRate: (step: number) => plan.rate * (1 - step / steps),
    empiricalLoss: "never",
  } as const;
  for await (const event of train(model, data, options)) {
    if (event.kind === "end" && event.reason !== "completed") throw new Error(`the training ended: ${event.reason}`);
  }
  const scores = await evaluate(model, test, { loss: crossEntropy, metrics: { accuracy }, device });
  files.set(
    "model.safetensors",
    encodeModel({
      model,
      inputShape: data.inputShape,
      preprocessing: data.preprocessing,
      classNames: digitNames,
      outputs: "logits",
      notes: { seed, epochs: plan.epochs, examples: data.size, testAccuracy: scores.accuracy ?? 0 },
    }),
  );
  return files;
}
