import { UsageError } from "../core/errors.ts";
import { checkNames, checkOption, type OptionNames, type OptionTable } from "../core/option.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Layer } from "../nn/layer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { classesOf } from "./data-pass.ts";
import { eachLayerOutput } from "./layer-outputs.ts";
import { type LongWork, longWorkNames } from "./long-work.ts";
import { checkUnits, maxByUnit, unitsOf } from "./units.ts";

/** The plain options of `mostActivating`: their checks, defaults and help. */
export const mostActivatingOptions = {
  count: { kind: "integer", min: 1, default: 10, help: "examples at each end" },
  bins: { kind: "integer", min: 1, max: 10_000, default: 30, help: "bins of the histogram" },
} as const satisfies OptionTable;

export interface MostActivatingOptions extends LongWork {
  /** Which layer, by path; `path#2` is its second call, "input" what the network reads. */
  readonly layer: string;
  /** Which of its units, counted from 0. */
  readonly unit: number;
  /**
   * The axis of the layer's output that counts its units, such as 1 for channels: the activation is then the largest one of
   * the channel. By default each number is a unit.
   */
  readonly axis?: number | undefined;
  /** Examples at each end. 10 by default, or all if there are fewer. */
  readonly count?: number | undefined;
  /** Bins of the histogram. 30 by default. */
  readonly bins?: number | undefined;
  /** Rows of one run; it changes speed and memory. 256 by default. */
  readonly batchSize?: number | undefined;
}

/** How strongly one example activates a unit. */
export interface ActivatingExample {
  /** Row of the data set. */
  readonly index: number;
  readonly value: number;
  /** Its class, if the data set has classes. */
  readonly classIndex?: number;
}

export interface MostActivating {
  readonly layer: string;
  readonly unit: number;
  /** Activation for each row of the data set. */
  readonly values: Float64Array;
  /** The rows with the largest activations, the largest first. */
  readonly top: readonly ActivatingExample[];
  /** The rows with the smallest, the smallest first. */
  readonly bottom: readonly ActivatingExample[];
  readonly mean: number;
  /** Standard deviation over the rows. */
  readonly std: number;
  readonly min: number;
  readonly max: number;
  /** Share of the rows whose activation is above 0. */
  readonly activeShare: number;
  readonly histogram: {
    /** Limits of the bins, one more than there are; equal ones, from min to max. */
    readonly edges: Float64Array;
    /** Rows in each bin. */
    readonly counts: Int32Array;
    /** The same for the rows of each class, if the data set has classes. */
    readonly byClass?: readonly Int32Array[];
  };
  /** Mean activation over the rows of each class, if the data set has classes; NaN for a class without rows. */
  readonly classMeans?: Float64Array;
}

const optionNames: OptionNames<MostActivatingOptions> = {
  ...longWorkNames,
  layer: true,
  unit: true,
  axis: true,
  count: true,
  bins: true,
  batchSize: true,
};

/**
 * The examples of a data set that activate a unit most and least, and how its activations are spread, over all and by class.
 *
 * @throws UsageError for a layer or unit that there is not; the signal's reason if stopped.
 * @example const { top, histogram } = await mostActivating(model, digits.test, { layer: "layers.2", unit: 17 });
 */
export async function mostActivating(
  model: Layer,
  data: Dataset,
  options: MostActivatingOptions,
): Promise<MostActivating> {
  checkNames("mostActivating", optionNames, options);
  const where = "mostActivating";
  const { layer, unit, axis, bins = mostActivatingOptions.bins.default } = options;
  const count = Math.min(options.count ?? mostActivatingOptions.count.default, data.size);
  checkOption(where, "count", mostActivatingOptions.count, options.count ?? count);
  checkOption(where, "bins", mostActivatingOptions.bins, bins);
  const values = new Float64Array(data.size);
  const pick = (output: Tensor): Tensor => {
    checkUnits(where, [unit], unitsOf(where, output, axis).count);
    return maxByUnit(output, axis).at(undefined, unit); // [batch]
  };
  await eachLayerOutput(where, model, data, { ...options, layers: [layer] }, pick, (_, output, first) => {
    values.set(output.stored!, first);
  });
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const what = `the activation of row ${wrong} is ${values[wrong]}: expected a finite number`;
    throw new UsageError("invalid-data", where, what, { details: { row: wrong } });
  }
  const classes = classesOf(data);
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
  const example = (index: number): ActivatingExample => ({
    index,
    value: values[index]!,
    ...(classes !== undefined && { classIndex: classes[index]! }),
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const [min, max] = [values[order.at(-1)!]!, values[order[0]!]!];
  const classCount = data.classNames?.length ?? 1 + (classes?.reduce((a, b) => Math.max(a, b), 0) ?? 0);
  return {
    ...{ layer, unit, values, mean, std: Math.sqrt(variance), min, max },
    top: order.slice(0, count).map(example),
    bottom: order.slice(-count).reverse().map(example),
    activeShare: values.filter((value) => value > 0).length / values.length,
    histogram: histogramOf(values, min, max, bins, classes, classCount),
    ...(classes !== undefined && { classMeans: meansOf(values, classes, classCount) }),
  };
}

function histogramOf(
  values: Float64Array,
  min: number,
  max: number,
  bins: number,
  classes: Int32Array | undefined,
  classCount: number,
): MostActivating["histogram"] {
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => min + ((max - min) * i) / bins);
  const counts = new Int32Array(bins);
  const byClass = Array.from({ length: classCount }, () => new Int32Array(bins));
  values.forEach((value, row) => {
    const place = max > min ? Math.floor(((value - min) / (max - min)) * bins) : 0;
    const bin = Math.min(place, bins - 1);
    counts[bin]!++;
    if (classes !== undefined) byClass[classes[row]!]![bin]!++;
  });
  return { edges, counts, ...(classes !== undefined && { byClass }) };
}

function meansOf(values: Float64Array, classes: Int32Array, count: number): Float64Array {
  const sums = new Float64Array(count);
  const rows = new Int32Array(count);
  values.forEach((value, row) => {
    sums[classes[row]!]! += value;
    rows[classes[row]!]!++;
  });
  return sums.map((sum, k) => sum / rows[k]!);
}
