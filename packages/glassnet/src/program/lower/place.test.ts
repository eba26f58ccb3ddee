import { describe, expect, test } from "vitest";
import { Rng } from "../../core/random.ts";
import { aligned } from "./arena.ts";
import { type Piece, type Placement, placePieces } from "./place.ts";

test("pieces that are needed at the same time lie apart, others share memory", () => {
  const pieces = [
    { bytes: 100, first: 0, last: 1 },
    { bytes: 100, first: 1, last: 2 },
    { bytes: 100, first: 2, last: 3 },
  ];
  expect(placePieces(pieces)).toMatchObject({ offsets: [0, 128, 0], bytes: 256 });
});

test("a piece fills a gap between two others", () => {
  const pieces = [
    { bytes: 640, first: 0, last: 0 },
    { bytes: 320, first: 0, last: 9 },
    { bytes: 256, first: 1, last: 9 },
  ];
  expect(placePieces(pieces)).toMatchObject({ offsets: [0, 640, 0], bytes: 960 });
});

test("no pieces take no bytes, and empty ones neither", () => {
  expect(placePieces([])).toEqual({ offsets: [], bytes: 0, looks: 0 });
  expect(placePieces([{ bytes: 0, first: 0, last: 3 }]).bytes).toBe(0);
});

test("500 random pieces: whole cache lines, none over another that lives, not much more than is needed at once", () => {
  const rng = Rng.seeded(8);
  const pieces = Array.from({ length: 500 }, (): Piece => {
    const first = Math.floor(rng.next() * 200);
    return { bytes: Math.floor(rng.next() * 5000), first, last: first + Math.floor(rng.next() * 12) };
  });
  const { offsets, bytes } = placePieces(pieces);
  const endOf = (i: number) => offsets[i]! + aligned(pieces[i]!.bytes);
  pieces.forEach((piece, i) => {
    expect(offsets[i]! % 64).toBe(0);
    expect(endOf(i)).toBeLessThanOrEqual(bytes);
    pieces.slice(0, i).forEach((other, k) => {
      const live = other.first <= piece.last && piece.first <= other.last;
      if (live && offsets[k]! < endOf(i) && offsets[i]! < endOf(k)) expect.fail(`pieces ${k} and ${i} overlap`);
    });
  });
  const needed = Array.from({ length: 212 }, (_, t) =>
    pieces.reduce((sum, { first, last, bytes: n }) => sum + (first <= t && t <= last ? aligned(n) : 0), 0),
  );
  expect(bytes).toBeLessThan(1.25 * Math.max(...needed));
});

/** How pieces live in programs of n instructions. */
const lives: Readonly<Record<string, (n: number) => Piece[]>> = {
  "links of a chain": (n) => Array.from({ length: n }, (_, i) => ({ bytes: 1024, first: i, last: i + 1 })),
  "what a step computes forwards and needs again backwards": (n) =>
    Array.from({ length: n }, (_, i) => ({ bytes: 64 * (1 + ((i * 37) % 12)), first: i, last: 2 * n - i })),
  "short lives of all sizes": (n) => {
    const rng = Rng.seeded(n);
    return Array.from({ length: n }, () => {
      const first = Math.floor(rng.next() * n);
      return { bytes: Math.floor(2 ** (rng.next() * 20)), first, last: first + Math.floor(rng.next() * 12) };
    });
  },
  "short lives and some long ones": (n) => {
    const rng = Rng.seeded(n);
    return Array.from({ length: n }, () => {
      const first = Math.floor(rng.next() * n);
      const length = rng.next() < 0.1 ? n : 10;
      return {
        bytes: Math.floor(rng.next() * 5000),
        first,
        last: Math.min(n - 1, first + Math.floor(rng.next() * length)),
      };
    });
  },
};

/** The same placement by comparing each piece with all that were placed before. */
function plainly(pieces: readonly Piece[]): Omit<Placement, "looks"> {
  const offsets: number[] = new Array(pieces.length).fill(0);
  const order = pieces.map((_, i) => i).sort((a, b) => pieces[b]!.bytes - pieces[a]!.bytes || a - b);
  order.forEach((i, k) => {
    const { first, last, bytes } = pieces[i]!;
    const others = order
      .slice(0, k)
      .filter((other) => pieces[other]!.first <= last && pieces[other]!.last >= first)
      .sort((a, b) => offsets[a]! - offsets[b]!);
    for (const other of others) {
      if (offsets[other]! - offsets[i]! >= aligned(bytes)) break;
      offsets[i] = Math.max(offsets[i]!, offsets[other]! + aligned(pieces[other]!.bytes));
    }
  });
  return { offsets, bytes: Math.max(0, ...pieces.map(({ bytes }, i) => offsets[i]! + aligned(bytes))) };
}

describe.each(Object.entries(lives))("%s", (_, piecesOf) => {
  test.each([1, 2, 3, 17, 300])("%i pieces lie in the lowest gaps, the largest placed first", (n) => {
    const { offsets, bytes } = placePieces(piecesOf(n));
    expect({ offsets, bytes }).toEqual(plainly(piecesOf(n)));
  });

  test("eight times the pieces take far less than 64 times the work", () => {
    const [few, many] = [1000, 8000].map((n) => placePieces(piecesOf(n)).looks);
    expect(many! / few!).toBeLessThan(24);
    expect(few!).toBeLessThan((1000 * 1000) / 2); // comparing each with each
  });
});
