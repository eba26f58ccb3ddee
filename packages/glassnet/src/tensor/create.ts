import type { ArrayData } from "../core/array.ts";
import { allocate, BYTES_PER_ELEMENT, convert, type DType, isStorageOf, type TypedArray } from "../core/dtype.ts";
import { alternatives, DtypeError, ShapeError, UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { checkShape, formatShape, formatType, type Shape, sizeOf } from "../core/shape.ts";
import { type NestedArray, ops, Tensor } from "./tensor.ts";

/** @file Tensors from numbers. The dtype is f32 unless another is asked for. */

export interface CreateOptions {
  readonly dtype?: DType;
}

const createNames: OptionNames<CreateOptions> = { dtype: true };

/** The dtype that was asked for, if one was. */
function askedFor(where: string, options: CreateOptions): DType | undefined {
  checkNames(where, createNames, options);
  const { dtype } = options;
  if (dtype !== undefined && !Object.hasOwn(BYTES_PER_ELEMENT, dtype)) {
    const what = `unknown dtype "${String(dtype)}": expected ${alternatives(Object.keys(BYTES_PER_ELEMENT))}`;
    throw new DtypeError("dtype-mismatch", where, what);
  }
  return dtype;
}

/**
 * A tensor of nested arrays of numbers, or of booleans (then bool by default).
 *
 * @throws ShapeError naming the place if the nesting is ragged.
 * @example tensor([[1, 2], [3, 4]]).shape; // [2, 2]
 */
export function tensor(values: NestedArray, options: CreateOptions = {}): Tensor {
  const dtype = askedFor("tensor", options);
  const shape: number[] = [];
  for (let part = values; Array.isArray(part); part = (part as readonly NestedArray[])[0] ?? 0) shape.push(part.length);
  const flat: number[] = [];
  let booleans = 0;
  const fill = (part: NestedArray, axis: number, path: string): void => {
    if (Array.isArray(part)) {
      if (axis >= shape.length || part.length !== shape[axis]) {
        const expected = axis < shape.length ? `${shape[axis]} elements` : "a number";
        throw new ShapeError(
          "invalid-shape",
          "tensor",
          `ragged nesting: expected ${expected} at ${path || "the top"}, got ${part.length} elements`,
        );
      }
      for (let i = 0; i < part.length; i++) fill(part[i], axis + 1, `${path}[${i}]`); // a hole is not skipped
    } else if ((typeof part === "number" || typeof part === "boolean") && axis === shape.length) {
      if (typeof part === "boolean") booleans++;
      flat.push(Number(part));
    } else {
      const expected = axis < shape.length ? `${shape[axis]} elements` : "a number";
      throw new ShapeError(
        "invalid-shape",
        "tensor",
        `ragged nesting: expected ${expected} at ${path || "the top"}, got ${String(part)}`,
      );
    }
  };
  fill(values, 0, "");
  const type = dtype ?? (booleans > 0 && booleans === flat.length ? "bool" : "f32");
  const data = allocate(type, flat.length);
  for (let i = 0; i < flat.length; i++) data[i] = convert("f64", type, flat[i]!);
  return new Tensor({ dtype: type, shape }, data);
}

/** A rank-0 tensor. */
export const scalar = (x: number, options: CreateOptions = {}): Tensor =>
  tensor(x, { dtype: askedFor("scalar", options) ?? "f32" });

/**
 * A tensor around a copy of `data`, row-major. The dtype follows from the array (Uint8Array is u8) unless it is given;
 * it must be one that such an array stores.
 *
 * @throws ShapeError if the number of elements is not the shape's; DtypeError if the array does not store `dtype`.
 */
export function fromData(data: TypedArray, shape: Shape, options: CreateOptions = {}): Tensor {
  const dtype = askedFor("fromData", options);
  checkShape("fromData", shape);
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError("shape-mismatch", "fromData", `${data.length} elements do not fill ${formatShape(shape)}`);
  }
  const type = dtype ?? dtypeOfStorage(data);
  if (!isStorageOf(type, data)) {
    throw new DtypeError("dtype-mismatch", "fromData", `a ${data.constructor.name} does not store ${type}`);
  }
  const copy = type === "bool" ? data.map((x: number) => convert("u8", "bool", x)) : data.slice();
  return new Tensor({ dtype: type, shape: [...shape] }, copy);
}

/** A tensor around plain array data, without a copy: the caller gives the array away. */
export function fromArray({ dtype, shape, data }: ArrayData): Tensor {
  checkShape("fromArray", shape);
  if (!isStorageOf(dtype, data) || data.length !== sizeOf(shape)) {
    const found = `${data.constructor.name} of ${data.length}`;
    throw new ShapeError("shape-mismatch", "fromArray", `${formatType({ dtype, shape })} cannot be a ${found}`);
  }
  return new Tensor({ dtype, shape }, data);
}

function dtypeOfStorage(data: TypedArray): DType {
  if (data instanceof Uint8Array) return "u8";
  if (data instanceof Int32Array) return "i32";
  return data instanceof Float64Array ? "f64" : "f32";
}

/** A tensor filled with one number. */
export const full = (shape: Shape, x: number, options: CreateOptions = {}): Tensor => {
  const dtype = askedFor("full", options) ?? "f32";
  checkShape("full", shape);
  return new Tensor({ dtype, shape }, allocate(dtype, sizeOf(shape)).fill(convert("f64", dtype, x)));
};
/** A tensor of zeros. */
export const zeros = (shape: Shape, options?: CreateOptions): Tensor => full(shape, 0, options);
/** A tensor of ones. */
export const ones = (shape: Shape, options?: CreateOptions): Tensor => full(shape, 1, options);

/** The identity matrix of n rows. */
export function eye(n: number, options: CreateOptions = {}): Tensor {
  const dtype = askedFor("eye", options) ?? "f32";
  return ops.cast(ops.eq(ops.iota([n, n], 0), ops.iota([n, n], 1)), dtype);
}

/**
 * start, start + step, … below stop. i32 if all three are whole, f32 otherwise.
 *
 * @throws UsageError if step is 0 or not finite.
 * @example arange(0, 6, 2).toArraySync(); // [0, 2, 4]
 */
export function arange(start: number, stop: number, step = 1, options: CreateOptions = {}): Tensor {
  const dtype = askedFor("arange", options);
  if (!Number.isFinite((stop - start) / step)) {
    throw new UsageError("invalid-option", "arange", `no number of steps leads from ${start} to ${stop} by ${step}`);
  }
  const n = Math.max(0, Math.ceil((stop - start) / step));
  checkShape("arange", [n]);
  const type = dtype ?? ([start, stop, step].every(Number.isInteger) ? "i32" : "f32");
  const data = allocate(type, n);
  for (let i = 0; i < n; i++) data[i] = convert("f64", type, start + i * step);
  return new Tensor({ dtype: type, shape: [n] }, data);
}

/** `count` numbers from start to stop, both included. */
export function linspace(start: number, stop: number, count: number, options: CreateOptions = {}): Tensor {
  const dtype = askedFor("linspace", options) ?? "f32";
  checkShape("linspace", [count]);
  const data = allocate(dtype, count);
  for (let i = 0; i < count; i++) {
    data[i] = convert("f64", dtype, count === 1 ? start : start + ((stop - start) * i) / (count - 1));
  }
  return new Tensor({ dtype, shape: [count] }, data);
}
