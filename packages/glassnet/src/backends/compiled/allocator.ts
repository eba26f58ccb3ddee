const ALIGNMENT = 64;

/** A free piece of memory. */
interface Gap {
  readonly start: number;
  readonly bytes: number;
}

/**
 * Hands out pieces of one growing range of addresses, first fit, and joins freed pieces with their neighbours. All
 * addresses are multiples of 64.
 */
export class Allocator {
  /** By address; no two touch. */
  readonly #gaps: Gap[] = [];
  readonly #taken = new Map<number, number>();
  #end: number;
  readonly #grow: (end: number, bytes: number, what: string) => void;

  /** @param grow makes addresses below `end` usable, or throws */
  constructor(start: number, grow: (end: number, bytes: number, what: string) => void) {
    this.#grow = grow;
    this.#end = Math.ceil(start / ALIGNMENT) * ALIGNMENT;
  }

  allocate(bytes: number, what: string): number {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const index = this.#gaps.findIndex((gap) => gap.bytes >= size);
    const gap = this.#gaps[index];
    if (gap !== undefined) {
      const rest = gap.bytes - size;
      this.#gaps.splice(index, 1, ...(rest > 0 ? [{ start: gap.start + size, bytes: rest }] : []));
      this.#taken.set(gap.start, size);
      return gap.start;
    }
    const last = this.#gaps.at(-1);
    const touches = last !== undefined && last.start + last.bytes === this.#end;
    const start = touches ? last.start : this.#end;
    this.#grow(start + size, bytes, what);
    if (touches) this.#gaps.pop();
    this.#end = start + size;
    this.#taken.set(start, size);
    return start;
  }

  free(address: number): void {
    const bytes = this.#taken.get(address);
    if (bytes === undefined) return;
    this.#taken.delete(address);
    const at = this.#gaps.findIndex(({ start }) => start > address);
    const index = at < 0 ? this.#gaps.length : at;
    const before = this.#gaps[index - 1];
    const after = this.#gaps[index];
    const joinsBefore = before !== undefined && before.start + before.bytes === address;
    const joinsAfter = after !== undefined && address + bytes === after.start;
    const start = joinsBefore ? before.start : address;
    const end = joinsAfter ? after.start + after.bytes : address + bytes;
    const from = joinsBefore ? index - 1 : index;
    this.#gaps.splice(from, Number(joinsBefore) + Number(joinsAfter), { start, bytes: end - start });
  }
}
