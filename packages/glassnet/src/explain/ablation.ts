import { UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { Rng } from "../core/random.ts";
import type { Layer } from "../nn/layer.ts";
import type { RunOptions } from "../nn/run.ts";
import { fromArray, fromData } from "../tensor/create.ts";
import { deviceOr } from "../tensor/device.ts";
import { where as select } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import {
  ablationOptions,
  checkRemoval,
  countOf,
  drawUnits,
  type RemovalOptions,
  valuesOf,
} from "./ablation-options.ts";
import { doublesOf } from "./attribution.ts";
import { checkSingle, Intervention } from "./calls.ts";
import { gradientOfChoice } from "./gradient-times-input.ts";
import { longWorkNames, Progress } from "./long-work.ts";
import { answersOf, type OutputChoice, outputChoiceNames } from "./output-choice.ts";
import { rankOf } from "./perturbation-curves.ts";
import { checkUnits, unitsOf } from "./units.ts";
import { runOnce, withCompiled } from "./with-compiled.ts";

export interface AblationOptions extends OutputChoice, RemovalOptions {}

/** What the network says of a class, or of the difference of two. */
export interface Answer {
  readonly output: number;
  readonly probability: number;
}

/** What a network says without some of its units. */
export interface AnswerWithout extends Answer {
  readonly units: readonly number[];
}

export interface Ablation {
  readonly layer: string;
  /** Units of the layer. */
  readonly available: number;
  /** How much each unit speaks for the answer: (activation − value) · gradient, what removing it loses to first order. */
  readonly scores: Float64Array;
  readonly intact: Answer;
  /** Without the units that were named, or without the strongest ones. */
  readonly removed: AnswerWithout;
  /** Without as many units at random, draw by draw. */
  readonly random: readonly AnswerWithout[];
  /** What the explained number (see `as`) lost with `removed`. */
  readonly drop: number;
  /** What it lost in each draw. */
  readonly randomDrops: Float64Array;
  /** In how many draws it lost as much or more. */
  readonly atLeast: number;
  /** (1 + atLeast) / (1 + draws): how likely random units alone would do as much. */
  readonly pValue: number;
}

/** Variants that one run looks at. */
const CHUNK = 64;

const optionNames: OptionNames<AblationOptions> = {
  ...longWorkNames,
  ...outputChoiceNames,
  layer: true,
  count: true,
  units: true,
  axis: true,
  value: true,
  among: true,
  draws: true,
  seed: true,
};

/**
 * Ablation: takes units of a layer away and looks at the answer again, and does the same with as many random units. If the
 * drop is no larger than those of random units, the explanation that named the units does not hold.
 *
 * The strongest units are those with the greatest activation × gradient; behind the last hidden layer that is the evidence.
 *
 * @param x one example as the network sees it: [1, ...]
 * @throws UsageError for a class, layer or unit that there is not; the signal's reason if stopped.
 * @example const { drop, randomDrops } = await ablation(model, x, { layer: "layers.2", count: 5, classIndex: 3 });
 * @see Morcos et al. 2018, arXiv:1803.06959; Hooker et al. 2019, arXiv:1806.10758, on why the comparison is needed.
 */
export async function ablation(model: Layer, x: Tensor, options: AblationOptions): Promise<Ablation> {
  checkNames("ablation", optionNames, options);
  const where = "ablation";
  checkSingle(where, x);
  const { layer, axis, as = "output" } = options;
  const { draws, seed } = checkRemoval(where, options, ablationOptions.draws.default);
  const device = await deviceOr(options.device);
  const progress = new Progress(options, draws + 3);

  const found = await runOnce(
    device,
    (input: Tensor) => {
      const { from, gradient } = gradientOfChoice(where, model, input, options, layer);
      return { from, gradient };
    },
    x,
  );
  const available = unitsOf(where, found.from, axis).count;
  const count = countOf(where, options, available);
  const values = valuesOf(where, options, available);
  const [activations, slopes] = await doublesOf([found.from, found.gradient], device);
  const { scores, active } = scoresOf(activations!, slopes!, values, unitIndex(found.from, axis));
  if (options.units !== undefined) checkUnits(where, options.units, available);
  const units = options.units ?? rankOf(scores).slice(0, count);
  const from = options.among === "active" ? active : Array.from({ length: available }, (_, i) => i);
  if (draws > 0 && from.length < count) {
    const what = `only ${from.length} units are active, too few to draw ${count} from`;
    throw new UsageError("invalid-option", where, what, { help: 'draw among "all"' });
  }
  const rng = Rng.seeded(seed).fold(where);
  const sets = [[], units, ...Array.from({ length: draws }, () => drawUnits(rng, from, count))];
  await progress.advance(1);

  const answers = await answersWithout(where, model, x, options, {
    sets,
    values: valueTensor(values, found.from),
    progress,
  });
  const [intact, removed, ...random] = answers as [Answer, Answer, ...Answer[]];
  const drop = intact[as] - removed[as];
  const randomDrops = Float64Array.from(random, (answer) => intact[as] - answer[as]);
  const atLeast = randomDrops.filter((lost) => lost >= drop).length;
  return {
    ...{ layer, available, scores, intact, removed: { ...removed, units: [...units] } },
    random: random.map((answer, i) => ({ ...answer, units: sets[i + 2]! })),
    ...{ drop, randomDrops, atLeast, pValue: (1 + atLeast) / (1 + draws) },
  };
}

/** Which unit each number of one example's output belongs to. */
function unitIndex(output: Tensor, axis: number | undefined): (i: number) => number {
  if (axis === undefined) return (i) => i;
  const inner = output.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const count = output.shape[axis]!;
  return (i) => Math.floor(i / inner) % count;
}

/** What removing each unit would lose to first order, and the units that removing changes. */
function scoresOf(
  activations: Float64Array,
  slopes: Float64Array,
  values: Float64Array,
  unitOf: (i: number) => number,
): { scores: Float64Array; active: number[] } {
  const scores = new Float64Array(values.length);
  const active = new Set<number>();
  activations.forEach((activation, i) => {
    const unit = unitOf(i);
    const change = activation - values[unit]!;
    scores[unit]! += change * slopes[i]!;
    if (change !== 0) active.add(unit);
  });
  return { scores, active: [...active].sort((a, b) => a - b) };
}

interface Sets {
  readonly sets: readonly (readonly number[])[];
  readonly values: Tensor;
  readonly progress: Progress;
}

/** The answers without each of several sets of units. */
async function answersWithout(
  where: string,
  model: Layer,
  x: Tensor,
  options: AblationOptions,
  { sets, values, progress }: Sets,
): Promise<Answer[]> {
  const device = await deviceOr(options.device);
  const rows = Math.min(sets.length, CHUNK);
  const variants = (input: Tensor, mask: Tensor, value: Tensor) => {
    const many = input.broadcastTo([rows, ...input.shape.slice(1)]);
    const replace = (output: Tensor): Tensor => withoutUnits(where, output, mask, value, options.axis);
    const makeRun = (run: RunOptions) => new Intervention(model, options.layer, replace, run);
    const { output, probability } = answersOf(where, model, many, options, makeRun);
    return { output, probability };
  };
  const available = values.size;
  const answers: Answer[] = [];
  return withCompiled(device, variants, async (compiled) => {
    for (let begin = 0; begin < sets.length; begin += rows) {
      const part = sets.slice(begin, begin + rows);
      const data = new Uint8Array(rows * available);
      part.forEach((units, row) => {
        for (const unit of units) data[row * available + unit] = 1;
      });
      const mask = fromArray({ dtype: "bool", shape: [rows, available], data });
      const found = await compiled(x, mask, values);
      const [outputs, probabilities] = await doublesOf([found.output, found.probability], device);
      part.forEach((_, row) => {
        answers.push({ output: outputs![row]!, probability: probabilities![row]! });
      });
      await progress.advance(part.length);
    }
    return answers;
  });
}

/** What removed units give, in the dtype of the layer's output: f64 would keep the program from fast backends. */
export const valueTensor = (values: Float64Array, { dtype }: Tensor): Tensor =>
  dtype === "f64" ? fromData(values, [values.length]) : fromData(Float32Array.from(values), [values.length]);

/** What a layer gives if the units that `mask` [batch, units] marks give `value` [units]. Called inside a trace. */
export function withoutUnits(
  where: string,
  output: Tensor,
  mask: Tensor,
  value: Tensor,
  axis: number | undefined,
): Tensor {
  const { over } = unitsOf(where, output, axis);
  const filled = value.reshape(over(1)); // [1, ...]
  return select(mask.reshape(over(output.shape[0]!)), filled, output);
}
