import { aligned } from "./arena.ts";
import { Extents, lowestGap } from "./extents.ts";

/** @file Where scratch lies: pieces that are never needed at the same time share memory. */

export interface Piece {
  readonly bytes: number;
  /** The first and the last instruction that needs it. */
  readonly first: number;
  readonly last: number;
}

export interface Placement {
  /** In bytes, one a piece. */
  readonly offsets: readonly number[];
  /** How many bytes all of them take. */
  readonly bytes: number;
  /** How many extents were looked at: the work that it took. */
  readonly looks: number;
}

/** A span of time, of the instructions from `from` up to and without `to`. */
interface Span {
  readonly from: number;
  readonly to: number;
  /** What is taken for the whole span. */
  readonly throughout: Extents;
  /** What is taken at some time of it. */
  readonly sometime: Extents;
  early: Span | undefined;
  late: Span | undefined;
}

function spanOf(from: number, to: number): Span {
  const sometime = new Extents();
  const throughout = to - from === 1 ? sometime : new Extents();
  return { from, to, throughout, sometime, early: undefined, late: undefined };
}

/**
 * What is taken when: a segment tree over the instructions. Pieces that lie against each other are one extent, and
 * lowest gaps leave few others, so that a span holds few extents however many pieces it has seen.
 *
 * @see de Berg, Cheong, van Kreveld & Overmars 2008, Computational Geometry, section 10.3.
 */
class Schedule {
  readonly #root: Span;

  constructor(length: number) {
    this.#root = spanOf(0, length);
  }

  /** All that is taken at some time from `first` to `last`, in parts. */
  taken(first: number, last: number): Extents[] {
    const found: Extents[] = [];
    const open: (Span | undefined)[] = [this.#root];
    while (open.length > 0) {
      const span = open.pop();
      if (span === undefined || span.to <= first || span.from > last) continue;
      const isInside = span.from >= first && span.to <= last + 1;
      const taken = isInside ? span.sometime : span.throughout;
      if (!taken.isEmpty) found.push(taken);
      if (!isInside) open.push(span.early, span.late);
    }
    return found;
  }

  /** Takes the bytes from `start` to `end` while the instructions `first` to `last` run. */
  take(first: number, last: number, start: number, end: number): void {
    const open = [this.#root];
    for (let span = open.pop(); span !== undefined; span = open.pop()) {
      const { from, to } = span;
      if (to <= first || from > last) continue;
      span.sometime.add(start, end);
      if (from >= first && to <= last + 1) {
        if (span.throughout !== span.sometime) span.throughout.add(start, end);
        continue;
      }
      const middle = (from + to) >>> 1;
      if (first < middle) {
        span.early ??= spanOf(from, middle);
        open.push(span.early);
      }
      if (last >= middle) {
        span.late ??= spanOf(middle, to);
        open.push(span.late);
      }
    }
  }
}

/** Places pieces greedily, the largest first, each into the lowest gap among those that live at the same time as it. */
export function placePieces(pieces: readonly Piece[]): Placement {
  const offsets: number[] = new Array(pieces.length).fill(0);
  const order = pieces.map((_, i) => i).sort((a, b) => pieces[b]!.bytes - pieces[a]!.bytes || a - b);
  const schedule = new Schedule(1 + pieces.reduce((end, { last }) => Math.max(end, last), 0));
  let [bytes, looks] = [0, 0];
  for (const i of order) {
    const { first, last, bytes: wanted } = pieces[i]!;
    const size = aligned(wanted);
    if (size === 0) break; // and so are all that follow
    const taken = schedule.taken(first, last);
    const gap = lowestGap(taken, size);
    looks += taken.length + gap.looks;
    offsets[i] = gap.start;
    bytes = Math.max(bytes, gap.start + size);
    schedule.take(first, last, gap.start, gap.start + size);
  }
  return { offsets, bytes, looks };
}
