import { type Arena, canSee, distance, isFree, type Point } from "./arena.ts";

/**
 * The corners around which shortest ways may turn. A corner inside of another wall, or off the plane, is none.
 *
 * A wall is kept at arm's length: its corners are moved outwards by `clearance`, so that a way around them does not scrape along
 * it. Where that leads into another wall, the corner itself is taken.
 */
export function cornersOf(arena: Arena, clearance = 0): Point[] {
  return arena.walls.flatMap(({ x, y, width, height }) =>
    [
      [x, y, -1, -1],
      [x + width, y, 1, -1],
      [x, y + height, -1, 1],
      [x + width, y + height, 1, 1],
    ].flatMap(([cx, cy, dx, dy]) => {
      const corner = { x: cx!, y: cy! };
      const beside = { x: cx! + clearance * dx!, y: cy! + clearance * dy! };
      const found = [beside, corner].find((point) => isFree(point, arena));
      return found === undefined ? [] : [found];
    }),
  );
}

/** A point at which shortest ways to the goal turn, and how far it is from there. */
export interface Anchor extends Point {
  /** Length of the shortest way from here to the goal. */
  readonly toGoal: number;
  /** The next anchor on that way, by its position in the list; -1 at the goal. */
  readonly next: number;
}

/**
 * The goal and all corners from which it can be reached, with their exact distances: Dijkstra's algorithm from the goal over
 * the graph of corners that see each other. Every shortest way among boxes turns at corners only.
 *
 * @see Lozano-Pérez & Wesley 1979, Communications of the ACM 22(10): visibility graphs.
 */
export function anchorsOf(arena: Arena, clearance = 0): Anchor[] {
  const points: Point[] = [arena.goal, ...cornersOf(arena, clearance)];
  const toGoal = points.map((_, i) => (i === 0 ? 0 : Number.POSITIVE_INFINITY));
  const next = points.map(() => -1);
  const open = new Set(points.keys());
  while (open.size > 0) {
    let nearest = -1;
    for (const i of open) if (nearest < 0 || toGoal[i]! < toGoal[nearest]!) nearest = i;
    if (toGoal[nearest] === Number.POSITIVE_INFINITY) break; // the others are walled in
    open.delete(nearest);
    for (const i of open) {
      const through = toGoal[nearest]! + distance(points[i]!, points[nearest]!);
      if (through < toGoal[i]! && canSee(points[i]!, points[nearest]!, arena.walls)) {
        toGoal[i] = through;
        next[i] = nearest;
      }
    }
  }
  const kept = [...points.keys()].filter((i) => Number.isFinite(toGoal[i]!));
  return kept.map((i) => ({ ...points[i]!, toGoal: toGoal[i]!, next: next[i]! < 0 ? -1 : kept.indexOf(next[i]!) }));
}

/** The anchor through which the shortest way from a point leads; undefined where no way leads to the goal. */
export function bestAnchor(from: Point, anchors: readonly Anchor[], arena: Arena): Anchor | undefined {
  let best: Anchor | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const anchor of anchors) {
    const length = anchor.toGoal + distance(from, anchor);
    if (length < least && canSee(from, anchor, arena.walls)) {
      least = length;
      best = anchor;
    }
  }
  return best;
}

/** The length of the shortest way from a point to the goal, exactly; infinite if there is none. */
export function walkingDistance(from: Point, anchors: readonly Anchor[], arena: Arena): number {
  const anchor = bestAnchor(from, anchors, arena);
  return anchor === undefined ? Number.POSITIVE_INFINITY : anchor.toGoal + distance(from, anchor);
}

/** The shortest way from the start to the goal, by its corners; undefined if there is none. */
export function shortestPath(arena: Arena): Point[] | undefined {
  const anchors = anchorsOf(arena);
  const path: Point[] = [arena.start];
  for (let anchor = bestAnchor(arena.start, anchors, arena); anchor !== undefined; anchor = anchors[anchor.next]) {
    path.push({ x: anchor.x, y: anchor.y });
  }
  return path.length > 1 ? path : undefined;
}
