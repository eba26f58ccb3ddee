import type { Brush, Paint } from "../../draw/brush.ts";
import { css, divergingRgb, scaleOf } from "../../draw/palette.ts";
import { drawText } from "../../draw/text.ts";
import { significant } from "../../i18n/numbers.ts";
import type { Matrix } from "./matrices.ts";

/** @file Matrices as pictures: small ones with their numbers printed, large ones as colours. */

/** How a matrix is laid out. Long vectors are folded into rows, as a text is. */
export interface MatrixLayout {
  readonly columns: number;
  readonly rows: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly hasNumbers: boolean;
  readonly isFolded: boolean;
}

const NUMBER = { width: 62, height: 24, rows: 12, columns: 5 };
const LARGEST_PIXEL = 14;

/** @param room the largest width and height */
export function layoutOf(
  { rows, columns, width }: Pick<Matrix, "rows" | "columns" | "width">,
  room: { readonly width: number; readonly height: number },
): MatrixLayout {
  const fits = columns * NUMBER.width <= room.width && rows * NUMBER.height <= room.height;
  if (rows <= NUMBER.rows && columns <= NUMBER.columns && fits) {
    return { rows, columns, cellWidth: NUMBER.width, cellHeight: NUMBER.height, hasNumbers: true, isFolded: false };
  }
  const isFolded = columns === 1 && (width !== undefined || rows * 10 > room.height);
  const across = isFolded ? (width ?? Math.ceil(Math.sqrt(rows))) : columns;
  const down = isFolded ? Math.ceil(rows / across) : rows;
  const [wide, tall] = [room.width / across, room.height / down];
  const square = Math.min(wide, tall, LARGEST_PIXEL);
  // A matrix far from square would be a thread: its short side is stretched, where it has many rows or columns.
  const stretched = (count: number, most: number): number => Math.min(LARGEST_PIXEL, (0.85 * most) / count);
  const cellWidth = Math.min(wide, Math.max(square, isFolded ? 0 : stretched(across, room.width)));
  const cellHeight = Math.min(tall, Math.max(square, isFolded ? 0 : stretched(down, room.height)));
  return { rows: down, columns: across, cellWidth, cellHeight, hasNumbers: false, isFolded };
}

export const sizeOf = ({ rows, columns, cellWidth, cellHeight }: MatrixLayout) => ({
  width: Math.max(8, columns * cellWidth),
  height: Math.max(8, rows * cellHeight),
});

/** Row and column of the matrix under a point; beyond an edge the nearest. */
export function cellAt(
  matrix: Matrix,
  layout: MatrixLayout,
  x: number,
  y: number,
): readonly [row: number, column: number] {
  const clamp = (value: number, count: number): number => Math.max(0, Math.min(count - 1, Math.floor(value)));
  const [r, c] = [clamp(y / layout.cellHeight, layout.rows), clamp(x / layout.cellWidth, layout.columns)];
  return layout.isFolded ? [Math.min(matrix.rows - 1, r * layout.columns + c), 0] : [r, c];
}

/** Where arrow keys lead from a cell; `undefined` for other keys. */
export function moved(
  matrix: Matrix,
  layout: MatrixLayout,
  [row, column]: readonly [number, number],
  key: string,
): readonly [number, number] | undefined {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ...{ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] },
    ...{ PageUp: [-10, 0], PageDown: [10, 0] },
  };
  const clamp = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
  if (key === "Home") return [0, 0];
  if (key === "End") return [matrix.rows - 1, matrix.columns - 1];
  const step = steps[key];
  if (step === undefined) return undefined;
  if (layout.isFolded) return [clamp(row + step[0] * layout.columns + step[1], matrix.rows), 0];
  return [clamp(row + step[0], matrix.rows), clamp(column + step[1], matrix.columns)];
}

/** What is marked: a cell, or a whole row or column that takes part in it. */
export interface Mark {
  readonly row: number | null;
  readonly column: number | null;
}

export const paintMatrix =
  (matrix: Matrix, layout: MatrixLayout, mark: Mark | null): Paint =>
  (brush) => {
    const { context, palette } = brush;
    const { width, height } = sizeOf(layout);
    if (layout.hasNumbers) drawNumbers(brush, matrix, layout);
    else drawColours(brush, matrix, layout);
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.strokeRect(0.5, 0.5, width - 1, height - 1);
    if (mark !== null) drawMark(brush, layout, mark);
  };

function drawNumbers(
  { context, palette, ...rest }: Brush,
  { data, rows, columns }: Matrix,
  layout: MatrixLayout,
): void {
  const scale = scaleOf(data);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const value = data[r * columns + c]!;
      const [x, y] = [c * layout.cellWidth, r * layout.cellHeight];
      context.fillStyle = css(divergingRgb(palette, (0.42 * value) / scale));
      context.fillRect(x, y, layout.cellWidth - 1, layout.cellHeight - 1);
      const sign = value > 0 ? "+" : "";
      const style = { size: 11.5, align: "right" } as const;
      const text = sign + significant(value, 3);
      drawText({ context, palette, ...rest }, text, x + layout.cellWidth - 6, y + layout.cellHeight / 2, style);
    }
  }
}

function drawColours({ context, palette, image }: Brush, { data, rows, columns }: Matrix, layout: MatrixLayout): void {
  const scale = scaleOf(data);
  const count = rows * columns;
  const pixels = new Uint8ClampedArray(4 * layout.rows * layout.columns);
  for (let i = 0; i < count; i++) {
    // The square root lets small numbers be seen beside great ones; the sign stays.
    const share = data[i]! / scale;
    const [red, green, blue] = divergingRgb(palette, Math.sign(share) * Math.sqrt(Math.abs(share)));
    pixels.set([red, green, blue, 255], 4 * i);
  }
  const { width, height } = sizeOf(layout);
  context.imageSmoothingEnabled = layout.cellWidth < 1 || layout.cellHeight < 1;
  context.drawImage(image(pixels, layout.columns, layout.rows), 0, 0, width, height);
}

function drawMark({ context, palette }: Brush, layout: MatrixLayout, { row, column }: Mark): void {
  const { cellWidth, cellHeight, columns } = layout;
  const all = sizeOf(layout);
  const [r, c] =
    layout.isFolded && row !== null ? [Math.floor(row / columns), row % columns] : ([row, column] as const);
  const wide = c === null ? all.width : Math.max(5, cellWidth);
  const tall = r === null ? all.height : Math.max(5, cellHeight);
  const middle = (at: number, cell: number, size: number, most: number): number =>
    Math.max(1, Math.min(most - size - 1, (at + 0.5) * cell - size / 2));
  const x = c === null ? 1 : middle(c, cellWidth, wide, all.width);
  const y = r === null ? 1 : middle(r, cellHeight, tall, all.height);
  const box = [x, y, Math.max(3, wide - (c === null ? 2 : 1)), Math.max(3, tall - (r === null ? 2 : 1))] as const;
  context.strokeStyle = palette.surface;
  context.lineWidth = 4;
  context.strokeRect(...box);
  context.strokeStyle = palette.text;
  context.lineWidth = 2;
  context.strokeRect(...box);
}
