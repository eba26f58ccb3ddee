import type { ArrayData } from "../core/array.ts";
import { FormatError, UsageError } from "../core/errors.ts";
import { sizeOf } from "../core/shape.ts";
import { describeValue } from "../core/tree.ts";

/**
 * How stored inputs become the numbers that a network sees, as plain data that is saved with the model. Each kind but
 * "none" is defined in f32, operation by operation, so that the graph and `applyPreprocessing` give the same bits.
 */
export type Preprocessing =
  /** x, in the dtype in which it is stored */
  | { readonly kind: "none" }
  /** x * scale */
  | { readonly kind: "intensity"; readonly scale: number }
  /** 1 where x >= threshold, else 0 */
  | { readonly kind: "binary"; readonly threshold: number }
  /** (x - mean) / std, for each number of a row, or with one mean and std for all of them */
  | { readonly kind: "standardize"; readonly mean: readonly number[]; readonly std: readonly number[] };

/** The two ways of the MNIST article to turn a pixel of 0 … 255 into an input. */
export const pixelEncodings = {
  intensity: { kind: "intensity", scale: 1 / 255 },
  binary: { kind: "binary", threshold: 128 },
} as const satisfies Record<string, Preprocessing>;

export type PixelEncoding = keyof typeof pixelEncodings;

/** Applies it to rows laid end to end. The result is f32: for "none", the stored numbers as a layer's product takes them. */
export function applyPreprocessing(preprocessing: Preprocessing, data: ArrayLike<number>): Float32Array {
  const x = Float32Array.from(data);
  switch (preprocessing.kind) {
    case "none":
      return x;
    case "intensity": {
      const scale = Math.fround(preprocessing.scale);
      return x.map((v) => v * scale);
    }
    case "binary": {
      const threshold = Math.fround(preprocessing.threshold);
      return x.map((v) => (v >= threshold ? 1 : 0));
    }
    case "standardize": {
      const mean = Float32Array.from(preprocessing.mean);
      const std = Float32Array.from(preprocessing.std);
      const n = mean.length;
      if (x.length % n !== 0) {
        const what = `standardizes rows of ${n} numbers, got ${x.length} numbers`;
        throw new UsageError("invalid-data", "preprocessing", what);
      }
      return x.map((v, i) => Math.fround(v - mean[i % n]!) / std[i % n]!);
    }
  }
}

/** Means and standard deviations of the columns of training inputs. A constant column is only centred. */
export function fitStandardize(inputs: ArrayData): Preprocessing {
  const rows = inputs.shape[0] ?? 0;
  if (rows === 0) throw new UsageError("invalid-data", "fitStandardize", "the inputs have no rows");
  const columns = sizeOf(inputs.shape.slice(1));
  const mean = new Array<number>(columns).fill(0);
  const variance = new Array<number>(columns).fill(0);
  for (const [i, x] of inputs.data.entries()) mean[i % columns]! += x / rows;
  for (const [i, x] of inputs.data.entries()) variance[i % columns]! += (x - mean[i % columns]!) ** 2 / rows;
  return { kind: "standardize", mean, std: variance.map((v) => (Math.fround(v) > 0 ? Math.sqrt(v) : 1)) };
}

/**
 * Reads a description back from a model file.
 *
 * @throws FormatError with reason "bad-preprocessing"
 */
export function parsePreprocessing(where: string, value: unknown): Preprocessing {
  const fail = (what: string): never => {
    throw new FormatError("bad-preprocessing", where, `preprocessing ${what}`);
  };
  if (typeof value !== "object" || value === null) return fail(`must be an object, got ${describeValue(value)}`);
  const fields: { readonly [K in "kind" | "scale" | "threshold" | "mean" | "std"]?: unknown } = value;
  const number = (name: string, x: unknown): number =>
    typeof x === "number" && Number.isFinite(x) ? x : fail(`has a ${name} of ${describeValue(x)}: expected a number`);
  const numbers = (name: "mean" | "std"): number[] => {
    const list = fields[name];
    if (!Array.isArray(list) || list.length === 0) return fail(`needs a list of numbers as ${name}`);
    return list.map((x: unknown) => number(name, x));
  };
  switch (fields.kind) {
    case "none":
      return { kind: "none" };
    case "intensity":
      return { kind: "intensity", scale: number("scale", fields.scale) };
    case "binary":
      return { kind: "binary", threshold: number("threshold", fields.threshold) };
    case "standardize": {
      const [mean, std] = [numbers("mean"), numbers("std")];
      if (mean.length !== std.length) return fail(`has ${mean.length} means but ${std.length} standard deviations`);
      if (std.some((s) => !(s > 0))) return fail("has a standard deviation that is not above 0");
      return { kind: "standardize", mean, std };
    }
    default:
      return fail(
        `kind ${describeValue(fields.kind)} is unknown: expected "none", "intensity", "binary" or "standardize"`,
      );
  }
}
