import { checkIndices } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** How many classes there are for class indices that a trace cannot see. */
const demands = new WeakMap<Tensor, number>();

/**
 * Checks class indices. Those that stand for the data of a step have no value while the step is traced; for them the
 * number of classes is noted, so that whoever knows the data can check it.
 *
 * @throws ShapeError naming a class index that does not exist.
 */
export function checkClassIndices(where: string, indices: Tensor, classes: number): void {
  checkIndices(where, indices, classes);
  if (indices.stored === undefined) demands.set(indices, Math.min(classes, classesOf(indices)));
}

/** The number of classes that was noted for a tensor of class indices, or Infinity. */
export const classesOf = (indices: Tensor): number => demands.get(indices) ?? Number.POSITIVE_INFINITY;
