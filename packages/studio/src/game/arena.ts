/** @file The plane of the game: a character, a goal and walls. Coordinates grow to the right and downwards, as on a canvas. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A wall: a box with sides along the axes. Its inside may not be entered; its edge may be touched. */
export interface Wall {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Arena {
  readonly width: number;
  readonly height: number;
  /** Where the character stands at first. */
  readonly start: Point;
  readonly goal: Point;
  readonly walls: readonly Wall[];
}

/** What is wrong with an arena, for a message in the user's language. */
export type ArenaFault =
  | { readonly kind: "size"; readonly width: number; readonly height: number }
  | { readonly kind: "outside"; readonly what: "start" | "goal"; readonly at: Point }
  | { readonly kind: "inWall"; readonly what: "start" | "goal"; readonly at: Point; readonly wall: number }
  | { readonly kind: "wall"; readonly wall: number }
  | { readonly kind: "tooManyWalls"; readonly count: number; readonly most: number };

/** The visibility graph has four corners a wall, and a pair of corners is tested against every wall. */
export const MAX_WALLS = 24;

export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** The length of a way along its points. */
export function lengthOf(way: readonly Point[]): number {
  let length = 0;
  for (let i = 1; i < way.length; i++) length += distance(way[i - 1]!, way[i]!);
  return length;
}

/** Points nearer to an edge than this lie on it. Rounding is far smaller, and no pixel is as small. */
export const ON_EDGE = 1e-9;

/** Whether a point lies inside of a wall, its edge not counted. */
export function isInside({ x, y }: Point, wall: Wall): boolean {
  return (
    x > wall.x + ON_EDGE &&
    x < wall.x + wall.width - ON_EDGE &&
    y > wall.y + ON_EDGE &&
    y < wall.y + wall.height - ON_EDGE
  );
}

export const isOnPlane = ({ x, y }: Point, { width, height }: Arena): boolean =>
  x >= 0 && x <= width && y >= 0 && y <= height;

/** Whether somebody may stand there: on the plane and in no wall. */
export const isFree = (point: Point, arena: Arena): boolean =>
  isOnPlane(point, arena) && !arena.walls.some((wall) => isInside(point, wall));

/**
 * The part of the way from a to b, as shares from 0 to 1, that lies inside of the wall; undefined if none does. Touching the
 * edge does not count.
 *
 * @see Kay & Kajiya 1986, SIGGRAPH: ray against slabs.
 */
export function crossing(a: Point, b: Point, wall: Wall): readonly [enter: number, leave: number] | undefined {
  let enter = 0;
  let leave = 1;
  for (const [from, to, low, high] of [
    [a.x, b.x, wall.x + ON_EDGE, wall.x + wall.width - ON_EDGE],
    [a.y, b.y, wall.y + ON_EDGE, wall.y + wall.height - ON_EDGE],
  ] as const) {
    const way = to - from;
    if (way === 0) {
      if (from <= low || from >= high) return undefined;
      continue;
    }
    const [first, second] =
      way > 0 ? [(low - from) / way, (high - from) / way] : [(high - from) / way, (low - from) / way];
    enter = Math.max(enter, first);
    leave = Math.min(leave, second);
    if (enter >= leave) return undefined;
  }
  return [enter, leave];
}

/** Whether one sees b from a: no wall's inside lies between. */
export const canSee = (a: Point, b: Point, walls: readonly Wall[]): boolean =>
  !walls.some((wall) => crossing(a, b, wall) !== undefined);

/** Where a move from a to b ends: at b, or at the edge of the plane or of the first wall in the way. */
export function blockedMove(a: Point, b: Point, arena: Arena): Point {
  let share = 1;
  for (const wall of arena.walls) {
    const crossed = crossing(a, b, wall);
    if (crossed !== undefined) share = Math.min(share, crossed[0]);
  }
  const clip = (value: number, high: number): number => Math.min(high, Math.max(0, value));
  return {
    x: clip(a.x + share * (b.x - a.x), arena.width),
    y: clip(a.y + share * (b.y - a.y), arena.height),
  };
}

/** All that is wrong with an arena; nothing, if it can be played. */
export function faultsOf(arena: Arena): readonly ArenaFault[] {
  const { width, height, walls } = arena;
  if (!(width > 0 && height > 0 && Number.isFinite(width + height))) return [{ kind: "size", width, height }];
  const faults: ArenaFault[] = [];
  if (walls.length > MAX_WALLS) faults.push({ kind: "tooManyWalls", count: walls.length, most: MAX_WALLS });
  for (const [i, wall] of walls.entries()) {
    const isFine = Number.isFinite(wall.x + wall.y) && wall.width > 0 && wall.height > 0;
    if (!(isFine && Number.isFinite(wall.width + wall.height))) faults.push({ kind: "wall", wall: i });
  }
  for (const what of ["start", "goal"] as const) {
    const at = arena[what];
    const wall = walls.findIndex((one) => isInside(at, one));
    if (!isOnPlane(at, arena)) faults.push({ kind: "outside", what, at });
    else if (wall >= 0) faults.push({ kind: "inWall", what, at, wall });
  }
  return faults;
}

/** An empty plane. */
export const openArena: Arena = { width: 100, height: 70, start: { x: 12, y: 58 }, goal: { x: 86, y: 14 }, walls: [] };

/** The same with walls in which naive descent is caught: the straight way leads into a pocket. */
export const walledArena: Arena = {
  ...openArena,
  walls: [
    { x: 30, y: 12, width: 5, height: 40 },
    { x: 60, y: 22, width: 5, height: 48 },
    { x: 46, y: 22, width: 14, height: 5 },
  ],
};
