import type { Box, Brush } from "../../draw/brush.ts";
import { css } from "../../draw/palette.ts";
import { drawText } from "../../draw/text.ts";
import { FIELD } from "./normalise.ts";

/** @file The two moves from a picture to 784 numbers: its rows end to end, then that row on its end, as one column. */

/** 0: the picture. 1: its rows end to end. 2: one column. In between, on the way. */
export type Stage = number;

const COUNT = FIELD * FIELD;
const HEAD = 8;
const LENS = 9;

/** Slow at both ends. */
const eased = (t: number): number => t * t * (3 - 2 * t);

/** Where pixel `index` is at a stage. Its index is the same everywhere: 28 · row + column. */
export function cellAt(index: number, stage: Stage, width: number, height: number): Box {
  const [row, column] = [Math.floor(index / FIELD), index % FIELD];
  const side = Math.min(width * 0.62, height - 2 * HEAD);
  const size = side / FIELD;
  const left = (width - side) / 2;
  const top = (height - side) / 2;
  const long = (width - 2) / COUNT;
  const tall = (height - 2) / COUNT;
  const thick = 34;
  const picture = { x: left + column * size, y: top + row * size, width: size, height: size };
  const line = { x: 1 + index * long, y: height / 2 - thick / 2, width: long, height: thick };
  const end = { x: width / 2 - thick / 2, y: 1 + index * tall, width: thick, height: tall };
  const mix = (a: Box, b: Box, t: number): Box => ({
    x: a.x + (b.x - a.x) * t,
    y: a.y + (b.y - a.y) * t,
    width: a.width + (b.width - a.width) * t,
    height: a.height + (b.height - a.height) * t,
  });
  if (stage <= 1) {
    // Rows leave one after the other, the first one first.
    const own = Math.max(0, Math.min(1, stage * 1.6 - (0.6 * row) / (FIELD - 1)));
    return mix(picture, line, eased(own));
  }
  // The whole row turns about its middle.
  const turn = (Math.min(1, stage - 1) * Math.PI) / 2;
  const t = eased(Math.min(1, stage - 1));
  const along = (index + 0.5) / COUNT - 0.5;
  const reach = (width - 2) * (1 - t) + (height - 2) * t;
  const [wide, high] = [line.width * (1 - t) + end.width * t, line.height * (1 - t) + end.height * t];
  const angle = t === 1 ? Math.PI / 2 : turn;
  const [x, y] = [width / 2 + along * reach * Math.cos(angle), height / 2 + along * reach * Math.sin(angle)];
  return { x: x - wide / 2, y: y - high / 2, width: wide, height: high };
}

/** The pixel at a point of a stage; `null` beside all of them. */
export function pixelAt(x: number, y: number, stage: Stage, width: number, height: number): number | null {
  let best: number | null = null;
  let nearest = 3;
  for (let index = 0; index < COUNT; index++) {
    const box = cellAt(index, stage, width, height);
    const dx = Math.max(box.x - x, 0, x - box.x - box.width);
    const dy = Math.max(box.y - y, 0, y - box.y - box.height);
    const distance = Math.hypot(dx, dy);
    if (distance < nearest) [nearest, best] = [distance, index];
  }
  return best;
}

export interface Unroll {
  /** 784 numbers from 0 to 1, the shade of each pixel. */
  readonly shades: ArrayLike<number> | null;
  readonly stage: Stage;
  readonly pixel: number;
}

/** The pixels at a stage. Rows are told apart by a tint; the chosen pixel is ringed and says its index. */
export function drawUnroll(brush: Brush, { shades, stage, pixel }: Unroll): void {
  const { context, palette, width, height } = brush;
  const ink = hexRgb(palette.text);
  const paper = hexRgb(palette.surface);
  const tint = hexRgb(palette.line);
  for (let index = 0; index < COUNT; index++) {
    const { x, y, width: w, height: h } = cellAt(index, stage, width, height);
    const shade = shades?.[index] ?? 0;
    const ground = Math.floor(index / FIELD) % 2 === 0 ? tint : paper;
    const mixed = ground.map((part, c) => Math.round(part + (ink[c]! - part) * shade)) as [number, number, number];
    context.fillStyle = css(mixed);
    context.fillRect(x, y, w + 0.3, h + 0.3);
  }
  if (stage === 0) {
    const first = cellAt(0, 0, width, height);
    const side = first.width * FIELD;
    context.strokeStyle = palette.muted;
    context.lineWidth = 1;
    context.strokeRect(first.x - 0.5, first.y - 0.5, side + 1, side + 1);
  }
  if (stage === 1 || stage === 2) drawRows(brush, stage);
  const at = cellAt(pixel, stage, width, height);
  const [wide, tall] = [Math.max(at.width, 5), Math.max(at.height, 5)];
  context.strokeStyle = palette.accent;
  context.lineWidth = 2.5;
  const box = { x: at.x + at.width / 2 - wide / 2, y: at.y + at.height / 2 - tall / 2 };
  context.strokeRect(box.x - 1.5, box.y - 1.5, wide + 3, tall + 3);
  const isColumn = stage > 1.5;
  const isLine = stage > 0.5 && !isColumn;
  const label = `x${pixel}`;
  const style = { size: 13, weight: 700, colour: palette.accent } as const;
  if (isColumn) {
    drawText(brush, label, box.x + wide + 10, box.y + tall / 2, style);
    return;
  }
  const x = Math.max(24, Math.min(width - 24, box.x + wide / 2));
  const y = isLine || box.y < 30 ? box.y + tall + 15 : box.y - 14;
  context.fillStyle = palette.surface; // the label may lie on ink
  context.globalAlpha = 0.9;
  context.fillRect(x - 22, y - 9, 44, 18);
  context.globalAlpha = 1;
  drawText(brush, label, x, y, { ...style, align: "center" });
}

/** Where some of the rows begin in the long row or the column. */
function drawRows(brush: Brush, stage: 1 | 2): void {
  const { palette, width, height } = brush;
  for (let row = 0; row < FIELD; row += 7) {
    const { x, y } = cellAt(row * FIELD, stage, width, height);
    const style = { size: 11, colour: palette.muted } as const;
    if (stage === 1) drawText(brush, `x${row * FIELD}`, x, y - 11, style);
    else drawText(brush, `x${row * FIELD}`, x - 8, Math.max(7, y + 4), { ...style, align: "right" });
  }
}

/** Neighbours of a pixel in the long row, each with its index and its number: the lens. */
export function lensOf(pixel: number): readonly number[] {
  const first = Math.max(0, Math.min(COUNT - LENS, pixel - Math.floor(LENS / 2)));
  return Array.from({ length: LENS }, (_, i) => first + i);
}

function hexRgb(colour: string): readonly [number, number, number] {
  const n = Number.parseInt(colour.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}
