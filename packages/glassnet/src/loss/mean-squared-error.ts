import { ShapeError } from "../core/errors.ts";
import { formatType, sameShape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type LossOptions, reduceLosses } from "./reduction.ts";

/** Losses that compare element by element do not broadcast: [32] against [32, 1] would silently compare all pairs. */
export function checkSameShape(where: string, output: Tensor, targets: Tensor): void {
  if (sameShape(output.shape, targets.shape)) return;
  throw new ShapeError("shape-mismatch", where, "output and targets must have one shape", {
    operands: { output: formatType(output), targets: formatType(targets) },
  });
}

/** (output − target)², element by element; the mean is over all elements. */
export function meanSquaredError(output: Tensor, targets: Tensor, options?: LossOptions): Tensor {
  checkSameShape("meanSquaredError", output, targets);
  return reduceLosses(output.sub(targets).square(), options);
}
