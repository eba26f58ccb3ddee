import { batchCount, epochOrder } from "../data/batches.ts";

/** Steps of one call: the first of them, the rows of their batches one after the other, and how many rows each has. */
export interface StepRange {
  readonly first: number;
  readonly steps: number;
  readonly batch: number;
  readonly rows: Int32Array;
}

/** Which rows each step of a training sees: in every epoch all of them once, in an order of its own. */
export class BatchSchedule {
  readonly stepsPerEpoch: number;
  readonly #size: number;
  readonly #batchSize: number;
  readonly #seed: number;
  /** The rows in the order of an epoch, counted from 0: of the present one, and of the next once somebody has looked at it. */
  readonly #orders = new Map<number, Int32Array>();
  /** Room for the rows of a range, by their number: a view of the order would be a new object each time. */
  readonly #room = new Map<number, Int32Array>();

  constructor(size: number, batchSize: number, seed: number) {
    this.stepsPerEpoch = batchCount(size, batchSize);
    this.#size = size;
    this.#batchSize = batchSize;
    this.#seed = seed;
  }

  /** Of an epoch from a step on, counted from 0, how many batches there are that are as large as that step's. */
  alike(step: number): number {
    const position = step % this.stepsPerEpoch;
    return Math.max(1, Math.floor(this.#size / this.#batchSize) - position);
  }

  /** At most as many steps as are alike. The rows are to be read only, and until the next range of as many is asked for. */
  range(first: number, steps: number): StepRange {
    const order = this.#orderAt(first);
    const begin = (first % this.stepsPerEpoch) * this.#batchSize;
    const batch = Math.min(this.#batchSize, this.#size - begin);
    const count = steps * batch;
    let rows = this.#room.get(count);
    if (rows === undefined) {
      rows = new Int32Array(count);
      this.#room.set(count, rows);
    }
    for (let i = 0; i < count; i++) rows[i] = order[begin + i]!;
    return { first, steps, batch, rows };
  }

  /** About as many rows as a range has, behind it: of its epoch, or of the next. None from step `end` on. */
  after({ first, steps, rows }: StepRange, end: number): Int32Array {
    const next = first + steps;
    if (next >= end) return new Int32Array(0);
    const begin = (next % this.stepsPerEpoch) * this.#batchSize;
    return this.#orderAt(next).subarray(begin, begin + Math.max(rows.length, this.#batchSize));
  }

  #orderAt(step: number): Int32Array {
    const epoch = Math.floor(step / this.stepsPerEpoch);
    const known = this.#orders.get(epoch);
    if (known !== undefined) return known;
    for (const other of this.#orders.keys()) if (other !== epoch - 1) this.#orders.delete(other);
    const order = epochOrder(this.#size, this.#seed, epoch);
    this.#orders.set(epoch, order);
    return order;
  }
}
