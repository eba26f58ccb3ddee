import { type Arena, crossing, distance, faultsOf, grownBy, isInside, type Point, type Wall } from "./arena.ts";

/** A point at which shortest ways to the goal turn: the goal itself, or a corner of a wall. */
export interface Anchor extends Point {
  /** Length of the shortest way from here to the goal. */
  readonly toGoal: number;
  /** The next anchor on that way, by its position in the list; -1 at the goal. */
  readonly next: number;
}

/**
 * An arena as its character can walk in it: walls are grown by the character's radius, so that its centre may touch their edges,
 * and two walls between which it does not fit have no gap. Corners and distances are exact.
 */
export class Terrain {
  readonly arena: Arena;
  /** The walls, grown by the radius of the character. */
  readonly obstacles: readonly Wall[];
  /** The corners at which somebody can stand: shortest ways turn there. */
  readonly corners: readonly Point[];
  /** The goal first, then the corners from which it can be reached. */
  readonly anchors: readonly Anchor[];

  /** @throws RangeError for an arena with faults; `faultsOf` names them. */
  constructor(arena: Arena) {
    const faults = faultsOf(arena);
    if (faults.length > 0) throw new RangeError(`this arena cannot be played: ${JSON.stringify(faults)}`);
    this.arena = arena;
    this.obstacles = arena.walls.map((wall) => grownBy(arena.radius, wall));
    const corners = this.obstacles.flatMap(({ x, y, width, height }): Point[] => [
      { x, y },
      { x: x + width, y },
      { x, y: y + height },
      { x: x + width, y: y + height },
    ]);
    this.corners = corners.filter((corner) => this.isFree(corner));
    this.anchors = this.#findAnchors();
  }

  isOnPlane({ x, y }: Point): boolean {
    return x >= 0 && x <= this.arena.width && y >= 0 && y <= this.arena.height;
  }

  /** Whether the character may stand there, or nearly so: less than `slack` inside of a wall. */
  isFree(point: Point, slack = 0): boolean {
    return (
      this.isOnPlane(point) &&
      !this.obstacles.some((wall) => isInside(point, slack === 0 ? wall : grownBy(-slack, wall)))
    );
  }

  /** Whether the straight way from a to b is free. */
  canSee(a: Point, b: Point): boolean {
    return !this.obstacles.some((wall) => crossing(a, b, wall) !== undefined);
  }

  /** The free point that is nearest to one: itself, or on an edge. For a goal that is dragged into a wall. */
  nearestFree(point: Point): Point {
    const { width, height } = this.arena;
    const within = { x: Math.min(width, Math.max(0, point.x)), y: Math.min(height, Math.max(0, point.y)) };
    if (this.isFree(within)) return within;
    // The nearest free point lies on an edge straight beside the point, or where edges of two obstacles or of the plane cross.
    const xs = [within.x, 0, width, ...this.obstacles.flatMap((wall) => [wall.x, wall.x + wall.width])];
    const ys = [within.y, 0, height, ...this.obstacles.flatMap((wall) => [wall.y, wall.y + wall.height])];
    const free = xs.flatMap((x) => ys.map((y) => ({ x, y }))).filter((one) => this.isFree(one));
    return free.reduce((best, one) => (distance(one, within) < distance(best, within) ? one : best), this.arena.start);
  }

  /**
   * Where a move from a to b ends. A wall takes away what leads into it; the rest of the move slides along the wall. Where
   * there are walls, the border of the plane is one too.
   */
  move(a: Point, b: Point): Point {
    let at = a;
    let to = this.#onPlane(b);
    for (let slide = 0; slide < 3; slide++) {
      const stop = this.#firstStop(at, to);
      if (stop === undefined) return to;
      const { enter, edge } = stop;
      const way = { x: to.x - at.x, y: to.y - at.y };
      const hit = { x: at.x + enter * way.x, y: at.y + enter * way.y };
      if (edge === undefined) return at; // it stands inside of a wall that was put there later
      at = edge.axis === "x" ? { x: edge.at, y: hit.y } : { x: hit.x, y: edge.at };
      to = edge.axis === "x" ? { x: at.x, y: to.y } : { x: to.x, y: at.y };
    }
    return at;
  }

  #firstStop(a: Point, b: Point): ReturnType<typeof crossing> {
    let first: ReturnType<typeof crossing>;
    for (const wall of this.obstacles) {
      const crossed = crossing(a, b, wall);
      if (crossed !== undefined && (first === undefined || crossed.enter < first.enter)) first = crossed;
    }
    return first;
  }

  #onPlane(point: Point): Point {
    if (this.obstacles.length === 0) return point;
    const { width, height } = this.arena;
    return { x: Math.min(width, Math.max(0, point.x)), y: Math.min(height, Math.max(0, point.y)) };
  }

  /** The anchor through which the shortest way from a point leads; undefined if no way leads to the goal. */
  bestAnchor(from: Point): Anchor | undefined {
    let best: Anchor | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const anchor of this.anchors) {
      const length = anchor.toGoal + distance(from, anchor);
      if (length < least && this.canSee(from, anchor)) {
        least = length;
        best = anchor;
      }
    }
    return best;
  }

  /** The length of the shortest way from a point to the goal, exactly; infinite if there is none. */
  walkingDistance(from: Point): number {
    const anchor = this.bestAnchor(from);
    return anchor === undefined ? Number.POSITIVE_INFINITY : anchor.toGoal + distance(from, anchor);
  }

  /** The shortest way from a point to the goal, by the corners at which it turns; undefined if there is none. */
  shortestPath(from: Point = this.arena.start): Point[] | undefined {
    const path: Point[] = [from];
    let anchor = this.bestAnchor(from);
    while (anchor !== undefined) {
      path.push({ x: anchor.x, y: anchor.y });
      anchor = this.anchors[anchor.next];
    }
    return path.length > 1 ? path : undefined;
  }

  /**
   * Dijkstra's algorithm from the goal over the corners that see each other: every shortest way among boxes turns at corners
   * only.
   *
   * @see Lozano-Pérez & Wesley 1979, Communications of the ACM 22(10): visibility graphs.
   */
  #findAnchors(): Anchor[] {
    const points: Point[] = [this.arena.goal, ...this.corners];
    const toGoal = points.map((_, i) => (i === 0 ? 0 : Number.POSITIVE_INFINITY));
    const next = points.map(() => -1);
    const open = new Set(points.keys());
    while (open.size > 0) {
      const nearest = [...open].reduce((a, b) => (toGoal[b]! < toGoal[a]! ? b : a));
      if (toGoal[nearest] === Number.POSITIVE_INFINITY) break; // the others are walled in
      open.delete(nearest);
      for (const i of open) {
        const through = toGoal[nearest]! + distance(points[i]!, points[nearest]!);
        if (through < toGoal[i]! && this.canSee(points[i]!, points[nearest]!)) {
          toGoal[i] = through;
          next[i] = nearest;
        }
      }
    }
    const kept = [...points.keys()].filter((i) => Number.isFinite(toGoal[i]!));
    return kept.map((i) => ({ ...points[i]!, toGoal: toGoal[i]!, next: next[i]! < 0 ? -1 : kept.indexOf(next[i]!) }));
  }
}
