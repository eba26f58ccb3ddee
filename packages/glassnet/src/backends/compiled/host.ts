import type { TypedArray } from "../../core/dtype.ts";

/** @file Where the compiled kernels and their memory are: a WebAssembly instance, or the native add-on. */

/** What a program consists of on a host, apart from where its buffers lie. */
export interface HostProgramParts {
  /** Instructions as `kernels/program.h` has them. */
  readonly code: Int32Array;
  /** How many buffers the code speaks of. */
  readonly buffers: number;
  /** Bytes of each; of a table, those of a row. */
  readonly bufferBytes: readonly number[];
  /** Buffers that are another row of a table at each step, with the bytes of a row. */
  readonly tables: readonly { readonly buffer: number; readonly bytes: number }[];
  /** Pairs of buffers that change places after a step. */
  readonly swaps: readonly { readonly state: number; readonly next: number }[];
  /** Scratch bytes that each thread needs. */
  readonly threadBytes: number;
}

/** What became of a run. */
export interface Outcome {
  /** Steps that were applied; fewer than asked for if a number was not finite where it had to be. */
  readonly applied: number;
  /** How long it took, by the clock of the thread that led it. */
  readonly ms: number;
}

/** A run that another thread leads. */
export interface HostRun {
  /** Resolves when it has ended. @throws ResourceError if a thread was lost */
  readonly ended: Promise<Outcome>;
  /** The same at once: the calling thread does nothing until then. */
  wait(): Outcome;
}

export interface HostProgram {
  /**
   * Runs up to `steps` steps on `threads` threads.
   *
   * @param addresses where each buffer is; of a table, its first row
   * @returns steps that were applied; fewer than asked for if a number was not finite where it had to be
   */
  run(addresses: Float64Array, steps: number, threads: number): number;
  /**
   * The same, led by another thread. Until it has ended, nothing else runs on the host, and the program and what it uses
   * are not touched.
   *
   * @returns undefined where there is no such thread, or not yet
   */
  start(addresses: Float64Array, steps: number, threads: number): HostRun | undefined;
  release(): void;
}

/** Memory is addressed in bytes; address 0 is nowhere. */
export interface Host {
  readonly backend: string;
  readonly variant: string;
  /** How many threads may work on one program. */
  readonly threads: number;
  /** How many of them if the calling thread leads: in a page, whose thread may not wait for others, itself alone. */
  readonly threadsAtOnce: number;
  /** @throws ResourceError if there is not so much memory. */
  allocate(bytes: number, what: string): number;
  free(address: number): void;
  write(address: number, data: TypedArray): void;
  read(address: number, into: TypedArray): void;
  load(parts: HostProgramParts): HostProgram;
}
