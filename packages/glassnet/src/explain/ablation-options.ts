import { UsageError } from "../core/errors.ts";
import { checkOption, type OptionTable } from "../core/option.ts";
import type { Rng } from "../core/random.ts";
import type { LongWork } from "./long-work.ts";

/** The plain options of `ablation` and `ablationOverData`: their checks, defaults and help. */
export const ablationOptions = {
  count: { kind: "integer", min: 1, default: 10, help: "how many units are removed" },
  draws: { kind: "integer", min: 0, max: 100_000, default: 100, help: "random choices of as many units" },
  seed: { kind: "integer", min: 0, max: Number.MAX_SAFE_INTEGER, default: 0, help: "where random choices come from" },
} as const satisfies OptionTable;

/** Which units of a layer are removed, and what with they are compared. */
export interface RemovalOptions extends LongWork {
  /** Whose units are removed: a layer by path, such as the activation behind a linear one; `path#2` is its second call. */
  readonly layer: string;
  /** How many units: the `count` that speak most for the answer. 10 by default, or all if there are fewer. */
  readonly count?: number | undefined;
  /** These units, instead of the `count` strongest. */
  readonly units?: readonly number[] | undefined;
  /** The axis of the layer's output that counts its units, such as 1 for channels; by default each number is a unit. */
  readonly axis?: number | undefined;
  /** What a removed unit gives: a number for all, or one for each unit, such as its mean. 0 by default. */
  readonly value?: number | ArrayLike<number> | undefined;
  /** Whether random units are drawn from "all" (default), or only from the "active" ones, which removing changes at all. */
  readonly among?: "all" | "active" | undefined;
  /** Random choices of as many units. */
  readonly draws?: number | undefined;
  readonly seed?: number | undefined;
}

/** Options with what is left out filled in. */
export interface Removal {
  readonly draws: number;
  readonly seed: number;
}

/** @throws UsageError unless the options are such. */
export function checkRemoval(where: string, options: RemovalOptions, draws: number): Removal {
  const { count, units, among = "all", seed = ablationOptions.seed.default } = options;
  if (count !== undefined) checkOption(where, "count", ablationOptions.count, count);
  checkOption(where, "draws", ablationOptions.draws, options.draws ?? draws);
  checkOption(where, "seed", ablationOptions.seed, seed);
  if (count !== undefined && units !== undefined) {
    throw new UsageError("invalid-option", where, "takes units or their count, not both");
  }
  if (units?.length === 0) throw new UsageError("invalid-option", where, "needs one unit at least to remove");
  checkOption(where, "among", { kind: "choice", of: ["all", "active"], default: "all", help: "" }, among);
  return { draws: options.draws ?? draws, seed };
}

/** How many units are removed, of those that there are. @throws UsageError if there are not so many. */
export function countOf(where: string, { count, units }: RemovalOptions, available: number): number {
  const wanted = units?.length ?? count ?? Math.min(ablationOptions.count.default, available);
  if (wanted <= available) return wanted;
  throw new UsageError("invalid-option", where, `the layer has ${available} units, too few to remove ${wanted}`, {
    details: { available, count: wanted },
  });
}

/** What each unit gives when it is removed. @throws UsageError unless it is a finite number, or one for each unit. */
export function valuesOf(where: string, { value = 0 }: RemovalOptions, units: number): Float64Array {
  const values = typeof value === "number" ? new Float64Array(units).fill(value) : Float64Array.from(value);
  if (values.length !== units) {
    const what = `value must be a number, or one for each of ${units} units, got ${values.length}`;
    throw new UsageError("invalid-option", where, what);
  }
  const wrong = values.find((x) => !Number.isFinite(x));
  if (wrong === undefined) return values;
  throw new UsageError("invalid-option", where, `value must be finite, got ${wrong}`);
}

/** `count` different ones of `from`, at random, rising. */
export function drawUnits(rng: Rng, from: readonly number[], count: number): number[] {
  return [...rng.permutation(from.length).subarray(0, count)].map((i) => from[i]!).sort((a, b) => a - b);
}
