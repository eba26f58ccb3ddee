import { describe, expect, test } from "vitest";
import { Rng } from "../../core/random.ts";
import { Extents, lowestGap } from "./extents.ts";

const setOf = (...extents: readonly (readonly [number, number])[]): Extents => {
  const set = new Extents();
  for (const [start, end] of extents) set.add(start, end);
  return set;
};
const listOf = ({ starts, ends }: Extents) => starts.map((start, i) => [start, ends[i]]);

describe("extents", () => {
  test("that lie apart are kept in order", () => {
    expect(listOf(setOf([8, 9], [0, 2], [4, 6]))).toEqual([
      [0, 2],
      [4, 6],
      [8, 9],
    ]);
  });

  test("that touch or overlap become one", () => {
    expect(listOf(setOf([0, 2], [4, 6], [2, 4]))).toEqual([[0, 6]]);
    expect(listOf(setOf([0, 2], [4, 6], [8, 9], [1, 8]))).toEqual([[0, 9]]);
    expect(listOf(setOf([0, 9], [3, 4]))).toEqual([[0, 9]]);
  });
});

describe("the lowest gap", () => {
  test("of no sets is the beginning", () => {
    expect(lowestGap([], 5)).toEqual({ start: 0, looks: 0 });
  });

  test("is large enough, and in none of the sets", () => {
    const sets = [setOf([0, 2], [10, 12]), setOf([5, 6])];
    expect([1, 3, 4, 5].map((size) => lowestGap(sets, size).start)).toEqual([2, 2, 6, 12]);
  });

  test("of random sets is where trying every place finds it", () => {
    const rng = Rng.seeded(5);
    for (let k = 0; k < 500; k++) {
      const taken = new Set<number>();
      const sets = Array.from({ length: 1 + Math.floor(rng.next() * 5) }, () => {
        const set = new Extents();
        for (let i = Math.floor(rng.next() * 6); i >= 0; i--) {
          const start = Math.floor(rng.next() * 60);
          const end = start + 1 + Math.floor(rng.next() * 6);
          set.add(start, end);
          for (let at = start; at < end; at++) taken.add(at);
        }
        return set;
      });
      const size = 1 + Math.floor(rng.next() * 6);
      let start = 0;
      while (Array.from({ length: size }, (_, i) => start + i).some((at) => taken.has(at))) start++;
      expect(lowestGap(sets, size).start).toBe(start);
    }
  });
});
