/** @file What can be wrong with a training, and the sentences that say so. */

/** How bad it is: what stops learning, what is worth a look, and what is good to know. */
export type Severity = "fault" | "warning" | "note";

/** The numbers that each sentence is made of. */
export interface FaultFacts {
  /** A parameter, the loss or a gradient holds NaN or infinity. */
  readonly "not-finite": { readonly what: string };
  /** Training ended because a step would have made numbers that are not finite. */
  readonly diverged: {
    readonly step: number;
    readonly layer: string;
    readonly operation: string;
    readonly value: string;
  };
  /** Units that are off for every row. */
  readonly "dead-units": {
    readonly layer: string;
    readonly dead: number;
    readonly units: number;
    readonly rows: number;
  };
  /** Sigmoid or tanh units that lie on the flat parts of their curve. */
  readonly "saturated-units": {
    readonly layer: string;
    readonly saturated: number;
    readonly units: number;
    readonly rows: number;
  };
  /** Weights whose gradient is 0 in every place. */
  readonly "no-gradient": { readonly param: string };
  /** The gradient of the earlier weights is far smaller than that of later ones. */
  readonly "vanishing-gradient": { readonly param: string; readonly norm: number; readonly greatest: number };
  readonly "exploding-gradient": { readonly param: string; readonly norm: number };
  /** An update is a large part of the weights: ‖Δw‖/‖w‖. */
  readonly "large-updates": { readonly param: string; readonly ratio: number };
  readonly "small-updates": { readonly param: string; readonly ratio: number };
  /** The loss of the start values is not that of somebody who knows nothing, ln C. */
  readonly "initial-loss": { readonly loss: number; readonly expected: number; readonly classes: number };
  /** After an epoch the network is hardly better than answering with the frequencies of the classes. */
  readonly "not-learning": { readonly loss: number; readonly baseline: number; readonly epoch: number };
  /** The training set is answered far better than the validation set. */
  readonly overfitting: { readonly training: number; readonly validation: number; readonly metric: string };
  /** The validation loss has risen from its least value. */
  readonly "validation-rising": { readonly least: number; readonly epoch: number; readonly now: number };
  readonly "constant-features": { readonly constant: number; readonly features: number };
  /** The network sees numbers of a size with which steps become uneven. */
  readonly "unscaled-features": { readonly scale: number };
  readonly "class-imbalance": {
    readonly rare: string;
    readonly rareCount: number;
    readonly frequent: string;
    readonly frequentCount: number;
  };
}

/** The names of what can be wrong. */
export type FaultName = keyof FaultFacts;

/** Something that was found, with its numbers and its sentences. */
export type Finding = {
  readonly [F in FaultName]: {
    readonly fault: F;
    readonly severity: Severity;
    readonly facts: FaultFacts[F];
    /** What was found, in English. */
    readonly message: string;
    /** What to do, in English. */
    readonly advice: string;
  };
}[FaultName];

const number = (x: number): string => (Number.isFinite(x) ? String(Number(x.toPrecision(3))) : String(x));
const percent = (x: number): string => `${Number((100 * x).toFixed(1))}%`;

const sentences: { readonly [F in FaultName]: (facts: FaultFacts[F]) => readonly [message: string, advice: string] } = {
  "not-finite": ({ what }) => [
    `${what} is NaN or infinite`,
    "go back to weights that were finite, and lower the learning rate",
  ],
  diverged: ({ step, layer, operation, value }) => [
    `step ${step} gave ${value} in ${layer} (${operation}) and was not applied`,
    "lower the learning rate; look for inputs or targets of an odd size",
  ],
  "dead-units": ({ layer, dead, units, rows }) => [
    `${dead} of ${units} units of ${layer} are off for all of ${rows} examples: no gradient comes through them`,
    "lower the learning rate, take He start values, or an activation that leaks, such as leakyRelu",
  ],
  "saturated-units": ({ layer, saturated, units, rows }) => [
    `${saturated} of ${units} units of ${layer} are at the flat ends of their curve for nearly all of ${rows} examples`,
    "take smaller start values (Glorot), standardise the inputs, or an activation without flat ends",
  ],
  "no-gradient": ({ param }) => [
    `the gradient of ${param} is 0 everywhere: it cannot learn`,
    "look for dead units behind it, or start values that are all zero",
  ],
  "vanishing-gradient": ({ param, norm, greatest }) => [
    `the gradient of ${param} has length ${number(norm)}, that of other weights up to ${number(greatest)}`,
    "take relu instead of sigmoid, start values that fit it (He, Glorot), or fewer layers",
  ],
  "exploding-gradient": ({ param, norm }) => [
    `the gradient of ${param} has length ${number(norm)}`,
    "lower the learning rate, take smaller start values, and scale inputs and targets",
  ],
  "large-updates": ({ param, ratio }) => [
    `a step changes ${param} by ${percent(ratio)} of its length; about 0.1% is usual`,
    "lower the learning rate",
  ],
  "small-updates": ({ param, ratio }) => [
    `a step changes ${param} by only ${number(ratio)} of its length; about 0.001 is usual`,
    "raise the learning rate, unless the training is at its end",
  ],
  "initial-loss": ({ loss, expected, classes }) => [
    `the loss of the start values is ${number(loss)}; who knows nothing of ${classes} classes has ln ${classes} = ${number(expected)}`,
    loss > expected
      ? "the network is sure of itself before it has learned: take smaller start values in the last layer, or scale the inputs"
      : "the network knows answers before it has learned: were these weights trained, or are answers among the inputs?",
  ],
  "not-learning": ({ loss, baseline, epoch }) => [
    `after ${epoch} ${epoch === 1 ? "epoch" : "epochs"} the loss is ${number(loss)}; always answering with the frequencies of the classes has ${number(baseline)}`,
    "raise or lower the learning rate tenfold; look at gradients and dead units; check that labels belong to their rows",
  ],
  overfitting: ({ training, validation, metric }) =>
    metric === "accuracy"
      ? [
          `accuracy is ${percent(training)} on the training set and ${percent(validation)} on the validation set`,
          "more examples, dropout, weight decay or fewer units close the gap",
        ]
      : [
          `the loss is ${number(training)} on the training set and ${number(validation)} on the validation set`,
          "more examples, dropout, weight decay or fewer units close the gap",
        ],
  "validation-rising": ({ least, epoch, now }) => [
    `the validation loss was ${number(least)} after epoch ${epoch} and is ${number(now)} now`,
    "stop earlier (keepBest), or hold the network back with dropout or weight decay",
  ],
  "constant-features": ({ constant, features }) => [
    `${constant} of ${features} inputs are the same in every example`,
    "their weights learn nothing from these data; leave them out, unless other data will have them",
  ],
  "unscaled-features": ({ scale }) => [
    `the network sees inputs of a size up to ${number(scale)} (root mean square)`,
    "standardise the inputs",
  ],
  "class-imbalance": ({ rare, rareCount, frequent, frequentCount }) => [
    rareCount === 0
      ? `the class "${rare}" has no example, "${frequent}" has ${frequentCount}`
      : `the class "${rare}" has ${rareCount} examples, "${frequent}" has ${frequentCount}`,
    "look at the accuracy of each class; collect or repeat examples of the rare ones",
  ],
};

/** The names of everything that `doctor` can find, for those who say it in other words. */
export const faultNames = Object.keys(sentences) as readonly FaultName[];

/** A finding with its sentences. */
export function finding<F extends FaultName>(fault: F, severity: Severity, facts: FaultFacts[F]): Finding {
  const [message, advice] = sentences[fault](facts);
  return { fault, severity, facts, message, advice } as Finding;
}
