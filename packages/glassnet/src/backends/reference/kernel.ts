import type { TypedArray } from "../../core/dtype.ts";
import type { TensorType } from "../../core/shape.ts";
import type { Attrs, Inputs, PrimName } from "../../ir/prim.ts";

/** A tensor in memory: contiguous, row-major. */
export interface Buffer extends TensorType {
  readonly data: TypedArray;
}

export interface Call<P extends PrimName> {
  readonly inputs: Inputs<P, Buffer>;
  readonly output: Buffer;
  readonly attrs: Attrs<P>;
}

/**
 * Computes a primitive into `output`, every element of it, whatever it held before. The output never shares memory with
 * an input. Arithmetic is in f64 and rounded once, by the store into the typed array; the same store wraps i32 and u8.
 */
export type Kernel<P extends PrimName> = (call: Call<P>) => void;
