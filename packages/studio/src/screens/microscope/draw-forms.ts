import type { Box, Brush } from "../../draw/brush.ts";
import { drawText } from "../../draw/text.ts";
import { drawSigned } from "../../draw/tiles.ts";
import { type Blocks, blocks } from "./blocks.ts";

const LABEL = 18;
const STRIP = 14;

function drawBox(brush: Brush, { cells, columns }: Pick<Blocks, "cells" | "columns">, box: Box, scale?: number): void {
  drawSigned(brush, cells, columns, box, scale);
  brush.context.strokeStyle = brush.palette.line;
  brush.context.lineWidth = 1;
  brush.context.strokeRect(box.x - 0.5, box.y - 0.5, box.width + 1, box.height + 1);
}

/** A vector as a strip, lying or standing; long ones by the strongest of each block. */
function drawStrip(brush: Brush, values: ArrayLike<number>, box: Box, isStanding: boolean): void {
  const most = Math.max(1, Math.floor((isStanding ? box.height : box.width) / 2));
  const { cells, columns } = isStanding
    ? blocks(values, values.length, 1, { rows: most, columns: 1 })
    : blocks(values, 1, values.length, { rows: 1, columns: most });
  drawBox(brush, { cells, columns }, box);
}

const centre = { align: "center", size: 12 } as const;

/** w · x + b = z: a lying vector times a standing one. */
export function drawVectorForm(
  brush: Brush,
  { weights, inputs }: { readonly weights: ArrayLike<number>; readonly inputs: ArrayLike<number> },
  result: string,
): void {
  const { width, height, palette } = brush;
  const tall = height - LABEL - 6;
  const wide = Math.max(40, width * (width < 340 ? 0.3 : 0.42));
  const middle = LABEL + tall / 2;
  const style = { ...centre, colour: palette.muted };
  drawStrip(brush, weights, { x: 1, y: middle - STRIP / 2, width: wide, height: STRIP }, false);
  drawText(brush, "w", 1 + wide / 2, middle - STRIP / 2 - 10, style);
  drawText(brush, "·", wide + 14, middle, { ...style, size: 20 });
  drawStrip(brush, inputs, { x: wide + 27, y: LABEL, width: STRIP, height: tall }, true);
  drawText(brush, "x", wide + 27 + STRIP / 2, 8, style);
  drawText(brush, result, wide + 27 + STRIP + 10, middle, { size: 13 }, width - wide - STRIP - 38);
}

export interface LayerForm {
  readonly matrix: Blocks;
  readonly inputs: ArrayLike<number>;
  readonly sums: ArrayLike<number>;
  /** The row of this unit, of so many. */
  readonly unit: number;
  readonly units: number;
}

/** z = W x + b: the matrix with the unit's row, the inputs, and the sums of all units with this one. */
export function drawLayerForm(brush: Brush, { matrix, inputs, sums, unit, units }: LayerForm): void {
  const { context, width, height, palette } = brush;
  const tall = height - LABEL - 6;
  const spare = 2 * STRIP + 92;
  const wide = Math.max(40, width - spare);
  const style = { ...centre, colour: palette.muted };
  const middle = LABEL + tall / 2;
  const zLeft = 4;
  const wLeft = zLeft + STRIP + 30;
  const xLeft = wLeft + wide + 24;
  drawStrip(brush, sums, { x: zLeft, y: LABEL, width: STRIP, height: tall }, true);
  drawText(brush, "z", zLeft + STRIP / 2, 8, style);
  drawText(brush, "=", zLeft + STRIP + 15, middle, { ...style, size: 15 });
  drawBox(brush, matrix, { x: wLeft, y: LABEL, width: wide, height: tall });
  drawText(brush, "W", wLeft + wide / 2, 8, style);
  drawText(brush, "·", xLeft - 12, middle, { ...style, size: 20 });
  drawStrip(brush, inputs, { x: xLeft, y: LABEL, width: STRIP, height: tall }, true);
  drawText(brush, "x", xLeft + STRIP / 2, 8, style);
  drawText(brush, "+ b", xLeft + STRIP + 18, middle, { ...style, size: 13 });
  const row = Math.max(3, tall / units);
  const top = LABEL + (unit / units) * tall - Math.max(0, (row - tall / units) / 2);
  context.strokeStyle = palette.text;
  context.lineWidth = 1.5;
  for (const [x, w] of [
    [zLeft, STRIP],
    [wLeft, wide],
  ] as const) {
    context.strokeRect(x - 1.5, top - 1, w + 3, row + 2);
  }
}
