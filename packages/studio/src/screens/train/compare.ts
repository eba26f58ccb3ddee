import {
  accuracy,
  type Dataset,
  type Device,
  type Linear,
  linearLayers,
  paramsOf,
  type Sequential,
  type Training,
  takeRows,
  train,
} from "glassnet";
import { lossOf, modelOf, optimizerOf, preprocessingOf } from "../../worker/network.ts";
import type { Session } from "../../worker/session.ts";
import { rateAt, type Settings } from "../../workspace/settings.ts";
import { type Band, bandOf } from "./band.ts";

export interface ComparisonParams {
  readonly a: Settings;
  readonly b: Settings;
  readonly epochs: number;
  /** Seeds that each setting is trained with: those of A, counted up. */
  readonly seeds: number;
  /** Training examples of each run, spread evenly over the data. */
  readonly examples: number;
}

/** One training of one setting from one seed; one entry an epoch. */
export interface Trial {
  readonly seed: number;
  readonly trainingLoss: readonly number[];
  readonly validationLoss: readonly number[];
  readonly trainingAccuracy: readonly number[];
  readonly validationAccuracy: readonly number[];
  readonly milliseconds: number;
  /** Why it ended early. */
  readonly divergence: string | null;
}

export const scoreNames = ["trainingLoss", "validationLoss", "trainingAccuracy", "validationAccuracy"] as const;
export type ScoreName = (typeof scoreNames)[number];

/** A setting, its trainings, and what they have in common. */
export interface Side {
  readonly settings: Settings;
  readonly parameters: number;
  readonly trials: readonly Trial[];
  /** Mean, least and greatest of each score over the seeds, epoch by epoch. */
  readonly bands: Readonly<Record<ScoreName, Band>>;
  /** Weights of the first units of the first layer, of the first seed, if its inputs are a square picture. */
  readonly tiles: Float32Array | null;
}

export interface ComparisonProgress {
  readonly done: number;
  readonly of: number;
  /** When an epoch has ended. */
  readonly sides: readonly [Side, Side] | null;
}

export const TILES = 16;

interface Runner {
  readonly settings: Settings;
  readonly trials: Trial[];
  parameters: number;
  tiles: Float32Array | null;
}

const sideOf = ({ settings, trials, parameters, tiles }: Runner): Side => {
  const band = (name: ScoreName): Band => bandOf(trials.map((trial) => trial[name]));
  const bands = Object.fromEntries(scoreNames.map((name) => [name, band(name)])) as Side["bands"];
  return { settings, parameters, trials: trials.map((trial) => ({ ...trial })), bands, tiles: tiles?.slice() ?? null };
};

function someRows(data: Dataset, count: number): Dataset {
  if (count >= data.size) return data;
  return takeRows(
    data,
    Array.from({ length: count }, (_, i) => Math.floor((i * data.size) / count)),
  );
}

/** A training of the library that begins from the seed's start values, as the session's own does. */
function begin(settings: Settings, training: Dataset, validation: Dataset | null, epochs: number, device: Device) {
  const preprocessing = preprocessingOf(settings.input, training);
  const data = { ...training, preprocessing };
  const model = modelOf(settings, data);
  const batchSize = Math.min(settings.batchSize, data.size);
  const stepsPerEpoch = Math.ceil(data.size / batchSize);
  const run = train(model, data, {
    loss: lossOf(settings.loss, data),
    optimizer: optimizerOf(settings.optimizer),
    ...{ epochs, batchSize, seed: settings.seed, device },
    learningRate: (step) => rateAt(settings.schedule, step, stepsPerEpoch),
    metrics: data.classNames === undefined ? {} : { accuracy },
    empiricalLoss: "epoch",
    ...(validation && { validation: { ...validation, preprocessing } }),
  });
  return { model, run };
}

function tilesOf(model: Sequential, inputShape: readonly number[]): Float32Array | null {
  const [height, width] = inputShape.slice(-2);
  const first = [...linearLayers(model).values()][0] as Linear<number, number> | undefined;
  if (first === undefined || width === undefined || height !== width || height * width !== first.inFeatures)
    return null;
  return Float32Array.from(first.weight.value.stored!.subarray(0, TILES * first.inFeatures));
}

/**
 * Trains two settings side by side, from the same seeds and on the same examples: event by event in turns, seed after seed. The
 * session's own training goes on between two yields.
 */
export async function* compare(
  session: Session,
  { a, b, epochs, seeds, examples }: ComparisonParams,
): AsyncGenerator<ComparisonProgress, readonly [Side, Side], undefined> {
  const training = someRows(session.data.training, examples);
  const { validation } = session.data;
  const runners: [Runner, Runner] = [a, b].map((settings) => ({
    ...{ settings, trials: [], parameters: 0, tiles: null },
  })) as unknown as [Runner, Runner];
  const of = 2 * seeds * epochs;
  let done = 0;
  for (let k = 0; k < seeds; k++) {
    const open: Training[] = [];
    try {
      const turns = runners.map((runner) => {
        const settings = { ...runner.settings, seed: a.seed + k };
        const { model, run } = begin(settings, training, validation, epochs, session.device);
        open.push(run);
        runner.parameters = [...paramsOf(model).values()].reduce((sum, { value }) => sum + value.size, 0);
        const empty = { trainingLoss: [], validationLoss: [], trainingAccuracy: [], validationAccuracy: [] };
        runner.trials.push({ seed: settings.seed, ...empty, milliseconds: 0, divergence: null });
        return { runner, model, run, isOver: false };
      });
      while (turns.some((turn) => !turn.isOver)) {
        for (const turn of turns) {
          if (turn.isOver) continue;
          const begun = performance.now();
          const { value: event, done: isDone } = await turn.run.next();
          const at = turn.runner.trials.length - 1;
          const trial = turn.runner.trials[at]!;
          let next: Trial = { ...trial, milliseconds: trial.milliseconds + performance.now() - begun };
          let hasChanged = false;
          if (isDone === true || event === undefined) turn.isOver = true;
          else if (event.kind === "epoch") {
            const add = (name: ScoreName, x: number | undefined) => [...trial[name], x ?? Number.NaN];
            next = {
              ...next,
              trainingLoss: add("trainingLoss", event.training?.loss),
              validationLoss: add("validationLoss", event.validation?.loss),
              trainingAccuracy: add("trainingAccuracy", event.training?.accuracy),
              validationAccuracy: add("validationAccuracy", event.validation?.accuracy),
            };
            if (k === 0) turn.runner.tiles = tilesOf(turn.model, training.inputShape);
            done++;
            hasChanged = true;
          } else if (event.kind === "end" && event.divergence !== undefined) {
            next = { ...next, divergence: event.divergence.message };
            done += epochs - trial.trainingLoss.length;
            hasChanged = true;
          }
          turn.runner.trials[at] = next;
          yield { done, of, sides: hasChanged ? [sideOf(runners[0]), sideOf(runners[1])] : null };
        }
      }
    } finally {
      for (const run of open) await run.return?.();
    }
  }
  return [sideOf(runners[0]), sideOf(runners[1])];
}
