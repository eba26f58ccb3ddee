import type { ArrayData } from "../core/array.ts";
import { allocate, isFloat, isStorageOf } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { checkShape, formatShape, formatType, type Shape, sizeOf, stridesOf } from "../core/shape.ts";
import { describeValue, isPlainObject } from "../core/tree.ts";
import { tensor } from "../tensor/create.ts";
import { type NestedArray, Tensor } from "../tensor/tensor.ts";
import type { Preprocessing } from "./preprocessing.ts";

/** Examples with their answers, checked: row i of `targets` belongs to row i of `inputs`. */
export interface Dataset {
  /** Names the data in errors and reports. */
  readonly name: string;
  /** As stored, such as pixels in u8: [size, ...inputShape]. Programs apply `preprocessing` themselves. */
  readonly inputs: ArrayData;
  /** Class indices [size], or values [size, ...targetShape]. */
  readonly targets: ArrayData;
  readonly size: number;
  readonly inputShape: Shape;
  readonly preprocessing: Preprocessing;
  /** When given, the targets are indices into it, or one probability for each of it. */
  readonly classNames?: readonly string[];
}

export interface DatasetParts {
  readonly name: string;
  /** One row an example: array data, or nested arrays of numbers. */
  readonly inputs: ArrayData | NestedArray;
  /** As the inputs; whole numbers in a plain list are class indices if there are class names. */
  readonly targets: ArrayData | NestedArray;
  readonly preprocessing?: Preprocessing;
  readonly classNames?: readonly string[];
}

const partNames: OptionNames<DatasetParts> = {
  ...{ name: true, inputs: true, targets: true },
  ...{ preprocessing: true, classNames: true },
};

/**
 * Puts a data set together, and looks at every number of it once, so that nothing behind has to.
 *
 * @throws UsageError "invalid-data" naming the first bad row
 * @example dataset({ name: "xor", inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [0, 1, 1, 0], classNames: ["same", "different"] });
 */
export function dataset(parts: DatasetParts): Dataset {
  checkNames("dataset", partNames, parts, "what it is made of");
  if (typeof parts.name !== "string" || parts.name === "") {
    throw new UsageError("invalid-option", "dataset", `name must be a text, got ${describeValue(parts.name)}`, {
      help: 'dataset({ name: "xor", inputs, targets })',
    });
  }
  const { name, preprocessing = { kind: "none" }, classNames } = parts;
  const inputs = arrayOf(name, "inputs", parts.inputs, "f32");
  const isIndexed = classNames !== undefined && Array.isArray(parts.targets) && parts.targets.every(Number.isInteger);
  const targets = arrayOf(name, "targets", parts.targets, isIndexed ? "i32" : "f32");
  checkArray(name, "inputs", inputs);
  checkArray(name, "targets", targets);
  const size = inputs.shape[0]!;
  if (targets.shape[0] !== size) {
    fail(name, `${size} rows of inputs, but ${targets.shape[0]} rows of targets`, { inputs, targets });
  }
  if (size === 0) fail(name, "the data set is empty", { inputs, targets });
  checkFinite(name, "input", inputs);
  checkFinite(name, "target", targets);
  if (classNames !== undefined) checkClasses(name, targets, classNames.length);
  const inputShape = inputs.shape.slice(1);
  checkColumns(name, preprocessing, inputs);
  return {
    name,
    inputs,
    targets,
    size,
    inputShape,
    preprocessing,
    ...(classNames === undefined ? {} : { classNames }),
  };
}

/** @throws UsageError naming the row, unless every label is one of `classes` classes. */
export function checkLabels(
  name: string,
  labels: ArrayLike<number>,
  classes: number,
  operands: Readonly<Record<string, string>> = {},
): void {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new UsageError("invalid-data", name, `label of row ${row} is ${label}: expected 0 to ${classes - 1}`, {
      operands,
      details: { row, label, classes },
    });
  }
}

/** Rows `begin` up to `end`, without copying. @throws UsageError unless they exist, and are one at least. */
export function sliceRows(data: Dataset, begin: number, end: number): Dataset {
  const { name, size } = data;
  if (!Number.isInteger(begin) || !Number.isInteger(end) || begin < 0 || end > size || begin >= end) {
    const what = `there are no rows ${begin} up to ${end}: expected whole numbers from 0 to ${size}, the second larger`;
    throw new UsageError("index-out-of-range", name, what, { details: { begin, end, size } });
  }
  const slice = ({ dtype, shape, data: all }: ArrayData): ArrayData => {
    const row = sizeOf(shape.slice(1));
    return { dtype, shape: [end - begin, ...shape.slice(1)], data: all.subarray(begin * row, end * row) };
  };
  return { ...data, inputs: slice(data.inputs), targets: slice(data.targets), size: end - begin };
}

/** The rows at `indices`, copied. @throws UsageError unless they exist, and are one at least. */
export function takeRows(data: Dataset, indices: ArrayLike<number>): Dataset {
  checkRows(data, indices);
  const take = ({ dtype, shape, data: all }: ArrayData): ArrayData => {
    const row = sizeOf(shape.slice(1));
    const taken = allocate(dtype, indices.length * row);
    for (let i = 0; i < indices.length; i++) {
      const from = indices[i]! * row;
      taken.set(all.subarray(from, from + row), i * row);
    }
    return { dtype, shape: [indices.length, ...shape.slice(1)], data: taken };
  };
  return { ...data, inputs: take(data.inputs), targets: take(data.targets), size: indices.length };
}

function checkRows({ name, size }: Dataset, indices: ArrayLike<number>): void {
  if (indices.length === 0) throw new UsageError("invalid-data", name, "a data set needs one row at least, got none");
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i]!;
    if (Number.isInteger(row) && row >= 0 && row < size) continue;
    const what = `row ${row} does not exist: expected 0 to ${size - 1}`;
    throw new UsageError("index-out-of-range", name, what, { details: { row, size } });
  }
}

/** Array data as it is; nested arrays as array data of `dtype`. */
function arrayOf(name: string, part: string, value: ArrayData | NestedArray, dtype: "f32" | "i32"): ArrayData {
  if (Array.isArray(value)) {
    const made = tensor(value as NestedArray, { dtype });
    return { dtype, shape: made.shape, data: made.stored! };
  }
  if (value instanceof Tensor) {
    if (value.stored !== undefined) return { dtype: value.dtype, shape: value.shape, data: value.stored };
    return fail(name, `${part} are a tensor that is not computed yet: await compute([it]) first`);
  }
  const array: unknown = value;
  if (isPlainObject(array) && Array.isArray(array.shape) && ArrayBuffer.isView(array.data)) return value as ArrayData;
  return fail(name, `${part} must be nested arrays of numbers, or { dtype, shape, data }, got ${describeValue(value)}`);
}

function checkArray(name: string, part: string, array: ArrayData): void {
  const { dtype, shape, data } = array;
  checkShape(`${name}: ${part}`, shape);
  if (shape.length === 0) fail(name, `${part} must have an axis of rows`, { [part]: array });
  if (!isStorageOf(dtype, data) || data.length !== sizeOf(shape)) {
    const found = `${data.constructor.name} of ${data.length}`;
    fail(name, `${part} must hold ${sizeOf(shape)} numbers of ${dtype}, got ${found}`, { [part]: array });
  }
}

function checkFinite(name: string, part: string, { dtype, shape, data }: ArrayData): void {
  if (!isFloat(dtype)) return;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    const columns = sizeOf(shape.slice(1));
    const row = Math.floor(i / columns);
    const index = stridesOf(shape).map((stride, axis) => Math.floor(i / stride) % shape[axis]!);
    const place =
      shape.length === 1 ? "" : shape.length === 2 ? `, column ${index[1]}` : `, at ${formatShape(index.slice(1))}`;
    throw new UsageError(
      "invalid-data",
      name,
      `${part} of row ${row}${place} is ${data[i]}: expected a finite number`,
      {
        details: { row, index },
      },
    );
  }
}

function checkColumns(name: string, preprocessing: Preprocessing, inputs: ArrayData): void {
  const columns = sizeOf(inputs.shape.slice(1));
  if (columns === 0) fail(name, "the rows are empty", { inputs });
  const means = preprocessing.kind === "standardize" ? preprocessing.mean.length : 1;
  if (means === 1 || means === columns) return;
  fail(name, `standardizes ${means} columns, the inputs have ${columns}`, { inputs });
}

function checkClasses(name: string, targets: ArrayData, classes: number): void {
  const { dtype, shape, data } = targets;
  const indices = shape.length === 1 && !isFloat(dtype);
  const probabilities = shape.length === 2 && shape[1] === classes && isFloat(dtype);
  if (indices) checkLabels(name, data, classes);
  else if (!probabilities)
    fail(name, `targets of ${classes} classes must be whole numbers [rows], or probabilities [rows, ${classes}]`, {
      targets,
    });
}

function fail(name: string, what: string, arrays: Readonly<Record<string, ArrayData>> = {}): never {
  const operands = Object.fromEntries(Object.entries(arrays).map(([part, array]) => [part, formatType(array)]));
  throw new UsageError("invalid-data", name, what, { operands });
}
