import type { Paint } from "./terminal.ts";

/** @file Pictures of digits: two pixels a character, the upper and the lower half of it. */

/** Pixels in a row and in a column. */
export const SIDE = 28;

const PLAIN_THRESHOLD = 96; // of 255: thin strokes stay whole
const SHADED_THRESHOLD = 32;
const FIRST_GREY = 232; // of the 24 greys of a terminal
const GREYS = 24;
/** Black behind the digit, also where the screen is white. */
const BLACK = `\u001b[48;5;${FIRST_GREY}m`;

function plain(top: number, bottom: number): string {
  const isTop = top >= PLAIN_THRESHOLD;
  const isBottom = bottom >= PLAIN_THRESHOLD;
  if (isTop && isBottom) return "█";
  if (isTop) return "▀";
  return isBottom ? "▄" : " ";
}

/** The same shapes in the greys of the pixels, so that they can also be copied as text. */
function shaded(top: number, bottom: number): string {
  const grey = (pixel: number) => FIRST_GREY + Math.round((pixel / 255) * (GREYS - 1));
  const isTop = top >= SHADED_THRESHOLD;
  const isBottom = bottom >= SHADED_THRESHOLD;
  if (!isTop && !isBottom) return " ";
  if (!isTop || !isBottom) return `\u001b[38;5;${grey(isTop ? top : bottom)}m${isTop ? "▀" : "▄"}`;
  if (grey(top) === grey(bottom)) return `\u001b[38;5;${grey(top)}m█`;
  return `\u001b[38;5;${grey(bottom)}m\u001b[48;5;${grey(top)}m▄${BLACK}`;
}

/**
 * The 14 lines of a digit, 28 columns wide: in greys where the terminal has them, else in half blocks.
 *
 * @param pixels 784 of them, 0 (black) to 255 (white)
 */
export function digitLines(pixels: ArrayLike<number>, paint: Paint): string[] {
  return Array.from({ length: SIDE / 2 }, (_, line) => {
    let text = "";
    for (let column = 0; column < SIDE; column++) {
      const top = pixels[2 * line * SIDE + column]!;
      const bottom = pixels[(2 * line + 1) * SIDE + column]!;
      text += paint.hasGreys ? shaded(top, bottom) : plain(top, bottom);
    }
    return paint.hasGreys ? `${BLACK}${text}\u001b[39m\u001b[49m` : text;
  });
}

/** Lines that show something, and at least `least` of them around the middle. */
export function trimmedRange(pixels: ArrayLike<number>, least: number): { first: number; end: number } {
  const isBlank = (line: number) => {
    for (let i = 0; i < 2 * SIDE; i++) if (pixels[2 * line * SIDE + i]! >= PLAIN_THRESHOLD) return false;
    return true;
  };
  let first = 0;
  let end = SIDE / 2;
  while (end - first > least && (isBlank(first) || isBlank(end - 1))) {
    if (isBlank(end - 1) && (!isBlank(first) || end > SIDE / 2 - first)) end--;
    else first++;
  }
  return { first, end };
}
