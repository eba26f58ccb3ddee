import { allocate, type TypedArray } from "../../core/dtype.ts";
import { sameShape, sizeOf, type TensorType } from "../../core/shape.ts";
import { type Lowered, lowerProgram } from "../../program/lower/lower.ts";
import type { Program, RunRequest, RunResult } from "../../program/program.ts";
import type { Device, LoadedProgram, SyncDevice } from "../backend.ts";
import { checkData, checkRequest, checkState, missingState, notLoaded } from "../request.ts";
import { checkDtypes } from "./gaps.ts";
import type { Host, HostProgram } from "./host.ts";

/** @file A device whose programs are run by the compiled kernels, wherever these are. */

/** Programs that take less than this are done before another thread has woken up. */
const ALONE_WORK = 200_000;

interface State extends TensorType {
  readonly bytes: number;
  address: number;
  /** Where its next value is written, once a program writes it. */
  spare: number | undefined;
}

/** A table of rows or of collected results, which grows to what a run needs. */
interface TableMemory {
  readonly name: string;
  readonly buffer: number;
  readonly type: TensorType;
  readonly size: number;
  readonly rowBytes: number;
  address: number;
  bytes: number;
}

/** Everything about a loaded program that a run needs, worked out once. */
interface Ready {
  readonly lowered: Lowered;
  readonly host: HostProgram;
  readonly addresses: Float64Array;
  readonly threads: number;
  readonly states: readonly { readonly name: string; readonly buffer: number; readonly type: TensorType }[];
  readonly nexts: readonly { readonly name: string; readonly buffer: number }[];
  readonly feeds: readonly { readonly name: string; readonly address: number }[];
  readonly rows: readonly TableMemory[];
  readonly collected: readonly TableMemory[];
  readonly outputs: readonly {
    readonly name: string;
    readonly buffer: number;
    readonly type: TensorType;
    readonly size: number;
  }[];
  /** Gives back what belongs to the program alone. */
  readonly release: () => void;
}

/** A device of a host, opened at once. */
export function openCompiled(host: Host): Device & { readonly sync: SyncDevice } {
  const sync = new CompiledDevice(host);
  return {
    backend: host.backend,
    variant: host.variant,
    sync,
    load: async (program) => sync.load(program),
    run: async (loaded, request) => sync.run(loaded, request),
    write: async (name, type, data) => sync.write(name, type, data),
    read: async (name) => sync.read(name),
    free: async (names) => sync.free(names),
    unload: async (loaded) => sync.unload(loaded),
  };
}

class CompiledDevice implements SyncDevice {
  readonly #host: Host;
  readonly #states = new Map<string, State>();
  readonly #loaded = new WeakMap<LoadedProgram, Ready>();
  /** A compiled function that nobody uses any more takes its programs along. */
  readonly #forgotten = new FinalizationRegistry<() => void>((release) => release());

  constructor(host: Host) {
    this.#host = host;
  }

  load(program: Program): LoadedProgram {
    checkDtypes(this.#host.backend, program);
    const loaded = { program };
    const ready = prepare(this.#host, lowerProgram(program));
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
    return this.#copy(state.address, state, sizeOf(state.shape));
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
    checkRequest(loaded.program, request);
    this.#bind(ready, request);
    const applied = ready.host.run(ready.addresses, request.steps, ready.threads);
    const stopped = applied < request.steps;
    const ran = stopped ? applied + 1 : applied;
    const result = { steps: applied, stopped, perStep: this.#collect(ready, ran), outputs: this.#outputs(ready, ran) };
    if (applied % 2 === 1) for (const { name } of ready.nexts) swap(this.#states.get(name)!);
    return result;
  }

  #bind(ready: Ready, { steps, feeds = {}, rows = {} }: RunRequest): void {
    const { addresses } = ready;
    for (const { name, buffer, type } of ready.states) {
      const state = this.#states.get(name);
      if (state === undefined) throw missingState("run", name);
      checkState(name, state, type);
      addresses[buffer] = state.address;
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

  #reserve(table: TableMemory, steps: number): void {
    const bytes = table.rowBytes * steps + MARGIN_BYTES;
    if (bytes <= table.bytes) return;
    if (table.bytes > 0) this.#host.free(table.address);
    table.bytes = 0;
    table.address = this.#host.allocate(bytes, `table "${table.name}"`);
    table.bytes = bytes;
  }

  #copy(address: number, { dtype }: TensorType, size: number): TypedArray {
    const data = allocate(dtype, size);
    this.#host.read(address, data);
    return data;
  }

  #collect({ collected }: Ready, ran: number): Record<string, TypedArray> {
    const results: Record<string, TypedArray> = {};
    for (const { name, address, type, size } of collected) results[name] = this.#copy(address, type, ran * size);
    return results;
  }

  /** Outputs have the values of the last step, states those that it saw: they changed places before every step but the first. */
  #outputs({ outputs, lowered, addresses }: Ready, ran: number): Record<string, TypedArray> {
    const results: Record<string, TypedArray> = {};
    const swapped = (ran - 1) % 2 === 1;
    for (const { name, buffer, type, size } of outputs) {
      const pair = swapped ? lowered.swaps.find(({ state, next }) => state === buffer || next === buffer) : undefined;
      const at = pair === undefined ? buffer : pair.state === buffer ? pair.next : pair.state;
      results[name] = this.#copy(addresses[at], type, size);
    }
    return results;
  }
}

const MARGIN_BYTES = 64;

function swap(state: State): void {
  const { address } = state;
  state.address = state.spare!;
  state.spare = address;
}

function prepare(host: Host, lowered: Lowered): Ready {
  const { buffers, program } = lowered;
  const arena = host.allocate(lowered.arenaBytes, "a program's scratch memory");
  const addresses = new Float64Array(buffers.length);
  const states: Ready["states"][number][] = [];
  const nexts: Ready["nexts"][number][] = [];
  const feeds: Ready["feeds"][number][] = [];
  const rows: TableMemory[] = [];
  const collected: TableMemory[] = [];
  const tableOf = (name: string, buffer: number): TableMemory => {
    const { dtype, shape, bytes } = buffers[buffer];
    const parts = { name, buffer, type: { dtype, shape }, size: sizeOf(shape), rowBytes: bytes };
    return { ...parts, address: 0, bytes: 0 };
  };
  buffers.forEach(({ dtype, shape, place }, buffer) => {
    switch (place.kind) {
      case "state":
        states.push({ name: place.name, buffer, type: { dtype, shape } });
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
        feeds.push({ name: place.name, address: arena + place.offset });
        addresses[buffer] = arena + place.offset;
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
  const hostProgram = host.load({
    code: lowered.code,
    buffers: buffers.length,
    tables: [...rows, ...collected].map(({ buffer, rowBytes }) => ({ buffer, bytes: rowBytes })),
    swaps: lowered.swaps,
    threadBytes: lowered.threadBytes,
  });
  return {
    lowered,
    host: hostProgram,
    addresses,
    threads: lowered.work < ALONE_WORK ? 1 : host.threads,
    ...{ states, nexts, feeds, rows, collected },
    outputs: lowered.outputs.map(({ name, buffer }) => {
      const { dtype, shape } = buffers[buffer];
      return { name, buffer, type: { dtype, shape }, size: sizeOf(shape) };
    }),
    release: () => {
      hostProgram.release();
      host.free(arena);
      for (const { address, bytes } of [...rows, ...collected]) if (bytes > 0) host.free(address);
    },
  };
}

function constantData({ buffers }: Program, buffer: number): TypedArray {
  const { source } = buffers[buffer];
  if (source.kind !== "constant") throw new Error(`bug in glassnet: buffer ${buffer} is no constant`);
  return source.data;
}
