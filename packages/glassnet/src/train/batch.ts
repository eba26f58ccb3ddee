import { platform } from "#platform";
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

/**
 * The rows of the table that give programs their batches: the rows of the data set with these indices, one after the other. Of a
 * data set that is fed there are two tables: while a run takes its rows from one, those of the next are gathered in the other.
 */
export class BatchTable {
  /** Whether rows must be gathered here. */
  readonly #isFed: boolean;
  /**
   * Whether rows are gathered while the device runs. Where it has every processor they are gathered before: a thread that
   * gathers meanwhile takes time from one that computes, and all the others wait for that one.
   */
  readonly isAhead: boolean;
  #present: FedTable;
  #next: FedTable;

  constructor(residence: Residence, data: Dataset, { processors }: { readonly processors: number } = platform) {
    this.#isFed = residence.isFed(data);
    this.isAhead = this.#isFed && residence.device.threads < processors;
    this.#present = new FedTable(data);
    this.#next = new FedTable(data);
  }

  /** Puts the rows into the table of a run. They are good until the call after the next. */
  rows(indices: Int32Array, into: Record<string, TypedArray>): Record<string, TypedArray> {
    if (!this.#isFed) {
      into.indices = indices;
      return into;
    }
    const table = this.#next;
    this.#next = this.#present;
    this.#present = table;
    return table.rows(indices, into);
  }

  /**
   * What to do while the device runs, if anything: to gather the rows that `rows` will probably be asked for next. Whatever it is
   * asked for, it gives that: what was guessed wrong is gathered then.
   */
  ahead(upcoming: () => Int32Array): (() => void) | undefined {
    return this.isAhead ? () => this.#next.gather(upcoming()) : undefined;
  }
}

/** Rows of a data set, gathered one after the other. */
class FedTable {
  readonly #data: Dataset;
  #inputs: TypedArray;
  #targets: TypedArray;
  /** Which rows are there, of which the first `#count` count. */
  #indices = new Int32Array(0);
  #count = 0;

  constructor(data: Dataset) {
    this.#data = data;
    this.#inputs = allocate(data.inputs.dtype, 0);
    this.#targets = allocate(data.targets.dtype, 0);
  }

  /** Gathers these rows, except for those at the beginning that are there already. */
  gather(indices: Int32Array): void {
    const { inputs, targets } = this.#data;
    if (indices.length > this.#indices.length) this.#grow(indices.length);
    const most = Math.min(this.#count, indices.length);
    let from = 0;
    while (from < most && this.#indices[from] === indices[from]) from++;
    if (from === indices.length) return;
    gatherRows(inputs, indices, from, this.#inputs);
    gatherRows(targets, indices, from, this.#targets);
    this.#indices.set(indices);
    this.#count = indices.length;
  }

  #grow(rows: number): void {
    const { inputs, targets } = this.#data;
    const larger = (old: TypedArray, { dtype, shape }: ArrayData): TypedArray => {
      const room = allocate(dtype, rows * sizeOf(shape.slice(1)));
      room.set(old);
      return room;
    };
    this.#inputs = larger(this.#inputs, inputs);
    this.#targets = larger(this.#targets, targets);
    const known = this.#indices;
    this.#indices = new Int32Array(rows);
    this.#indices.set(known);
  }

  /** Puts these rows into the table of a run, those that are not there yet gathered now. */
  rows(indices: Int32Array, into: Record<string, TypedArray>): Record<string, TypedArray> {
    this.gather(indices);
    const { inputs, targets } = this.#data;
    const first = (all: TypedArray, { shape }: ArrayData): TypedArray =>
      all.subarray(0, indices.length * sizeOf(shape.slice(1)));
    into.inputs = first(this.#inputs, inputs);
    into.targets = first(this.#targets, targets);
    return into;
  }
}

/** Copies rows, those from number `from` of the indices on, each to where it belongs. */
function gatherRows({ shape, data }: ArrayData, indices: Int32Array, from: number, room: TypedArray): void {
  const size = sizeOf(shape.slice(1));
  for (let k = from, to = from * size; k < indices.length; k++) {
    const begin = indices[k]! * size;
    for (let i = 0; i < size; i++) room[to++] = data[begin + i]!; // no view a row: a view is an object
  }
}
