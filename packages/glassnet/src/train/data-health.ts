import { isFloat } from "../core/dtype.ts";
import { sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";

/** What a data set says of itself, without a model. */
export interface DataHealth {
  readonly examples: number;
  /** Numbers of one example. */
  readonly features: number;
  /** Places of the numbers that are the same in every example, in the flat order of an example. */
  readonly constantFeatures: readonly number[];
  /** How many examples each class has; `null` if the targets are no class indices. */
  readonly classCounts: readonly number[] | null;
  /**
   * Mean loss of always answering with the frequencies of the classes, in nats: H = −Σ p ln p. What a network must beat. `null`
   * without classes.
   */
  readonly baselineLoss: number | null;
}

/** Looks at every example once, and at a feature only until it is seen to vary. */
export function dataHealth(data: Dataset): DataHealth {
  const features = sizeOf(data.inputShape);
  const classCounts = countClasses(data);
  return {
    examples: data.size,
    features,
    constantFeatures: constantFeatures(data, features),
    classCounts,
    baselineLoss: classCounts === null ? null : entropyOf(classCounts),
  };
}

function constantFeatures({ inputs, size }: Dataset, features: number): number[] {
  const { data } = inputs;
  let constant = Array.from({ length: features }, (_, at) => at);
  for (let row = 1; row < size && constant.length > 0; row++) {
    const begin = row * features;
    const varies = constant.some((at) => data[begin + at] !== data[at]);
    if (varies) constant = constant.filter((at) => data[begin + at] === data[at]);
  }
  return constant;
}

function countClasses({ targets, classNames }: Dataset): number[] | null {
  if (isFloat(targets.dtype) || targets.shape.length !== 1) return null;
  let classes = classNames?.length ?? 0;
  for (const label of targets.data) if (label >= classes) classes = label + 1;
  const counts = new Array<number>(classes).fill(0);
  for (const label of targets.data) counts[label]! += 1;
  return counts;
}

function entropyOf(counts: readonly number[]): number {
  const total = counts.reduce((sum, n) => sum + n, 0);
  let entropy = 0;
  for (const n of counts) if (n > 0) entropy -= (n / total) * Math.log(n / total);
  return entropy;
}
