import { UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { Rng } from "../core/random.ts";
import type { Dataset } from "../data/dataset.ts";
import { encode } from "../data/encode.ts";
import type { Layer } from "../nn/layer.ts";
import type { RunOptions } from "../nn/run.ts";
import type { Compiled } from "../tensor/compile.ts";
import { fromArray, fromData, ones } from "../tensor/create.ts";
import { deviceOr } from "../tensor/device.ts";
import { gatherElements } from "../tensor/functions.ts";
import { gradientsOf } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { valueTensor, withoutUnits } from "./ablation.ts";
import { checkRemoval, countOf, drawUnits, type RemovalOptions, valuesOf } from "./ablation-options.ts";
import { checkDifferentiable, doublesOf } from "./attribution.ts";
import { Intervention } from "./calls.ts";
import { checkLabelsFit, needClasses, rowsOf } from "./data-pass.ts";
import { longWorkNames, Progress } from "./long-work.ts";
import { outputsOf } from "./output-choice.ts";
import { rankOf } from "./perturbation-curves.ts";
import { checkUnits, sumByUnit, unitsOf } from "./units.ts";
import { withCompiled } from "./with-compiled.ts";

export interface AblationOverDataOptions extends RemovalOptions {
  /** "example" (default): each example loses its own strongest units; "data": all lose those that are strongest on average. */
  readonly per?: "example" | "data" | undefined;
  /** Rows of one run; it changes speed and memory, not the result beyond rounding. 256 by default. */
  readonly batchSize?: number | undefined;
}

/** What a network makes of a data set. */
export interface MeanAnswer {
  /** Share of the rows whose largest output is their class. */
  readonly accuracy: number;
  /** Mean output for the row's own class. */
  readonly output: number;
  /** Mean probability of the row's own class. */
  readonly probability: number;
}

export interface AblationOverData {
  readonly layer: string;
  readonly available: number;
  /** Units that were removed from each example. */
  readonly count: number;
  readonly examples: number;
  /** Mean over the rows of how much each unit speaks for the row's own class. */
  readonly scores: Float64Array;
  readonly intact: MeanAnswer;
  readonly removed: MeanAnswer;
  /** Without as many units at random, draw by draw. */
  readonly random: readonly MeanAnswer[];
}

/** Random choices by default: each is a pass over the data. */
const DRAWS = 20;

type Chooser = (row: number) => readonly number[];

const optionNames: OptionNames<AblationOverDataOptions> = {
  ...longWorkNames,
  layer: true,
  count: true,
  units: true,
  axis: true,
  value: true,
  among: true,
  draws: true,
  seed: true,
  per: true,
  batchSize: true,
};

/**
 * Ablation over a data set: accuracy, output and probability of the right class without the units that speak most for it, and
 * without as many random ones.
 *
 * @throws UsageError for a layer or unit that there is not, or data without classes; the signal's reason if stopped.
 * @example const { intact, removed, random } = await ablationOverData(model, test, { layer: "layers.2", count: 20 });
 * @see `ablation`, for one example.
 */
export async function ablationOverData(
  model: Layer,
  data: Dataset,
  options: AblationOverDataOptions,
): Promise<AblationOverData> {
  checkNames("ablationOverData", optionNames, options);
  const where = "ablationOverData";
  const { layer, axis, per = "example" } = options;
  const { draws, seed } = checkRemoval(where, options, DRAWS);
  if (per !== "example" && per !== "data") {
    throw new UsageError("invalid-option", where, `unknown per "${String(per)}": expected "example" or "data"`);
  }
  const labels = needClasses(where, data);
  const device = await deviceOr(options.device);
  const progress = new Progress(options, data.size * (draws + 3));

  const ranked = await rankAll(where, model, data, labels, options, progress);
  const { available } = ranked;
  const count = countOf(where, options, available);
  const values = valueTensor(valuesOf(where, options, available), ranked.sample);
  if (options.units !== undefined) checkUnits(where, options.units, available);
  const mean = ranked.scores;
  const overall = rankOf(mean).slice(0, count);
  const strongest: Chooser = (row) => {
    if (options.units !== undefined) return options.units;
    return per === "data" ? overall : rankOf(ranked.scoresOf(row)).slice(0, count);
  };
  const everything = Array.from({ length: available }, (_, i) => i);
  const drawFrom: Chooser = (row) => (options.among === "active" ? ranked.activeOf(row) : everything);

  const answers = (inputs: Tensor, mask: Tensor, value: Tensor, targets: Tensor) => {
    const x = encode(data.preprocessing, inputs);
    const replace = (output: Tensor): Tensor => withoutUnits(where, output, mask, value, axis);
    const makeRun = (run: RunOptions) => new Intervention(model, layer, replace, run);
    const { outputs, probabilities } = outputsOf(where, model, x, makeRun);
    const own = targets.reshape([targets.size, 1]);
    return {
      right: outputs.argmax({ axis: -1 }).eq(targets),
      output: gatherElements(outputs, own, 1),
      probability: gatherElements(probabilities, own, 1),
    };
  };
  return withCompiled(device, answers, async (compiled) => {
    const pass = async (choose: Chooser): Promise<MeanAnswer> => {
      const sums = { accuracy: 0, output: 0, probability: 0 };
      for (const { inputs, first, size } of rowsOf(where, data, options.batchSize)) {
        const marks = new Uint8Array(size * available);
        for (let row = 0; row < size; row++) for (const unit of choose(first + row)) marks[row * available + unit] = 1;
        const mask = fromArray({ dtype: "bool", shape: [size, available], data: marks });
        const found = await compiled(inputs, mask, values, fromData(labels.subarray(first, first + size), [size]));
        const [right, output, probability] = await doublesOf([found.right, found.output, found.probability], device);
        for (let row = 0; row < size; row++) {
          sums.accuracy += right![row]!;
          sums.output += output![row]!;
          sums.probability += probability![row]!;
        }
        await progress.advance(size);
      }
      const { accuracy, output, probability } = sums;
      return { accuracy: accuracy / data.size, output: output / data.size, probability: probability / data.size };
    };
    const intact = await pass(() => []);
    const removed = await pass(strongest);
    const random: MeanAnswer[] = [];
    for (let draw = 0; draw < draws; draw++) {
      const rng = Rng.seeded(seed).fold(where).fold(draw);
      random.push(await pass((row) => drawUnits(rng.fold(row), drawFrom(row), count)));
    }
    return { layer, available, count, examples: data.size, scores: mean, intact, removed, random };
  });
}

/** How much each unit speaks for the class of each row. */
interface Ranked {
  readonly available: number;
  /** Something of the dtype of the layer's output. */
  readonly sample: Tensor;
  /** Mean over the rows. */
  readonly scores: Float64Array;
  scoresOf(row: number): Float32Array;
  /** The units that removing changes. */
  activeOf(row: number): number[];
}

type Scoring = Compiled<[Tensor, Tensor], { scores: Tensor; change: Tensor }>;

async function rankAll(
  where: string,
  model: Layer,
  data: Dataset,
  labels: Int32Array,
  options: AblationOverDataOptions,
  progress: Progress,
): Promise<Ranked> {
  const { layer, axis } = options;
  const device = await deviceOr(options.device);
  let available = 0;
  const score = (inputs: Tensor, targets: Tensor) => {
    let from: Tensor | undefined;
    let intervention: Intervention | undefined;
    const keep = (output: Tensor): Tensor => {
      from = output;
      return output;
    };
    const { outputs } = outputsOf(where, model, encode(data.preprocessing, inputs), (run) => {
      intervention = new Intervention(model, layer, keep, run);
      return intervention;
    });
    intervention?.checkMade(where);
    checkDifferentiable(where, from!);
    const activation = from!;
    const { count, over } = unitsOf(where, activation, axis);
    available = count;
    checkLabelsFit(where, data, labels, outputs.shape[1]!);
    const own = gatherElements(outputs, targets.reshape([targets.size, 1]), 1);
    const [gradient] = gradientsOf([own], [ones(own.shape, { dtype: own.dtype })], [activation]);
    const filled = valueTensor(valuesOf(where, options, count), activation).reshape(over(1));
    const change = activation.sub(filled);
    return {
      scores: sumByUnit(change.mul(gradient!), axis),
      change: sumByUnit(change.abs(), axis),
    };
  };
  return withCompiled(device, score, async (compiled: Scoring) => {
    let scores = new Float32Array(0);
    let isActive = new Uint8Array(0);
    let sample: Tensor | undefined;
    let mean = new Float64Array(0);
    for (const { inputs, first, size } of rowsOf(where, data, options.batchSize)) {
      const found = await compiled(inputs, fromData(labels.subarray(first, first + size), [size]));
      if (sample === undefined) {
        sample = found.scores;
        scores = new Float32Array(data.size * available);
        isActive = new Uint8Array(data.size * available);
        mean = new Float64Array(available);
      }
      const [rows, changes] = await doublesOf([found.scores, found.change], device);
      scores.set(rows!, first * available);
      changes!.forEach((change, i) => {
        isActive[first * available + i] = change === 0 ? 0 : 1;
      });
      rows!.forEach((value, i) => {
        mean[i % available]! += value / data.size;
      });
      await progress.advance(size);
    }
    return {
      available,
      sample: sample!,
      scores: mean,
      scoresOf: (row) => scores.subarray(row * available, (row + 1) * available),
      activeOf: (row) => everyActive(isActive.subarray(row * available, (row + 1) * available)),
    };
  });
}

function everyActive(marks: Uint8Array): number[] {
  const active: number[] = [];
  marks.forEach((mark, unit) => {
    if (mark === 1) active.push(unit);
  });
  return active;
}
