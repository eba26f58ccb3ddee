import type { DType, TypedArray } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { Attrs, PrimName } from "../ir/prim.ts";

/**
 * @file The neutral form of a compiled computation: kernel calls on numbered buffers, as plain data that can be printed
 * and sent to a worker. A backend lowers it once and runs it many times. One run is one or many *steps*; each step
 * executes all instructions in order.
 */

/**
 * Where a buffer's contents come from.
 *
 * - `state`: kept on the device under `name`, shared by all its programs. Read during a step it has the value from
 *   before the step; `Program.writes` replace it together at the end.
 * - `row`: row k of a table given for the run, for step k of the run (indices of the batch, learning rate, random key).
 * - `feed`: given for the run, the same at every step.
 * - `constant`: part of the program.
 * - `scratch`: computed by an instruction.
 */
export type Source =
  | { readonly kind: "state"; readonly name: string }
  | { readonly kind: "row"; readonly name: string }
  | { readonly kind: "feed"; readonly name: string }
  | { readonly kind: "constant"; readonly data: TypedArray }
  | { readonly kind: "scratch" };

export interface Buffer {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly source: Source;
  /**
   * Index of the last instruction that reads it; `instructions.length` if it is needed after them, as what is written,
   * guarded, collected or returned is; -1 for a state that is written only.
   */
  readonly lastUse: number;
}

/** One kernel call. Buffers are numbers into `Program.buffers`. */
export type Instruction = {
  readonly [P in PrimName]: {
    readonly prim: P;
    readonly inputs: readonly number[];
    readonly output: number;
    readonly attrs: Attrs<P>;
    /** Which part of the user's model it belongs to, such as `layers.0`. */
    readonly scope: string;
  };
}[PrimName];

export interface Program {
  readonly buffers: readonly Buffer[];
  readonly instructions: readonly Instruction[];
  /** At the end of each step, state buffer `state` takes the contents of buffer `value`; all together. */
  readonly writes: readonly { readonly state: number; readonly value: number }[];
  /**
   * Buffers whose every element must be finite. If one is not, the step is not applied: no write happens, and the run
   * ends there.
   */
  readonly guard: readonly number[];
  /** Collected at every step: the result has a leading axis of steps. */
  readonly perStep: readonly { readonly name: string; readonly buffer: number }[];
  /** Read at the end of the last step that ran, before its writes. */
  readonly outputs: readonly { readonly name: string; readonly buffer: number }[];
}

/** Feeds and tables of one run. */
export interface RunRequest {
  /** How many steps to run, at least 1. */
  readonly steps: number;
  readonly feeds?: Readonly<Record<string, TypedArray>>;
  /** Tables: `steps` rows of the buffer's size, one after the other. */
  readonly rows?: Readonly<Record<string, TypedArray>>;
}

export interface RunResult {
  /** Steps that were applied. Fewer than asked for only if the guard ended the run. */
  readonly steps: number;
  /** True if the guard found a value that is not finite at step `steps`; that step was not applied. */
  readonly stopped: boolean;
  /** For each `Program.perStep`: one row a step, including the stopped one. Fresh arrays. */
  readonly perStep: Readonly<Record<string, TypedArray>>;
  /** For each `Program.outputs`, from the last step that ran, applied or not. Fresh arrays. */
  readonly outputs: Readonly<Record<string, TypedArray>>;
}
