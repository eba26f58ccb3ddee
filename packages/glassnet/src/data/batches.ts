import { UsageError } from "../core/errors.ts";
import { Rng } from "../core/random.ts";

/** The order in which an epoch visits the rows: a function of the seed and the epoch alone, so a run can resume anywhere. */
export function epochOrder(size: number, seed: number, epoch: number): Int32Array {
  return Rng.seeded(seed).fold("epoch").fold(epoch).permutation(size);
}

/** How many batches an epoch has; the last may be smaller. */
export function batchCount(size: number, batchSize: number): number {
  return Math.ceil(size / batchSize);
}

/** The sizes that the batches of an epoch have: the full one, and that of a smaller last one. */
export function batchSizes(size: number, batchSize: number): number[] {
  const full = Math.min(size, batchSize);
  const last = size % full;
  return last === 0 ? [full] : [full, last];
}

/** The rows of each batch in turn, as views of `order`. */
export function* batches(order: Int32Array, batchSize: number): Generator<Int32Array, void, undefined> {
  checkBatchSize("batches", batchSize, order.length);
  for (let begin = 0; begin < order.length; begin += batchSize) yield order.subarray(begin, begin + batchSize);
}

/** @throws UsageError unless a batch of this size can be filled. */
export function checkBatchSize(where: string, batchSize: number, size: number): void {
  const details = { batchSize, size };
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    const what = `a batch must be a whole number of rows, at least 1, got ${batchSize}`;
    throw new UsageError("invalid-option", where, what, { details });
  }
  if (batchSize > size) {
    const what = `a batch of ${batchSize} rows is larger than the data set of ${size}`;
    throw new UsageError("invalid-option", where, what, { details, help: `use a batch size of at most ${size}` });
  }
}
