import { expect, test } from "vitest";
import { Rng } from "../../core/random.ts";
import { aligned } from "./arena.ts";
import { type Piece, placePieces } from "./place.ts";

test("pieces that are needed at the same time lie apart, others share memory", () => {
  const pieces = [
    { bytes: 100, first: 0, last: 1 },
    { bytes: 100, first: 1, last: 2 },
    { bytes: 100, first: 2, last: 3 },
  ];
  expect(placePieces(pieces)).toEqual({ offsets: [0, 128, 0], bytes: 256 });
});

test("a piece fills a gap between two others", () => {
  const pieces = [
    { bytes: 640, first: 0, last: 0 },
    { bytes: 320, first: 0, last: 9 },
    { bytes: 256, first: 1, last: 9 },
  ];
  expect(placePieces(pieces)).toEqual({ offsets: [0, 640, 0], bytes: 960 });
});

test("no pieces take no bytes, and empty ones neither", () => {
  expect(placePieces([])).toEqual({ offsets: [], bytes: 0 });
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
