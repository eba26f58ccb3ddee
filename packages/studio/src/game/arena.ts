/** @file The plane of the game: a character, a goal and walls. Coordinates grow to the right and downwards, as on a canvas. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A wall: a box with sides along the axes. */
export interface Wall {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Arena {
  readonly width: number;
  readonly height: number;
  /** Of the character: its centre keeps so far from every wall. */
  readonly radius: number;
  /** Where the character stands at first. */
  readonly start: Point;
  readonly goal: Point;
  readonly walls: readonly Wall[];
}

/** What is wrong with an arena, for a message in the user's language. */
export type ArenaFault =
  | { readonly kind: "size"; readonly width: number; readonly height: number }
  | { readonly kind: "radius"; readonly radius: number }
  | { readonly kind: "wall"; readonly wall: number }
  | { readonly kind: "tooManyWalls"; readonly count: number; readonly most: number }
  | { readonly kind: "outside"; readonly what: "start" | "goal"; readonly at: Point }
  | { readonly kind: "inWall"; readonly what: "start" | "goal"; readonly at: Point; readonly wall: number };

/** Ways turn at the four corners of each wall, and every pair of corners is tested against every wall. */
export const MAX_WALLS = 24;

export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** The length of a way along its points. */
export function lengthOf(way: readonly Point[]): number {
  let length = 0;
  for (let i = 1; i < way.length; i++) length += distance(way[i - 1]!, way[i]!);
  return length;
}

/** Points nearer to an edge than this lie on it. Rounding is far smaller, and no pixel is as small. */
const ON_EDGE = 1e-9;

/** Whether a point lies inside of a wall, its edge not counted. */
export function isInside({ x, y }: Point, wall: Wall): boolean {
  return (
    x > wall.x + ON_EDGE &&
    x < wall.x + wall.width - ON_EDGE &&
    y > wall.y + ON_EDGE &&
    y < wall.y + wall.height - ON_EDGE
  );
}

/** Where a way enters a wall. */
export interface Crossing {
  /** The share of the way, from 0 to 1, at which it enters. */
  readonly enter: number;
  /** Which coordinate is at an edge there, and where that edge is; undefined if the way begins inside. */
  readonly edge: { readonly axis: "x" | "y"; readonly at: number } | undefined;
}

/**
 * Where the way from a to b enters the inside of a wall; undefined if it does not. Along the edge is not inside.
 *
 * @see Kay & Kajiya 1986, SIGGRAPH: a ray against slabs.
 */
export function crossing(a: Point, b: Point, wall: Wall): Crossing | undefined {
  let enter = 0;
  let leave = 1;
  let edge: Crossing["edge"];
  for (const axis of ["x", "y"] as const) {
    const [from, way] = [a[axis], b[axis] - a[axis]];
    const low = wall[axis];
    const high = low + (axis === "x" ? wall.width : wall.height);
    if (way === 0) {
      if (from <= low + ON_EDGE || from >= high - ON_EDGE) return undefined;
      continue;
    }
    const [near, far] = way > 0 ? [low, high] : [high, low];
    const first = (near + Math.sign(way) * ON_EDGE - from) / way;
    if (first > enter) {
      enter = first;
      edge = { axis, at: near };
    }
    leave = Math.min(leave, (far - Math.sign(way) * ON_EDGE - from) / way);
    if (enter >= leave) return undefined;
  }
  return { enter, edge };
}

/** All that is wrong with an arena; nothing, if it can be played. */
export function faultsOf(arena: Arena): readonly ArenaFault[] {
  const { width, height, radius, walls } = arena;
  if (!(width > 0 && height > 0 && Number.isFinite(width + height))) return [{ kind: "size", width, height }];
  if (!(radius >= 0 && radius < Math.min(width, height) / 4)) return [{ kind: "radius", radius }];
  const faults: ArenaFault[] = [];
  if (walls.length > MAX_WALLS) faults.push({ kind: "tooManyWalls", count: walls.length, most: MAX_WALLS });
  for (const [i, wall] of walls.entries()) {
    const isMeasured = [wall.x, wall.y, wall.width, wall.height].every(Number.isFinite);
    if (!(isMeasured && wall.width > 0 && wall.height > 0)) faults.push({ kind: "wall", wall: i });
  }
  const grown = walls.map((wall) => grownBy(radius, wall));
  for (const what of ["start", "goal"] as const) {
    const at = arena[what];
    const wall = grown.findIndex((one) => isInside(at, one));
    if (!(at.x >= 0 && at.x <= width && at.y >= 0 && at.y <= height)) faults.push({ kind: "outside", what, at });
    else if (wall >= 0) faults.push({ kind: "inWall", what, at, wall });
  }
  return faults;
}

/** The wall as the centre of a character of that radius meets it. */
export const grownBy = (radius: number, { x, y, width, height }: Wall): Wall => ({
  x: x - radius,
  y: y - radius,
  width: width + 2 * radius,
  height: height + 2 * radius,
});

/** A plane without walls. */
export const openArena: Arena = {
  width: 100,
  height: 70,
  radius: 1,
  start: { x: 12, y: 58 },
  goal: { x: 86, y: 14 },
  walls: [],
};

/** The same with walls: the straight way leads into a pocket, in which naive descent is caught. */
export const walledArena: Arena = {
  ...openArena,
  walls: [
    { x: 28, y: 14, width: 5, height: 38 },
    { x: 60, y: 18, width: 5, height: 38 },
    { x: 44, y: 18, width: 16, height: 5 },
  ],
};
