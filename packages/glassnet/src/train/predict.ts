import type { Device } from "../backends/backend.ts";
import type { ArrayData } from "../core/array.ts";
import { allocate } from "../core/dtype.ts";
import { ShapeError, UsageError } from "../core/errors.ts";
import { checkNames, checkOption, type OptionNames } from "../core/option.ts";
import { checkShape, formatType, sizeOf, type TensorType } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import { fromArray, tensor } from "../tensor/create.ts";
import { deviceOr } from "../tensor/device.ts";
import type { NestedArray, Tensor } from "../tensor/tensor.ts";
import { withCleanUp } from "./clean-up.ts";
import { Pass, passOptions } from "./pass.ts";
import { Residence } from "./residence.ts";

export interface PredictOptions {
  /** Applied to the inputs as in training; nothing by default. */
  readonly preprocessing?: Preprocessing;
  readonly batchSize?: number;
  readonly device?: Device;
}

const names: OptionNames<PredictOptions> = { preprocessing: true, batchSize: true, device: true };

/** A model with the preprocessing it was trained with, such as `load` gives. */
export interface ModelWithPreprocessing {
  readonly model: Layer;
  readonly preprocessing: Preprocessing;
}

/**
 * The model's outputs for inputs of any number: [n, ...] → [n, ...], in batches. Inputs are a data set, whose own
 * preprocessing is applied, or plain rows as they are stored: these are preprocessed as `options` say, else as the model
 * was saved with; a bare model takes them as they stand.
 *
 * @example const outputs = await predict(await load("model.safetensors"), tensor([[1, 2, 3]]));
 */
export async function predict(
  modelOrSaved: Layer | ModelWithPreprocessing,
  inputs: Dataset | ArrayData | Tensor | NestedArray,
  options: PredictOptions = {},
): Promise<Tensor> {
  checkNames("predict", names, options);
  const { batchSize = passOptions.batchSize.default } = options;
  checkOption("predict", "batchSize", passOptions.batchSize, batchSize);
  const device = await deviceOr(options.device);
  const isBare = modelOrSaved instanceof Layer;
  const model = isBare ? modelOrSaved : modelOrSaved.model;
  const preprocessing = options.preprocessing ?? (isBare ? undefined : modelOrSaved.preprocessing);
  const rows = Array.isArray(inputs) ? tensor(inputs as NestedArray) : (inputs as Dataset | ArrayData | Tensor);
  const data = await rowsOf(rows, device, preprocessing);
  const residence = new Residence(device, model);
  let row: TensorType | undefined;
  const pass = new Pass(residence, data, batchSize, (x) => {
    const output = model.call(x, new Run());
    if (output.shape[0] !== x.shape[0]) {
      throw new ShapeError("shape-mismatch", "predict", "the model must give one output for each input", {
        operands: { input: formatType(x), output: formatType(output) },
      });
    }
    row = { dtype: output.dtype, shape: output.shape.slice(1) };
    return { output };
  });
  return withCleanUp(async () => {
    pass.trace();
    const { dtype, shape } = row!;
    const size = sizeOf(shape);
    const all = allocate(dtype, data.size * size);
    await pass.run(({ output }, _batch, _steps, firstRow) => all.set(output!, firstRow * size));
    return fromArray({ dtype, shape: [data.size, ...shape], data: all });
  }, [() => pass.release(), () => residence.free()]);
}

/** Inputs alone, in the form of a data set: the targets are there only because a data set has some. */
async function rowsOf(
  inputs: Dataset | ArrayData | Tensor,
  device: Device,
  preprocessing: Preprocessing = { kind: "none" },
): Promise<Dataset> {
  if ("inputs" in inputs && "targets" in inputs) return inputs as Dataset;
  const rows = inputs as ArrayData | Tensor;
  const { dtype, shape } = rows;
  checkShape("predict", shape);
  if (sizeOf(shape) === 0 || shape.length === 0) {
    throw new UsageError("invalid-data", "predict", `there are no rows of inputs in ${formatType(rows)}`);
  }
  const data = typeof rows.data === "function" ? await (rows as Tensor).data({ device }) : (rows as ArrayData).data;
  const size = shape[0] ?? 0;
  const targets = { dtype: "u8", shape: [size], data: new Uint8Array(size) } as const;
  return { name: "predict", inputs: { dtype, shape, data }, targets, size, inputShape: shape.slice(1), preprocessing };
}
