import { allocate, type DType, type TypedArray } from "../../core/dtype.ts";
import { formatType, sameShape, sizeOf, type TensorType } from "../../core/shape.ts";
import { type Lowered, lowerProgram } from "../../program/lower/lower.ts";
import type { Program, RunRequest, RunResult } from "../../program/program.ts";
import { asDevice, type BlockingDevice, type LoadedProgram, type SyncDevice } from "../backend.ts";
import { checkGaps } from "../gaps.ts";
import type { Notice } from "../notice.ts";
import { checkData, checkRequest, checkState, missingState, notLoaded } from "../request.ts";
import { compiledGaps } from "./gaps.ts";
import type { Host, HostProgram } from "./host.ts";
import { ThreadChoice } from "./thread-choice.ts";

/** @file A device whose programs are run by the compiled kernels, wherever these are. */

/** Elementary operations of a step that occupy a thread for longer than it takes to wake it. */
const WORK_A_THREAD = 100_000;

interface State extends TensorType {
  readonly bytes: number;
  address: number;
  /** Where its next value is written, once a program writes it. */
  spare: number | undefined;
}

/** What a run gives to a program, with the storage that it must have. */
interface Given {
  readonly name: string;
  readonly storage: new (size: number) => TypedArray;
  readonly size: number;
}

interface Feed extends Given {
  readonly address: number;
}

/** A table of rows or of collected results, which grows to what a run needs. */
interface Table extends Given {
  readonly buffer: number;
  readonly rowBytes: number;
  address: number;
  bytes: number;
}

/** A state that a program reads, and which one it found and checked at its last run. */
interface Read extends TensorType {
  readonly name: string;
  readonly buffer: number;
  checked: State | undefined;
}

/** Everything about a loaded program that a run needs, worked out once. */
interface Ready {
  readonly host: HostProgram;
  readonly addresses: Float64Array;
  readonly choice: ThreadChoice;
  readonly swaps: Lowered["swaps"];
  readonly reads: readonly Read[];
  readonly nexts: readonly { readonly name: string; readonly buffer: number }[];
  readonly feeds: readonly Feed[];
  readonly rows: readonly Table[];
  readonly collected: readonly Table[];
  /** How many steps of a run its first piece took, if it had two. */
  before: number;
  /** An output that is a state lies in its `partner` when the two have changed places. */
  readonly outputs: readonly (Given & { readonly buffer: number; readonly partner: number })[];
  /** Gives back what belongs to the program alone. */
  readonly release: () => void;
}

/**
 * A device of a host, opened at once.
 *
 * @param adaptive whether programs use fewer threads where that is found to be faster
 */
export function openCompiled(host: Host, notices: readonly Notice[] = [], adaptive = false): BlockingDevice {
  const { backend, variant, threads } = host;
  return asDevice(new CompiledDevice(host, adaptive), { backend, variant, threads, notices });
}

class CompiledDevice implements SyncDevice {
  readonly #host: Host;
  readonly #adaptive: boolean;
  readonly #states = new Map<string, State>();
  readonly #loaded = new WeakMap<LoadedProgram, Ready>();
  /** A compiled function that nobody uses any more takes its programs along. */
  readonly #forgotten = new FinalizationRegistry<() => void>((release) => release());

  constructor(host: Host, adaptive: boolean) {
    this.#host = host;
    this.#adaptive = adaptive;
  }

  load(program: Program): LoadedProgram {
    checkGaps(this.#host.backend, compiledGaps, program);
    const loaded = { program };
    const ready = prepare(this.#host, lowerProgram(program), this.#adaptive);
    this.#loaded.set(loaded, ready);
    this.#forgotten.register(loaded, ready.release, loaded);
    return loaded;
  }

  unload(loaded: LoadedProgram): void {
    const ready = this.#loaded.get(loaded);
    if (ready === undefined) return;
    this.#loaded.delete(loaded);
    this.#forgotten.unregister(loaded);
    ready.release();
  }

  write(name: string, type: TensorType, data: TypedArray): void {
    checkData("write", `state "${name}"`, type, data, sizeOf(type.shape));
    const known = this.#states.get(name);
    if (known !== undefined && known.dtype === type.dtype && sameShape(known.shape, type.shape)) {
      this.#host.write(known.address, data);
      return;
    }
    const address = this.#host.allocate(data.byteLength, `state "${name}"`);
    this.free([name]);
    const { dtype, shape } = type;
    this.#states.set(name, { dtype, shape: [...shape], bytes: data.byteLength, address, spare: undefined });
    this.#host.write(address, data);
  }

  read(name: string): TypedArray {
    const state = this.#states.get(name);
    if (state === undefined) throw missingState("read", name);
    const data = allocate(state.dtype, sizeOf(state.shape));
    this.#host.read(state.address, data);
    return data;
  }

  free(names: readonly string[]): void {
    for (const name of names) {
      const state = this.#states.get(name);
      if (state === undefined) continue;
      this.#states.delete(name);
      this.#host.free(state.address);
      if (state.spare !== undefined) this.#host.free(state.spare);
    }
  }

  run(loaded: LoadedProgram, request: RunRequest): RunResult {
    const ready = this.#loaded.get(loaded);
    if (ready === undefined) throw notLoaded();
    if (!isComplete(ready, request)) checkRequest(loaded.program, request);
    this.#bind(ready, request);
    const { steps } = request;
    const applied = runParts(ready, steps);
    const stopped = applied < steps;
    const ran = stopped ? applied + 1 : applied;
    const outputs = this.#outputs(ready, ran - ready.before);
    const result = { steps: applied, stopped, perStep: this.#collect(ready, ran), outputs };
    if (applied % 2 === 1) for (const { name } of ready.nexts) swap(this.#states.get(name)!);
    return result;
  }

  #bind(ready: Ready, { steps, feeds = NOTHING, rows = NOTHING }: RunRequest): void {
    const { addresses } = ready;
    for (const read of ready.reads) {
      const state = this.#states.get(read.name);
      if (state === undefined) throw missingState("run", read.name);
      if (state !== read.checked) {
        checkState(read.name, state, read);
        read.checked = state;
      }
      addresses[read.buffer] = state.address;
    }
    for (const { name, buffer } of ready.nexts) {
      const state = this.#states.get(name)!;
      state.spare ??= this.#host.allocate(state.bytes, `the next value of state "${name}"`);
      addresses[buffer] = state.spare;
    }
    for (const { name, address } of ready.feeds) this.#host.write(address, feeds[name]);
    for (const table of ready.rows) {
      this.#reserve(table, steps);
      this.#host.write(table.address, rows[table.name]);
      addresses[table.buffer] = table.address;
    }
    for (const table of ready.collected) {
      this.#reserve(table, steps);
      addresses[table.buffer] = table.address;
    }
  }

  #reserve(table: Table, steps: number): void {
    const bytes = table.rowBytes * steps + MARGIN_BYTES;
    if (bytes <= table.bytes) return;
    if (table.bytes > 0) this.#host.free(table.address);
    table.bytes = 0;
    table.address = this.#host.allocate(bytes, `table "${table.name}"`);
    table.bytes = bytes;
  }

  #collect({ collected }: Ready, ran: number): Record<string, TypedArray> {
    const results: Record<string, TypedArray> = {};
    for (const { name, address, storage: Storage, size } of collected) {
      const data = new Storage(ran * size);
      this.#host.read(address, data);
      results[name] = data;
    }
    return results;
  }

  /** Outputs have the values of the last step, states those that it saw: they changed places before every step but the first. */
  #outputs({ outputs, addresses }: Ready, ran: number): Record<string, TypedArray> {
    if (outputs.length === 0) return NO_OUTPUTS;
    const results: Record<string, TypedArray> = {};
    const isSwapped = ran % 2 === 0;
    for (const { name, buffer, partner, storage: Storage, size } of outputs) {
      const data = new Storage(size);
      this.#host.read(addresses[isSwapped ? partner : buffer], data);
      results[name] = data;
    }
    return results;
  }
}

/**
 * Runs steps in one piece, or the first few as a trial of another number of threads and then the others.
 *
 * @returns how many steps were applied
 */
function runParts(ready: Ready, steps: number): number {
  const { host, addresses, choice, rows, collected, swaps } = ready;
  ready.before = 0;
  const trial = choice.trial(steps);
  if (trial > 0) {
    const { other } = choice;
    const done = timed(host, addresses, trial, other, choice);
    if (done < trial || trial === steps) return done;
    ready.before = trial;
    for (const { buffer, rowBytes } of rows) addresses[buffer] += trial * rowBytes;
    for (const { buffer, rowBytes } of collected) addresses[buffer] += trial * rowBytes;
    if (trial % 2 === 1) {
      for (const { state, next } of swaps) {
        const address = addresses[state];
        addresses[state] = addresses[next];
        addresses[next] = address;
      }
    }
  }
  return trial + timed(host, addresses, steps - trial, choice.threads, choice);
}

function timed(
  host: HostProgram,
  addresses: Float64Array,
  steps: number,
  threads: number,
  choice: ThreadChoice,
): number {
  if (!choice.isAdaptive) return host.run(addresses, steps, threads);
  const begin = performance.now();
  const applied = host.run(addresses, steps, threads);
  choice.note(threads, (performance.now() - begin) / steps);
  return applied;
}

const NOTHING: Readonly<Record<string, never>> = {};
const NO_OUTPUTS: RunResult["outputs"] = Object.freeze({});

/** Whether a request is in order, found out quickly. Of others `checkRequest` knows better, and says what is wrong. */
function isComplete(ready: Ready, { steps, feeds = NOTHING, rows = NOTHING }: RunRequest): boolean {
  if (!(Number.isInteger(steps) && steps >= 1)) return false;
  for (const { name, storage, size } of ready.feeds) {
    const data = feeds[name];
    if (data?.constructor !== storage || data.length !== size) return false;
  }
  for (const { name, storage, size } of ready.rows) {
    const data = rows[name];
    if (data?.constructor !== storage || data.length !== steps * size) return false;
  }
  return true;
}

const MARGIN_BYTES = 64;

function swap(state: State): void {
  const { address } = state;
  state.address = state.spare!;
  state.spare = address;
}

const STORAGE: { readonly [D in DType]: new (size: number) => TypedArray } = {
  bool: Uint8Array,
  u8: Uint8Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
};

function prepare(host: Host, lowered: Lowered, adaptive: boolean): Ready {
  const { buffers, program, swaps } = lowered;
  const arena = host.allocate(lowered.arenaBytes, describeArena(buffers));
  const addresses = new Float64Array(buffers.length);
  const reads: Read[] = [];
  const nexts: Ready["nexts"][number][] = [];
  const feeds: Feed[] = [];
  const rows: Table[] = [];
  const collected: Table[] = [];
  const given = (name: string, buffer: number): Given => {
    const { dtype, shape } = buffers[buffer];
    return { name, storage: STORAGE[dtype], size: sizeOf(shape) };
  };
  const tableOf = (name: string, buffer: number): Table => {
    return { ...given(name, buffer), buffer, rowBytes: buffers[buffer].bytes, address: 0, bytes: 0 };
  };
  buffers.forEach(({ dtype, shape, place }, buffer) => {
    switch (place.kind) {
      case "state":
        reads.push({ name: place.name, buffer, dtype, shape, checked: undefined });
        break;
      case "next":
        nexts.push({ name: place.name, buffer });
        break;
      case "row":
        rows.push(tableOf(place.name, buffer));
        break;
      case "collected":
        collected.push(tableOf(place.name, buffer));
        break;
      case "feed":
        addresses[buffer] = arena + place.offset;
        feeds.push({ ...given(place.name, buffer), address: addresses[buffer] });
        break;
      case "constant":
        addresses[buffer] = arena + place.offset;
        host.write(addresses[buffer], constantData(program, buffer));
        break;
      case "scratch":
        addresses[buffer] = arena + place.offset;
        break;
    }
  });
  let hostProgram: HostProgram;
  try {
    hostProgram = host.load({
      code: lowered.code,
      buffers: buffers.length,
      bufferBytes: buffers.map(({ bytes }) => bytes),
      tables: [...rows, ...collected].map(({ buffer, rowBytes }) => ({ buffer, bytes: rowBytes })),
      swaps,
      threadBytes: lowered.threadBytes,
    });
  } catch (error) {
    host.free(arena);
    throw error;
  }
  const partnerOf = (buffer: number): number => {
    const pair = swaps.find(({ state, next }) => state === buffer || next === buffer);
    if (pair === undefined) return buffer;
    return pair.state === buffer ? pair.next : pair.state;
  };
  return {
    host: hostProgram,
    addresses,
    choice: new ThreadChoice(Math.max(1, Math.min(host.threads, Math.floor(lowered.work / WORK_A_THREAD))), adaptive),
    swaps,
    before: 0,
    ...{ reads, nexts, feeds, rows, collected },
    outputs: lowered.outputs.map(({ name, buffer }) => ({
      ...given(name, buffer),
      buffer,
      partner: partnerOf(buffer),
    })),
    release: () => {
      hostProgram.release();
      host.free(arena);
      for (const { address, bytes } of [...rows, ...collected]) if (bytes > 0) host.free(address);
    },
  };
}

/** What the arena is for, should there be no memory for it: the largest piece tells what to make smaller. */
function describeArena(buffers: Lowered["buffers"]): string {
  const inside = buffers.filter(({ place }) => "offset" in place);
  if (inside.length === 0) return "what a program computes on the way";
  const largest = inside.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  return `what a program computes on the way (largest: ${formatType(largest)})`;
}

function constantData({ buffers }: Program, buffer: number): TypedArray {
  const { source } = buffers[buffer];
  if (source.kind !== "constant") throw new Error(`bug in glassnet: buffer ${buffer} is no constant`);
  return source.data;
}
