import type { Device } from "../src/backends/backend.ts";
import { Rng } from "../src/core/random.ts";
import {
  companyBounds,
  companyData,
  companyInputs,
  companyOptimum,
  companyProfit,
  companyRow,
} from "../src/data/company.ts";
import type { Dataset } from "../src/data/dataset.ts";
import { fitStandardize } from "../src/data/preprocessing.ts";
import { optimizeInputs } from "../src/explain/optimize-inputs.ts";
import { meanSquaredError } from "../src/loss/mean-squared-error.ts";
import type { Layer } from "../src/nn/layer.ts";
import { linear } from "../src/nn/linear.ts";
import { fitRescale } from "../src/nn/rescale.ts";
import { sequential } from "../src/nn/sequential.ts";
import { adam } from "../src/optim/adam.ts";
import { tanh } from "../src/tensor/functions.ts";
import { train } from "../src/train/train.ts";

/** @file The recipe of docs/optimizing-inputs.md, for tests of what it finds. */

const EPOCHS = 100;
const BATCH = 32;

/** The books of a seed, standardized. */
export function booksOf(seed: number): Dataset {
  const raw = companyData({ seed });
  return { ...raw, preprocessing: fitStandardize(raw.inputs) };
}

/** A network 7-`hidden`-1 that learnt from the books; without hidden units, a linear model. */
export async function learn(books: Dataset, hidden: number, seed: number, device: Device): Promise<Layer> {
  const rng = Rng.seeded(seed);
  const output = fitRescale(books.targets);
  const model =
    hidden === 0
      ? sequential(linear(7, 1, { rng }), output)
      : sequential(linear(7, hidden, { rng }), tanh, linear(hidden, 1, { rng }), output);
  const steps = EPOCHS * Math.ceil(books.size / BATCH);
  const learningRate = (step: number): number => 0.005 * (1 + Math.cos((Math.PI * step) / steps));
  const options = { loss: meanSquaredError, optimizer: adam(), epochs: EPOCHS, batchSize: BATCH, seed };
  for await (const _ of train(model, books, { ...options, learningRate, device, empiricalLoss: "never" }));
  return model;
}

/** The decision that a model finds, and by how much it earns less than the best, as a share. */
export async function decide(model: Layer, books: Dataset) {
  const given = { competitor: 25, season: "summer" } as const;
  const found = await optimizeInputs(
    { model, preprocessing: books.preprocessing },
    companyRow({ price: 20, marketing: 20, ...given }),
    { maximize: true, names: companyInputs, knobs: ["price", "marketing"], bounds: { ...companyBounds }, data: books },
  );
  const { price, marketing } = found.byName;
  const earned = companyProfit({ price: price!, marketing: marketing!, ...given });
  const { profit } = companyOptimum(given);
  return { found, regret: (profit - earned) / profit };
}
