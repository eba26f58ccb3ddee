import type { Device } from "../backends/backend.ts";
import { UsageError } from "../core/errors.ts";
import { checkNames, checkOption, type OptionNames, type OptionTable } from "../core/option.ts";
import { sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Layer } from "../nn/layer.ts";
import { fromData } from "../tensor/create.ts";
import { deviceOr } from "../tensor/device.ts";
import { matmul, transpose } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { doublesOf } from "./attribution.ts";
import { solveCholesky } from "./cholesky.ts";
import { needClasses } from "./data-pass.ts";
import { collectOutputs, type LayerOutput, type LayerOutputsOptions } from "./layer-outputs.ts";
import { longWorkNames, Progress } from "./long-work.ts";
import { withCompiled } from "./with-compiled.ts";

/** The plain options of `linearProbes`: their checks, defaults and help. */
export const probeOptions = {
  ridge: {
    kind: "number",
    min: 0,
    above: true,
    default: 1e-3,
    help: "pull of the probe's weights towards 0, in units of the mean variance of its features",
  },
} as const satisfies OptionTable;

export interface LinearProbesOptions extends LayerOutputsOptions {
  /** Pull of the probe's weights towards 0, in units of the mean variance of its features. 0.001 by default. */
  readonly ridge?: number | undefined;
}

/** How well the classes can be told from what a layer gives by one linear map. */
export interface LinearProbe {
  /** Path of the layer; "input" is what the network reads. */
  readonly layer: string;
  /** Numbers that the layer gives for one example. */
  readonly features: number;
  /** Share of the rows that the probe was fitted to and gets right. */
  readonly trainAccuracy: number;
  /** Share of the other rows that it gets right. */
  readonly validationAccuracy: number;
}

/** Features of one layer on both data sets. */
interface Features {
  readonly training: LayerOutput;
  readonly validation: LayerOutput;
}

/** Rows of one product. */
const CHUNK = 256;

const optionNames: OptionNames<LinearProbesOptions> = { ...longWorkNames, layers: true, batchSize: true, ridge: true };

/**
 * Linear probes: for each layer, how many examples a linear classifier gets right that reads nothing but what the layer
 * gives. If it rises from layer to layer, the layers make features that are more useful than the pixels.
 *
 * Each probe is the least-squares fit to the one-hot classes, in f64, by the normal equations of centred features:
 *
 *   (XᵀX + λ v I) W = XᵀY        λ is `ridge`, v the mean of the diagonal of XᵀX
 *
 * @param training what the probes are fitted to
 * @param validation other examples, to measure them
 * @throws UsageError for data without classes, or a layer that there is not; the signal's reason if stopped.
 * @example const [pixels, ...hidden] = await linearProbes(model, digits.train, digits.test);
 * @see Alain & Bengio 2017, arXiv:1610.01644.
 */
export async function linearProbes(
  model: Layer,
  training: Dataset,
  validation: Dataset,
  options: LinearProbesOptions = {},
): Promise<LinearProbe[]> {
  checkNames("linearProbes", optionNames, options);
  const where = "linearProbes";
  const { ridge = probeOptions.ridge.default, onProgress } = options;
  checkOption(where, "ridge", probeOptions.ridge, ridge);
  const labels = { training: needClasses(where, training), validation: needClasses(where, validation) };
  const classes = 1 + Math.max(maxOf(labels.training), maxOf(labels.validation));
  const device = await deviceOr(options.device);
  // Half of the way is running the network, half fitting.
  const report = (offset: number) => (done: number, total: number) => onProgress?.(offset + (done / total) * 250, 1000);
  const first = await collectOutputs(where, model, training, { ...options, device, onProgress: report(0) });
  const second = await collectOutputs(where, model, validation, { ...options, device, onProgress: report(250) });
  const probes: LinearProbe[] = [];
  for (const [layer, output] of first) {
    const features = { training: output, validation: second.get(layer)! };
    const progress = new Progress({ signal: options.signal }, 1);
    const fitted = await fitProbe({ layer, features, labels: labels.training, classes, ridge, device, progress });
    const trainAccuracy = await accuracyOf(fitted, features.training, labels.training, device, progress);
    const validationAccuracy = await accuracyOf(fitted, features.validation, labels.validation, device, progress);
    probes.push({ layer, features: fitted.size, trainAccuracy, validationAccuracy });
    onProgress?.(500 + (500 * probes.length) / first.size, 1000);
  }
  return probes;
}

const maxOf = (numbers: Int32Array): number => numbers.reduce((max, x) => Math.max(max, x), 0);

interface Fit {
  readonly layer: string;
  readonly features: Features;
  readonly labels: Int32Array;
  readonly classes: number;
  readonly ridge: number;
  readonly device: Device;
  readonly progress: Progress;
}

interface Fitted {
  readonly size: number;
  readonly classes: number;
  /** Means of the features. */
  readonly mean: Float64Array;
  /** [size, classes] */
  readonly weights: Float64Array;
  /** Share of each class, which is what the probe gives at the mean. */
  readonly bias: Float64Array;
}

async function fitProbe(fit: Fit): Promise<Fitted> {
  const { layer, features, labels, classes, ridge, device, progress } = fit;
  const { training } = features;
  const rows = training.shape[0]!;
  const size = sizeOf(training.shape.slice(1));
  const mean = new Float64Array(size);
  for (let row = 0, at = 0; row < rows; row++) for (let i = 0; i < size; i++) mean[i]! += training.data[at++]! / rows;
  const bias = new Float64Array(classes);
  for (const label of labels) bias[label]! += 1 / rows;
  const gram = new Float64Array(size * size);
  const right = new Float64Array(size * classes);
  const products = (x: Tensor, y: Tensor) => ({ gram: matmul(transpose(x), x), right: matmul(transpose(x), y) });
  await withCompiled(device, products, async (compiled) => {
    for (let first = 0; first < rows; first += CHUNK) {
      const count = Math.min(CHUNK, rows - first);
      const y = new Float32Array(count * classes);
      for (let row = 0; row < count; row++) {
        for (let k = 0; k < classes; k++) y[row * classes + k] = (labels[first + row] === k ? 1 : 0) - bias[k]!;
      }
      const part = await compiled(centred(training, mean, first, count), fromData(y, [count, classes]));
      const [g, r] = await doublesOf([part.gram, part.right], device);
      for (let i = 0; i < gram.length; i++) gram[i]! += g![i]!;
      for (let i = 0; i < right.length; i++) right[i]! += r![i]!;
      await progress.advance(0);
    }
  });
  let trace = 0;
  for (let i = 0; i < size; i++) trace += gram[i * size + i]!;
  // Features that are all constant leave nothing to fit; any pull then gives weights of 0.
  const pull = trace > 0 ? (ridge * trace) / size : 1;
  for (let i = 0; i < size; i++) gram[i * size + i]! += pull;
  if (!(await solveCholesky(gram, right, size, classes, progress))) {
    const what = `the features of layer "${layer}" are not finite, or too dependent for a ridge of ${ridge}`;
    throw new UsageError("invalid-data", "linearProbes", what, { help: "use a larger ridge" });
  }
  return { size, classes, mean, weights: right, bias };
}

/** Rows of features less their means, in f32. */
function centred({ data }: LayerOutput, mean: Float64Array, first: number, count: number): Tensor {
  const size = mean.length;
  const rows = new Float32Array(count * size);
  for (let i = 0, at = first * size; i < rows.length; i++, at++) rows[i] = data[at]! - mean[i % size]!;
  return fromData(rows, [count, size]);
}

async function accuracyOf(
  { mean, weights, bias, size, classes }: Fitted,
  features: LayerOutput,
  labels: Int32Array,
  device: Device,
  progress: Progress,
): Promise<number> {
  const w = fromData(Float32Array.from(weights), [size, classes]);
  const b = fromData(Float32Array.from(bias), [classes]);
  const predict = (x: Tensor, map: Tensor, shift: Tensor): Tensor => matmul(x, map).add(shift).argmax({ axis: -1 });
  let right = 0;
  await withCompiled(device, predict, async (compiled) => {
    for (let first = 0; first < labels.length; first += CHUNK) {
      const count = Math.min(CHUNK, labels.length - first);
      const [predicted] = await doublesOf([await compiled(centred(features, mean, first, count), w, b)], device);
      predicted!.forEach((label, row) => {
        if (label === labels[first + row]) right++;
      });
      await progress.advance(0);
    }
  });
  return right / labels.length;
}
