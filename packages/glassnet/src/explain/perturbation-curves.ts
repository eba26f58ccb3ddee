import { UsageError } from "../core/errors.ts";
import { checkNames, checkOption, type OptionNames, type OptionTable } from "../core/option.ts";
import { Rng } from "../core/random.ts";
import type { Layer } from "../nn/layer.ts";
import { deviceOr } from "../tensor/device.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Baseline, baselineOf } from "./attribution.ts";
import { checkSingle } from "./calls.ts";
import { type LongWork, longWorkNames, Progress } from "./long-work.ts";
import { MaskedInputs } from "./masked-inputs.ts";
import { type OutputChoice, outputChoiceNames } from "./output-choice.ts";

/** The plain options of `perturbationCurves`: their checks, defaults and help. */
export const perturbationOptions = {
  points: { kind: "integer", min: 1, max: 10_000, default: 50, help: "points of a curve behind the first" },
  draws: { kind: "integer", min: 0, max: 10_000, default: 20, help: "random orders to compare with" },
  seed: { kind: "integer", min: 0, max: Number.MAX_SAFE_INTEGER, default: 0, help: "where random orders come from" },
} as const satisfies OptionTable;

export interface PerturbationOptions extends OutputChoice, LongWork {
  /** What inputs that are not there are. 0 by default. */
  readonly baseline?: Baseline | undefined;
  /** Points of a curve behind the first. 50 by default, or one for each input if there are fewer. */
  readonly points?: number | undefined;
  /** Random orders to compare with. 20 by default. */
  readonly draws?: number | undefined;
  readonly seed?: number | undefined;
}

/** The explained number against the share of inputs that were changed. */
export interface PerturbationCurve {
  /** The explained number at each of `fractions`. */
  readonly values: Float64Array;
  /** Area under the curve over fractions from 0 to 1, by the trapezoidal rule. */
  readonly area: number;
}

export interface PerturbationCurves {
  /** Shares of the inputs, from 0 to 1. */
  readonly fractions: Float64Array;
  /** Inputs are taken away, the highest score first: a small area speaks for the scores. */
  readonly deletion: PerturbationCurve;
  /** Inputs are put into the baseline, the highest score first: a large area speaks for the scores. */
  readonly insertion: PerturbationCurve;
  /** The same in random orders: the mean curves, and the area of each draw. */
  readonly random: {
    readonly deletion: PerturbationCurve;
    readonly insertion: PerturbationCurve;
    readonly deletionAreas: Float64Array;
    readonly insertionAreas: Float64Array;
  };
}

const optionNames: OptionNames<PerturbationOptions> = {
  ...longWorkNames,
  ...outputChoiceNames,
  baseline: true,
  points: true,
  draws: true,
  seed: true,
};

/**
 * Deletion and insertion: whether scores order the inputs by what matters to the network. Inputs are taken away in the order
 * of their scores, or put into an empty example, and the explained number is followed; random orders show what no
 * explanation at all gives.
 *
 * @param x one example as the network sees it: [1, ...]
 * @param scores one for each input, such as the `values` of an attribution; the highest counts first
 * @throws UsageError unless there is one finite score for each input; the signal's reason if stopped.
 * @example const { deletion, random } = await perturbationCurves(model, x, values, { classIndex: 3, as: "probability" });
 * @see Petsiuk, Das & Saenko 2018, arXiv:1806.07421; Samek et al. 2017, arXiv:1509.06321.
 */
export async function perturbationCurves(
  model: Layer,
  x: Tensor,
  scores: ArrayLike<number>,
  options: PerturbationOptions,
): Promise<PerturbationCurves> {
  checkNames("perturbationCurves", optionNames, options);
  const where = "perturbationCurves";
  checkSingle(where, x);
  const n = x.size;
  checkScores(scores, n);
  const { draws = perturbationOptions.draws.default, seed = perturbationOptions.seed.default } = options;
  checkOption(where, "draws", perturbationOptions.draws, draws);
  checkOption(where, "seed", perturbationOptions.seed, seed);
  const points = options.points ?? Math.min(perturbationOptions.points.default, n);
  checkOption(where, "points", perturbationOptions.points, points);
  const counts = Array.from({ length: points + 1 }, (_, i) => Math.round((i * n) / points));
  const fractions = Float64Array.from(counts, (count) => count / n);
  const baseline = baselineOf(where, x, options.baseline);
  const device = await deviceOr(options.device);
  const progress = new Progress(options, 2 * (points + 1) * (1 + draws));
  const rng = Rng.seeded(seed).fold(where);
  return MaskedInputs.with({ where, model, x, baseline, choice: options, device, progress }, async (masked) => {
    const curve = async (order: ArrayLike<number>, isInserted: boolean): Promise<PerturbationCurve> => {
      const values = await masked.outputs(points + 1, (i, mask) => {
        mask.fill(isInserted ? 1 : 0);
        for (let k = 0; k < counts[i]!; k++) mask[order[k]!] = isInserted ? 0 : 1;
      });
      return { values, area: areaUnder(fractions, values) };
    };
    const order = rankOf(scores);
    const deletion = await curve(order, false);
    const insertion = await curve(order, true);
    const random: { deletion: PerturbationCurve; insertion: PerturbationCurve }[] = [];
    for (let draw = 0; draw < draws; draw++) {
      const shuffled = rng.permutation(n);
      random.push({ deletion: await curve(shuffled, false), insertion: await curve(shuffled, true) });
    }
    const deletions = random.map((one) => one.deletion);
    const insertions = random.map((one) => one.insertion);
    return {
      fractions,
      deletion,
      insertion,
      random: {
        deletion: meanCurve(fractions, deletions),
        insertion: meanCurve(fractions, insertions),
        deletionAreas: Float64Array.from(deletions, ({ area }) => area),
        insertionAreas: Float64Array.from(insertions, ({ area }) => area),
      },
    };
  });
}

function checkScores(scores: ArrayLike<number>, size: number): void {
  if (scores.length !== size) {
    const what = `needs one score for each of ${size} inputs, got ${scores.length}`;
    throw new UsageError("invalid-data", "perturbationCurves", what, { details: { size, got: scores.length } });
  }
  for (let i = 0; i < size; i++) {
    if (Number.isFinite(scores[i])) continue;
    throw new UsageError("invalid-data", "perturbationCurves", `the score of input ${i} is ${scores[i]}`, {
      details: { index: i },
    });
  }
}

/** Positions by falling score; equal ones in their own order. */
export function rankOf(scores: ArrayLike<number>): number[] {
  return Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b);
}

function areaUnder(at: Float64Array, values: Float64Array): number {
  let area = 0;
  for (let i = 1; i < at.length; i++) area += ((values[i]! + values[i - 1]!) / 2) * (at[i]! - at[i - 1]!);
  return area;
}

function meanCurve(at: Float64Array, curves: readonly PerturbationCurve[]): PerturbationCurve {
  const values = at.map((_, i) => curves.reduce((sum, curve) => sum + curve.values[i]!, 0) / curves.length);
  return { values, area: areaUnder(at, values) };
}
