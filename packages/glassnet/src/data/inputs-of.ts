import { fromArray } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Dataset } from "./dataset.ts";
import { encode } from "./encode.ts";

/**
 * The inputs of a data set as the network sees them, in f32 (in f64 if they are stored so).
 *
 * Shapes: [n, ...], as stored.
 *
 * @example inputsOf(sliceRows(digits.test, 0, 1)); // the first test digit, f32[1, 1, 28, 28]
 */
export function inputsOf({ inputs, preprocessing }: Dataset): Tensor {
  return encode(preprocessing, fromArray(inputs));
}
