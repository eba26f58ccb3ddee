import type { DType, TypedArray } from "../core/dtype.ts";
import type { TensorType } from "../core/shape.ts";
import type { PrimName } from "../ir/prim.ts";
import type { Program, RunRequest, RunResult } from "../program/program.ts";
import type { Notice } from "./notice.ts";

/** A way to run programs. Opening it gives a device, which holds state and loaded programs. */
export interface Backend {
  readonly name: string;
  /** Primitives and dtypes that it cannot run, each with the reason. */
  readonly gaps: { readonly [P in PrimName | DType]?: string };
  open(): Promise<Device>;
}

/** A program that a device has lowered. Only the device that made it can run it. */
export interface LoadedProgram {
  readonly program: Program;
}

/**
 * An opened backend. Everything is asynchronous, so a device may live in a worker or on a GPU. Calls take effect in the
 * order in which they are made, each seeing the states that those before it left, whether or not their promises were
 * awaited: so the next run may be queued while one is under way, and a program may be unloaded behind its last run. A
 * call that fails, and a run that its guard ends, leave the calls behind it as they are. Arrays that are given are read
 * before the promise settles, and neither changed nor kept; arrays that come back belong to the caller.
 */
export interface Device {
  readonly backend: string;
  /** Instruction set and other choices that decide the bits of a result; recorded with every run. */
  readonly variant: string;
  /** How many threads may work on one program. Results do not depend on it. */
  readonly threads: number;
  /** What the user should know once: why this backend and no faster one, and what it leaves to another. Grows. */
  readonly notices: readonly Notice[];
  /** Lowers a program. @throws UnsupportedError naming the primitive and the reason if it needs one from `gaps`. */
  load(program: Program): Promise<LoadedProgram>;
  /** Runs a loaded program. Its state buffers must have been written before. The calling thread goes on, where others can run it. */
  run(loaded: LoadedProgram, request: RunRequest): Promise<RunResult>;
  /** Creates or replaces the state `name`. */
  write(name: string, type: TensorType, data: TypedArray): Promise<void>;
  /** A copy of the state `name`. */
  read(name: string): Promise<TypedArray>;
  /** Forgets states. Names that do not exist are ignored. */
  free(names: readonly string[]): Promise<void>;
  /** Forgets a loaded program and its scratch memory. */
  unload(loaded: LoadedProgram): Promise<void>;
  /** The same operations at once, on devices that can. */
  readonly sync?: SyncDevice;
}

/**
 * The blocking twin of `Device`, for backends that can compute on the calling thread. A call takes effect behind all that was
 * asked of the device before, for which it waits.
 */
export interface SyncDevice {
  /** How many threads may work on one program: in a page, whose thread may not wait for others, one. */
  readonly threads: number;
  load(program: Program): LoadedProgram;
  run(loaded: LoadedProgram, request: RunRequest): RunResult;
  write(name: string, type: TensorType, data: TypedArray): void;
  read(name: string): TypedArray;
  free(names: readonly string[]): void;
  unload(loaded: LoadedProgram): void;
}

/** The blocking form of a device, where it uses all threads: then it is the faster one, because nothing is handed over. */
export function blockingOf({ sync, threads }: Device): SyncDevice | undefined {
  return sync?.threads === threads ? sync : undefined;
}

/** A device that can compute on the calling thread, perhaps with others beside it. */
export type BlockingDevice = Device & { readonly sync: SyncDevice };

/** The asynchronous form of a device that only blocks. */
export function asDevice(
  sync: SyncDevice,
  about: Pick<Device, "backend" | "variant" | "threads" | "notices">,
): BlockingDevice {
  return {
    ...about,
    sync,
    load: async (program) => sync.load(program),
    run: async (loaded, request) => sync.run(loaded, request),
    write: async (name, type, data) => sync.write(name, type, data),
    read: async (name) => sync.read(name),
    free: async (names) => sync.free(names),
    unload: async (loaded) => sync.unload(loaded),
  };
}
