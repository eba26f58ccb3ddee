import { UsageError } from "../core/errors.ts";

/** Counts by true class (row) and predicted class (column). */
export interface ConfusionTable {
  readonly counts: readonly (readonly number[])[];
  /** Share on the diagonal. */
  readonly accuracy: number;
}

/** @throws UsageError if the lists differ in length or hold something that is not one of the classes. */
export function confusionTable(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): ConfusionTable {
  if (actual.length !== predicted.length) {
    const what = `${actual.length} true classes for ${predicted.length} predictions`;
    throw new UsageError("invalid-data", "confusionTable", what);
  }
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let right = 0;
  for (let i = 0; i < actual.length; i++) {
    const row = counts[actual[i]!];
    const column = predicted[i]!;
    if (row?.[column] === undefined) {
      const what = `example ${i} has classes ${actual[i]} and ${column}: expected 0 to ${classes - 1}`;
      throw new UsageError("invalid-data", "confusionTable", what);
    }
    row[column]!++;
    if (actual[i] === column) right++;
  }
  return { counts, accuracy: right / actual.length };
}
