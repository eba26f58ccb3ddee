/** @file Lines of equal height on a grid: marching squares, and round heights for them. */

/** A stretch of a line of equal height, in cells from the low corner of the grid. */
export type Stretch = readonly [x1: number, y1: number, x2: number, y2: number];

/**
 * The line on which a grid has a height, as stretches of one cell each. Between grid points the height is taken to change evenly.
 *
 * @param values side × side numbers, row by row
 * @see Lorensen & Cline 1987 for cubes; in the plane a cell has at most two stretches, and the mean of its corners decides which.
 */
export function contour(values: ArrayLike<number>, side: number, height: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (let j = 0; j + 1 < side; j++) {
    for (let i = 0; i + 1 < side; i++) {
      const at = j * side + i;
      const [a, b, c, d] = [values[at]!, values[at + 1]!, values[at + side + 1]!, values[at + side]!];
      const part = (from: number, to: number): number => (height - from) / (to - from);
      const isUp = (x: number): boolean => x >= height;
      const crossings: [number, number][] = [];
      if (isUp(a) !== isUp(b)) crossings.push([i + part(a, b), j]);
      if (isUp(b) !== isUp(c)) crossings.push([i + 1, j + part(b, c)]);
      if (isUp(d) !== isUp(c)) crossings.push([i + part(d, c), j + 1]);
      if (isUp(a) !== isUp(d)) crossings.push([i, j + part(a, d)]);
      const [p, q, r, s] = crossings;
      if (p === undefined || q === undefined) continue;
      if (r === undefined || s === undefined) stretches.push([...p, ...q]);
      else if (isUp((a + b + c + d) / 4) === isUp(a)) stretches.push([...p, ...q], [...r, ...s]);
      else stretches.push([...p, ...s], [...q, ...r]);
    }
  }
  return stretches;
}

/** Round numbers between two, at most about so many: steps of 1, 2 or 5 times a power of ten. */
export function roundSteps(low: number, high: number, count: number): number[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const steps: number[] = [];
  for (let k = Math.ceil(low / step); k * step <= high * (1 + 1e-12); k++)
    steps.push(Number((k * step).toPrecision(12)));
  return steps;
}
