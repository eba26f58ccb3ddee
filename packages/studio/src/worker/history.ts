import type { Scores } from "glassnet";

/** What an epoch ended with. */
export interface EpochScores {
  readonly epoch: number;
  readonly step: number;
  /** Mean of the batch losses of the epoch, each taken before its update. */
  readonly batchLoss: number;
  /** The empirical loss and metrics over the whole training set, with the weights of the epoch's end. */
  readonly training: Scores | null;
  readonly validation: Scores | null;
}

/** Losses of a range of steps: one bucket a point, with its least and greatest loss. */
export interface Losses {
  /** The last step of each bucket, counted from 1. */
  readonly step: Float64Array<ArrayBuffer>;
  readonly mean: Float64Array<ArrayBuffer>;
  readonly least: Float64Array<ArrayBuffer>;
  readonly greatest: Float64Array<ArrayBuffer>;
}

/** The course of a training: the loss of every batch, and the scores of every epoch. */
export class History {
  #losses = new Float32Array(1024);
  #size = 0;
  readonly #epochs: EpochScores[] = [];

  get steps(): number {
    return this.#size;
  }

  /** Of the first batch: the loss of the start values. */
  get firstLoss(): number | null {
    return this.#size === 0 ? null : this.#losses[0]!;
  }

  get lastLoss(): number | null {
    return this.#size === 0 ? null : this.#losses[this.#size - 1]!;
  }

  get epochs(): readonly EpochScores[] {
    return this.#epochs;
  }

  addLosses(losses: ArrayLike<number>): void {
    const size = this.#size + losses.length;
    if (size > this.#losses.length) {
      const grown = new Float32Array(Math.max(size, 2 * this.#losses.length));
      grown.set(this.#losses.subarray(0, this.#size));
      this.#losses = grown;
    }
    this.#losses.set(losses, this.#size);
    this.#size = size;
  }

  addEpoch(scores: EpochScores): void {
    this.#epochs.push(scores);
  }

  clear(): void {
    this.#size = 0;
    this.#epochs.length = 0;
  }

  /** Losses of the steps behind `since`, in at most `points` buckets; nothing is left out of least and greatest. */
  losses(since: number, points: number): Losses {
    const from = Math.max(0, Math.min(since, this.#size));
    const count = this.#size - from;
    const buckets = Math.min(count, Math.max(1, points));
    const step = new Float64Array(buckets);
    const mean = new Float64Array(buckets);
    const least = new Float64Array(buckets);
    const greatest = new Float64Array(buckets);
    for (let i = 0; i < buckets; i++) {
      const begin = from + Math.floor((i * count) / buckets);
      const end = from + Math.floor(((i + 1) * count) / buckets);
      let sum = 0;
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let k = begin; k < end; k++) {
        const loss = this.#losses[k]!;
        sum += loss;
        if (loss < low) low = loss;
        if (loss > high) high = loss;
      }
      step[i] = end;
      mean[i] = sum / (end - begin);
      least[i] = low;
      greatest[i] = high;
    }
    return { step, mean, least, greatest };
  }
}
