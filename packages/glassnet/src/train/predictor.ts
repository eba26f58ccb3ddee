import { blockingOf, type Device, type LoadedProgram, type SyncDevice } from "../backends/backend.ts";
import { allocate, type DType, isStorageOf, type TypedArray } from "../core/dtype.ts";
import { ShapeError, UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { checkShape, formatShape, formatType, type Shape, sizeOf, type TensorType } from "../core/shape.ts";
import { describeValue } from "../core/tree.ts";
import { encode } from "../data/encode.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import { compute, syncOf } from "../tensor/compute.ts";
import { deviceOr } from "../tensor/device.ts";
import { softmax } from "../tensor/functions.ts";
import { noteWritten, staleOn, stateName } from "../tensor/resident-variable.ts";
import { traceProgram } from "../tensor/trace-program.ts";
import type { Variable } from "../tensor/variable.ts";

export interface PredictorOptions {
  /** Shape of one input, without the batch axis. A saved model knows it. */
  readonly inputShape?: Shape;
  /** How inputs are stored: f32 by default. Bytes that are given as `u8` are taken as they are, and not first as floats. */
  readonly dtype?: Exclude<DType, "f64">;
  /** How many inputs a call takes. 1 by default. */
  readonly rows?: number;
  /** Applied to the inputs as in training; what the model was saved with by default. */
  readonly preprocessing?: Preprocessing;
  /** Whether the outputs go through a softmax over their last axis. */
  readonly probabilities?: boolean;
  readonly device?: Device;
}

const names: OptionNames<PredictorOptions> = {
  ...{ inputShape: true, dtype: true, rows: true },
  ...{ preprocessing: true, probabilities: true, device: true },
};

/** A model to predict with, such as `load` gives. */
export interface PredictableModel {
  readonly model: Layer;
  readonly inputShape: Shape;
  readonly preprocessing: Preprocessing;
}

/** A model made ready to predict: one program, called with plain arrays. */
export interface Predictor {
  /** The outputs [rows, ...] for inputs [rows, ...inputShape], both row-major. */
  (inputs: TypedArray): Promise<TypedArray>;
  /** The same at once. @throws UnsupportedError on a device that cannot block. */
  sync(inputs: TypedArray): TypedArray;
  readonly input: TensorType;
  readonly output: TensorType;
  /** Gives back the memory of the program. The predictor must not be used after it. */
  release(): Promise<void>;
}

/**
 * Makes a model ready for many predictions of the same size: traced, compiled and put on the device once, so a call costs little
 * more than the arithmetic. The model's present weights are used at every call. For data sets, and for inputs of any number,
 * there is `predict`.
 *
 * @throws ShapeError if the model does not take such inputs; UsageError if their shape is not known.
 * @example
 * const digit = await predictor(await load("model.safetensors"), { probabilities: true });
 * const probabilities = await digit(pixels); // Float32Array of 10
 */
export async function predictor(
  modelOrSaved: Layer | PredictableModel,
  options: PredictorOptions = {},
): Promise<Predictor> {
  checkNames("predictor", names, options);
  const isBare = modelOrSaved instanceof Layer;
  const model = isBare ? modelOrSaved : modelOrSaved.model;
  const preprocessing = options.preprocessing ?? (isBare ? ({ kind: "none" } as const) : modelOrSaved.preprocessing);
  const inputShape = options.inputShape ?? (isBare ? undefined : modelOrSaved.inputShape);
  const { rows = 1, dtype = "f32", probabilities = false } = options;
  if (inputShape === undefined) {
    throw new UsageError("invalid-option", "predictor", "the shape of an input is not known", {
      help: "give inputShape, without the batch axis",
    });
  }
  if (!(Number.isInteger(rows) && rows >= 1)) {
    throw new UsageError("invalid-option", "predictor", `rows must be a whole number of at least 1, got ${rows}`);
  }
  const input = { dtype, shape: [rows, ...inputShape] };
  checkShape("predictor", input.shape);
  const device = await deviceOr(options.device);
  let output: TensorType = input;
  const traced = traceProgram(
    (tracing) => {
      const x = tracing.input(input, { kind: "feed", name: "inputs" });
      const result = model.call(encode(preprocessing, x), new Run());
      if (result.shape[0] !== rows) {
        throw new ShapeError("shape-mismatch", "predictor", "the model must give one output for each input", {
          operands: { input: formatType(input), output: formatType(result) },
        });
      }
      const final = probabilities ? softmax(result) : result;
      output = { dtype: final.dtype, shape: final.shape };
      return { outputs: { result: final } };
    },
    (variable) => ({ kind: "state", name: stateName(variable) }),
  );
  await compute(traced.outside, { device });
  const ready = new Ready(device, await device.load(traced.build()), [...traced.variables.keys()], input);
  await ready.settle();
  const call = (inputs: TypedArray): Promise<TypedArray> => ready.run(inputs);
  return Object.assign(call, {
    sync: (inputs: TypedArray) => ready.runSync(inputs),
    release: () => device.unload(ready.loaded),
    ...{ input, output },
  });
}

class Ready {
  readonly loaded: LoadedProgram;
  readonly #device: Device;
  readonly #variables: readonly Variable[];
  readonly #input: TensorType;
  readonly #size: number;
  /** One request for all calls: what it holds is read before a call returns. */
  readonly #feeds: { inputs: TypedArray };
  readonly #request: { readonly steps: 1; readonly feeds: { inputs: TypedArray } };

  constructor(device: Device, loaded: LoadedProgram, variables: readonly Variable[], input: TensorType) {
    this.#device = device;
    this.loaded = loaded;
    this.#variables = variables;
    this.#input = input;
    this.#size = sizeOf(input.shape);
    this.#feeds = { inputs: allocate(input.dtype, 0) };
    this.#request = { steps: 1, feeds: this.#feeds };
  }

  #check(inputs: TypedArray): void {
    if (inputs?.length === this.#size && isStorageOf(this.#input.dtype, inputs)) return;
    const got = ArrayBuffer.isView(inputs) ? `a ${inputs.constructor.name} of ${inputs.length}` : describeValue(inputs);
    const storage = allocate(this.#input.dtype, 0).constructor.name;
    const what = `expected a ${storage} of ${this.#size} for ${formatShape(this.#input.shape)}, got ${got}`;
    throw new UsageError("invalid-data", "predictor", what);
  }

  /** Puts the weights on the device that it does not have as they are now. */
  async settle(): Promise<void> {
    const stale = staleOn(this.#device, this.#variables);
    await compute(
      stale.map(({ value }) => value),
      { device: this.#device },
    );
    for (const { variable, value } of staleOn(this.#device, this.#variables)) {
      if (value.stored === undefined) return this.settle(); // assigned while it waited
      await this.#device.write(stateName(variable), variable, value.stored);
      noteWritten(this.#device, variable, value);
    }
  }

  #settleAtOnce(sync: SyncDevice): void {
    for (const { variable, value } of staleOn(this.#device, this.#variables)) {
      sync.write(stateName(variable), variable, value.dataSync({ device: this.#device }));
      noteWritten(this.#device, variable, value);
    }
  }

  async run(inputs: TypedArray): Promise<TypedArray> {
    if (blockingOf(this.#device) !== undefined) return this.runSync(inputs);
    this.#check(inputs);
    await this.settle();
    const { outputs } = await this.#device.run(this.loaded, { steps: 1, feeds: { inputs } });
    return outputs.result!;
  }

  runSync(inputs: TypedArray): TypedArray {
    const sync = syncOf(this.#device);
    this.#check(inputs);
    this.#settleAtOnce(sync);
    this.#feeds.inputs = inputs;
    return sync.run(this.loaded, this.#request).outputs.result!;
  }
}
