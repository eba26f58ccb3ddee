import { distance, type Point } from "./arena.ts";
import type { Terrain } from "./terrain.ts";

/** Where no way leads. Finite, because it is added to and compared in single precision. */
export const NO_WAY = 1e4;

/**
 * The shortest ways between all corners of a terrain, once, so that the distances from the corners to any goal are found
 * quickly: a policy learns from thousands of goals.
 *
 * @see Floyd 1962, Communications of the ACM 5(6), algorithm 97.
 */
export class CornerMap {
  readonly corners: readonly Point[];
  readonly #terrain: Terrain;
  /** [from · corners + to] */
  readonly #between: Float64Array;

  constructor(terrain: Terrain) {
    this.#terrain = terrain;
    this.corners = terrain.corners;
    const n = this.corners.length;
    const between = new Float64Array(n * n).fill(NO_WAY);
    for (const [i, a] of this.corners.entries()) {
      for (const [j, b] of this.corners.entries()) if (terrain.canSee(a, b)) between[i * n + j] = distance(a, b);
    }
    for (let via = 0; via < n; via++) {
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          const through = between[i * n + via]! + between[via * n + j]!;
          if (through < between[i * n + j]!) between[i * n + j] = through;
        }
      }
    }
    this.#between = between;
  }

  /** The length of the shortest way from each corner to a goal; `NO_WAY` where there is none. */
  distancesTo(goal: Point): Float64Array {
    const n = this.corners.length;
    const direct = this.corners.map((corner) => (this.#terrain.canSee(corner, goal) ? distance(corner, goal) : NO_WAY));
    return Float64Array.from({ length: n }, (_, from) => {
      let least = NO_WAY;
      for (let last = 0; last < n; last++) least = Math.min(least, this.#between[from * n + last]! + direct[last]!);
      return least;
    });
  }

  /** The length of the shortest way between two places; `NO_WAY` if there is none. */
  walkingDistance(from: Point, goal: Point): number {
    if (this.#terrain.canSee(from, goal)) return distance(from, goal);
    const onwards = this.distancesTo(goal);
    return this.corners.reduce((least, corner, i) => {
      if (!this.#terrain.canSee(from, corner)) return least;
      return Math.min(least, distance(from, corner) + onwards[i]!);
    }, NO_WAY);
  }
}
