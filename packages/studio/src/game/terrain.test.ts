import { Rng } from "glassnet";
import { describe, expect, test } from "vitest";
import { type Arena, distance, lengthOf, openArena, type Point, walledArena } from "./arena.ts";
import { CornerMap, NO_WAY } from "./corner-map.ts";
import { drawPlace } from "./goal-split.ts";
import { drawArena } from "./random-arena.ts";
import { Terrain } from "./terrain.ts";

const arenas = (count: number, seed: number): Arena[] => {
  const rng = Rng.seeded(seed);
  return Array.from({ length: count }, (_, i) => drawArena(rng, i % 9));
};

/**
 * Walking distances found in another way: Dijkstra's algorithm on a fine grid, where one may go to 32 neighbours. Ways on the
 * grid are at most 1.3 % longer than free ones for their directions, and a little for their ends.
 */
function onGrid(terrain: Terrain, spacing: number): number {
  const { width, height, start, goal } = terrain.arena;
  const [columns, rows] = [Math.floor(width / spacing) + 1, Math.floor(height / spacing) + 1];
  const at = (i: number): Point => ({ x: (i % columns) * spacing, y: Math.floor(i / columns) * spacing });
  const free = Array.from({ length: columns * rows }, (_, i) => terrain.isFree(at(i)));
  const moves: [number, number][] = [];
  for (let dx = -3; dx <= 3; dx++) for (let dy = -3; dy <= 3; dy++) if (isPrimitive(dx, dy)) moves.push([dx, dy]);
  const cost = new Float64Array(columns * rows).fill(Number.POSITIVE_INFINITY);
  const buckets: number[][] = [];
  const push = (i: number, value: number): void => {
    cost[i] = value;
    const bucket = Math.floor(value / spacing);
    buckets[bucket] ??= [];
    buckets[bucket].push(i);
  };
  const near = (point: Point): number[] =>
    [...cost.keys()].filter((i) => free[i] && distance(at(i), point) < 2 * spacing && terrain.canSee(at(i), point));
  for (const i of near(start)) push(i, distance(at(i), start));
  for (let b = 0; b < buckets.length; b++) {
    for (const i of buckets[b] ?? []) {
      if (Math.floor(cost[i]! / spacing) < b) continue;
      const [cx, cy] = [i % columns, Math.floor(i / columns)];
      for (const [dx, dy] of moves) {
        const [x, y] = [cx + dx, cy + dy];
        if (x < 0 || y < 0 || x >= columns || y >= rows) continue;
        const j = y * columns + x;
        const next = cost[i]! + spacing * Math.hypot(dx, dy);
        if (free[j] && next < cost[j]! - 1e-12 && terrain.canSee(at(i), at(j))) push(j, next);
      }
    }
  }
  const direct = terrain.canSee(start, goal) ? distance(start, goal) : Number.POSITIVE_INFINITY;
  return Math.min(direct, ...near(goal).map((i) => cost[i]! + distance(at(i), goal)));
}

const isPrimitive = (x: number, y: number): boolean => {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  return gcd(Math.abs(x), Math.abs(y)) === 1;
};

describe("the shortest way", () => {
  test("is free, ends at the goal, and is as long as the walking distance", () => {
    for (const arena of arenas(100, 1)) {
      const terrain = new Terrain(arena);
      const path = terrain.shortestPath()!;
      expect(path[0]).toEqual(arena.start);
      expect(path.at(-1)).toEqual(arena.goal);
      for (let i = 1; i < path.length; i++) expect(terrain.canSee(path[i - 1]!, path[i]!)).toBe(true);
      expect(lengthOf(path)).toBeCloseTo(terrain.walkingDistance(arena.start), 9);
      expect(lengthOf(path)).toBeGreaterThanOrEqual(distance(arena.start, arena.goal) - 1e-9);
    }
  });

  test("agrees with a search on a fine grid, which is never shorter and little longer", () => {
    for (const arena of arenas(12, 2)) {
      const terrain = new Terrain(arena);
      const exact = terrain.walkingDistance(arena.start);
      const searched = onGrid(terrain, 1);
      expect(searched).toBeGreaterThanOrEqual(exact - 1e-9);
      expect(searched).toBeLessThan(1.03 * exact + 3);
    }
  });

  test("is the straight way where nothing stands in it, and there is none out of a closed room", () => {
    expect(new Terrain(openArena).shortestPath()).toEqual([openArena.start, openArena.goal]);
    const room: Arena = {
      ...openArena,
      start: { x: 50, y: 35 },
      goal: { x: 5, y: 5 },
      walls: [
        { x: 40, y: 25, width: 20, height: 2 },
        { x: 40, y: 43, width: 20, height: 2 },
        { x: 40, y: 25, width: 2, height: 20 },
        { x: 58, y: 25, width: 2, height: 20 },
      ],
    };
    expect(new Terrain(room).shortestPath()).toBeUndefined();
    expect(new Terrain(room).walkingDistance(room.start)).toBe(Number.POSITIVE_INFINITY);
  });

  test("does not lead through a seam of two walls that touch", () => {
    const { start, goal } = { start: { x: 50, y: 10 }, goal: { x: 50, y: 60 } };
    const walls = [
      { x: 20, y: 30, width: 30, height: 4 },
      { x: 50, y: 30, width: 30, height: 4 },
    ];
    const length = new Terrain({ ...openArena, start, goal, walls }).walkingDistance(start);
    expect(length).toBeGreaterThan(distance(start, goal) + 10);
  });
});

test("the map of corners gives the same distances to any goal", () => {
  const rng = Rng.seeded(5);
  for (const arena of arenas(30, 3)) {
    const terrain = new Terrain(arena);
    const map = new CornerMap(terrain);
    for (let k = 0; k < 5; k++) {
      const [start, goal] = [drawPlace(terrain, rng), drawPlace(terrain, rng)];
      const expected = Math.min(NO_WAY, new Terrain({ ...arena, start, goal }).walkingDistance(start));
      expect(map.walkingDistance(start, goal)).toBeCloseTo(expected, 8);
    }
  }
});

describe("a move", () => {
  const terrain = new Terrain({ ...openArena, walls: [{ x: 40, y: 20, width: 10, height: 20 }] }); // grown: 39 to 51, 19 to 41

  test("ends where it leads, or slides along the wall that it meets", () => {
    expect(terrain.move({ x: 10, y: 10 }, { x: 20, y: 15 })).toEqual({ x: 20, y: 15 });
    expect(terrain.move({ x: 35, y: 30 }, { x: 45, y: 32 })).toEqual({ x: 39, y: 32 });
    expect(terrain.move({ x: 45, y: 10 }, { x: 47, y: 25 })).toEqual({ x: 47, y: 19 });
    expect(terrain.move({ x: 39, y: 30 }, { x: 45, y: 30 })).toEqual({ x: 39, y: 30 });
    expect(terrain.move({ x: 39, y: 30 }, { x: 39, y: 70 })).toEqual({ x: 39, y: 70 });
  });

  test("is held by the border where there are walls, and by nothing where there are none", () => {
    expect(terrain.move({ x: 10, y: 10 }, { x: -5, y: 90 })).toEqual({ x: 0, y: 70 });
    expect(new Terrain(openArena).move({ x: 10, y: 10 }, { x: -5, y: 90 })).toEqual({ x: -5, y: 90 });
  });

  test("never ends inside of a wall, and never goes through one", () => {
    const rng = Rng.seeded(7);
    for (const arena of arenas(40, 4).filter(({ walls }) => walls.length > 0)) {
      const random = new Terrain(arena);
      let at = arena.start;
      for (let step = 0; step < 100; step++) {
        const [dx, dy] = rng.normal([2], 0, 8, "f64").data;
        const to = random.move(at, { x: at.x + dx!, y: at.y + dy! });
        expect(random.isFree(to), JSON.stringify({ arena, at, dx, dy })).toBe(true);
        at = to;
      }
      expect(random.walkingDistance(at)).toBeLessThan(Number.POSITIVE_INFINITY);
    }
  });
});

test("the nearest free place is the place itself, or one at an edge", () => {
  const terrain = new Terrain(walledArena);
  expect(terrain.nearestFree({ x: 50, y: 60 })).toEqual({ x: 50, y: 60 });
  expect(terrain.nearestFree({ x: 28, y: 30 })).toEqual({ x: 27, y: 30 });
  expect(terrain.nearestFree({ x: -9, y: 90 })).toEqual({ x: 0, y: 70 });
  expect(terrain.nearestFree({ x: 60, y: 20 })).toEqual({ x: 60, y: 17 }); // where two walls overlap
});

test("an arena with faults is refused", () => {
  expect(() => new Terrain({ ...openArena, goal: { x: 500, y: 0 } })).toThrow("this arena cannot be played");
});
