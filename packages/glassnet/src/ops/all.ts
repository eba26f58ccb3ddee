import { checkShape, type TensorType } from "../core/shape.ts";
import type { Attrs, Inputs, PrimName } from "../ir/prim.ts";
import type { Contract } from "./contract.ts";
import * as elementwise from "./elementwise.ts";
import * as indexing from "./indexing.ts";
import * as movement from "./movement.ts";
import * as product from "./product.ts";
import * as reduce from "./reduce.ts";
import * as source from "./source.ts";

/** Every contract; a primitive without one does not compile. */
export const contracts: { readonly [P in PrimName]: Contract<P> } = {
  ...source,
  ...elementwise,
  ...reduce,
  ...movement,
  ...product,
  ...indexing,
};

/** The type of a primitive's result. @throws ShapeError or DtypeError if the operands do not fit its contract. */
export function infer<P extends PrimName>(prim: P, inputs: Inputs<P, TensorType>, attrs: Attrs<P>): TensorType {
  const contract: Contract<P> = contracts[prim];
  const type = contract.infer(inputs, attrs);
  // Operands within the limit can make a result beyond it: [65536, 1] + [1, 65536].
  checkShape(prim, type.shape);
  return type;
}
