import type { Arena, Point, Wall } from "../../game/arena.ts";
import { fittedWall, MIN_SIDE, settled } from "./arena-text.ts";
import type { Handle } from "./draw-descent.ts";
import type { Scale } from "./draw-ground.ts";

/** What a pointer has taken: a thing to be moved, a corner of a wall, or nothing, where a new wall begins. */
export type Grip =
  | { readonly kind: "move"; readonly handle: Handle; readonly from: Point }
  | { readonly kind: "corner"; readonly wall: number; readonly anchor: Point }
  | { readonly kind: "wall"; readonly from: Point };

/** The box between two points. */
export const boxOf = (a: Point, b: Point): Wall => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  width: Math.abs(a.x - b.x),
  height: Math.abs(a.y - b.y),
});

/** The corner of a wall under a pixel, told by the corner across, which stays where it is. */
export function cornerAt({ walls }: Arena, wall: number, scale: Scale, px: number, py: number): Point | undefined {
  const box = walls[wall];
  if (box === undefined) return undefined;
  const xs = [box.x, box.x + box.width] as const;
  const ys = [box.y, box.y + box.height] as const;
  for (const i of [0, 1] as const) {
    for (const j of [0, 1] as const) {
      if (Math.hypot(scale.x(xs[i]) - px, scale.y(ys[j]) - py) <= 14) return { x: xs[1 - i]!, y: ys[1 - j]! };
    }
  }
  return undefined;
}

/** The arena in which one thing stands elsewhere; `undefined` if it could not be played. */
export function moved(arena: Arena, handle: Handle, by: Point): Arena | undefined {
  if (typeof handle !== "number") {
    const at = arena[handle];
    return settled({ ...arena, [handle]: { x: at.x + by.x, y: at.y + by.y } });
  }
  const wall = arena.walls[handle];
  if (wall === undefined) return undefined;
  return withWall(arena, handle, { ...wall, x: wall.x + by.x, y: wall.y + by.y });
}

/** The arena with another wall in the place of one, or with one more. */
export function withWall(arena: Arena, index: number, wall: Wall): Arena | undefined {
  const walls = [...arena.walls];
  walls[index] = fittedWall(wall, arena);
  return settled({ ...arena, walls });
}

export const withoutWall = (arena: Arena, index: number): Arena | undefined =>
  settled({ ...arena, walls: arena.walls.filter((_, i) => i !== index) });

/** What a grip makes of the arena in which it began, when the pointer is at a place. */
export function dragged(arena: Arena, grip: Grip, to: Point): Arena | undefined {
  switch (grip.kind) {
    case "move":
      return moved(arena, grip.handle, { x: to.x - grip.from.x, y: to.y - grip.from.y });
    case "corner":
      return withWall(arena, grip.wall, boxOf(grip.anchor, to));
    case "wall": {
      const box = boxOf(grip.from, to);
      return isWall(box) ? withWall(arena, arena.walls.length, box) : arena;
    }
  }
}

/** A wall that is no wider than a slip of the hand is none. */
const isWall = ({ width, height }: Wall): boolean => Math.max(width, height) >= MIN_SIDE;
