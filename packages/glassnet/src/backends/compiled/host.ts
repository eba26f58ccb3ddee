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

export interface HostProgram {
  /**
   * Runs up to `steps` steps on `threads` threads.
   *
   * @param addresses where each buffer is; of a table, its first row
   * @returns steps that were applied; fewer than asked for if a number was not finite where it had to be
   */
  run(addresses: Float64Array, steps: number, threads: number): number;
  release(): void;
}

/** Memory is addressed in bytes; address 0 is nowhere. */
export interface Host {
  readonly backend: string;
  readonly variant: string;
  /** How many threads may work on one program. */
  readonly threads: number;
  /** @throws ResourceError if there is not so much memory. */
  allocate(bytes: number, what: string): number;
  free(address: number): void;
  write(address: number, data: TypedArray): void;
  read(address: number, into: TypedArray): void;
  load(parts: HostProgramParts): HostProgram;
}
