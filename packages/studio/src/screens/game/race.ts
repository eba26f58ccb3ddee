import type { Point } from "../../game/arena.ts";
import { distance } from "../../game/arena.ts";
import type { Terrain } from "../../game/terrain.ts";

/** How fast both are, in units of the plane a second. The policy's longest step is 3 units. */
export const SPEED = 30;
/** How near the human has to come to the goal, in radii: the keys know eight directions only. */
export const TOUCH = 2;
/** A frame that took longer, as when the page was hidden, counts as this many seconds. */
const LONGEST_FRAME = 0.05;

export type RaceStatus = "ready" | "running" | "paused" | "over";

/** The way of the one who is raced, at its places after every so many seconds. */
export interface Rival {
  /** x and y in turns. */
  readonly path: ArrayLike<number>;
  readonly isReached: boolean;
  /** From one place to the next. */
  readonly secondsPerStep: number;
}

/** A human against a rival, from the same start to the same goal, by the same rules. */
export class Race {
  readonly terrain: Terrain;
  readonly start: Point;
  readonly goal: Point;
  readonly rival: Rival;
  status: RaceStatus = "ready";
  seconds = 0;
  human: Point;
  /** x and y in turns. */
  readonly trail: number[];
  walked = 0;
  humanSeconds: number | undefined;

  constructor(terrain: Terrain, { start, goal }: { start: Point; goal: Point }, rival: Rival) {
    this.terrain = terrain;
    this.start = start;
    this.goal = goal;
    this.rival = rival;
    this.human = start;
    this.trail = [start.x, start.y];
  }

  /** When the rival is at the goal; `undefined` if it never gets there. */
  get rivalSeconds(): number | undefined {
    const { path, isReached, secondsPerStep } = this.rival;
    return isReached ? (path.length / 2 - 1) * secondsPerStep : undefined;
  }

  /** Where the rival is now, between two of its places. */
  get rivalPlace(): Point {
    const { path, secondsPerStep } = this.rival;
    const last = path.length / 2 - 1;
    const at = Math.min(last, this.seconds / secondsPerStep);
    const k = Math.min(last, Math.floor(at));
    const next = Math.min(last, k + 1);
    const part = at - k;
    return {
      x: path[2 * k]! + part * (path[2 * next]! - path[2 * k]!),
      y: path[2 * k + 1]! + part * (path[2 * next + 1]! - path[2 * k + 1]!),
    };
  }

  begin(): void {
    if (this.status === "ready" || this.status === "paused") this.status = "running";
  }

  pause(): void {
    if (this.status === "running") this.status = "paused";
  }

  /**
   * Time goes on. The human walks in a direction, by the rules of the game: walls stop what leads into them.
   *
   * @param wish a direction of any length; nothing is done for {0, 0}
   */
  advance(seconds: number, wish: Point): void {
    if (this.status !== "running") return;
    const frame = Math.min(LONGEST_FRAME, seconds);
    this.seconds += frame;
    const size = Math.hypot(wish.x, wish.y);
    if (size > 0) {
      const step = (SPEED * frame) / size;
      const to = this.terrain.move(this.human, { x: this.human.x + step * wish.x, y: this.human.y + step * wish.y });
      const { width, height } = this.terrain.arena;
      const next = { x: Math.min(width, Math.max(0, to.x)), y: Math.min(height, Math.max(0, to.y)) };
      this.walked += distance(this.human, next);
      this.human = next;
      this.trail.push(next.x, next.y);
    }
    if (distance(this.human, this.goal) <= TOUCH * this.terrain.arena.radius) {
      this.humanSeconds = this.seconds;
      this.status = "over";
    }
  }

  /** Who was first: a rival that never arrives loses. `undefined` until the human is there. */
  get winner(): "human" | "rival" | undefined {
    if (this.humanSeconds === undefined) return undefined;
    return this.humanSeconds <= (this.rivalSeconds ?? Number.POSITIVE_INFINITY) ? "human" : "rival";
  }
}

/** A start and a goal between which the way is not too short, where `isFine` takes the goal. */
export function drawRound(
  terrain: Terrain,
  random: () => number,
  shortest: (start: Point, goal: Point) => number,
  isFine: (goal: Point) => boolean,
): { start: Point; goal: Point } | undefined {
  const { width, height } = terrain.arena;
  const draw = (): Point => ({ x: random() * width, y: random() * height });
  for (let tries = 0; tries < 2000; tries++) {
    const [start, goal] = [draw(), draw()];
    if (!terrain.isFree(start) || !terrain.isFree(goal) || !isFine(goal)) continue;
    const way = shortest(start, goal);
    if (way > 30 && Number.isFinite(way)) return { start, goal };
  }
  return undefined;
}
