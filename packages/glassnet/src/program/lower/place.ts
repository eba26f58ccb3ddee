import { aligned } from "./arena.ts";

/** @file Where scratch lies: pieces that are never needed at the same time share memory. */

export interface Piece {
  readonly bytes: number;
  /** The first and the last instruction that needs it. */
  readonly first: number;
  readonly last: number;
}

/**
 * Places pieces greedily, the largest first, each into the lowest gap among those that live at the same time as it.
 *
 * @returns offsets in bytes, one a piece, and how many bytes that takes
 */
export function placePieces(pieces: readonly Piece[]): { readonly offsets: readonly number[]; readonly bytes: number } {
  const offsets: number[] = new Array(pieces.length).fill(0);
  const order = pieces.map((_, i) => i).sort((a, b) => pieces[b]!.bytes - pieces[a]!.bytes || a - b);
  const placed: number[] = []; // by offset
  let bytes = 0;
  for (const i of order) {
    const piece = pieces[i]!;
    const size = aligned(piece.bytes);
    let at = 0;
    for (const other of placed) {
      const { first, last, bytes: taken } = pieces[other]!;
      if (first > piece.last || last < piece.first) continue;
      if (offsets[other]! - at >= size) break;
      at = Math.max(at, offsets[other]! + aligned(taken));
    }
    offsets[i] = at;
    bytes = Math.max(bytes, at + size);
    const position = placed.findIndex((other) => offsets[other]! > at);
    placed.splice(position < 0 ? placed.length : position, 0, i);
  }
  return { offsets, bytes };
}
