import type { EpochScores } from "../../worker/history.ts";
import type { Session } from "../../worker/session.ts";

/** Scores of epochs, one entry an epoch, thinned if there are many. `NaN` where something is not measured. */
export interface EpochCurves {
  readonly epoch: readonly number[];
  readonly step: readonly number[];
  readonly trainingLoss: readonly number[];
  readonly validationLoss: readonly number[];
  readonly trainingAccuracy: readonly number[];
  readonly validationAccuracy: readonly number[];
}

/** The course of the training so far, for charts. */
export interface Course {
  readonly losses: {
    /** Last step of each bucket. */
    readonly step: readonly number[];
    readonly mean: readonly number[];
    /** The means, smoothed. */
    readonly smooth: readonly number[];
  };
  readonly epochs: EpochCurves;
  readonly last: EpochScores | null;
  /** Loss of the last batch, before its update. */
  readonly lastLoss: number | null;
  /** Means over several steps, if there are more steps than points. */
  readonly stepsPerPoint: number;
  readonly step: number;
}

const MAX_EPOCHS = 240;

/**
 * Exponentially weighted mean, corrected for its beginning as Adam's moments are: sᵢ = Σₖ βⁱ⁻ᵏ xₖ / Σₖ βⁱ⁻ᵏ. β = 0 leaves all as
 * it is.
 *
 * @see Kingma & Ba 2015, arXiv:1412.6980, section 3
 */
export function smoothed(values: ArrayLike<number>, beta: number): number[] {
  let sum = 0;
  let weight = 0;
  return Array.from(values, (x) => {
    sum = beta * sum + x;
    weight = beta * weight + 1;
    return sum / weight;
  });
}

/** At most so many entries, evenly spread; the first and the last are among them. */
export function thinned<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]!);
}

export function courseOf({ history, teacher }: Session, params: { points: number; smooth: number }): Course {
  const { step, mean } = history.losses(0, params.points);
  const epochs = thinned(history.epochs, MAX_EPOCHS);
  const pick = (read: (scores: EpochScores) => number | undefined): number[] =>
    epochs.map((scores) => read(scores) ?? Number.NaN);
  return {
    losses: { step: [...step], mean: [...mean], smooth: smoothed(mean, params.smooth) },
    epochs: {
      epoch: pick(({ epoch }) => epoch),
      step: pick((scores) => scores.step),
      trainingLoss: pick(({ training }) => training?.loss),
      validationLoss: pick(({ validation }) => validation?.loss),
      trainingAccuracy: pick(({ training }) => training?.accuracy),
      validationAccuracy: pick(({ validation }) => validation?.accuracy),
    },
    last: history.epochs.at(-1) ?? null,
    lastLoss: history.lastLoss,
    stepsPerPoint: Math.max(1, Math.ceil(history.steps / Math.max(1, step.length))),
    step: teacher.step,
  };
}
