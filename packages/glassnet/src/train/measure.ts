import type { Device, LoadedProgram } from "../backends/backend.ts";
import { Pace } from "../backends/pace.ts";
import type { ArrayData } from "../core/array.ts";
import { allocate } from "../core/dtype.ts";
import { ShapeError, UsageError } from "../core/errors.ts";
import { checkOption } from "../core/option.ts";
import { checkShape, formatType, sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { encode } from "../data/encode.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import type { Loss } from "../loss/reduction.ts";
import { checkSingleNumber } from "../loss/single-number.ts";
import type { Metric } from "../metric/accuracy.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import { compute } from "../tensor/compute.ts";
import { fromArray } from "../tensor/create.ts";
import { defaultDevice } from "../tensor/device.ts";
import { gather } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type TracedProgram, type TracedResults, traceProgram } from "../tensor/trace-program.ts";
import { checkClassLabels } from "./class-labels.ts";
import type { Scores } from "./events.ts";
import { trainOptions } from "./options.ts";
import { Residence } from "./residence.ts";

/** @file Passes over whole data sets without training: `evaluate` and `predict`. */

const DEFAULT_BATCH = 256;

/** Traces a program that sees `batch` rows of a resident data set, picked by a row of indices. */
function traceBatch(
  residence: Residence,
  data: Dataset,
  batch: number,
  describe: (x: Tensor, targets: Tensor) => TracedResults,
): TracedProgram {
  const names = residence.dataNames(data);
  return traceProgram(
    ({ input }) => {
      const indices = input({ dtype: "i32", shape: [batch] }, { kind: "row", name: "indices" });
      const inputs = input(data.inputs, { kind: "state", name: names.inputs });
      const targets = input(data.targets, { kind: "state", name: names.targets });
      return describe(encode(data.preprocessing, gather(inputs, indices)), gather(targets, indices));
    },
    (variable) => ({ kind: "state", name: residence.nameOf(variable) }),
  );
}

/** Loads a traced program, with everything that it reads made resident. */
export async function loadTraced(residence: Residence, traced: TracedProgram): Promise<LoadedProgram> {
  await compute(traced.outside, { device: residence.device });
  await residence.settle(traced.variables.keys());
  return residence.device.load(traced.build());
}

/**
 * A pass over all rows of a data set in order, in batches, the last one smaller: what `describe` makes of each batch
 * goes to `collect`, with the number of its first row. The programs are kept for the next pass.
 */
export class Pass {
  readonly #residence: Residence;
  readonly #data: Dataset;
  readonly #batchSize: number;
  readonly #describe: (x: Tensor, targets: Tensor) => Readonly<Record<string, Tensor>>;
  readonly #loaded = new Map<number, LoadedProgram>();
  readonly #pace = new Pace();

  constructor(
    residence: Residence,
    data: Dataset,
    batchSize: number,
    describe: (x: Tensor, targets: Tensor) => Readonly<Record<string, Tensor>>,
  ) {
    this.#residence = residence;
    this.#data = data;
    this.#batchSize = Math.min(batchSize, data.size);
    this.#describe = describe;
  }

  async #program(batch: number): Promise<LoadedProgram> {
    const known = this.#loaded.get(batch);
    if (known !== undefined) return known;
    const traced = traceBatch(this.#residence, this.#data, batch, (x, targets) => ({
      perStep: this.#describe(x, targets),
    }));
    const loaded = await loadTraced(this.#residence, traced);
    this.#loaded.set(batch, loaded);
    return loaded;
  }

  /** @param collect gets the results of `steps` batches of `batch` rows: one row of each array a batch. */
  async run(collect: (perStep: RunPerStep, batch: number, steps: number, firstRow: number) => void): Promise<void> {
    const { device } = this.#residence;
    const { size } = this.#data;
    await this.#residence.settleData(this.#data);
    for (let row = 0; row < size; ) {
      const batch = Math.min(this.#batchSize, size - row);
      const loaded = await this.#program(batch);
      const steps = this.#pace.steps(Math.floor((size - row) / batch));
      const indices = Int32Array.from({ length: steps * batch }, (_, i) => row + i);
      const { perStep } = await this.#pace.run(device, loaded, steps, { indices });
      collect(perStep, batch, steps, row);
      row += steps * batch;
    }
  }

  async release(): Promise<void> {
    for (const loaded of this.#loaded.values()) await this.#residence.device.unload(loaded);
    this.#loaded.clear();
  }
}

type RunPerStep = Readonly<Record<string, ArrayLike<number>>>;

/** A pass that measures a loss and metrics. */
export class Measure {
  readonly #pass: Pass;
  readonly #size: number;

  constructor(
    residence: Residence,
    model: Layer,
    data: Dataset,
    loss: Loss,
    metrics: Readonly<Record<string, Metric>>,
    batchSize = DEFAULT_BATCH,
  ) {
    if (Object.hasOwn(metrics, "loss")) {
      throw new UsageError(
        "invalid-option",
        "metrics",
        'no metric can be called "loss": the loss itself has that name',
      );
    }
    this.#size = data.size;
    this.#pass = new Pass(residence, data, batchSize, (x, targets) => {
      const output = model.call(x, new Run());
      const scores = { loss: loss(output, targets) };
      checkSingleNumber("evaluate", "loss", scores.loss);
      checkClassLabels(loss, output, data);
      for (const [name, metric] of Object.entries(metrics)) {
        const score = metric(output, targets);
        checkSingleNumber("evaluate", `metric "${name}"`, score);
        Object.assign(scores, { [name]: score });
      }
      return scores;
    });
  }

  /** Means over all examples, weighted by the size of each batch, so a smaller last batch counts as what it is. */
  async scores(): Promise<Scores> {
    const sums: Record<string, number> = {};
    await this.#pass.run((perStep, batch) => {
      for (const [name, values] of Object.entries(perStep)) {
        for (let i = 0; i < values.length; i++) sums[name] = (sums[name] ?? 0) + values[i]! * batch;
      }
    });
    const means = Object.entries(sums).map(([name, sum]) => [name, sum / this.#size]);
    return Object.fromEntries(means) as Scores;
  }

  release(): Promise<void> {
    return this.#pass.release();
  }
}

export interface EvaluateModelOptions {
  readonly loss: Loss;
  readonly metrics?: Readonly<Record<string, Metric>>;
  /** Rows per step; it changes speed and memory, not the result beyond rounding. 256 by default. */
  readonly batchSize?: number;
  readonly device?: Device;
}

/**
 * The empirical loss of a model over a whole data set, and metrics beside it. `loss` and `metrics` must be means over
 * the examples of a batch.
 */
export async function evaluate(model: Layer, data: Dataset, options: EvaluateModelOptions): Promise<Scores> {
  const { loss, metrics = {}, batchSize = DEFAULT_BATCH, device = defaultDevice() } = options;
  checkOption("evaluate", "batchSize", trainOptions.batchSize, batchSize);
  const residence = new Residence(device, model);
  const measure = new Measure(residence, model, data, loss, metrics, batchSize);
  try {
    return await measure.scores();
  } finally {
    await measure.release();
    await residence.free();
  }
}

export interface PredictOptions {
  /** Applied to the inputs as in training; nothing by default. */
  readonly preprocessing?: Preprocessing;
  readonly batchSize?: number;
  readonly device?: Device;
}

/**
 * The model's outputs for inputs of any number: [n, ...] → [n, ...], in batches. Takes a data set (whose preprocessing
 * is applied) or plain rows.
 */
export async function predict(
  model: Layer,
  inputs: Dataset | ArrayData | Tensor,
  options: PredictOptions = {},
): Promise<Tensor> {
  const { batchSize = DEFAULT_BATCH, device = defaultDevice() } = options;
  checkOption("predict", "batchSize", trainOptions.batchSize, batchSize);
  const data = await rowsOf(inputs, options.preprocessing);
  const residence = new Residence(device, model);
  let out:
    | { dtype: Tensor["dtype"]; shape: readonly number[]; data: Float32Array | Float64Array | Int32Array | Uint8Array }
    | undefined;
  const pass = new Pass(residence, data, batchSize, (x) => {
    const output = model.call(x, new Run());
    if (output.shape[0] !== x.shape[0]) {
      throw new ShapeError("shape-mismatch", "predict", "the model must give one output for each input", {
        operands: { input: formatType(x), output: formatType(output) },
      });
    }
    if (out === undefined) {
      const shape = [data.size, ...output.shape.slice(1)];
      out = { dtype: output.dtype, shape, data: allocate(output.dtype, sizeOf(shape)) };
    }
    return { output };
  });
  try {
    await pass.run(({ output }, _batch, _steps, firstRow) => {
      const { shape, data: all } = out!;
      all.set(output!, firstRow * sizeOf(shape.slice(1)));
    });
  } finally {
    await pass.release();
    await residence.free();
  }
  return fromArray(out!);
}

/** Inputs alone, in the form of a data set: the targets are there only because a data set has some. */
async function rowsOf(
  inputs: Dataset | ArrayData | Tensor,
  preprocessing: Preprocessing = { kind: "none" },
): Promise<Dataset> {
  if ("inputs" in inputs && "targets" in inputs) return inputs as Dataset;
  const rows = inputs as ArrayData | Tensor;
  const { dtype, shape } = rows;
  checkShape("predict", shape);
  if (sizeOf(shape) === 0 || shape.length === 0) {
    throw new UsageError("invalid-data", "predict", `there are no rows of inputs in ${formatType(rows)}`);
  }
  const data = typeof rows.data === "function" ? await (rows as Tensor).data() : (rows as ArrayData).data;
  const size = shape[0] ?? 0;
  const targets = { dtype: "u8", shape: [size], data: new Uint8Array(size) } as const;
  return { name: "predict", inputs: { dtype, shape, data }, targets, size, inputShape: shape.slice(1), preprocessing };
}
