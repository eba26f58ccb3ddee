import { UsageError } from "../core/errors.ts";
import { checkNames } from "../core/option.ts";
import { Rng } from "../core/random.ts";
import { type Dataset, sliceRows, takeRows } from "./dataset.ts";

/**
 * Sets `count` rows apart: the last ones, or with a seed random ones. Both parts keep the order of the rows.
 *
 * @example const { rest, held } = holdOut(train, 5000);
 */
export function holdOut(
  data: Dataset,
  count: number,
  options: { seed?: number } = {},
): { rest: Dataset; held: Dataset } {
  checkNames("holdOut", { seed: true }, options);
  const { size, name } = data;
  if (!Number.isInteger(count) || count < 1 || count >= size) {
    const expected = size < 2 ? "two rows are needed at least" : `expected 1 to ${size - 1}`;
    const what = `cannot hold out ${count} of ${size} rows: ${expected}`;
    throw new UsageError("invalid-option", name, what, { details: { count, size } });
  }
  if (options.seed === undefined) {
    return { rest: sliceRows(data, 0, size - count), held: sliceRows(data, size - count, size) };
  }
  const order = Rng.seeded(options.seed).fold("hold out").permutation(size);
  return { rest: takeRows(data, order.subarray(count).sort()), held: takeRows(data, order.subarray(0, count).sort()) };
}
