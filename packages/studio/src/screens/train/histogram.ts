/** How numbers are spread: the share of them in each of equal bins from `low` to `high`. */
export interface Histogram {
  /** Ends of the bins; powers of ten if `isLog`. */
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
  /** One for each bin; they sum to 1 with `beside` and `zeros`. */
  readonly shares: readonly number[];
  /** Share of the numbers, not 0, outside of `low` to `high`. */
  readonly beside: number;
  readonly mean: number;
  readonly std: number;
  readonly least: number;
  readonly greatest: number;
  /** Share of the numbers that are exactly 0. */
  readonly zeros: number;
}

/** Numbers that are looked at to find the range. */
const SAMPLE = 8192;
const OUTSIDE = 0.005;

/**
 * Counts numbers in bins whose range leaves out the rare ends: half a percent on either side. Exact zeros are counted apart: most of
 * what a relu gives would fill one bin.
 *
 * @param isLog bins of equal width in log₁₀|x|: for numbers whose size matters more than their sign
 */
export function histogramOf(values: ArrayLike<number>, bins: number, isLog = false): Histogram {
  const count = values.length;
  let sum = 0;
  let squares = 0;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  const placed = new Float64Array(count);
  let others = 0;
  for (let i = 0; i < count; i++) {
    const x = values[i]!;
    sum += x;
    squares += x * x;
    if (x < least) least = x;
    if (x > greatest) greatest = x;
    if (x !== 0) placed[others++] = isLog ? Math.log10(Math.abs(x)) : x;
  }
  const mean = sum / count;
  const [low, high] = rangeOf(placed.subarray(0, others));
  const counts = new Array<number>(bins).fill(0);
  let beside = 0;
  for (let i = 0; i < others; i++) {
    const x = placed[i]!;
    if (x >= low && x <= high) counts[Math.min(bins - 1, Math.floor(((x - low) / (high - low)) * bins))]! += 1;
    else beside++;
  }
  return {
    ...{ low, high, isLog, mean, least, greatest },
    shares: counts.map((n) => n / count),
    beside: beside / count,
    std: Math.sqrt(Math.max(0, squares / count - mean * mean)),
    zeros: (count - others) / count,
  };
}

/** Between the rare ends of an evenly spread sample; never empty. */
function rangeOf(values: ArrayLike<number>): readonly [low: number, high: number] {
  const stride = Math.max(1, Math.ceil(values.length / SAMPLE));
  const sample = new Float64Array(Math.ceil(values.length / stride));
  for (let i = 0; i < sample.length; i++) sample[i] = values[i * stride]!;
  sample.sort();
  const at = (share: number): number => sample[Math.round(share * (sample.length - 1))] ?? 0;
  const [low, high] = [at(OUTSIDE), at(1 - OUTSIDE)];
  if (low < high) return [low, high];
  const room = Math.max(1e-6, Math.abs(low) * 0.5);
  return [low - room, low + room];
}
