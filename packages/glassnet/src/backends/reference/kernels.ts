import { allocate } from "../../core/dtype.ts";
import { sizeOf, type TensorType } from "../../core/shape.ts";
import type { Attrs, Inputs, PrimName } from "../../ir/prim.ts";
import { infer } from "../../ops/all.ts";
import * as binary from "./binary.ts";
import * as convolution from "./convolution.ts";
import * as indexing from "./indexing.ts";
import type { Buffer, Kernel } from "./kernel.ts";
import * as matmul from "./matmul.ts";
import * as movement from "./movement.ts";
import * as pool from "./pool.ts";
import * as reduce from "./reduce.ts";
import * as source from "./source.ts";
import * as unary from "./unary.ts";

/** What every primitive computes, by definition: other backends are tested against these. */
export const kernels: { readonly [P in PrimName]: Kernel<P> } = {
  ...source,
  ...unary,
  ...binary,
  ...reduce,
  ...movement,
  ...matmul,
  ...convolution,
  ...pool,
  ...indexing,
};

/** Computes one primitive at once. @throws ShapeError or DtypeError if the operands do not fit its contract. */
export function runPrimitive<P extends PrimName>(prim: P, inputs: Inputs<P, Buffer>, attrs: Attrs<P>): Buffer {
  const type = infer(prim, inputs as Inputs<P, TensorType>, attrs);
  const output = { dtype: type.dtype, shape: type.shape, data: allocate(type.dtype, sizeOf(type.shape)) };
  const kernel: Kernel<P> = kernels[prim];
  kernel({ inputs, output, attrs });
  return output;
}
