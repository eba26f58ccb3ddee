/** A set of bytes, as the fewest extents that make it up: in order, and none of them touching the next. */
export class Extents {
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  get isEmpty(): boolean {
    return this.starts.length === 0;
  }

  /** The first extent that ends at `at` or later. */
  from(at: number): number {
    let [low, high] = [0, this.ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ends[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Adds the bytes from `start` up to and without `end`. */
  add(start: number, end: number): void {
    const { starts, ends } = this;
    const at = this.from(start);
    let to = at;
    while (to < starts.length && starts[to]! <= end) to++;
    if (to === at) {
      starts.splice(at, 0, start);
      ends.splice(at, 0, end);
      return;
    }
    starts[at] = Math.min(start, starts[at]!);
    ends[at] = Math.max(end, ends[to - 1]!);
    if (to - at === 1) return;
    starts.splice(at + 1, to - at - 1);
    ends.splice(at + 1, to - at - 1);
  }
}

export interface Gap {
  readonly start: number;
  /** How many extents were looked at. */
  readonly looks: number;
}

/** The first `size` bytes in a row that none of the sets has. */
export function lowestGap(sets: readonly Extents[], size: number): Gap {
  const next = sets.map(() => 0);
  let [start, looks] = [0, 0];
  // In rounds: each set pushes the gap up behind what it has there, until none does any more.
  for (let agreeing = 0, k = 0; agreeing < sets.length; k = (k + 1) % sets.length) {
    const { starts, ends } = sets[k]!;
    let at = next[k]!;
    looks++;
    // A set that was left far behind catches up by halves.
    if (at < ends.length && ends[at]! <= start) at = sets[k]!.from(start + 1);
    const before = start;
    while (at < starts.length && starts[at]! < start + size) {
      start = Math.max(start, ends[at]!);
      at++;
      looks++;
    }
    next[k] = at;
    agreeing = start === before ? agreeing + 1 : 1;
  }
  return { start, looks };
}
