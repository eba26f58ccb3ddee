import {
  activation,
  adamW,
  type Dataset,
  type Device,
  evaluate,
  fitRescale,
  type Layer,
  linear,
  meanSquaredError,
  type Preprocessing,
  Rng,
  Sequential,
  train,
} from "glassnet";
import { hiddenLayer, initialSettings, type Settings } from "../../workspace/settings.ts";
import type { Books } from "./books.ts";
import type { FitName } from "./table.ts";

/** How both models are trained. The code tabs name the same numbers, and a test compares them. */
export const fitPlan = {
  hidden: [16, 16],
  activation: "tanh",
  batchSize: 64,
  /** About so many steps, in whole epochs. */
  steps: 1800,
  /** At the start; it falls to 0 along half a cosine. */
  learningRate: 0.01,
  decay: 0.01,
} as const;

/** One model, fitted to the books. */
export interface Fit {
  readonly name: FitName;
  readonly model: Layer;
  readonly preprocessing: Preprocessing;
  readonly epochs: number;
}

/** Mean squared errors of one fit. */
export interface FitScores {
  readonly training: number;
  readonly validation: number;
}

/** Linear: one weight for each input and a bias. Curved: two hidden layers that bend. Both give the target's own units. */
export function modelFor(name: FitName, { training }: Books, seed: number): Sequential {
  const rng = Rng.seeded(seed);
  const layers: Layer[] = [];
  let features = training.inputShape[0]!;
  for (const units of name === "curved" ? fitPlan.hidden : []) {
    layers.push(linear(features, units, { rng }), activation(fitPlan.activation));
    features = units;
  }
  layers.push(linear(features, 1, { rng }), fitRescale(training.targets));
  return new Sequential(layers);
}

export function epochsFor({ size }: Dataset): number {
  return Math.max(1, Math.round(fitPlan.steps / Math.ceil(size / fitPlan.batchSize)));
}

/** Trains a model, an epoch a turn, and yields its empirical loss now and then. */
export async function* fitted(
  name: FitName,
  books: Books,
  { seed, device }: { readonly seed: number; readonly device: Device },
): AsyncGenerator<{ readonly epoch: number; readonly of: number; readonly loss: number }, Fit, undefined> {
  const { training } = books;
  const model = modelFor(name, books, seed);
  const epochs = epochsFor(training);
  const batchSize = Math.min(fitPlan.batchSize, training.size);
  const steps = epochs * Math.ceil(training.size / batchSize);
  const run = train(model, training, {
    loss: meanSquaredError,
    optimizer: adamW({ decay: fitPlan.decay }),
    learningRate: (step) => (fitPlan.learningRate * (1 + Math.cos((Math.PI * step) / steps))) / 2,
    epochs,
    batchSize,
    seed,
    empiricalLoss: "end",
    device,
  });
  for await (const event of run) {
    if (event.kind === "epoch") yield { epoch: event.epoch, of: epochs, loss: event.batchLoss };
  }
  return { name, model, preprocessing: training.preprocessing!, epochs };
}

/** The same plan in the settings of the workspace, for whoever trains the model further or anew. */
export function settingsOf(name: FitName, { epochs, seed }: { readonly epochs: number; readonly seed: number }) {
  return {
    hidden: (name === "curved" ? fitPlan.hidden : []).map((units) => hiddenLayer(units, fitPlan.activation)),
    input: { encoding: "intensity", scaling: "standardised" },
    loss: "meanSquaredError",
    optimizer: { ...initialSettings.optimizer, kind: "adamW", decay: fitPlan.decay },
    schedule: { ...initialSettings.schedule, kind: "cosine", rate: fitPlan.learningRate, epochs },
    batchSize: fitPlan.batchSize,
    seed,
  } as const satisfies Partial<Settings>;
}

export async function scoresOf(model: Layer, { training, validation }: Books, device: Device): Promise<FitScores> {
  const options = { loss: meanSquaredError, device };
  return {
    training: (await evaluate(model, training, options)).loss,
    validation: (await evaluate(model, validation, options)).loss,
  };
}
