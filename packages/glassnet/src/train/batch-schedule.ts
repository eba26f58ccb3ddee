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
  /** The rows in the order of an epoch, which is counted from 0. */
  #order: Int32Array = new Int32Array(0);
  #orderOf = -1;
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
    const epoch = Math.floor(first / this.stepsPerEpoch);
    if (this.#orderOf !== epoch) {
      this.#order = epochOrder(this.#size, this.#seed, epoch);
      this.#orderOf = epoch;
    }
    const begin = (first % this.stepsPerEpoch) * this.#batchSize;
    const batch = Math.min(this.#batchSize, this.#size - begin);
    const count = steps * batch;
    let rows = this.#room.get(count);
    if (rows === undefined) {
      rows = new Int32Array(count);
      this.#room.set(count, rows);
    }
    for (let i = 0; i < count; i++) rows[i] = this.#order[begin + i]!;
    return { first, steps, batch, rows };
  }
}
