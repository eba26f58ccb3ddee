import type { ArrayData } from "../core/array.ts";
import { UsageError } from "../core/errors.ts";
import { checkNames, checkOption, type OptionNames, type OptionTable } from "../core/option.ts";
import { Rng } from "../core/random.ts";
import { sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";

/** How well the data know a point. Where they do not, a prediction is a guess. */
export interface Support {
  /** Root mean square distance to the nearest rows, each input measured in its standard deviations. */
  readonly distance: number;
  /** The distance that 99 of 100 rows of the data keep to their own nearest rows. */
  readonly limit: number;
  /** Inputs more than a hundredth of their range below the least or above the greatest value that the data have of them. */
  readonly beyond: readonly {
    readonly input: number;
    readonly value: number;
    readonly low: number;
    readonly high: number;
  }[];
  /** Whether the point lies outside: beyond the range of an input, or farther than `limit`. */
  readonly isOutside: boolean;
}

/** What `dataSupport` makes of data. */
export interface DataSupport {
  /** The support of a point, all inputs in order, in the units of the data. */
  at(inputs: ArrayLike<number>): Support;
  readonly limit: number;
  /** Least and greatest value of each input. */
  readonly ranges: readonly (readonly [low: number, high: number])[];
  /** Standard deviation of each input. */
  readonly deviations: readonly number[];
}

/** The options of `dataSupport`: checks, defaults and help. */
export const supportOptions = {
  neighbours: { kind: "integer", min: 1, default: 5, help: "how many of the nearest rows count" },
} as const satisfies OptionTable;

export interface DataSupportOptions {
  /** How many of the nearest rows count; all, if there are fewer. 5 by default. */
  readonly neighbours?: number;
}

/** Distances to more rows take long and say nothing new. */
const MAX_ROWS = 2_000;
/** Rows of the data whose own distances make the limit. */
const MAX_MEASURED = 500;
const USUAL = 0.99;
/** So far beyond its range, as a share of it, an input is not yet outside: the next row of the data could be there. */
const AT_EDGE = 0.01;

const optionNames: OptionNames<DataSupportOptions> = { neighbours: true };

/**
 * Learns where data lie, so that one can ask whether a point is near them: by the range of each input, and by the distance
 * to the nearest rows, which also finds holes and unheard-of combinations.
 *
 * Of large data a random part is looked at (2,000 rows, the same each time); ranges are those of all rows. An input that is
 * the same in all rows counts for its range alone.
 *
 * @example dataSupport(data).at([250, 10, 25]).isOutside; // true: nobody ever asked such a price
 * @see Ramaswamy, Rastogi & Shim 2000, SIGMOD: outliers by the distance to the k-th nearest neighbour.
 */
export function dataSupport(data: Dataset | ArrayData, options: DataSupportOptions = {}): DataSupport {
  checkNames("dataSupport", optionNames, options);
  const where = "dataSupport";
  const { neighbours = supportOptions.neighbours.default } = options;
  checkOption(where, "neighbours", supportOptions.neighbours, neighbours);
  const { shape, data: all } = "inputs" in data ? data.inputs : data;
  const rows = shape[0] ?? 0;
  const columns = sizeOf(shape.slice(1));
  if (rows < 2 || columns === 0) {
    throw new UsageError("invalid-data", where, `two rows of inputs are needed at least, got ${rows}`);
  }
  const { ranges, deviations } = measure(all, columns);
  const scales = deviations.map((deviation) => (deviation > 0 ? 1 / deviation : 0));
  const chosen = rows <= MAX_ROWS ? undefined : Rng.seeded(0).fold(where).permutation(rows);
  const kept = Math.min(rows, MAX_ROWS);
  const points = new Float64Array(kept * columns);
  for (let i = 0; i < kept; i++) {
    const from = (chosen?.[i] ?? i) * columns;
    for (let j = 0; j < columns; j++) points[i * columns + j] = all[from + j]! * scales[j]!;
  }
  const nearest = (point: ArrayLike<number>, self: number): number => {
    const best = new Float64Array(Math.min(neighbours, self < 0 ? kept : kept - 1)).fill(Number.POSITIVE_INFINITY);
    for (let i = 0; i < kept; i++) {
      if (i === self) continue;
      let square = 0;
      for (let j = 0; j < columns; j++) square += (points[i * columns + j]! - point[j]!) ** 2;
      let at = best.length - 1;
      if (square >= best[at]!) continue;
      for (; at > 0 && best[at - 1]! > square; at--) best[at] = best[at - 1]!;
      best[at] = square;
    }
    return Math.sqrt(best.reduce((sum, square) => sum + square, 0) / best.length);
  };
  const measured = Math.min(kept, MAX_MEASURED);
  const own = Float64Array.from({ length: measured }, (_, i) => {
    const row = Math.floor((i * kept) / measured);
    return nearest(points.subarray(row * columns, (row + 1) * columns), row);
  }).sort();
  const limit = own[Math.min(measured - 1, Math.floor(USUAL * measured))]!;
  return {
    limit,
    ranges,
    deviations,
    at(inputs) {
      if (inputs.length !== columns) {
        throw new UsageError("invalid-data", where, `expected ${columns} inputs, got ${inputs.length}`);
      }
      const beyond = ranges.flatMap(([low, high], input) => {
        const value = inputs[input]!;
        const slack = AT_EDGE * (high - low);
        return value >= low - slack && value <= high + slack ? [] : [{ input, value, low, high }];
      });
      const distance = nearest(
        Float64Array.from(scales, (scale, j) => inputs[j]! * scale),
        -1,
      );
      return { distance, limit, beyond, isOutside: beyond.length > 0 || !(distance <= limit) };
    },
  };
}

/** Range and standard deviation of each column. */
function measure(all: ArrayLike<number>, columns: number) {
  const rows = all.length / columns;
  const ranges = Array.from({ length: columns }, (_, j): [number, number] => [all[j]!, all[j]!]);
  const deviations: number[] = [];
  for (const [j, range] of ranges.entries()) {
    let sum = 0;
    for (let i = j; i < all.length; i += columns) {
      const x = all[i]!;
      sum += x;
      if (x < range[0]) range[0] = x;
      if (x > range[1]) range[1] = x;
    }
    const mean = sum / rows;
    let squares = 0;
    for (let i = j; i < all.length; i += columns) squares += (all[i]! - mean) ** 2;
    deviations.push(range[0] === range[1] ? 0 : Math.sqrt(squares / rows));
  }
  return { ranges, deviations };
}
