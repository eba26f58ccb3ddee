import type { Box, Brush } from "../../draw/brush.ts";
import { drawText } from "../../draw/text.ts";
import { drawSigned } from "../../draw/tiles.ts";

/** Weights, inputs and their products, place by place. */
export interface ProductPicture {
  readonly weights: ArrayLike<number>;
  readonly inputs: ArrayLike<number>;
  readonly products: ArrayLike<number>;
  /** Numbers in a row: 28 for digits. */
  readonly columns: number;
  readonly selected: number | null;
  readonly titles: readonly [weights: string, inputs: string, products: string];
}

const BETWEEN = 22;
const TITLE = 20;

/** The three panels, of equal size. */
export function layoutPicture(count: number, columns: number, width: number, height: number): readonly Box[] {
  const rows = Math.ceil(count / columns);
  const side = Math.min((width - 2 * BETWEEN) / 3 / columns, (height - TITLE) / rows);
  const [wide, tall] = [side * columns, side * rows];
  const left = (width - 3 * wide - 2 * BETWEEN) / 2;
  return [0, 1, 2].map((i) => ({ x: left + i * (wide + BETWEEN), y: TITLE, width: wide, height: tall }));
}

/** How tall the picture is at a width. */
export function pictureHeight(count: number, columns: number, width: number): number {
  const rows = Math.ceil(count / columns);
  return TITLE + ((width - 2 * BETWEEN) / 3 / columns) * rows + 2;
}

/** The number at a point of any of the three panels. */
export function placeAt(
  count: number,
  columns: number,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): number | null {
  for (const box of layoutPicture(count, columns, width, height)) {
    const cell = box.width / columns;
    const [column, row] = [Math.floor((x - box.x) / cell), Math.floor((y - box.y) / cell)];
    const index = row * columns + column;
    if (column >= 0 && column < columns && row >= 0 && index < count) return index;
  }
  return null;
}

/** w ⊙ x = what each place adds to the sum: three pictures in diverging colours, each with its own scale. */
export function drawProduct(brush: Brush, picture: ProductPicture): void {
  const { context, palette, width, height } = brush;
  const { weights, inputs, products, columns, selected, titles } = picture;
  const count = weights.length;
  const rows = Math.ceil(count / columns);
  const boxes = layoutPicture(count, columns, width, height);
  for (const [i, values] of [weights, inputs, products].entries()) {
    const box = boxes[i]!;
    const cells = new Float64Array(columns * rows);
    cells.set(Array.from(values));
    drawSigned(brush, cells, columns, box);
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.strokeRect(box.x - 0.5, box.y - 0.5, box.width + 1, box.height + 1);
    const middle = box.x + box.width / 2;
    drawText(brush, titles[i]!, middle, 8, { size: 12, align: "center", colour: palette.muted }, box.width + BETWEEN);
    if (selected !== null && selected < count) {
      const cell = box.width / columns;
      context.strokeStyle = palette.text;
      context.lineWidth = 1.5;
      const [x, y] = [box.x + (selected % columns) * cell, box.y + Math.floor(selected / columns) * cell];
      context.strokeRect(x - 1, y - 1, cell + 2, cell + 2);
    }
  }
  for (const [i, sign] of ["×", "="].entries()) {
    const box = boxes[i]!;
    drawText(brush, sign, box.x + box.width + BETWEEN / 2, box.y + box.height / 2, {
      size: 17,
      align: "center",
      colour: palette.muted,
    });
  }
}
