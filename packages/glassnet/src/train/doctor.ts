import type { Device } from "../backends/backend.ts";
import type { ArrayData } from "../core/array.ts";
import { UsageError } from "../core/errors.ts";
import { checkNames, checkOption, type OptionNames, type OptionTable } from "../core/option.ts";
import type { Dataset } from "../data/dataset.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import type { Loss } from "../loss/reduction.ts";
import type { Layer } from "../nn/layer.ts";
import { adamW } from "../optim/adam.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { deviceOr } from "../tensor/device.ts";
import { paramsOf } from "../tensor/variable.ts";
import { CheckupProgram, type Measurements, type ParamHealth } from "./checkup.ts";
import { withCleanUp } from "./clean-up.ts";
import { type DataHealth, dataHealth } from "./data-health.ts";
import type { Divergence, Scores } from "./events.ts";
import { type Finding, finding, type Severity } from "./finding.ts";

/** The plain options of `doctor`: checks, defaults and help. */
export const doctorOptions = {
  rows: { kind: "integer", min: 1, default: 256, help: "examples that are measured, spread evenly over the data" },
  learningRate: { kind: "number", min: 0, default: 1e-3, help: "step size of the optimizer's next step" },
  steps: { kind: "integer", min: 0, default: 0, help: "steps that the optimizer has done" },
} as const satisfies OptionTable;

/** What an epoch ended with, as an `EpochEvent` says it. */
export interface EpochScoresSeen {
  readonly epoch: number;
  readonly training?: Scores | null | undefined;
  readonly validation?: Scores | null | undefined;
}

/** Where a training stands when it is examined. */
export interface CheckupOptions {
  /** 0.001 by default. */
  readonly learningRate?: number | undefined;
  /** Steps done since the start values. 0 by default: the loss is then that of the start values. */
  readonly steps?: number | undefined;
  /** Steps of the present optimizer, if it began later; `steps` by default. */
  readonly optimizerSteps?: number | undefined;
  /** What the optimizer keeps, by `path/slot`, as in a `Snapshot`; zeros by default. */
  readonly slots?: Readonly<Record<string, ArrayData>> | undefined;
  /** The epochs so far, for what shows only over time. */
  readonly epochs?: readonly EpochScoresSeen[] | undefined;
  /** Loss of the start values, such as that of the first batch; with 0 steps it is measured. */
  readonly initialLoss?: number | undefined;
  /** Why the training ended, if it diverged. */
  readonly divergence?: Divergence | null | undefined;
}

/** What is examined, and with what. */
export interface DoctorSetup {
  readonly loss: Loss;
  /** `adamW()` by default, as in `train`. */
  readonly optimizer?: Optimizer | undefined;
  /** Examples that are measured. 256 by default. */
  readonly rows?: number | undefined;
  readonly device?: Device | undefined;
}

export interface DoctorOptions extends DoctorSetup, CheckupOptions {}

const setupNames: OptionNames<DoctorSetup> = { loss: true, optimizer: true, rows: true, device: true };
const checkupNames: OptionNames<CheckupOptions> = {
  ...{ learningRate: true, steps: true, optimizerSteps: true, slots: true },
  ...{ epochs: true, initialLoss: true, divergence: true },
};
const doctorNames: OptionNames<DoctorOptions> = { ...setupNames, ...checkupNames };

/** A model under observation: its program is made once and run at every checkup. */
export interface Observation {
  /** @throws UsageError for an option that cannot be */
  checkup(options?: CheckupOptions): Promise<Checkup>;
  /** Gives back what it has on the device. */
  release(): Promise<void>;
}

/** What `doctor` measured, and what it made of it. */
export interface Checkup extends Measurements {
  /** Rows that were measured. */
  readonly rows: number;
  readonly data: DataHealth;
  /** Loss of the start values, and ln C, the loss of equal probabilities; `null` without classes or another loss. */
  readonly initialLoss: { readonly loss: number; readonly expected: number } | null;
  /** The worst first; none for a training in good health. */
  readonly findings: readonly Finding[];
}

interface Case extends Omit<Checkup, "findings"> {
  readonly options: CheckupOptions;
  readonly lossFunction: Loss;
  readonly dataset: Dataset;
}

/** Weights: parameters with an axis of outputs and one of inputs. Biases may be 0 and change quickly in good health. */
const weightsOf = ({ params }: Case): readonly ParamHealth[] => params.filter(({ rank }) => rank >= 2);

/** So many steps may pass before anybody is blamed for having learned nothing. */
const EARLY_STEPS = 50;

const bySeverity: readonly Severity[] = ["fault", "warning", "note"];

/** Each looks for one fault. The bounds are rules of thumb: what a healthy training never showed, and a sick one did. */
const checks: readonly ((c: Case) => readonly Finding[])[] = [
  ({ options: { divergence } }) => (divergence ? [finding("diverged", "fault", divergence)] : []),

  ({ loss, params }) => {
    const bad = params.find(({ norm, gradNorm }) => Number.isNaN(norm + gradNorm));
    if (bad !== undefined) {
      const what = Number.isNaN(bad.norm) ? bad.path : `the gradient of ${bad.path}`;
      return [finding("not-finite", "fault", { what })];
    }
    return Number.isFinite(loss) ? [] : [finding("not-finite", "fault", { what: "the loss" })];
  },

  ({ units, rows }) =>
    units.flatMap(({ path, units: all, dead }) => {
      if (dead.length === 0) return [];
      const facts = { layer: path, dead: dead.length, units: all, rows };
      return [finding("dead-units", gravityOf(dead.length / all, 0.1, 0.4), facts)];
    }),

  ({ units, rows }) =>
    units.flatMap(({ path, units: all, saturated }) => {
      if (saturated.length === 0) return [];
      const facts = { layer: path, saturated: saturated.length, units: all, rows };
      return [finding("saturated-units", gravityOf(saturated.length / all, 0.1, 0.4), facts)];
    }),

  (c) =>
    weightsOf(c)
      .filter(({ gradNorm }) => gradNorm === 0)
      .map(({ path }) => finding("no-gradient", "fault", { param: path })),

  (c) => {
    const weights = weightsOf(c).filter(({ gradNorm }) => gradNorm > 0 && Number.isFinite(gradNorm));
    const greatest = Math.max(...weights.map(({ gradNorm }) => gradNorm));
    return weights
      .filter(({ gradNorm }) => gradNorm < 1e-4 * greatest)
      .map(({ path, gradNorm: norm }) => finding("vanishing-gradient", "warning", { param: path, norm, greatest }));
  },

  (c) =>
    weightsOf(c)
      .filter(({ gradNorm }) => gradNorm > 1e3)
      .map(({ path, gradNorm }) =>
        finding("exploding-gradient", gradNorm > 1e5 ? "fault" : "warning", { param: path, norm: gradNorm }),
      ),

  (c) =>
    weightsOf(c)
      .filter(({ updateRatio }) => updateRatio !== null && updateRatio > 0.1)
      .map(({ path, updateRatio: ratio }) =>
        finding("large-updates", ratio! > 0.5 ? "fault" : "warning", { param: path, ratio: ratio! }),
      ),

  (c) =>
    weightsOf(c)
      .filter(({ updateRatio, gradNorm }) => updateRatio !== null && updateRatio < 1e-6 && gradNorm > 0)
      .map(({ path, updateRatio: ratio }) => finding("small-updates", "note", { param: path, ratio: ratio! })),

  ({ initialLoss, data }) => {
    if (initialLoss === null || !(Math.abs(initialLoss.loss - initialLoss.expected) > 0.5)) return [];
    const severity = Math.abs(initialLoss.loss - initialLoss.expected) > 2 ? "fault" : "warning";
    return [finding("initial-loss", severity, { ...initialLoss, classes: data.classCounts!.length })];
  },

  ({ options, data, lossFunction }) => {
    const last = options.epochs?.findLast(({ training }) => training);
    if (last === undefined || data.baselineLoss === null || lossFunction !== crossEntropy) return [];
    const facts = { loss: last.training!.loss, baseline: data.baselineLoss, epoch: last.epoch };
    const isEarly = (options.steps ?? 0) < EARLY_STEPS;
    return !isEarly && facts.loss > 0.95 * facts.baseline && facts.baseline > 0.05
      ? [finding("not-learning", "fault", facts)]
      : [];
  },

  ({ options: { epochs } }) => {
    const last = epochs?.findLast(({ training, validation }) => training && validation);
    if (last === undefined) return [];
    const { training, validation } = { training: last.training!, validation: last.validation! };
    if (training.accuracy !== undefined && validation.accuracy !== undefined) {
      const gap = training.accuracy - validation.accuracy;
      const facts = { training: training.accuracy, validation: validation.accuracy, metric: "accuracy" };
      return gap > 0.05 ? [finding("overfitting", gap > 0.15 ? "fault" : "warning", facts)] : [];
    }
    const facts = { training: training.loss, validation: validation.loss, metric: "loss" };
    return validation.loss > 1.5 * training.loss ? [finding("overfitting", "warning", facts)] : [];
  },

  ({ options: { epochs } }) => {
    const held = (epochs ?? []).flatMap(({ epoch, validation }) =>
      validation ? [{ epoch, loss: validation.loss }] : [],
    );
    const now = held.at(-1);
    if (now === undefined) return [];
    const least = held.reduce((best, at) => (at.loss < best.loss ? at : best));
    if (!(now.loss > 1.1 * least.loss) || now.epoch - least.epoch < 2) return [];
    return [finding("validation-rising", "warning", { least: least.loss, epoch: least.epoch, now: now.loss })];
  },

  ({ data: { constantFeatures, features }, dataset: { inputShape } }) => {
    if (constantFeatures.length === 0) return [];
    const isPicture = inputShape.length > 1; // the margins of pictures are empty, and that is no fault
    return [
      finding("constant-features", isPicture ? "note" : "warning", { constant: constantFeatures.length, features }),
    ];
  },

  ({ inputScale }) => (inputScale > 10 ? [finding("unscaled-features", "warning", { scale: inputScale })] : []),

  ({ data: { classCounts }, dataset }) => {
    if (classCounts === null || classCounts.length < 2) return [];
    const nameOf = (count: number): string => {
      const at = classCounts.indexOf(count);
      return dataset.classNames?.[at] ?? String(at);
    };
    const [rare, frequent] = [Math.min(...classCounts), Math.max(...classCounts)];
    if (frequent <= 3 * rare) return [];
    const facts = { rare: nameOf(rare), rareCount: rare, frequent: nameOf(frequent), frequentCount: frequent };
    return [finding("class-imbalance", rare === 0 ? "fault" : "warning", facts)];
  },
];

const gravityOf = (share: number, warning: number, fault: number): Severity =>
  share >= fault ? "fault" : share >= warning ? "warning" : "note";

/**
 * Examines a model in training, and names what is wrong: dead and saturated units, gradients that vanish or explode, updates too
 * large or too small for their weights, a loss of the start values that is not ln C, a gap between training and validation,
 * numbers that are not finite, constant or unscaled features, rare classes.
 *
 * It runs forward, backward and one update on some rows, and changes nothing. What shows only over time is told by `epochs`.
 *
 * @param data what the model is trained on; `rows` of them are measured, all are looked at
 * @throws UsageError for an option that cannot be
 * @example const { findings } = await doctor(model, data, { loss: crossEntropy });
 * @see Karpathy 2019, "A Recipe for Training Neural Networks", for the loss at the start; Stanford CS231n, "Learning", for the
 *   ratio of updates to weights (about 1e-3); Lu et al. 2020, arXiv:1903.06733, for units that die
 */
export async function doctor(model: Layer, data: Dataset, options: DoctorOptions): Promise<Checkup> {
  checkNames("doctor", doctorNames, options);
  const observed = await beginObserving(model, data, options);
  return withCleanUp(() => observed.checkup(options), [() => observed.release()]);
}

/**
 * Makes ready what `doctor` runs, to examine the same model many times while it is trained.
 *
 * @throws UsageError for an option that cannot be
 * @example const health = await observe(model, data, { loss: crossEntropy }); const { findings } = await health.checkup();
 */
export async function observe(model: Layer, data: Dataset, setup: DoctorSetup): Promise<Observation> {
  checkNames("observe", setupNames, setup);
  const observed = await beginObserving(model, data, setup);
  const checkup = async (options: CheckupOptions = {}): Promise<Checkup> => {
    checkNames("checkup", checkupNames, options);
    return observed.checkup(options);
  };
  return { checkup, release: () => observed.release() };
}

async function beginObserving(model: Layer, data: Dataset, setup: DoctorSetup): Promise<Observation> {
  const { loss, optimizer = adamW(), rows = doctorOptions.rows.default } = setup;
  checkOption("doctor", "rows", doctorOptions.rows, rows);
  if (paramsOf(model).size === 0) {
    throw new UsageError("invalid-option", "doctor", "the model has no parameters to train");
  }
  const program = new CheckupProgram({ model, data, loss, optimizer, rows, device: await deviceOr(setup.device) });
  const health = dataHealth(data);
  const classes = loss === crossEntropy ? health.classCounts : null;
  const checkup = async (options: CheckupOptions = {}): Promise<Checkup> => {
    const learningRate = options.learningRate ?? doctorOptions.learningRate.default;
    const steps = options.steps ?? doctorOptions.steps.default;
    checkOption("doctor", "learningRate", doctorOptions.learningRate, learningRate);
    checkOption("doctor", "steps", doctorOptions.steps, steps);
    const moment = { learningRate, steps: options.optimizerSteps ?? steps, slots: options.slots };
    const measured = await program.measure(moment);
    const first = options.initialLoss ?? (steps === 0 ? measured.loss : undefined);
    const result = {
      ...measured,
      rows: Math.min(rows, data.size),
      data: health,
      initialLoss: first === undefined || classes === null ? null : { loss: first, expected: Math.log(classes.length) },
    };
    const patient: Case = { ...result, options, lossFunction: loss, dataset: data };
    const findings = checks
      .flatMap((check) => check(patient))
      .sort((a, b) => bySeverity.indexOf(a.severity) - bySeverity.indexOf(b.severity));
    return { ...result, findings };
  };
  return { checkup, release: () => program.release() };
}
