import type { Paint } from "../../draw/brush.ts";
import type { Arena, Point } from "../../game/arena.ts";
import { drawArrow, drawFields, drawGoal, drawLabel, drawWalls, scaleFor, trace } from "./draw-ground.ts";
import type { SituationReport, Trail } from "./lab.ts";

export interface TrailsPicture {
  readonly arena: Arena;
  /** The first one is that of the arena's own start and goal. */
  readonly trails: readonly Trail[];
  /** The share of each way that is drawn: 1 when it is done. */
  readonly share: number;
  /** What the workspace looks at, if it is about the policy. */
  readonly situation: SituationReport | null;
  readonly words: { readonly start: string; readonly goal: string };
}

/** How far rays reach, and how many there are: as the policy feels them. */
export interface Rays {
  readonly count: number;
  readonly length: number;
}

/** Attempts of one epoch: those that reached their goals as full lines, the others dashed with a cross at the end. */
export function paintTrails({ arena, trails, share, situation, words }: TrailsPicture, rays: Rays): Paint {
  return (brush) => {
    const { context, palette, width, height } = brush;
    const scale = scaleFor(arena, width, height);
    drawFields(brush, arena, scale);
    drawWalls(brush, arena, scale);
    context.lineJoin = "round";
    for (const [i, { path, goal, isReached }] of trails.entries()) {
      const last = Math.round(share * (path.length / 2 - 1));
      const isOwn = i === 0;
      context.globalAlpha = isOwn ? 1 : 0.62;
      context.strokeStyle = isReached ? palette.positive : palette.negative;
      context.lineWidth = isOwn ? 3 : 1.4;
      context.setLineDash(isReached ? [] : [5, 4]);
      trace(brush, scale, path, 0, last);
      context.stroke();
      context.setLineDash([]);
      context.globalAlpha = 1;
      const [x, y] = [scale.x(path[2 * last]!), scale.y(path[2 * last + 1]!)];
      context.beginPath();
      context.arc(scale.x(path[0]!), scale.y(path[1]!), 2.5, 0, 2 * Math.PI);
      context.fillStyle = palette.muted;
      context.fill();
      context.lineWidth = 1.5;
      context.strokeStyle = palette.update;
      context.beginPath();
      context.arc(scale.x(goal.x), scale.y(goal.y), 5, 0, 2 * Math.PI);
      context.stroke();
      if (share < 1) continue;
      if (isReached) {
        context.beginPath();
        context.arc(x, y, 2.5, 0, 2 * Math.PI);
        context.fillStyle = palette.positive;
        context.fill();
      } else {
        cross(brush.context, x, y, 4, palette.negative);
      }
    }
    const [own] = trails;
    if (own) {
      drawLabel(brush, words.start, scale.x(own.start.x), scale.y(own.start.y) + 18);
      drawGoal(brush, scale, own.goal, words.goal);
    }
    if (situation) {
      const [x, y] = [scale.x(situation.place.x), scale.y(situation.place.y)];
      context.strokeStyle = palette.muted;
      context.fillStyle = palette.muted;
      context.lineWidth = 1;
      for (let i = 0; i < rays.count; i++) {
        const angle = (2 * Math.PI * i) / rays.count;
        const reach = scale.unit * rays.length * situation.inputs[i]!;
        const [ex, ey] = [x + reach * Math.cos(angle), y + reach * Math.sin(angle)];
        context.beginPath();
        context.moveTo(x, y);
        context.lineTo(ex, ey);
        context.stroke();
        if (situation.inputs[i]! < 1) context.fillRect(ex - 2.5, ey - 2.5, 5, 5);
      }
      drawArrow(brush, x, y, 5 * scale.unit * situation.step.x, 5 * scale.unit * situation.step.y, palette.update);
      context.beginPath();
      context.arc(x, y, 6, 0, 2 * Math.PI);
      context.fillStyle = palette.text;
      context.fill();
      context.beginPath();
      context.arc(scale.x(situation.goal.x), scale.y(situation.goal.y), 9, 0, 2 * Math.PI);
      context.strokeStyle = palette.accent;
      context.lineWidth = 2.5;
      context.stroke();
    }
  };
}

function cross(context: Parameters<Paint>[0]["context"], x: number, y: number, size: number, colour: string): void {
  context.beginPath();
  context.moveTo(x - size, y - size);
  context.lineTo(x + size, y + size);
  context.moveTo(x + size, y - size);
  context.lineTo(x - size, y + size);
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.stroke();
}

export interface ExamPicture {
  readonly arena: Arena;
  readonly trails: readonly Trail[];
  /** Whose way is drawn. */
  readonly chosen: number | null;
}

/** The 200 goals of an exam: discs where they were reached, crosses where they were not. */
export function paintExam({ arena, trails, chosen }: ExamPicture): Paint {
  return (brush) => {
    const { context, palette, width, height } = brush;
    const scale = scaleFor(arena, width, height);
    drawFields(brush, arena, scale);
    drawWalls(brush, arena, scale);
    for (const { goal, isReached } of trails) {
      const [x, y] = [scale.x(goal.x), scale.y(goal.y)];
      if (!isReached) {
        cross(context, x, y, 4.5, palette.negative);
        continue;
      }
      context.beginPath();
      context.arc(x, y, 3, 0, 2 * Math.PI);
      context.fillStyle = palette.positive;
      context.fill();
    }
    const trail = chosen === null ? undefined : trails[chosen];
    if (trail === undefined) return;
    context.strokeStyle = palette.text;
    context.lineWidth = 2.5;
    context.lineJoin = "round";
    context.setLineDash(trail.isReached ? [] : [5, 4]);
    trace(brush, scale, trail.path);
    context.stroke();
    context.setLineDash([]);
    for (const [{ x, y }, radius] of [
      [trail.start, 4],
      [trail.goal, 8],
    ] as const) {
      context.beginPath();
      context.arc(scale.x(x), scale.y(y), radius, 0, 2 * Math.PI);
      context.stroke();
    }
  };
}

/** Which goal lies nearest to a pixel. */
export function nearestTrail(
  arena: Arena,
  trails: readonly Trail[],
  width: number,
  height: number,
  px: number,
  py: number,
): number | null {
  const { place } = scaleFor(arena, width, height);
  const at: Point = place(px, py);
  let best: number | null = null;
  let least = 5;
  for (const [i, { goal }] of trails.entries()) {
    const away = Math.hypot(goal.x - at.x, goal.y - at.y);
    if (away < least) [best, least] = [i, away];
  }
  return best;
}
