import { allocate, type TypedArray } from "../../core/dtype.ts";
import { sameShape, sizeOf, type TensorType } from "../../core/shape.ts";
import { lowerProgram } from "../../program/lower/lower.ts";
import type { Program, RunRequest, RunResult } from "../../program/program.ts";
import type { BlockingDevice, LoadedProgram, SyncDevice } from "../backend.ts";
import { checkGaps } from "../gaps.ts";
import type { Notice } from "../notice.ts";
import { checkData, checkRequest, checkState, missingState, notLoaded } from "../request.ts";
import { compiledGaps } from "./gaps.ts";
import type { Host, Outcome } from "./host.ts";
import { InOrder, type Started } from "./in-order.ts";
import { isComplete, NOTHING, prepare, type Ready, type State, type Table, WORK_HANDED_OVER } from "./ready.ts";

/** @file A device whose programs are run by the compiled kernels, wherever these are. */

/**
 * A device of a host, opened at once.
 *
 * @param adaptive whether programs use fewer threads where that is found to be faster
 */
export function openCompiled(host: Host, notices: readonly Notice[] = [], adaptive = false): BlockingDevice {
  const { backend, variant, threads } = host;
  const device = new CompiledDevice(host, adaptive);
  const order = new InOrder();
  /** A call behind all that was asked for before. */
  const behind = <A extends unknown[]>(call: (...args: A) => void) => {
    return (...args: A): void => {
      order.settle();
      call(...args);
    };
  };
  const sync: SyncDevice = {
    threads: host.threadsAtOnce,
    load: (program) => device.load(program), // touches nothing that a run uses
    run: (loaded, request) => {
      order.settle();
      return device.run(loaded, request);
    },
    read: (name) => {
      order.settle();
      return device.read(name);
    },
    write: behind<Parameters<SyncDevice["write"]>>((...args) => device.write(...args)),
    free: behind<Parameters<SyncDevice["free"]>>((names) => device.free(names)),
    unload: behind<Parameters<SyncDevice["unload"]>>((loaded) => device.unload(loaded)),
  };
  return {
    ...{ backend, variant, threads, notices, sync },
    load: async (program) => device.load(program),
    run: (loaded, request) =>
      order.run(
        () => device.start(loaded, request),
        () => device.run(loaded, request),
      ),
    read: (name) => order.call(() => device.read(name)),
    write: (name, type, data) => order.call(() => device.write(name, type, data)),
    free: (names) => order.call(() => device.free(names)),
    unload: (loaded) => order.call(() => device.unload(loaded)),
  };
}

class CompiledDevice {
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
    const ready = this.#begin(loaded, request);
    return this.#finish(ready, request.steps, runParts(ready, request.steps));
  }

  /** Has a run led by another thread; undefined if that would take longer, or where there is none. */
  start(loaded: LoadedProgram, request: RunRequest): Started | undefined {
    const { steps } = request;
    const known = this.#loaded.get(loaded);
    if (known !== undefined && steps * known.work < WORK_HANDED_OVER) return undefined;
    const ready = this.#begin(loaded, request);
    const { choice, host, addresses } = ready;
    const threads = choice.trial(steps) > 0 ? choice.other : choice.threads;
    ready.before = 0;
    const run = host.start(addresses, steps, threads);
    const finish = ({ applied, ms }: Outcome): RunResult => {
      choice.note(threads, ms / steps);
      return this.#finish(this.#loaded.get(loaded)!, steps, applied); // the program is not collected until then
    };
    return run && { run, finish };
  }

  #begin(loaded: LoadedProgram, request: RunRequest): Ready {
    const ready = this.#loaded.get(loaded);
    if (ready === undefined) throw notLoaded();
    if (!isComplete(ready, request)) checkRequest(loaded.program, request);
    this.#bind(ready, request);
    return ready;
  }

  #finish(ready: Ready, steps: number, applied: number): RunResult {
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
  const { addresses, choice, rows, collected, swaps } = ready;
  ready.before = 0;
  const trial = choice.trial(steps);
  if (trial > 0) {
    const { other } = choice;
    const done = timed(ready, trial, other);
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
  return trial + timed(ready, steps - trial, choice.threads);
}

function timed({ host, addresses, choice, threadsAtOnce }: Ready, steps: number, wanted: number): number {
  const threads = Math.min(wanted, threadsAtOnce);
  if (!choice.isAdaptive) return host.run(addresses, steps, threads);
  const begin = performance.now();
  const applied = host.run(addresses, steps, threads);
  choice.note(threads, (performance.now() - begin) / steps);
  return applied;
}

const NO_OUTPUTS: RunResult["outputs"] = Object.freeze({});
const MARGIN_BYTES = 64;

function swap(state: State): void {
  const { address } = state;
  state.address = state.spare!;
  state.spare = address;
}
