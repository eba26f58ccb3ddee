import { ShapeError, UsageError } from "../core/errors.ts";
import { formatType, type Shape, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * @file What the units of a layer are: by default each number that it gives for one example, row-major; with an axis, the
 * positions on that axis of the output [batch, ...], such as the channels of a convolution, 1.
 */

/** How the output of a layer is cut into units. */
export interface Units {
  readonly count: number;
  /** Shape that one number a unit has, so that it broadcasts over the output of `batch` examples. */
  over(batch: number): Shape;
}

/** @throws UsageError unless the output has such an axis behind the batch; ShapeError if it has no batch. */
export function unitsOf(where: string, output: Tensor, axis: number | undefined): Units {
  const { shape } = output;
  if (shape.length === 0) {
    throw new ShapeError("shape-mismatch", where, "the layer's output has no axis of examples", {
      operands: { output: formatType(output) },
    });
  }
  const own = shape.slice(1);
  if (axis === undefined) return { count: sizeOf(own), over: (batch) => [batch, ...own] };
  if (!(Number.isInteger(axis) && axis >= 1 && axis < shape.length)) {
    const what = `axis must be 1 to ${shape.length - 1}, behind that of the batch, got ${axis}`;
    throw new UsageError("invalid-axis", where, what, { operands: { output: formatType(output) } });
  }
  const spread = (batch: number) => shape.map((n, i) => (i === 0 ? batch : i === axis ? n : 1));
  return { count: shape[axis]!, over: spread };
}

/** One number a unit for each example, [batch, units]: the sum over what belongs to the unit. */
export function sumByUnit(x: Tensor, axis: number | undefined): Tensor {
  const batch = x.shape[0]!;
  if (axis === undefined) return x.reshape([batch, sizeOf(x.shape.slice(1))]);
  const others = x.shape.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
  return others.length === 0 ? x : x.sum({ axes: others });
}

/** The largest number of each unit for each example, [batch, units]. */
export function maxByUnit(x: Tensor, axis: number | undefined): Tensor {
  const batch = x.shape[0]!;
  if (axis === undefined) return x.reshape([batch, sizeOf(x.shape.slice(1))]);
  const others = x.shape.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
  return others.length === 0 ? x : x.max({ axes: others });
}

/** @throws UsageError unless the units exist, each named once. */
export function checkUnits(where: string, units: readonly number[], count: number): void {
  const seen = new Set<number>();
  for (const unit of units) {
    if (!(Number.isInteger(unit) && unit >= 0 && unit < count)) {
      throw new UsageError("invalid-option", where, `unit must be 0 to ${count - 1}, got ${unit}`, {
        details: { unit, count },
      });
    }
    if (seen.has(unit)) throw new UsageError("invalid-option", where, `unit ${unit} is named twice`);
    seen.add(unit);
  }
}
