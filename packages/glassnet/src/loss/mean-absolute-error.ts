import { checkSameShape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type LossOptions, reduceLosses } from "./reduction.ts";

/** |output − target|, element by element, with slope 0 where they are equal; the mean is over all elements. */
export function meanAbsoluteError(output: Tensor, targets: Tensor, options?: LossOptions): Tensor {
  checkSameShape("meanAbsoluteError", output, targets);
  return reduceLosses(output.sub(targets).abs(), options);
}
