import type { TensorType } from "../../../core/shape.ts";
import type { Attrs, PrimName } from "../../../ir/prim.ts";
import type { KernelName } from "../kernel-names.ts";

/** What a kernel reads or writes: all of a buffer, row-major. */
export interface Operand extends TensorType {
  readonly buffer: number;
}

/** A kernel and its arguments, all of them whole numbers of 32 bits. */
export interface KernelCall {
  readonly kernel: KernelName;
  readonly args: readonly number[];
  /** Bytes that each thread needs for itself; none if left out. */
  readonly scratch?: number;
  /** Roughly how many elementary operations it takes, to decide whether threads share it. */
  readonly work: number;
}

/** How a primitive is written down for its kernel. */
export type Encoder<P extends PrimName> = (inputs: readonly Operand[], output: Operand, attrs: Attrs<P>) => KernelCall;
