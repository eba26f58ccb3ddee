import type { LoadedProgram } from "../backends/backend.ts";
import { Pace } from "../backends/pace.ts";
import type { OptionTable } from "../core/option.ts";
import { batchSizes } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { encode } from "../data/encode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type TracedProgram, traceProgram } from "../tensor/trace-program.ts";
import { BatchTable, batchOf } from "./batch.ts";
import { runAll } from "./clean-up.ts";
import { checkIndexBounds } from "./index-bounds.ts";
import type { Residence } from "./residence.ts";

/** The plain options of a pass over a data set: checks, defaults and help. */
export const passOptions = {
  batchSize: { kind: "integer", min: 1, default: 256, help: "rows per step; changes speed and memory" },
} as const satisfies OptionTable;

/** What is wanted of a batch: encoded inputs and targets as they are stored, each [batch, ...]. */
export type Describe = (x: Tensor, targets: Tensor) => Readonly<Record<string, Tensor>>;

/** What the batches of one run gave: one row of each array a batch. */
type PerStep = Readonly<Record<string, ArrayLike<number>>>;

/** Gets the results of `steps` batches of `batch` rows, and the number of their first row. */
export type Collect = (perStep: PerStep, batch: number, steps: number, firstRow: number) => void;

/**
 * A pass over all rows of a data set in order, in batches, the last one smaller: what `describe` makes of each batch
 * is collected. The programs are kept for the next pass.
 */
export class Pass {
  readonly #residence: Residence;
  readonly #data: Dataset;
  readonly #batchSize: number;
  readonly #describe: Describe;
  readonly #traced = new Map<number, TracedProgram>();
  readonly #loaded = new Map<number, LoadedProgram>();
  readonly #pace = new Pace();
  readonly #batches: BatchTable;

  constructor(residence: Residence, data: Dataset, batchSize: number, describe: Describe) {
    this.#residence = residence;
    this.#data = data;
    this.#batchSize = Math.min(batchSize, data.size);
    this.#describe = describe;
    this.#batches = new BatchTable(residence, data);
  }

  /** Traces the programs of all batch sizes, so that what cannot be computed shows before anything is. */
  trace(): void {
    for (const batch of batchSizes(this.#data.size, this.#batchSize)) {
      if (!this.#traced.has(batch) && !this.#loaded.has(batch)) this.#traced.set(batch, this.#traceBatch(batch));
    }
  }

  #traceBatch(size: number): TracedProgram {
    const residence = this.#residence;
    return traceProgram(
      ({ input }) => {
        const batch = batchOf(input, residence, this.#data, size);
        const perStep = this.#describe(encode(this.#data.preprocessing, batch.inputs), batch.targets);
        checkIndexBounds(this.#data, batch, Object.values(perStep));
        return { perStep };
      },
      (variable) => ({ kind: "state", name: residence.nameOf(variable) }),
    );
  }

  /** Loads all programs, and makes resident what they read. */
  async load(): Promise<void> {
    this.trace();
    await this.#residence.settleData(this.#data);
    for (const [batch, traced] of this.#traced) {
      this.#loaded.set(batch, await this.#residence.load(traced));
      this.#traced.delete(batch);
    }
  }

  async run(collect: Collect): Promise<void> {
    await this.load();
    const { device } = this.#residence;
    const { size } = this.#data;
    for (let row = 0; row < size; ) {
      const batch = Math.min(this.#batchSize, size - row);
      const steps = this.#pace.steps(Math.floor((size - row) / batch));
      const end = row + steps * batch;
      const rows = this.#batches.rows(range(row, end), {});
      const meanwhile = this.#batches.ahead(() => range(end, Math.min(size, end + steps * batch)));
      const { perStep } = await this.#pace.run(device, this.#loaded.get(batch)!, steps, rows, meanwhile);
      collect(perStep, batch, steps, row);
      row = end;
    }
  }

  async release(): Promise<void> {
    const loaded = [...this.#loaded.values()];
    this.#loaded.clear();
    await runAll(loaded.map((program) => () => this.#residence.device.unload(program)));
  }
}

const range = (begin: number, end: number): Int32Array => Int32Array.from({ length: end - begin }, (_, i) => begin + i);
