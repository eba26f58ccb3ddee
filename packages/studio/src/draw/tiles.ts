import type { Box, Brush } from "./brush.ts";
import { divergingRgb, scaleOf } from "./palette.ts";

/** How many columns and rows of equal squares fill a box best. */
export function gridOf(count: number, { width, height }: Pick<Box, "width" | "height">, gap = 1) {
  let best = { columns: 1, rows: Math.max(1, count), size: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.ceil(count / columns);
    const size = Math.min((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows);
    if (size > best.size) best = { columns, rows, size };
  }
  return best;
}

export interface Tiles {
  /** Tile by tile, row by row: count × side × side numbers. */
  readonly values: ArrayLike<number>;
  /** Pixels along an edge of a tile. */
  readonly side: number;
  readonly count: number;
  readonly columns: number;
  /** The magnitude of full colour: the greatest of all, if it is not given. */
  readonly scale?: number;
}

/**
 * Weights as pictures: every tile is `side` × `side` numbers in diverging colours, all in one image, so that a hundred tiles cost one
 * draw.
 */
export function drawTiles(
  brush: Brush,
  { values, side, count, columns, scale = scaleOf(values) }: Tiles,
  box: Box,
): void {
  const rows = Math.ceil(count / columns);
  const [width, height] = [columns * (side + 1) - 1, rows * (side + 1) - 1];
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let tile = 0; tile < count; tile++) {
    const left = (tile % columns) * (side + 1);
    const top = Math.floor(tile / columns) * (side + 1);
    for (let i = 0; i < side * side; i++) {
      const [red, green, blue] = divergingRgb(brush.palette, values[tile * side * side + i]! / scale);
      const at = 4 * ((top + Math.floor(i / side)) * width + left + (i % side));
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
      pixels[at + 3] = 255;
    }
  }
  drawPixels(brush, pixels, width, height, box);
}

/** A picture of intensities, 0 black to 1 white, such as a digit. */
export function drawGrey(brush: Brush, values: ArrayLike<number>, width: number, box: Box): void {
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    pixels.fill(Math.round(255 * Math.max(0, Math.min(1, values[i]!))), 4 * i, 4 * i + 3);
    pixels[4 * i + 3] = 255;
  }
  drawPixels(brush, pixels, width, values.length / width, box);
}

/** A picture of signed numbers in diverging colours. */
export function drawSigned(
  brush: Brush,
  values: ArrayLike<number>,
  width: number,
  box: Box,
  scale: number = scaleOf(values),
): void {
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    const [red, green, blue] = divergingRgb(brush.palette, values[i]! / scale);
    pixels.set([red, green, blue, 255], 4 * i);
  }
  drawPixels(brush, pixels, width, values.length / width, box);
}

/** Pixels blown up to a box, with sharp edges. */
export function drawPixels(
  { context, image }: Brush,
  pixels: Uint8ClampedArray<ArrayBuffer>,
  width: number,
  height: number,
  { x, y, width: w, height: h }: Box,
): void {
  context.imageSmoothingEnabled = false;
  context.drawImage(image(pixels, width, height), x, y, w, h);
}
