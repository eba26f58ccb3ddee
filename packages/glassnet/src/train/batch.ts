import type { ArrayData } from "../core/array.ts";
import { allocate, type TypedArray } from "../core/dtype.ts";
import { sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { gather } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Tracing } from "../tensor/trace-program.ts";
import type { Residence } from "./residence.ts";

/** What a traced program sees of a data set: some rows, as they are stored. */
export interface Batch {
  readonly inputs: Tensor;
  readonly targets: Tensor;
}

/**
 * Stand-ins for `size` rows of a data set. Of a resident one, the row "indices" of the table picks them; of one that is too
 * large, they are themselves the rows "inputs" and "targets" of the table.
 */
export function batchOf(input: Tracing["input"], residence: Residence, data: Dataset, size: number): Batch {
  if (residence.isFed(data)) {
    const fed = (name: "inputs" | "targets"): Tensor => {
      const { dtype, shape } = data[name];
      return input({ dtype, shape: [size, ...shape.slice(1)] }, { kind: "row", name });
    };
    return { inputs: fed("inputs"), targets: fed("targets") };
  }
  const names = residence.dataNames(data);
  const indices = input({ dtype: "i32", shape: [size] }, { kind: "row", name: "indices" });
  const inputs = input(data.inputs, { kind: "state", name: names.inputs });
  const targets = input(data.targets, { kind: "state", name: names.targets });
  return { inputs: gather(inputs, indices), targets: gather(targets, indices) };
}

/** The rows of the table that give programs their batches: the rows of the data set with these indices, one after the other. */
export class BatchTable {
  readonly #residence: Residence;
  readonly #data: Dataset;
  #inputs: TypedArray;
  #targets: TypedArray;

  constructor(residence: Residence, data: Dataset) {
    this.#residence = residence;
    this.#data = data;
    this.#inputs = allocate(data.inputs.dtype, 0);
    this.#targets = allocate(data.targets.dtype, 0);
  }

  /** Adds the rows to a table, which is returned. They are filled anew at each call, and must be used up by then. */
  rows(indices: Int32Array, table: Record<string, TypedArray> = {}): Record<string, TypedArray> {
    if (!this.#residence.isFed(this.#data)) {
      table.indices = indices;
      return table;
    }
    this.#inputs = gatherRows(this.#data.inputs, indices, this.#inputs);
    this.#targets = gatherRows(this.#data.targets, indices, this.#targets);
    table.inputs = this.#inputs;
    table.targets = this.#targets;
    return table;
  }
}

/** Copies rows into `room`, or into a new array if it has not the right size. */
function gatherRows({ dtype, shape, data }: ArrayData, indices: Int32Array, room: TypedArray): TypedArray {
  const size = sizeOf(shape.slice(1));
  const out = room.length === indices.length * size ? room : allocate(dtype, indices.length * size);
  for (let k = 0, to = 0; k < indices.length; k++) {
    const from = indices[k]! * size;
    for (let i = 0; i < size; i++) out[to++] = data[from + i]!; // no view a row: a view is an object
  }
  return out;
}
