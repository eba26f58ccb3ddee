import type { Box, Paint } from "../../draw/brush.ts";
import { drawSigned, drawTiles, gridOf } from "../../draw/tiles.ts";

/** Units that are shown at once: more would be smaller than the eye can tell. */
export const UNITS_SHOWN = 128;

/** How units lie on the picture: tiles in a grid for pictures, else a row for each unit. */
export interface WeightLayout {
  readonly units: readonly number[];
  readonly inFeatures: number;
  /** Pixels along an edge of a tile; `null` for rows. */
  readonly side: number | null;
  readonly columns: number;
  readonly rows: number;
}

/** The units around `unit`, as many as are shown. */
export function shownUnits(unit: number, outFeatures: number): readonly number[] {
  const first = Math.floor(unit / UNITS_SHOWN) * UNITS_SHOWN;
  return Array.from({ length: Math.min(UNITS_SHOWN, outFeatures - first) }, (_, i) => first + i);
}

/** @param isPicture whether the inputs of the layer are the pixels of a square picture */
export function weightLayout(units: readonly number[], inFeatures: number, isPicture: boolean): WeightLayout {
  const side = Math.round(Math.sqrt(inFeatures));
  if (!isPicture || side * side !== inFeatures) {
    return { units, inFeatures, side: null, columns: 1, rows: units.length };
  }
  const { columns, rows } = gridOf(units.length, { width: 2, height: 1 }, 0);
  return { units, inFeatures, side, columns, rows };
}

/** Width to height of the whole picture. */
export function ratioOf({ side, columns, rows, inFeatures, units }: WeightLayout): number {
  if (side !== null) return columns / rows;
  return Math.max(1.4, Math.min(6, inFeatures / Math.max(1, units.length)));
}

/** Where a unit is drawn. */
export function boxOf({ side, columns, rows, units }: WeightLayout, at: number, width: number, height: number): Box {
  if (side === null) {
    const tall = height / units.length;
    return { x: 0, y: at * tall, width, height: tall };
  }
  const [wide, tall] = [width / columns, height / rows];
  return { x: (at % columns) * wide, y: Math.floor(at / columns) * tall, width: wide, height: tall };
}

/** The place among the units that lies at a point; `undefined` beside them. */
export function placeAt(layout: WeightLayout, x: number, y: number, width: number, height: number): number | undefined {
  const { side, columns, rows, units } = layout;
  const row = Math.floor((y / height) * (side === null ? units.length : rows));
  const at = side === null ? row : row * columns + Math.floor((x / width) * columns);
  return at >= 0 && at < units.length ? at : undefined;
}

/** Where an arrow key leads from a place; `undefined` for other keys. */
export function placeAfter({ side, columns, units }: WeightLayout, at: number, key: string): number | undefined {
  const across = side === null ? 1 : columns;
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - across,
    ArrowDown: at + across,
    Home: 0,
    End: units.length - 1,
  };
  const next = moves[key];
  return next === undefined ? undefined : Math.max(0, Math.min(units.length - 1, next));
}

/** All units in diverging colours, the selected one in a frame of two colours, which is seen on any of them. */
export const paintWeights =
  (layout: WeightLayout, values: ArrayLike<number>, scale: number, selected: number): Paint =>
  (brush) => {
    const { context, width, height, palette } = brush;
    const { side, columns, rows, units, inFeatures } = layout;
    const box = { x: 0, y: 0, width, height };
    if (values.length !== units.length * inFeatures) return; // the answer for another layer is on its way
    if (side === null) drawSigned(brush, values, inFeatures, box, scale);
    else {
      // A tile ends with a pixel of gap; the last ones have none.
      const gap = 1 / (columns * (side + 1));
      const low = 1 / (rows * (side + 1));
      drawTiles(
        brush,
        { values, side, count: units.length, columns, scale },
        { x: 0, y: 0, width: width * (1 - gap), height: height * (1 - low) },
      );
    }
    const at = units.indexOf(selected);
    if (at < 0) return;
    const { x, y, width: wide, height: tall } = boxOf(layout, at, width, height);
    context.lineWidth = 3;
    context.strokeStyle = palette.surface;
    context.strokeRect(x + 1, y + 1, wide - 2, Math.max(2, tall - 2));
    context.lineWidth = 1.5;
    context.strokeStyle = palette.text;
    context.strokeRect(x + 1, y + 1, wide - 2, Math.max(2, tall - 2));
  };
