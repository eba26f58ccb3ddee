import type { ArrayData } from "../core/array.ts";
import { ShapeError, UsageError } from "../core/errors.ts";
import { formatType, sizeOf } from "../core/shape.ts";
import { describeValue } from "../core/tree.ts";
import { fromData } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Layer, type LayerConfig } from "./layer.ts";

/** One number for all features of the last axis, or one for each. */
export type PerFeature = number | readonly number[];

/**
 * Multiplies by a fixed scale and adds a fixed offset: y = scale · x + offset. It has no parameters. As the last layer it
 * gives outputs in the units of the targets, while the layers before it work on numbers around 0.
 *
 * Shapes: x [..., n] → [..., n].
 *
 * @throws UsageError unless the numbers are finite, no scale is 0, and two lists are equally long.
 */
export class Rescale extends Layer<number, "same"> {
  readonly scale: PerFeature;
  readonly offset: PerFeature;

  constructor(scale: PerFeature, offset: PerFeature = 0) {
    super();
    check("scale", scale, (x) => x !== 0);
    check("offset", offset, () => true);
    const [scales, offsets] = [scale, offset].map((numbers) => (typeof numbers === "number" ? 1 : numbers.length));
    if (typeof scale !== "number" && typeof offset !== "number" && scales !== offsets) {
      throw new UsageError("invalid-option", "rescale", `there are ${scales} scales but ${offsets} offsets`);
    }
    this.scale = scale;
    this.offset = offset;
  }

  protected override forward(x: Tensor): Tensor {
    const numbers = (part: string, values: PerFeature): Tensor | number => {
      if (typeof values === "number") return values;
      if (x.shape.at(-1) !== values.length) {
        const what = `has ${values.length} ${part}, expected one for each of ${x.shape.at(-1) ?? "a scalar"} features`;
        throw new ShapeError("shape-mismatch", "rescale", what, { operands: { x: formatType(x) } });
      }
      return fromData(Float64Array.from(values), [values.length]).cast(x.dtype);
    };
    return x.mul(numbers("scales", this.scale)).add(numbers("offsets", this.offset));
  }

  override config(): LayerConfig {
    return { kind: "rescale", scale: this.scale, offset: this.offset };
  }
}

function check(name: string, numbers: PerFeature, isFine: (x: number) => boolean): void {
  const all: unknown = typeof numbers === "number" ? [numbers] : numbers;
  if (Array.isArray(all) && all.length > 0 && all.every((x) => Number.isFinite(x) && isFine(x))) return;
  const expected = name === "scale" ? "finite numbers other than 0" : "finite numbers";
  const got = Array.isArray(all) ? all.find((x) => !(Number.isFinite(x) && isFine(x))) : all;
  throw new UsageError("invalid-option", "rescale", `${name} must be ${expected}, got ${describeValue(got)}`);
}

/** A `Rescale` layer. @throws UsageError for numbers that are not finite, or a scale of 0. */
export const rescale = (scale: PerFeature, offset?: PerFeature): Rescale => new Rescale(scale, offset);

/**
 * The `Rescale` layer that gives outputs the mean and the standard deviation of targets, for the end of a network that
 * predicts amounts. Of a constant column the scale is 1.
 *
 * Shapes: targets [rows, ...]; one scale and offset for each number of a row.
 *
 * @throws UsageError if there are no targets.
 * @example sequential(linear(7, 16, { rng }), tanh, linear(16, 1, { rng }), fitRescale(data.targets));
 */
export function fitRescale({ shape, data }: ArrayData): Rescale {
  const columns = sizeOf(shape.slice(1));
  const rows = data.length / columns;
  if (!(rows >= 1)) throw new UsageError("invalid-data", "fitRescale", "there are no targets");
  const mean = new Array<number>(columns).fill(0);
  const variance = new Array<number>(columns).fill(0);
  for (const [i, x] of data.entries()) mean[i % columns]! += x / rows;
  for (const [i, x] of data.entries()) variance[i % columns]! += (x - mean[i % columns]!) ** 2 / rows;
  const scale = variance.map((v) => (Math.fround(v) > 0 ? Math.sqrt(v) : 1));
  return columns === 1 ? new Rescale(scale[0]!, mean[0]) : new Rescale(scale, mean);
}
