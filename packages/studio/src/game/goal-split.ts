import type { Rng } from "glassnet";
import type { Point } from "./arena.ts";
import type { Terrain } from "./terrain.ts";

/**
 * @file Which goals a policy may learn from. The plane is a chessboard: goals on light fields are for training, those on dark
 * fields are never seen in it. So "unseen" means: the goal lies in a field of which the policy was never sent to any place. Every
 * dark field has light neighbours; places far from all training goals are not asked for.
 */

/** How long and wide a field is, on the plane. */
export const FIELD = 10;

/** Whether goals there are used in training. */
export const isTrainingGoal = ({ x, y }: Point): boolean => (Math.floor(x / FIELD) + Math.floor(y / FIELD)) % 2 === 0;

/** Tries before a draw gives up: an arena may be all wall. */
const MAX_TRIES = 100_000;

/** A free place from which the character can walk to others, drawn evenly; of those that `isFine` takes. */
export function drawPlace(terrain: Terrain, rng: Rng, isFine: (point: Point) => boolean = () => true): Point {
  const { width, height } = terrain.arena;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const point = { x: rng.next() * width, y: rng.next() * height };
    if (terrain.isFree(point) && isFine(point)) return point;
  }
  throw new RangeError("the walls leave no place to draw");
}
