import { isFloat } from "../core/dtype.ts";
import { DtypeError, GraphError } from "../core/errors.ts";
import { formatType } from "../core/shape.ts";
import { describeValue } from "../core/tree.ts";
import { Tensor } from "../tensor/tensor.ts";
import { refuseAsync } from "../tensor/trace.ts";

/** @throws GraphError unless `value` has one element: what is minimised or averaged over batches is one number. */
export function checkSingleNumber(where: string, what: string, value: unknown): void {
  if (!(value instanceof Tensor)) {
    throw new GraphError("invalid-graph", where, `the ${what} must be a tensor, got ${describeValue(value)}`);
  }
  if (value.size === 1) return;
  throw new GraphError("invalid-graph", where, `the ${what} must be a single number, got ${formatType(value)}`, {
    help: "take the mean over the examples",
  });
}

/** @throws GraphError unless `value` is a single number; DtypeError unless it has a gradient. */
export function checkLoss(where: string, value: unknown): asserts value is Tensor {
  refuseAsync(value);
  checkSingleNumber(where, "loss", value);
  const { dtype } = value as Tensor;
  if (isFloat(dtype)) return;
  throw new DtypeError("dtype-mismatch", where, `only floats have gradients, but the loss is ${dtype}`);
}
