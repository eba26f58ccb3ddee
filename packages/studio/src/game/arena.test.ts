import { describe, expect, test } from "vitest";
import {
  type Arena,
  crossing,
  faultsOf,
  grownBy,
  isInside,
  lengthOf,
  MAX_WALLS,
  openArena,
  walledArena,
} from "./arena.ts";

const wall = { x: 10, y: 10, width: 4, height: 6 };

test("inside is without the edge", () => {
  expect(isInside({ x: 12, y: 12 }, wall)).toBe(true);
  for (const edge of [
    { x: 10, y: 12 },
    { x: 14, y: 12 },
    { x: 12, y: 10 },
    { x: 12, y: 16 },
    { x: 9, y: 12 },
  ]) {
    expect(isInside(edge, wall)).toBe(false);
  }
  expect(grownBy(1, wall)).toEqual({ x: 9, y: 9, width: 6, height: 8 });
});

test("a way meets a wall where it enters; along the edge and up to it is free", () => {
  const through = crossing({ x: 8, y: 12 }, { x: 16, y: 12 }, wall);
  expect(through!.enter).toBeCloseTo(0.25, 8);
  expect(through!.edge).toEqual({ axis: "x", at: 10 });
  expect(crossing({ x: 12, y: 20 }, { x: 12, y: 5 }, wall)!.edge).toEqual({ axis: "y", at: 16 });
  expect(crossing({ x: 12, y: 12 }, { x: 12, y: 5 }, wall)).toEqual({ enter: 0, edge: undefined }); // begins inside
  expect(crossing({ x: 8, y: 10 }, { x: 16, y: 10 }, wall)).toBeUndefined();
  expect(crossing({ x: 14, y: 0 }, { x: 14, y: 30 }, wall)).toBeUndefined();
  expect(crossing({ x: 8, y: 12 }, { x: 10, y: 12 }, wall)).toBeUndefined();
  expect(crossing({ x: 8, y: 12 }, { x: 8, y: 12 }, wall)).toBeUndefined();
  expect(crossing({ x: 8, y: 14 }, { x: 12, y: 18 }, wall)).toBeUndefined(); // past the corner at (10, 16)
});

test("the length of a way is the sum of its parts", () => {
  expect(
    lengthOf([
      { x: 0, y: 0 },
      { x: 3, y: 4 },
      { x: 3, y: 10 },
    ]),
  ).toBe(11);
  expect(lengthOf([])).toBe(0);
});

describe("faults of an arena", () => {
  const arena: Arena = { ...openArena, walls: [wall] };
  test.each<[string, Partial<Arena>, object]>([
    ["no size", { width: 0 }, { kind: "size", width: 0, height: 70 }],
    ["a size that is no number", { height: Number.NaN }, { kind: "size", width: 100, height: Number.NaN }],
    ["a character as large as the plane", { radius: 30 }, { kind: "radius", radius: 30 }],
    ["a start off the plane", { start: { x: -1, y: 5 } }, { kind: "outside", what: "start", at: { x: -1, y: 5 } }],
    ["a goal in a wall", { goal: { x: 12, y: 12 } }, { kind: "inWall", what: "goal", at: { x: 12, y: 12 }, wall: 0 }],
    [
      "a goal too near to a wall",
      { goal: { x: 9.5, y: 12 } },
      { kind: "inWall", what: "goal", at: { x: 9.5, y: 12 }, wall: 0 },
    ],
    ["a wall without width", { walls: [{ ...wall, width: 0 }] }, { kind: "wall", wall: 0 }],
    ["too many walls", { walls: Array(MAX_WALLS + 1).fill(wall) }, { kind: "tooManyWalls", count: 25, most: 24 }],
  ])("%s", (_, change, fault) => {
    expect(faultsOf({ ...arena, ...change })).toContainEqual(fault);
  });

  test("the arenas that come along have none", () => {
    expect([openArena, walledArena].flatMap(faultsOf)).toEqual([]);
  });
});
