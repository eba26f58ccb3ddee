import type { Course } from "./course.ts";

/** Curves over one common axis, as charts want them: `null` where a curve has no point. */
export interface MergedCourse {
  readonly x: readonly number[];
  readonly batch: readonly (number | null)[];
  readonly smooth: readonly (number | null)[];
  readonly training: readonly (number | null)[];
  readonly validation: readonly (number | null)[];
}

const known = (x: number | undefined): number | null => (x === undefined || !Number.isFinite(x) ? null : x);

/** Puts losses of steps and of epochs on one axis of steps. */
export function mergeCourse({ losses, epochs }: Course): MergedCourse {
  const x = [...new Set([...losses.step, ...epochs.step])].sort((a, b) => a - b);
  const spread = (steps: readonly number[], values: readonly number[]): (number | null)[] => {
    const at = new Map(steps.map((step, i) => [step, values[i]]));
    return x.map((step) => known(at.get(step)));
  };
  return {
    x,
    batch: spread(losses.step, losses.mean),
    smooth: spread(losses.step, losses.smooth),
    training: spread(epochs.step, epochs.trainingLoss),
    validation: spread(epochs.step, epochs.validationLoss),
  };
}

export const finiteOrNull = (values: readonly number[]): (number | null)[] => values.map(known);
