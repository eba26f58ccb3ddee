import type { Brush, Paint } from "../../draw/brush.ts";
import type { Arena, Point } from "../../game/arena.ts";
import type { GameLoss } from "../../game/losses.ts";
import { fixed, significant } from "../../i18n/numbers.ts";
import type { Descent } from "./descend.ts";
import {
  drawArrow,
  drawGoal,
  drawGround,
  drawLabel,
  drawSelection,
  drawWalls,
  type Ground,
  type Scale,
  scaleFor,
  trace,
} from "./draw-ground.ts";

/** What can be taken by hand. */
export type Handle = "goal" | "start" | number;

export interface DescentPicture {
  readonly arena: Arena;
  readonly ground: Ground | null;
  /** The walk that is looked at, and the others, thin. */
  readonly descent: Descent | undefined;
  readonly others: readonly Descent[];
  readonly shortest: readonly Point[] | undefined;
  readonly step: number;
  readonly selected: Handle | null;
  readonly words: { readonly start: string; readonly goal: string };
}

/** How long the longest arrow of a walk is, in units of the plane. */
const LONGEST_GRADIENT = 13;
const LONGEST_STEP = 9;

export const dashes: Readonly<Record<GameLoss, readonly number[]>> = {
  distance: [],
  squared: [7, 4],
  walking: [2, 3],
};

/** By which factors the arrows of a walk are drawn longer: the same for all of its steps, so that they can be compared. */
export function arrowScales(descent: Descent): { readonly gradient: number; readonly step: number } {
  let [slope, move] = [0, 0];
  const { rate } = descent.settings;
  for (let k = 0; k < descent.losses.length; k++) {
    const size = Math.hypot(descent.gradients[2 * k]!, descent.gradients[2 * k + 1]!);
    if (!Number.isFinite(size)) continue;
    slope = Math.max(slope, size);
    const way = Math.hypot(descent.to[2 * k]! - descent.at[2 * k]!, descent.to[2 * k + 1]! - descent.at[2 * k + 1]!);
    move = Math.max(move, way, rate * size);
  }
  const nice = (x: number): number => (x >= 1 ? Math.round(x) : 1 / Math.round(1 / x));
  return { gradient: slope === 0 ? 1 : LONGEST_GRADIENT / slope, step: move === 0 ? 1 : nice(LONGEST_STEP / move) };
}

export function paintDescent(picture: DescentPicture): Paint {
  return (brush) => {
    const { arena, ground, descent, others, shortest, step, selected, words } = picture;
    const { context, palette, width, height } = brush;
    const scale = scaleFor(arena, width, height);
    if (ground) drawGround(brush, arena, scale, ground);
    drawWalls(brush, arena, scale, typeof selected === "number" ? selected : null);
    drawLines(brush, scale, arena, shortest);
    for (const other of others) {
      context.strokeStyle = palette.muted;
      context.lineWidth = 1.25;
      context.setLineDash([...dashes[other.settings.loss]]);
      trace(brush, scale, other.at);
      context.stroke();
      context.setLineDash([]);
    }
    if (descent) drawWalk(brush, scale, descent, step);
    const { start, goal } = arena;
    context.beginPath();
    context.arc(scale.x(start.x), scale.y(start.y), 7, 0, 2 * Math.PI);
    context.fillStyle = palette.surface;
    context.fill();
    context.strokeStyle = palette.text;
    context.lineWidth = 2;
    context.stroke();
    if (selected === "start") drawSelection(brush, scale.x(start.x), scale.y(start.y));
    drawLabel(brush, words.start, scale.x(start.x), scale.y(start.y) + 19);
    drawGoal(brush, scale, goal, words.goal, selected === "goal");
    if (descent) drawStep(brush, scale, arena, descent, step);
  };
}

/** The straight line, and the shortest way. */
function drawLines(
  { context, palette }: Brush,
  scale: Scale,
  { start, goal }: Arena,
  shortest: readonly Point[] | undefined,
): void {
  context.strokeStyle = palette.muted;
  context.lineWidth = 1;
  context.setLineDash([1, 5]);
  context.beginPath();
  context.moveTo(scale.x(start.x), scale.y(start.y));
  context.lineTo(scale.x(goal.x), scale.y(goal.y));
  context.stroke();
  if (shortest) {
    context.strokeStyle = palette.update;
    context.lineWidth = 2;
    context.setLineDash([9, 5]);
    context.beginPath();
    for (const [i, { x, y }] of shortest.entries()) {
      if (i === 0) context.moveTo(scale.x(x), scale.y(y));
      else context.lineTo(scale.x(x), scale.y(y));
    }
    context.stroke();
  }
  context.setLineDash([]);
}

/** Dots are left out of walks of more steps: they would be a line. */
const MOST_DOTS = 220;

function drawWalk(brush: Brush, scale: Scale, { at, losses }: Descent, step: number): void {
  const { context, palette } = brush;
  context.strokeStyle = palette.positive;
  context.lineJoin = "round";
  context.lineWidth = 1.5;
  context.globalAlpha = 0.35;
  trace(brush, scale, at, step);
  context.stroke();
  context.globalAlpha = 1;
  context.lineWidth = 2.25;
  trace(brush, scale, at, 0, step);
  context.stroke();
  if (losses.length > MOST_DOTS) return;
  context.fillStyle = palette.positive;
  for (let k = 0; k <= step; k++) {
    context.beginPath();
    context.arc(scale.x(at[2 * k]!), scale.y(at[2 * k + 1]!), 2.4, 0, 2 * Math.PI);
    context.fill();
  }
}

/** The character with its two arrows: the gradient, and the step against it. */
function drawStep(brush: Brush, scale: Scale, arena: Arena, descent: Descent, step: number): void {
  const { context, palette } = brush;
  const { at, to, gradients, settings, losses } = descent;
  const [px, py] = [scale.x(at[2 * step]!), scale.y(at[2 * step + 1]!)];
  const [gx, gy] = [gradients[2 * step]!, gradients[2 * step + 1]!];
  const scales = arrowScales(descent);
  const isLast = step === losses.length - 1;
  const isStuck = isLast && descent.outcome === "stuck";
  const [wx, wy] = isStuck
    ? [-settings.rate * gx, -settings.rate * gy]
    : [to[2 * step]! - at[2 * step]!, to[2 * step + 1]! - at[2 * step + 1]!];
  const stride = scale.unit * scales.step;
  drawArrow(brush, px, py, stride * wx, stride * wy, palette.update, isStuck ? [5, 4] : []);
  const slope = Math.hypot(gx, gy);
  const reach = scale.unit * scales.gradient;
  if (Number.isFinite(slope) && slope > 0 && !(isLast && descent.outcome === "goal")) {
    drawArrow(brush, px, py, reach * gx, reach * gy, palette.negative);
    drawLabel(
      brush,
      `|∇| = ${significant(slope, 3)}`,
      px + reach * gx + (gx < 0 ? -26 : 26),
      py + reach * gy + 12,
      palette.negative,
    );
  }
  context.beginPath();
  context.arc(px, py, Math.max(5, scale.unit * arena.radius), 0, 2 * Math.PI);
  context.fillStyle = palette.text;
  context.fill();
  context.strokeStyle = palette.surface;
  context.lineWidth = 1.5;
  context.stroke();
  if (isStuck) drawLabel(brush, "×", px - 16, py - 14, palette.negative);
}

/** Where a handle is that lies under a pixel: the goal first, then the character, then the uppermost wall. */
export function handleAt({ goal, start, walls }: Arena, scale: Scale, px: number, py: number): Handle | null {
  const near = ({ x, y }: Point): boolean => Math.hypot(scale.x(x) - px, scale.y(y) - py) <= 22;
  if (near(goal)) return "goal";
  if (near(start)) return "start";
  const { x, y } = scale.place(px, py);
  const wall = walls.findLastIndex(
    (one) => x >= one.x && x <= one.x + one.width && y >= one.y && y <= one.y + one.height,
  );
  return wall < 0 ? null : wall;
}

/** A place as it is printed. */
export const placeText = ({ x, y }: Point): string => `(${fixed(x, 1)}, ${fixed(y, 1)})`;
