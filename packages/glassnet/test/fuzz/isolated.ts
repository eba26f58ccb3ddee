import type { Host } from "../../src/backends/compiled/host.ts";
import { WasmHost } from "../../src/backends/wasm/host.ts";
import type { TypedArray } from "../../src/core/dtype.ts";
import { allocate } from "../../src/core/dtype.ts";
import { sizeOf } from "../../src/core/shape.ts";
import { type Lowered, lowerProgram } from "../../src/program/lower/lower.ts";
import type { FuzzCase } from "./fuzz-case.ts";

/** Before and behind every buffer; what lies there must be the same after a run. */
const GUARD_BYTES = 64;
const GUARD = 0xa5;
/** What memory holds before something is written into it: a NaN of floats, and no small number of integers. */
const GARBAGE = 0xff;

export interface IsolatedRun {
  readonly steps: number;
  /** Every table, state and output by kind and name, as bytes would differ. */
  readonly results: ReadonlyMap<string, TypedArray>;
  /** What was written where nothing may be written. */
  readonly faults: readonly string[];
}

interface Region {
  readonly what: string;
  readonly address: number;
  readonly bytes: number;
  /** If the run may not change it. */
  readonly before: Uint8Array | undefined;
}

/** Regions of a host's memory, each between guard bytes. */
class Guarded {
  readonly #host: Host;
  readonly #regions: Region[] = [];

  constructor(host: Host) {
    this.#host = host;
  }

  add(what: string, bytes: number, data: TypedArray | undefined, isFixed: boolean): number {
    const start = this.#host.allocate(bytes + 2 * GUARD_BYTES, what);
    const address = start + GUARD_BYTES;
    const fill = new Uint8Array(bytes + 2 * GUARD_BYTES).fill(GUARD);
    fill.fill(GARBAGE, GUARD_BYTES, GUARD_BYTES + bytes);
    this.#host.write(start, fill);
    if (data !== undefined) this.#host.write(address, data);
    const region = { what, address, bytes, before: undefined };
    this.#regions.push({ ...region, before: isFixed ? this.#read(address, bytes) : undefined });
    return address;
  }

  #read(address: number, bytes: number): Uint8Array {
    const into = new Uint8Array(bytes);
    this.#host.read(address, into);
    return into;
  }

  faults(): string[] {
    return this.#regions.flatMap(({ what, address, bytes, before }) => {
      const faults: string[] = [];
      for (const [where, start] of [
        ["before", address - GUARD_BYTES],
        ["behind", address + bytes],
      ] as const) {
        const at = this.#read(start, GUARD_BYTES).findIndex((byte) => byte !== GUARD);
        if (at >= 0) faults.push(`something wrote ${where} ${what}, at byte ${at} of the guard`);
      }
      const after = before && this.#read(address, bytes);
      if (before?.some((byte, i) => byte !== after![i])) faults.push(`${what} was changed`);
      return faults;
    });
  }

  release(): void {
    for (const { address } of this.#regions) this.#host.free(address - GUARD_BYTES);
  }
}

/**
 * Guards behind the scratch memory of each thread, where it can be seen: in WebAssembly. In the add-on `kernels/test/programs.c`
 * and the sanitizers watch it.
 */
class GuardedScratch {
  readonly #host: WasmHost | undefined;
  readonly #bytes: number;
  readonly #address: number;

  constructor(host: Host, bytes: number) {
    this.#host = host instanceof WasmHost ? host : undefined;
    this.#bytes = bytes;
    const all = (bytes + GUARD_BYTES) * host.threads;
    this.#address = this.#host?.reserveScratch(all) ?? 0;
    this.#host?.write(this.#address, new Uint8Array(all).fill(GUARD));
  }

  /** What a program has to ask for, so that the guards belong to nobody. */
  get threadBytes(): number {
    return this.#host === undefined ? this.#bytes : this.#bytes + GUARD_BYTES;
  }

  faults(): string[] {
    const faults: string[] = [];
    const guard = new Uint8Array(GUARD_BYTES);
    for (let thread = 0; thread < (this.#host?.threads ?? 0); thread++) {
      this.#host!.read(this.#address + thread * this.threadBytes + this.#bytes, guard);
      const at = guard.findIndex((byte) => byte !== GUARD);
      if (at >= 0) faults.push(`thread ${thread} wrote behind its scratch memory, at byte ${at} of the guard`);
    }
    return faults;
  }
}

/**
 * Runs the first request of a case on so many threads.
 *
 * @param scratch whether every buffer has memory of its own, or constants, feeds and scratch lie where they were placed
 * @param sharing whether the first thread does alone what is little, or all share whatever can be shared
 */
export function runIsolated(
  host: Host,
  { program, states, requests }: FuzzCase,
  threads: number,
  scratch: "apart" | "arena" = "apart",
  sharing: "as lowered" | "all" = "as lowered",
): IsolatedRun {
  const lowered = lowerProgram(program);
  const { steps, feeds = {}, rows = {} } = requests[0]!;
  const guarded = new Guarded(host);
  const arena = scratch === "arena" ? guarded.add("the arena", lowered.arenaBytes, undefined, false) : 0;
  const inside = (
    what: string,
    bytes: number,
    offset: number,
    data: TypedArray | undefined,
    isFixed: boolean,
  ): number => {
    if (scratch === "apart") return guarded.add(what, bytes, data, isFixed);
    if (data !== undefined) host.write(arena + offset, data);
    return arena + offset;
  };
  const stateAddresses = new Map<string, number>(); // a state that is written in place is two buffers
  const addresses = Float64Array.from(lowered.buffers, ({ bytes, place, dtype, shape }, i) => {
    const what = `b${i} (${place.kind}, ${dtype}[${shape}])`;
    switch (place.kind) {
      case "state": {
        const known = stateAddresses.get(place.name);
        if (known !== undefined) return known;
        const address = guarded.add(what, bytes, states.get(place.name)!.data, !isWritten(lowered, place.name));
        stateAddresses.set(place.name, address);
        return address;
      }
      case "feed":
        return inside(what, bytes, place.offset, feeds[place.name], true);
      case "row":
        return guarded.add(what, bytes * steps, rows[place.name], true);
      case "collected":
        return guarded.add(what, bytes * steps, undefined, false);
      case "constant": {
        const { source } = program.buffers[i]!;
        return inside(what, bytes, place.offset, source.kind === "constant" ? source.data : undefined, true);
      }
      case "next":
        return guarded.add(what, bytes, undefined, false);
      case "scratch":
        return inside(what, bytes, place.offset, undefined, false);
    }
  });
  const isTable = ({ place }: Lowered["buffers"][number]) => place.kind === "row" || place.kind === "collected";
  const guardedScratch = new GuardedScratch(host, lowered.threadBytes);
  const parts = {
    code: sharing === "all" ? sharedCode(lowered) : lowered.code,
    buffers: lowered.buffers.length,
    bufferBytes: lowered.buffers.map(({ bytes }) => bytes),
    tables: lowered.buffers.flatMap((buffer, i) => (isTable(buffer) ? [{ buffer: i, bytes: buffer.bytes }] : [])),
    swaps: lowered.swaps,
    threadBytes: guardedScratch.threadBytes,
  };
  const hostProgram = host.load(parts);
  const applied = hostProgram.run(addresses, steps, threads);
  const ran = Math.min(applied + 1, steps);
  const faults = [...guarded.faults(), ...guardedScratch.faults()];
  const results = new Map<string, TypedArray>();
  const take = (name: string, buffer: number, rowsOf = 1): void => {
    const { dtype, shape } = lowered.buffers[buffer]!;
    const data = allocate(dtype, sizeOf(shape) * rowsOf);
    host.read(addresses[buffer]!, data);
    results.set(name, data);
  };
  for (const { name, buffer } of lowered.collected) take(`each step ${name}`, buffer, ran);
  for (const { name, buffer } of lowered.outputs) take(`output ${name}`, afterSwaps(lowered, buffer, ran - 1));
  lowered.buffers.forEach(({ place }, buffer) => {
    if (place.kind === "state") take(`state ${place.name}`, afterSwaps(lowered, buffer, applied));
  });
  hostProgram.release();
  guarded.release();
  return { steps: applied, results, faults };
}

/** Flags of an instruction, as `kernels/program.h` has them. */
const MEET = 1;
const SOLO = 2;

/** The same program, but that threads share every instruction that can be shared, however little it is. */
function sharedCode({ code, instructions }: Lowered): Int32Array {
  const words = code.slice();
  let at = 0;
  for (const { kernel, plan } of instructions) {
    const canShare = kernel !== "block" || plan?.split !== -1;
    words[at + 2] = (at > 0 ? MEET : 0) | (canShare ? 0 : SOLO);
    at += 3 + words[at + 1]!;
  }
  return words;
}

const isWritten = ({ program: { writes, buffers } }: Lowered, name: string): boolean =>
  writes.some(({ state }) => (buffers[state]!.source as { readonly name: string }).name === name);

/** Where a buffer's contents are after states and their next values have changed places so many times. */
function afterSwaps({ swaps }: Lowered, buffer: number, times: number): number {
  const pair = times % 2 === 1 ? swaps.find(({ state, next }) => state === buffer || next === buffer) : undefined;
  if (pair === undefined) return buffer;
  return pair.state === buffer ? pair.next : pair.state;
}
