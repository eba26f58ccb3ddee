import type { ArrayData } from "../core/array.ts";
import { isFloat } from "../core/dtype.ts";
import { ShapeError, UsageError } from "../core/errors.ts";
import { checkOption, type OptionTable } from "../core/option.ts";
import { formatType, sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { fromArray } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The plain options of work that goes over a data set: checks, defaults and help. */
export const dataPassOptions = {
  batchSize: { kind: "integer", min: 1, default: 256, help: "rows of one run; changes speed and memory" },
} as const satisfies OptionTable;

/** Rows of a data set, as they are stored. */
export interface Rows {
  readonly inputs: Tensor;
  readonly first: number;
  readonly size: number;
}

/** The rows of a data set in order, batch by batch; the last one may be smaller. */
export function* rowsOf(where: string, data: Dataset, batchSize: number | undefined): Generator<Rows> {
  const wanted = batchSize ?? dataPassOptions.batchSize.default;
  checkOption(where, "batchSize", dataPassOptions.batchSize, wanted);
  for (let first = 0; first < data.size; first += wanted) {
    const size = Math.min(wanted, data.size - first);
    yield { inputs: fromArray(cut(data.inputs, first, size)), first, size };
  }
}

function cut({ dtype, shape, data }: ArrayData, first: number, size: number): ArrayData {
  const row = sizeOf(shape.slice(1));
  return { dtype, shape: [size, ...shape.slice(1)], data: data.slice(first * row, (first + size) * row) };
}

/** The class of each row: its index, or the most probable one of [rows, classes]; nothing if the targets are no classes. */
export function classesOf({ targets, classNames }: Dataset): Int32Array | undefined {
  const { dtype, shape, data } = targets;
  if (!isFloat(dtype) && shape.length === 1) return Int32Array.from(data);
  const classes = shape[1] ?? 0;
  if (shape.length !== 2 || classes < 2 || classNames === undefined) return undefined;
  return Int32Array.from({ length: shape[0]! }, (_, row) => {
    let best = 0;
    for (let k = 1; k < classes; k++) if (data[row * classes + k]! > data[row * classes + best]!) best = k;
    return best;
  });
}

/** The class of each row. @throws UsageError if the targets are no classes. */
export function needClasses(where: string, data: Dataset): Int32Array {
  const classes = classesOf(data);
  if (classes !== undefined) return classes;
  throw new UsageError("invalid-data", where, `${data.name} has no classes`, {
    operands: { targets: formatType(data.targets) },
    help: "targets must be whole numbers [rows], or probabilities [rows, classes] with classNames",
  });
}

/** @throws UsageError naming the row whose class the model does not have; ShapeError if it has fewer than two. */
export function checkLabelsFit(where: string, data: Dataset, labels: Int32Array, outputs: number): void {
  if (outputs < 2) {
    const what = "needs a model with two classes at least: one output is always the largest";
    throw new ShapeError("shape-mismatch", where, what, { details: { outputs } });
  }
  const row = labels.findIndex((label) => !(label >= 0 && label < outputs));
  if (row < 0) return;
  const what = `label of row ${row} is ${labels[row]}: expected 0 to ${outputs - 1}`;
  throw new UsageError("invalid-data", data.name, what, { details: { row, label: labels[row], outputs } });
}
