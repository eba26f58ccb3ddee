import type { TypedArray } from "../../core/dtype.ts";

/**
 * What the add-on exports (`packages/native/src/addon.c`). It checks all it is given: an address must be one that it
 * allocated, a range must lie in one piece, a program must stay within its buffers. Otherwise it throws a RangeError.
 */
export interface NativeAddon {
  /** The instruction set that it was compiled for. */
  readonly variant: string;
  /** Names of the kernels in C, by number. */
  readonly kernels: readonly string[];
  /** An address, a multiple of 64; 0 if there is no memory. */
  allocate(bytes: number): number;
  /** Returns whether something was allocated there. */
  free(address: number): boolean;
  write(address: number, data: TypedArray): void;
  read(address: number, into: TypedArray): void;
  /**
   * Returns the program's number.
   *
   * @param bytes of each buffer, of a table those of a row
   * @param tables pairs of a buffer and the bytes of a row
   * @param swaps pairs of buffers
   * @param threadBytes scratch of each thread
   */
  load(code: Int32Array, bytes: Float64Array, tables: Int32Array, swaps: Int32Array, threadBytes: number): number;
  release(program: number): boolean;
  /** Steps that were applied. */
  run(program: number, addresses: Float64Array, steps: number, threads: number): number;
  /**
   * The same on another thread, behind runs that were started before: steps that were applied and how many ms that took. Until
   * then the program and its memory are refused to everybody. Null if the system has no thread for it.
   */
  start(
    program: number,
    addresses: Float64Array,
    steps: number,
    threads: number,
  ): Promise<readonly [applied: number, ms: number]> | null;
  /** What a started run gave, when it has ended, for which the calling thread waits. */
  wait(program: number): readonly [applied: number, ms: number];
  /** Starts threads, and returns how many there are, the calling one included: fewer only if the system refuses. */
  threads(wanted: number): number;
}

/** Whether the add-on has the kernels, in the order, that programs are encoded for. */
export function hasKernels(addon: NativeAddon, names: readonly string[]): boolean {
  const inC = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return addon.kernels.length === names.length && names.every((name, i) => inC(name) === addon.kernels[i]);
}
