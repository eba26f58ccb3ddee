import {
  type Arena,
  faultsOf,
  grownBy,
  isInside,
  MAX_WALLS,
  openArena,
  type Point,
  type Wall,
} from "../../game/arena.ts";
import { Terrain } from "../../game/terrain.ts";

/** Places are kept to a tenth of a unit, less than a pixel: the address stays short. */
export const tenth = (x: number): number => Math.round(10 * x) / 10;

/** The smallest side of a wall that is drawn. */
export const MIN_SIDE = 2;

/** An arena in a few characters for the address: start, goal, and each wall as x, y, width and height. */
export function arenaText({ start, goal, walls }: Arena): string {
  const boxes = walls.map(({ x, y, width, height }) => [x, y, width, height]);
  return [[start.x, start.y], [goal.x, goal.y], ...boxes].map((numbers) => numbers.map(tenth).join("_")).join("~");
}

/** The arena that a text stands for; `undefined` if it is none that can be played: an address may be cut in half. */
export function readArena(text: string): Arena | undefined {
  const [start, goal, ...boxes] = text.split("~").map((part) => part.split("_").map(Number));
  const isAll = (numbers: readonly number[] | undefined, count: number): numbers is number[] =>
    numbers?.length === count && numbers.every(Number.isFinite);
  if (!isAll(start, 2) || !isAll(goal, 2) || !boxes.every((box) => isAll(box, 4))) return undefined;
  const walls = boxes.map(([x, y, width, height]) => ({ x, y, width, height }) as Wall);
  const arena: Arena = {
    ...openArena,
    start: { x: start[0]!, y: start[1]! },
    goal: { x: goal[0]!, y: goal[1]! },
    walls,
  };
  return faultsOf(arena).length === 0 ? arena : undefined;
}

/** The walls alone: what a policy has learnt in. */
export const wallsText = ({ walls }: Arena): string =>
  walls.map(({ x, y, width, height }) => [x, y, width, height].map(tenth).join("_")).join("~");

/** A wall within the plane, rounded, and not thinner than can be seen. */
export function fittedWall({ x, y, width, height }: Wall, arena: Arena): Wall {
  const clip = (value: number, low: number, high: number): number => tenth(Math.min(high, Math.max(low, value)));
  const wide = clip(width, MIN_SIDE, arena.width);
  const tall = clip(height, MIN_SIDE, arena.height);
  return { x: clip(x, 0, arena.width - wide), y: clip(y, 0, arena.height - tall), width: wide, height: tall };
}

/**
 * An arena in which character and goal stand where they can: out of the walls, as near as possible to where they were put.
 * `undefined` if the walls leave no place, or are too many.
 */
export function settled(arena: Arena): Arena | undefined {
  if (arena.walls.length > MAX_WALLS) return undefined;
  const place = freePlace(arena);
  if (place === undefined) return undefined;
  const terrain = new Terrain({ ...arena, start: place, goal: place });
  const free = (point: Point): Point => {
    const { x, y } = terrain.nearestFree({ x: tenth(point.x), y: tenth(point.y) });
    const rounded = { x: tenth(x), y: tenth(y) };
    return terrain.isFree(rounded) ? rounded : { x, y };
  };
  const next = { ...arena, start: free(arena.start), goal: free(arena.goal) };
  return faultsOf(next).length === 0 ? next : undefined;
}

/** Some place outside of all walls, if a grid of points finds one. */
function freePlace({ width, height, radius, walls, start, goal }: Arena): Point | undefined {
  const grown = walls.map((wall) => grownBy(radius, wall));
  const isFree = (point: Point): boolean =>
    point.x >= 0 && point.x <= width && point.y >= 0 && point.y <= height && !grown.some((one) => isInside(point, one));
  const grid = Array.from({ length: 51 * 36 }, (_, i) => ({
    x: ((i % 51) * width) / 50,
    y: (Math.floor(i / 51) * height) / 35,
  }));
  return [start, goal, ...grid].find(isFree);
}
