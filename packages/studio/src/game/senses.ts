import { abs, concat, fromData, maximum, minimum, ones, stopGradient, type Tensor, where, zeros } from "glassnet";
import type { Point, Wall } from "./arena.ts";
import type { CornerMap } from "./corner-map.ts";
import { NO_WAY } from "./corner-map.ts";
import type { Terrain } from "./terrain.ts";

/** @file What happens to many characters at once in one step of a roll-out, as operations of the library: so it has gradients. */

/** Directions in which the policy feels for walls, evenly around, the first to the right. */
export const RAYS = 8;

/** How far it feels. */
export const RAY_LENGTH = 20;

/** What the policy is told, in order. */
export const policyInputs = [
  ...Array.from({ length: RAYS }, (_, i) => `ray ${(360 / RAYS) * i}°`),
  ...["sight", "x", "y", "goal x", "goal y", "to goal x", "to goal y"],
] as const;

/** Divides by almost nothing where a direction has no part along an axis. */
const PARALLEL = 1e-6;

/** Walls are made smaller by so much where it is asked who sees whom: rounding must not hide a corner behind itself. */
const SLACK = 1e-3;

const rowsOf = (numbers: readonly number[], shape: readonly number[]): Tensor =>
  fromData(Float32Array.from(numbers), shape);

/** A terrain as tensors. */
export class Senses {
  readonly #obstacles: readonly Wall[];
  readonly #corners: readonly Point[];
  readonly #size: Point;

  constructor(terrain: Terrain, { corners }: CornerMap) {
    this.#obstacles = terrain.obstacles;
    this.#corners = corners;
    this.#size = { x: terrain.arena.width, y: terrain.arena.height };
  }

  /** The edges of the obstacles, for slabs: [1, 1, walls, 2] each. */
  #slabs(shrink = 0): readonly [low: Tensor, high: Tensor] {
    const shape = [1, 1, this.#obstacles.length, 2];
    const low = this.#obstacles.flatMap(({ x, y }) => [x + shrink, y + shrink]);
    const high = this.#obstacles.flatMap(({ x, y, width, height }) => [x + width - shrink, y + height - shrink]);
    return [rowsOf(low, shape), rowsOf(high, shape)];
  }

  /** Shares of ways [n, k, 2] from places [n, 2] at which each wall is entered and left: [n, k, walls] each. */
  #crossings(from: Tensor, ways: Tensor, shrink: number): readonly [enter: Tensor, leave: Tensor] {
    const [n, k] = ways.shape as [number, number];
    const way = ways.reshape([n, k, 1, 2]);
    const slope = where(abs(way).lt(PARALLEL), PARALLEL, way);
    const [low, high] = this.#slabs(shrink);
    const at = from.reshape([from.shape[0]!, 1, 1, 2]);
    const first = low.sub(at).div(slope);
    const second = high.sub(at).div(slope);
    return [minimum(first, second).max({ axes: 3 }), maximum(first, second).min({ axes: 3 })];
  }

  /** How far it is to the next wall in each direction, from 0 (touching) to 1 (none within reach): [n, 2] → [n, rays]. */
  rays(places: Tensor): Tensor {
    const n = places.shape[0]!;
    if (this.#obstacles.length === 0) return ones([n, RAYS]);
    const directions = Array.from({ length: RAYS }, (_, i) => (2 * Math.PI * i) / RAYS);
    const ways = rowsOf(
      directions.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]),
      [1, RAYS, 2],
    );
    const [enter, leave] = this.#crossings(places, ways, 0);
    const ahead = maximum(enter, 0);
    const free = where(leave.gt(ahead), ahead, RAY_LENGTH).min({ axes: 2 });
    return minimum(free, RAY_LENGTH).div(RAY_LENGTH);
  }

  /** Which share of the straight way to the goal is free, up to the first wall: 1 if one sees the goal. [n, 2] → [n, 1] */
  sight(places: Tensor, goals: Tensor): Tensor {
    const n = places.shape[0]!;
    if (this.#obstacles.length === 0) return ones([n, 1]);
    const [enter, leave] = this.#crossings(places, goals.sub(places).reshape([n, 1, 2]), SLACK);
    const ahead = maximum(enter, 0);
    return minimum(where(leave.gt(ahead), ahead, 1).min({ axes: 2 }), 1);
  }

  /** All that the policy is told, around 0: places and goals [n, 2] → [n, inputs]. */
  inputs(places: Tensor, goals: Tensor): Tensor {
    const half = Math.max(this.#size.x, this.#size.y) / 2;
    const middle = rowsOf([this.#size.x / 2, this.#size.y / 2], [1, 2]);
    // What is felt of walls is told, but not descended on: a wall that comes into reach has no slope there.
    const felt = this.rays(stopGradient(places));
    const offset = goals.sub(places).div(half / 2);
    const seen = this.sight(stopGradient(places), goals);
    const at = places.sub(middle).div(half);
    const goal = goals.sub(middle).div(half);
    return concat([felt, seen, at, goal, offset], 1);
  }

  /**
   * Where moves from places to others end, by the rules of the game: first along x, then along y, each as far as walls let it.
   * What a wall takes from a move has no slope; what slides along it has. [n, 2] and [n, 2] → [n, 2].
   */
  move(from: Tensor, to: Tensor): Tensor {
    if (this.#obstacles.length === 0) return to;
    const n = from.shape[0]!;
    const [x0, y0, x1, y1] = [from.at(undefined, 0), from.at(undefined, 1), to.at(undefined, 0), to.at(undefined, 1)];
    const column = (place: Tensor): Tensor => place.reshape([n, 1]);
    const x = this.#stopped("x", column(x0), column(x1), column(y0));
    const y = this.#stopped("y", column(y0), column(y1), x);
    return concat([x, y], 1);
  }

  /** Where a move along one axis ends, with the other coordinate as it is: [n, 1] each. */
  #stopped(axis: "x" | "y", from: Tensor, to: Tensor, beside: Tensor): Tensor {
    const walls = this.#obstacles.length;
    const edges = (pick: (wall: Wall) => number): Tensor => rowsOf(this.#obstacles.map(pick), [1, walls]);
    const [low, high] = [
      edges((wall) => wall[axis]),
      edges((wall) => wall[axis] + wall[axis === "x" ? "width" : "height"]),
    ];
    const other = axis === "x" ? "y" : "x";
    const [top, bottom] = [
      edges((wall) => wall[other] + SLACK),
      edges((wall) => wall[other] + wall[other === "x" ? "width" : "height"] - SLACK),
    ];
    const isBeside = beside.gt(top).cast("f32").mul(beside.lt(bottom).cast("f32"));
    const isHit = to.gt(low).cast("f32").mul(to.lt(high).cast("f32")).mul(isBeside).gt(0);
    const edge = where(from.lt(low.add(high).div(2)), low, high);
    const stops = where(isHit, edge, to); // [n, walls]
    const first = where(to.ge(from), stops.min({ axes: 1, keepDims: true }), stops.max({ axes: 1, keepDims: true }));
    return maximum(minimum(first, this.#size[axis]), 0);
  }

  /**
   * The walking distance of each character to its own goal: the least, over the goal and the corners that it sees, of the
   * straight distance there and what remains. Whom one sees is decided without a slope; the distance has one.
   *
   * Shapes: places and goals [n, 2], onwards [n, corners] → [n].
   */
  walkingDistances(places: Tensor, goals: Tensor, onwards: Tensor): Tensor {
    const n = places.shape[0]!;
    const lengthOf = (ways: Tensor): Tensor => ways.square().sum({ axes: 2 }).add(1e-4).sqrt();
    const here = places.reshape([n, 1, 2]);
    const goal = goals.reshape([n, 1, 2]);
    if (this.#corners.length === 0) return lengthOf(goal.sub(here)).reshape([n]);
    const k = this.#corners.length;
    const corners = rowsOf(
      this.#corners.flatMap(({ x, y }) => [x, y]),
      [1, k, 2],
    ).broadcastTo([n, k, 2]);
    const ways = concat([goal, corners], 1).sub(here); // [n, 1 + corners, 2]
    const [enter, leave] = this.#crossings(stopGradient(places), stopGradient(ways), SLACK);
    const isHidden = maximum(enter, 0).lt(minimum(leave, 1)).cast("f32").max({ axes: 2 }); // [n, 1 + corners]
    const remaining = concat([zeros([n, 1]), onwards], 1);
    return lengthOf(ways).add(remaining).add(isHidden.mul(NO_WAY)).min({ axes: 1 });
  }
}
