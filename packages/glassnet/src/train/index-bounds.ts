import { isFloat } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import { sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { topologicalOrder } from "../ir/graph.ts";
import type { PrimName } from "../ir/prim.ts";
import { classesOf } from "../loss/class-indices.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Batch } from "./batch.ts";

/** @file Numbers of a data set that a computation uses as indices are checked against the data, row by row. */

/** Operations whose second operand picks along an axis of the first. */
const picking: ReadonlySet<PrimName | undefined> = new Set<PrimName>([
  "gather",
  "gatherElements",
  "scatterAdd",
  "scatterAddElements",
]);

/** Operations whose result holds the numbers of their operand and no others. */
const rearranging: ReadonlySet<PrimName | undefined> = new Set<PrimName>([
  "reshape",
  "transpose",
  "broadcast",
  "slice",
  "flip",
  "stopGradient",
]);

function keepsNumbers({ prim, dtype }: Tensor): boolean {
  return rearranging.has(prim) || (prim === "cast" && dtype !== "u8" && dtype !== "bool");
}

/** What the numbers of `source` have to be below, because the computation of `results` uses them as indices. */
function boundOf(results: readonly Tensor[], source: Tensor): number {
  const same = new Set([source]);
  let bound = classesOf(source);
  for (const tensor of topologicalOrder<Tensor>(results, ({ stored }) => stored === undefined)) {
    const [first, second] = tensor.inputs;
    if (first !== undefined && same.has(first) && keepsNumbers(tensor)) {
      same.add(tensor);
      bound = Math.min(bound, classesOf(tensor));
    }
    if (first !== undefined && second !== undefined && same.has(second) && picking.has(tensor.prim)) {
      const { axis } = tensor.attrs as { readonly axis: number };
      bound = Math.min(bound, first.shape[axis]!);
    }
  }
  return bound;
}

/**
 * Checks the data behind a traced batch: an index that does not exist would count as no class, or read nothing.
 *
 * @throws UsageError naming the row.
 */
export function checkIndexBounds(data: Dataset, batch: Batch, results: readonly Tensor[]): void {
  for (const [word, part] of [
    ["input", "inputs"],
    ["label", "targets"],
  ] as const) {
    const bound = boundOf(results, batch[part]);
    if (bound === Number.POSITIVE_INFINITY) continue;
    const { dtype, shape, data: numbers } = data[part];
    const columns = sizeOf(shape.slice(1));
    for (let i = 0; i < numbers.length; i++) {
      const index = isFloat(dtype) ? Math.trunc(numbers[i]!) : numbers[i]!; // as the cast does
      if (index >= 0 && index < bound) continue;
      const row = Math.floor(i / columns);
      const what = `${word} of row ${row} is ${numbers[i]}: expected 0 to ${bound - 1}`;
      throw new UsageError("invalid-data", data.name, what, { details: { row, [word]: numbers[i], size: bound } });
    }
  }
}
