/** Mean, least and greatest of several curves, point by point; and how far they scatter. */
export interface Band {
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Sample standard deviation (n − 1); 0 for one curve. */
  readonly std: readonly number[];
  /** Curves that have this point. */
  readonly count: readonly number[];
}

/** Curves may be of different lengths: one that diverged is shorter. Points that are not finite are left out. */
export function bandOf(curves: readonly (readonly number[])[]): Band {
  const length = Math.max(0, ...curves.map((curve) => curve.length));
  const points = Array.from({ length }, (_, i) =>
    curves.flatMap((curve) => (Number.isFinite(curve[i]) ? [curve[i]!] : [])),
  );
  const meanOf = (xs: readonly number[]): number =>
    xs.length === 0 ? Number.NaN : xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const stdOf = (xs: readonly number[]): number => {
    if (xs.length < 2) return 0;
    const mean = meanOf(xs);
    return Math.sqrt(xs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (xs.length - 1));
  };
  return {
    mean: points.map(meanOf),
    low: points.map((xs) => (xs.length === 0 ? Number.NaN : Math.min(...xs))),
    high: points.map((xs) => (xs.length === 0 ? Number.NaN : Math.max(...xs))),
    std: points.map(stdOf),
    count: points.map((xs) => xs.length),
  };
}
