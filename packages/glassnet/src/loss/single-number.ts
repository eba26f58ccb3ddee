import { GraphError } from "../core/errors.ts";
import { formatType } from "../core/shape.ts";
import { describeValue } from "../core/tree.ts";
import { Tensor } from "../tensor/tensor.ts";

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
