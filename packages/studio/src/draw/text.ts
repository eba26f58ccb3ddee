import { type Brush, font } from "./brush.ts";

export interface TextStyle {
  readonly size?: number;
  readonly weight?: number;
  readonly colour?: string;
  readonly align?: CanvasTextAlign;
  readonly baseline?: CanvasTextBaseline;
}

/** A line of text; what is wider than `maxWidth` ends in an ellipsis. */
export function drawText(
  { context, palette }: Brush,
  text: string,
  x: number,
  y: number,
  { size = 12, weight = 400, colour = palette.text, align = "left", baseline = "middle" }: TextStyle = {},
  maxWidth = Number.POSITIVE_INFINITY,
): void {
  context.font = font(size, weight);
  context.fillStyle = colour;
  context.textAlign = align;
  context.textBaseline = baseline;
  let shown = text;
  while (shown.length > 1 && context.measureText(shown).width > maxWidth) shown = `${shown.slice(0, -2)}…`;
  context.fillText(shown, x, y);
}
