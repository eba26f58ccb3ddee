import { type DType, isFloat } from "../core/dtype.ts";
import { DtypeError, type ErrorCode, type ErrorParts, ShapeError } from "../core/errors.ts";
import { formatType, type TensorType } from "../core/shape.ts";
import type { Attrs, Inputs, PrimName } from "../ir/prim.ts";

/** What is true of a primitive on every backend, and nothing about how it is computed. */
export interface Contract<P extends PrimName> {
  /** One sentence for the documentation. */
  readonly summary: string;
  /**
   * Type of the result. Operands of different dtypes were promoted and negative axes resolved before (`Ops`), so
   * what does not fit here is an error. @throws ShapeError or DtypeError naming the primitive and its operands.
   */
  readonly infer: (inputs: Inputs<P, TensorType>, attrs: Attrs<P>) => TensorType;
}

const LETTERS = ["a", "b", "c"];

/** `{ a: "f32[2, 3]", b: … }`, as errors print operands. */
export function formatOperands(inputs: readonly TensorType[]): Record<string, string> {
  if (inputs.length === 1) return { x: formatType(inputs[0]!) };
  return Object.fromEntries(inputs.map((type, i) => [LETTERS[i] ?? `x${i}`, formatType(type)]));
}

/** Types only: an error that is kept must not keep tensors alive. */
function partsOf(prim: string, inputs: readonly TensorType[]): ErrorParts {
  const types = inputs.map(({ dtype, shape }) => ({ dtype, shape }));
  return { operands: formatOperands(inputs), details: { prim, inputs: types } };
}

export function shapeError(
  prim: string,
  what: string,
  inputs: readonly TensorType[],
  code: ErrorCode = "shape-mismatch",
): ShapeError {
  return new ShapeError(code, prim, what, partsOf(prim, inputs));
}

export function dtypeError(prim: string, what: string, inputs: readonly TensorType[]): DtypeError {
  return new DtypeError("dtype-mismatch", prim, what, partsOf(prim, inputs));
}

/** @throws DtypeError unless all operands have one dtype, and `accepts` it. */
export function commonDtype(
  prim: string,
  inputs: readonly TensorType[],
  accepts: "any" | "numeric" | "float" | "bool" | "i32" = "any",
): DType {
  const dtype = inputs[0]!.dtype;
  if (inputs.some((x) => x.dtype !== dtype)) throw dtypeError(prim, "operands have different dtypes", inputs);
  const fits =
    accepts === "any" ||
    (accepts === "float" && isFloat(dtype)) ||
    (accepts === "numeric" && dtype !== "bool") ||
    accepts === dtype;
  if (!fits) {
    const expected = { float: "f32 or f64", numeric: "a number type", bool: "bool", i32: "i32", any: "" }[accepts];
    throw dtypeError(prim, `expected ${expected}, got ${dtype}`, inputs);
  }
  return dtype;
}
