import { fromArray } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Dataset } from "./dataset.ts";
import { encode } from "./encode.ts";

/**
 * The inputs of a data set as the network sees them.
 *
 * Shapes: [n, ...], as stored. In f32, or f64 if they are stored so; without preprocessing as they are stored.
 *
 * @example inputsOf(sliceRows(digits.test, 0, 1)); // the first test digit
 */
export function inputsOf({ inputs, preprocessing }: Dataset): Tensor {
  return encode(preprocessing, fromArray(inputs));
}
