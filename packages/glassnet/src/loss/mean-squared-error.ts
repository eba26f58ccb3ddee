import { checkSameShape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type LossOptions, reduceLosses } from "./reduction.ts";

/** (output − target)², element by element; the mean is over all elements. */
export function meanSquaredError(output: Tensor, targets: Tensor, options?: LossOptions): Tensor {
  checkSameShape("meanSquaredError", output, targets);
  return reduceLosses(output.sub(targets).square(), options);
}
