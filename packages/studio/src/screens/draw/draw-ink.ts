import type { Box, Brush } from "../../draw/brush.ts";
import { drawPixels } from "../../draw/tiles.ts";

/** Red, green and blue of `#rrggbb`. */
function rgbOf(colour: string): readonly [number, number, number] {
  const n = Number.parseInt(colour.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}

/** Ink on paper in the colours of the theme: `full` is the darkest. */
export function drawInk(brush: Brush, values: ArrayLike<number>, width: number, box: Box, full = 255): void {
  const paper = rgbOf(brush.palette.surface);
  const ink = rgbOf(brush.palette.text);
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    const t = Math.max(0, Math.min(1, values[i]! / full));
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = paper[c]! + (ink[c]! - paper[c]!) * t;
    pixels[4 * i + 3] = 255;
  }
  drawPixels(brush, pixels, width, values.length / width, box);
}
