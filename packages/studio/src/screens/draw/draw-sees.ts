import type { Box, Brush } from "../../draw/brush.ts";
import { drawText } from "../../draw/text.ts";
import { drawInk } from "./draw-ink.ts";
import { FIELD, FITTED, type Normalised } from "./normalise.ts";

export interface Sees {
  /** The pad: a square of ink. */
  readonly ink: ArrayLike<number>;
  readonly side: number;
  /** The 28 × 28 that the network is given, in full strength of `full`; `null` for nothing. */
  readonly pixels: ArrayLike<number> | null;
  readonly full: number;
  readonly normalised: Normalised | null;
  readonly labels: { readonly pad: string; readonly network: string };
}

const HEAD = 22;
const GAP = 44;

/** The pad with the crop and the centre of mass, an arrow, and the picture that the network gets with the box it was fitted into. */
export function drawSees(brush: Brush, { ink, side, pixels, full, normalised, labels }: Sees): void {
  const { context, palette, width, height } = brush;
  const size = Math.min((width - GAP) / 2 - 1, height - HEAD - 1);
  const left = (width - GAP - 2 * size) / 2;
  const pad: Box = { x: left, y: HEAD, width: size, height: size };
  const seen: Box = { ...pad, x: left + size + GAP };
  drawText(brush, labels.pad, pad.x, 9, { size: 12, colour: palette.muted }, size);
  drawText(brush, labels.network, seen.x, 9, { size: 12, colour: palette.muted }, size);
  context.imageSmoothingEnabled = false;
  drawInk(brush, ink, side, pad);
  if (pixels !== null) drawInk(brush, pixels, FIELD, seen, full);

  const cell = size / FIELD;
  context.strokeStyle = palette.line;
  context.lineWidth = 0.5;
  context.beginPath();
  for (let i = 1; i < FIELD; i++) {
    context.moveTo(seen.x + i * cell, seen.y);
    context.lineTo(seen.x + i * cell, seen.y + size);
    context.moveTo(seen.x, seen.y + i * cell);
    context.lineTo(seen.x + size, seen.y + i * cell);
  }
  context.stroke();
  context.lineWidth = 1;
  context.strokeStyle = palette.muted;
  for (const { x, y } of [pad, seen]) context.strokeRect(x - 0.5, y - 0.5, size + 1, size + 1);

  const middle = HEAD + size / 2;
  const from = pad.x + size + 10;
  const to = seen.x - 10;
  context.strokeStyle = palette.muted;
  context.lineWidth = 1.6;
  context.beginPath();
  context.moveTo(from, middle);
  context.lineTo(to, middle);
  context.moveTo(to - 6, middle - 5);
  context.lineTo(to, middle);
  context.lineTo(to - 6, middle + 5);
  context.stroke();
  if (normalised === null) return;

  const scale = size / side;
  const { crop, placed, centre, target } = normalised;
  context.strokeStyle = palette.accent;
  context.setLineDash([5, 3]);
  context.strokeRect(pad.x + crop.x * scale, pad.y + crop.y * scale, crop.width * scale, crop.height * scale);
  // The 20 × 20 in which the digit was fitted, around where it lies.
  const box = {
    x: placed.x + placed.width / 2 - FITTED / 2,
    y: placed.y + placed.height / 2 - FITTED / 2,
  };
  context.strokeRect(seen.x + box.x * cell, seen.y + box.y * cell, FITTED * cell, FITTED * cell);
  context.setLineDash([]);
  drawCross(brush, pad.x + centre.x * scale, pad.y + centre.y * scale);
  drawCross(brush, seen.x + target.x * cell, seen.y + target.y * cell);
}

function drawCross({ context, palette }: Brush, x: number, y: number): void {
  for (const [colour, width] of [
    [palette.surface, 5],
    [palette.negative, 2],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x - 6, y);
    context.lineTo(x + 6, y);
    context.moveTo(x, y - 6);
    context.lineTo(x, y + 6);
    context.stroke();
  }
}
