import type { Box, Brush } from "../../draw/brush.ts";
import { css, divergingRgb, scaleOf } from "../../draw/palette.ts";
import { drawSigned, gridOf } from "../../draw/tiles.ts";

/** All units of a layer, a cell each, coloured by what they give. */
export interface UnitsPicture {
  readonly values: ArrayLike<number>;
  readonly selected: number;
  readonly silenced: readonly number[];
  readonly frozen: readonly number[];
}

export interface UnitsLayout {
  readonly columns: number;
  readonly rows: number;
  /** Width of a cell and the gap behind it. */
  readonly pitch: number;
  readonly gap: number;
}

/** Cells are no larger than this, and have gaps while they are large enough. */
const MAX_PITCH = 24;
const GAP_FROM = 7;

export function layoutUnits(count: number, width: number, height: number): UnitsLayout {
  const best = gridOf(count, { width, height }, 0);
  const pitch = Math.min(MAX_PITCH, best.size);
  const columns = Math.max(1, Math.min(count, pitch === best.size ? best.columns : Math.floor(width / pitch)));
  return { columns, rows: Math.ceil(count / columns), pitch, gap: pitch >= GAP_FROM ? 2 : 0 };
}

/** The unit at a point, if there is one. */
export function unitAt(count: number, { columns, pitch }: UnitsLayout, x: number, y: number): number | null {
  const column = Math.floor(x / pitch);
  const unit = Math.floor(y / pitch) * columns + column;
  return column >= 0 && column < columns && y >= 0 && unit < count ? unit : null;
}

/** Draws the units; beyond some hundreds as one image. What is below 0 has a dash, killed ones a cross, frozen ones a corner. */
export function drawUnits(
  brush: Brush,
  { values, selected, silenced, frozen }: UnitsPicture,
  layout: UnitsLayout = layoutUnits(values.length, brush.width, brush.height),
): void {
  const { context, palette } = brush;
  const { columns, rows, pitch, gap } = layout;
  const scale = scaleOf(values);
  const boxOf = (unit: number): Box => ({
    x: (unit % columns) * pitch,
    y: Math.floor(unit / columns) * pitch,
    width: pitch - gap,
    height: pitch - gap,
  });
  if (gap === 0) {
    const cells = new Float32Array(columns * rows);
    cells.set(Array.from(values));
    drawSigned(brush, cells, columns, { x: 0, y: 0, width: columns * pitch, height: rows * pitch }, scale);
  } else {
    for (let unit = 0; unit < values.length; unit++) {
      const box = boxOf(unit);
      context.fillStyle = css(divergingRgb(palette, values[unit]! / scale));
      context.fillRect(box.x, box.y, box.width, box.height);
      context.strokeStyle = palette.line;
      context.lineWidth = 1;
      context.strokeRect(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1);
      if (values[unit]! < 0 && pitch >= 12) {
        context.fillStyle = palette.text;
        context.fillRect(box.x + box.width / 2 - 2.5, box.y + box.height / 2 - 0.5, 5, 1);
      }
    }
  }
  context.strokeStyle = palette.text;
  context.lineWidth = 1.25;
  for (const unit of silenced) {
    const { x, y, width: w, height: h } = boxOf(unit);
    context.beginPath();
    context.moveTo(x + 3, y + 3);
    context.lineTo(x + w - 3, y + h - 3);
    context.moveTo(x + w - 3, y + 3);
    context.lineTo(x + 3, y + h - 3);
    context.stroke();
  }
  context.fillStyle = palette.text;
  for (const unit of frozen) {
    const { x, y, width: w } = boxOf(unit);
    context.fillRect(x + w - 5, y + 1, 4, 4);
  }
  if (selected >= values.length) return;
  const { x, y, width: w, height: h } = boxOf(selected);
  const room = Math.max(0, (8 - w) / 2); // a cell of three pixels would drown in its frame
  context.strokeStyle = palette.surface;
  context.lineWidth = 4;
  context.strokeRect(x - room, y - room, w + 2 * room, h + 2 * room);
  context.strokeStyle = palette.selected;
  context.lineWidth = 2;
  context.strokeRect(x - room, y - room, w + 2 * room, h + 2 * room);
}
