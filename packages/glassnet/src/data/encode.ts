import { ShapeError } from "../core/errors.ts";
import { formatType, sizeOf } from "../core/shape.ts";
import { fromData } from "../tensor/create.ts";
import { ge } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Preprocessing } from "./preprocessing.ts";

/**
 * Stored rows [batch, ...] as the network sees them: the graph's form of `applyPreprocessing`, bit for bit, in f32, or in
 * f64 if they are stored so. Without preprocessing they stay what they are; integers too, so that they can be indices.
 */
export function encode(preprocessing: Preprocessing, rows: Tensor): Tensor {
  if (preprocessing.kind === "none") return rows;
  const x = rows.dtype === "f64" ? rows : rows.cast("f32");
  switch (preprocessing.kind) {
    case "intensity":
      return x.mul(preprocessing.scale);
    case "binary":
      return ge(x, preprocessing.threshold).cast(x.dtype);
    case "standardize": {
      const features = sizeOf(rows.shape.slice(1));
      const perFeature = (numbers: readonly number[]): Tensor => {
        if (numbers.length !== 1 && numbers.length !== features) {
          throw new ShapeError("shape-mismatch", "standardize", `${numbers.length} numbers for ${features} features`, {
            operands: { x: formatType(rows) },
          });
        }
        const shape = numbers.length === 1 ? [] : rows.shape.slice(1);
        return fromData(Float64Array.from(numbers), shape).cast(x.dtype);
      };
      return x.sub(perFeature(preprocessing.mean)).div(perFeature(preprocessing.std));
    }
  }
}
