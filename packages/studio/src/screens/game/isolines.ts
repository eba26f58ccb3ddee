/** A piece of a line along which a map has one value, in fields from the middle of the first one. */
export type IsoPiece = readonly [x0: number, y0: number, x1: number, y1: number];

/**
 * Lines of equal value through a grid of numbers, by marching squares; fields that are not finite are left out.
 *
 * @see Lorensen & Cline 1987, SIGGRAPH, in two dimensions.
 */
export function isolines(values: ArrayLike<number>, columns: number, rows: number, level: number): IsoPiece[] {
  const pieces: IsoPiece[] = [];
  const at = (i: number, j: number): number => values[j * columns + i]! - level;
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      const corners = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)] as const;
      if (!corners.every(Number.isFinite)) continue;
      const [a, b, c, d] = corners;
      const cuts: [number, number][] = [];
      const cut = (p: number, q: number, place: (t: number) => [number, number]): void => {
        if (p < 0 !== q < 0) cuts.push(place(p / (p - q)));
      };
      cut(a, b, (t) => [i + t, j]);
      cut(b, c, (t) => [i + 1, j + t]);
      cut(d, c, (t) => [i + t, j + 1]);
      cut(a, d, (t) => [i, j + t]);
      for (let k = 0; k + 1 < cuts.length; k += 2) pieces.push([...cuts[k]!, ...cuts[k + 1]!]);
    }
  }
  return pieces;
}
