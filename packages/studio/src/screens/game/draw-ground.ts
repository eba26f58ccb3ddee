import type { Brush } from "../../draw/brush.ts";
import { drawText } from "../../draw/text.ts";
import type { Arena, Point, Wall } from "../../game/arena.ts";
import { FIELD, isTrainingGoal } from "../../game/goal-split.ts";
import { isolines } from "./isolines.ts";

/** Free border around the plane, in its units: what leaves it is still seen. */
export const MARGIN = 3;

/** Width over height of a canvas that shows an arena. */
export const ratioOf = ({ width, height }: Arena): number => (width + 2 * MARGIN) / (height + 2 * MARGIN);

/** From places on the plane to pixels and back. */
export interface Scale {
  /** Pixels for one unit. */
  readonly unit: number;
  x(x: number): number;
  y(y: number): number;
  place(px: number, py: number): Point;
}

export function scaleFor(arena: Arena, width: number, height: number): Scale {
  const unit = Math.min(width / (arena.width + 2 * MARGIN), height / (arena.height + 2 * MARGIN));
  const [left, top] = [(width - unit * arena.width) / 2, (height - unit * arena.height) / 2];
  return {
    unit,
    x: (x) => left + unit * x,
    y: (y) => top + unit * y,
    place: (px, py) => ({ x: (px - left) / unit, y: (py - top) / unit }),
  };
}

/** The loss over the plane: darker where it is greater, with lines of equal loss. */
export interface Ground {
  readonly columns: number;
  readonly rows: number;
  readonly losses: ArrayLike<number>;
}

const LEVELS = 12;

export function drawGround(brush: Brush, arena: Arena, scale: Scale, { columns, rows, losses }: Ground): void {
  const { context, palette } = brush;
  let most = 0;
  for (let i = 0; i < losses.length; i++) if (Number.isFinite(losses[i])) most = Math.max(most, losses[i]!);
  if (most === 0) return;
  const pixels = new Uint8ClampedArray(4 * columns * rows);
  const [red, green, blue] = palette.diverging.positive;
  for (let i = 0; i < columns * rows; i++) {
    const loss = losses[i]!;
    pixels.set([red, green, blue, Number.isFinite(loss) ? (80 * loss) / most : 0], 4 * i);
  }
  context.imageSmoothingEnabled = true;
  const [wide, tall] = [scale.unit * arena.width, scale.unit * arena.height];
  context.drawImage(brush.image(pixels, columns, rows), scale.x(0), scale.y(0), wide, tall);
  context.beginPath();
  for (let k = 1; k < LEVELS; k++) {
    for (const [x0, y0, x1, y1] of isolines(losses, columns, rows, (most * k) / LEVELS)) {
      context.moveTo(scale.x(((x0 + 0.5) * arena.width) / columns), scale.y(((y0 + 0.5) * arena.height) / rows));
      context.lineTo(scale.x(((x1 + 0.5) * arena.width) / columns), scale.y(((y1 + 0.5) * arena.height) / rows));
    }
  }
  context.strokeStyle = palette.positive;
  context.globalAlpha = 0.28;
  context.lineWidth = 1;
  context.stroke();
  context.globalAlpha = 1;
}

/** The chessboard that parts goals: dark fields, whose goals are never used in training, are dotted. */
export function drawFields({ context, palette }: Brush, arena: Arena, scale: Scale): void {
  context.fillStyle = palette.muted;
  for (let y = 0; y < arena.height; y += FIELD) {
    for (let x = 0; x < arena.width; x += FIELD) {
      if (isTrainingGoal({ x: x + 0.1, y: y + 0.1 })) continue;
      const [right, bottom] = [Math.min(x + FIELD, arena.width), Math.min(y + FIELD, arena.height)];
      context.globalAlpha = 0.13;
      context.fillRect(scale.x(x), scale.y(y), scale.unit * (right - x), scale.unit * (bottom - y));
    }
  }
  context.globalAlpha = 1;
}

/** The border of the plane, and its walls: hatched, so that they are told from shading. */
export function drawWalls(brush: Brush, arena: Arena, scale: Scale, selected: number | null = null): void {
  const { context, palette } = brush;
  context.lineWidth = 1;
  context.strokeStyle = palette.muted;
  context.strokeRect(scale.x(0), scale.y(0), scale.unit * arena.width, scale.unit * arena.height);
  for (const [i, wall] of arena.walls.entries()) drawWall(brush, scale, wall, i === selected);
}

export function drawWall({ context, palette }: Brush, scale: Scale, wall: Wall, isSelected: boolean): void {
  const [x, y, wide, tall] = [scale.x(wall.x), scale.y(wall.y), scale.unit * wall.width, scale.unit * wall.height];
  context.save();
  context.beginPath();
  context.rect(x, y, wide, tall);
  context.fillStyle = palette.line;
  context.fill();
  context.clip();
  context.beginPath();
  for (let at = -tall; at < wide; at += 6) {
    context.moveTo(x + at, y + tall);
    context.lineTo(x + at + tall, y);
  }
  context.strokeStyle = palette.muted;
  context.globalAlpha = 0.55;
  context.lineWidth = 1;
  context.stroke();
  context.restore();
  context.strokeStyle = isSelected ? palette.accent : palette.muted;
  context.lineWidth = isSelected ? 2.5 : 1;
  context.strokeRect(x, y, wide, tall);
  if (!isSelected) return;
  context.fillStyle = palette.surface;
  for (const [cx, cy] of [
    [x, y],
    [x + wide, y],
    [x, y + tall],
    [x + wide, y + tall],
  ] as const) {
    context.fillRect(cx - 4, cy - 4, 8, 8);
    context.strokeRect(cx - 4, cy - 4, 8, 8);
  }
}

/** Rings around a point, and its name. */
export function drawGoal(brush: Brush, scale: Scale, goal: Point, label: string, isSelected = false): void {
  const { context, palette } = brush;
  const [x, y] = [scale.x(goal.x), scale.y(goal.y)];
  context.lineWidth = 2;
  for (const [radius, colour] of [
    [9, palette.surface],
    [9, palette.update],
    [4, palette.update],
  ] as const) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    if (colour === palette.surface || radius === 4) {
      context.fillStyle = colour;
      context.fill();
    } else {
      context.strokeStyle = colour;
      context.stroke();
    }
  }
  if (isSelected) drawSelection(brush, x, y);
  drawLabel(brush, label, x, y - 19);
}

export function drawSelection({ context, palette }: Brush, x: number, y: number): void {
  context.beginPath();
  context.arc(x, y, 13, 0, 2 * Math.PI);
  context.strokeStyle = palette.accent;
  context.lineWidth = 1.5;
  context.setLineDash([4, 3]);
  context.stroke();
  context.setLineDash([]);
}

/** A word on a ground of its own, so that it can be read on everything. */
export function drawLabel(brush: Brush, text: string, x: number, y: number, colour = brush.palette.text): void {
  if (text === "") return;
  const { context, palette } = brush;
  drawText(brush, "", 0, 0, { size: 11.5, weight: 600 });
  const wide = context.measureText(text).width + 8;
  const left = Math.max(2, Math.min(brush.width - wide - 2, x - wide / 2));
  const top = Math.max(2, Math.min(brush.height - 18, y - 8));
  context.globalAlpha = 0.86;
  context.fillStyle = palette.surface;
  context.fillRect(left, top, wide, 16);
  context.globalAlpha = 1;
  drawText(brush, text, left + wide / 2, top + 8, { size: 11.5, weight: 600, colour, align: "center" });
}

/** A line through places given as x and y in turns, from the first up to the n-th. */
export function trace(
  { context }: Brush,
  scale: Scale,
  places: ArrayLike<number>,
  from = 0,
  to = places.length / 2 - 1,
): void {
  context.beginPath();
  for (let k = from; k <= to; k++) {
    const [x, y] = [scale.x(places[2 * k]!), scale.y(places[2 * k + 1]!)];
    if (k === from) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
}

/** An arrow in pixels with a head of its own. */
export function drawArrow(
  { context }: Brush,
  x: number,
  y: number,
  dx: number,
  dy: number,
  colour: string,
  dash: readonly number[] = [],
): void {
  const length = Math.hypot(dx, dy);
  if (length < 1) return;
  const [ux, uy] = [dx / length, dy / length];
  const head = Math.min(9, length);
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 2.5;
  context.setLineDash([...dash]);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + dx - ux * head * 0.8, y + dy - uy * head * 0.8);
  context.stroke();
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(x + dx, y + dy);
  context.lineTo(x + dx - ux * head - uy * head * 0.5, y + dy - uy * head + ux * head * 0.5);
  context.lineTo(x + dx - ux * head + uy * head * 0.5, y + dy - uy * head - ux * head * 0.5);
  context.closePath();
  context.fill();
}
