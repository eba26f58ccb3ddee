export interface NumericDerivative {
  readonly value: number;
  /** How far the value may be off, estimated by comparing extrapolations. */
  readonly uncertainty: number;
  /** The smallest step that was taken. */
  readonly step: number;
}

/**
 * Derivative of `f` at 0 by central differences at h, h/2 and h/4, extrapolated twice, so that the error is O(h⁶).
 * Smaller h are tried while the estimate is worse than `enough(value)`; the one that is surest of itself wins.
 *
 * @see Ridders 1982, Accurate computation of F′(x) and F′(x)F″(x), Advances in Engineering Software 4(2).
 */
export function differentiate(
  f: (t: number) => number,
  eps: number,
  enough: (value: number) => number,
): NumericDerivative {
  const central = (h: number) => (f(h) - f(-h)) / (2 * h);
  let best: NumericDerivative = { value: Number.NaN, uncertainty: Number.POSITIVE_INFINITY, step: eps };
  for (const h of [eps, eps / 10, eps / 100]) {
    const [d1, d2, d3] = [central(h), central(h / 2), central(h / 4)];
    const coarse = d2 + (d2 - d1) / 3;
    const fine = d3 + (d3 - d2) / 3;
    const value = fine + (fine - coarse) / 15;
    const uncertainty = Math.abs(value - fine);
    if (uncertainty < best.uncertainty) best = { value, uncertainty, step: h / 4 };
    if (best.uncertainty <= enough(best.value)) break;
  }
  return best;
}
