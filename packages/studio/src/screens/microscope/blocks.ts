/** A matrix made small, for a picture: a cell stands for a block of numbers. */
export interface Blocks {
  /** The number of the greatest magnitude of each block, row by row. */
  readonly cells: Float32Array<ArrayBuffer>;
  readonly rows: number;
  readonly columns: number;
  /** Numbers that a cell stands for, down and across. */
  readonly blockRows: number;
  readonly blockColumns: number;
}

/** Of each block its strongest number stays, so that none is lost by averaging. */
export function blocks(
  numbers: ArrayLike<number>,
  height: number,
  width: number,
  most: { readonly rows: number; readonly columns: number },
): Blocks {
  const blockRows = Math.ceil(height / most.rows);
  const blockColumns = Math.ceil(width / most.columns);
  const rows = Math.ceil(height / blockRows);
  const columns = Math.ceil(width / blockColumns);
  const cells = new Float32Array(rows * columns);
  for (let i = 0, at = 0; i < height; i++) {
    const row = Math.floor(i / blockRows) * columns;
    for (let k = 0; k < width; k++, at++) {
      const cell = row + Math.floor(k / blockColumns);
      if (Math.abs(numbers[at]!) > Math.abs(cells[cell]!)) cells[cell] = numbers[at]!;
    }
  }
  return { cells, rows, columns, blockRows, blockColumns };
}
