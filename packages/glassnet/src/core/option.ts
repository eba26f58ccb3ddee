import { closest } from "./closest.ts";
import { alternatives, UsageError } from "./errors.ts";
import { describeValue } from "./tree.ts";

/**
 * @file Options as data: one row gives the check in the library, the flag of the command, the control in a form and the
 * line in the documentation.
 */

interface Row {
  /** A sentence for help texts, without a full stop. */
  readonly help: string;
}

interface IntegerOption extends Row {
  readonly kind: "integer";
  readonly min: number;
  readonly max?: number;
  readonly default: number;
}

export interface NumberOption extends Row {
  readonly kind: "number";
  readonly min: number;
  readonly max?: number;
  /** Whether `min` itself is excluded. */
  readonly above?: boolean;
  /** An upper bound that is excluded itself. */
  readonly below?: number;
  readonly default: number;
}

interface ChoiceOption extends Row {
  readonly kind: "choice";
  readonly of: readonly string[];
  readonly default: string;
}

interface FlagOption extends Row {
  readonly kind: "flag";
  readonly default: boolean;
}

export type Option = IntegerOption | NumberOption | ChoiceOption | FlagOption;
export type OptionTable = Readonly<Record<string, Option>>;

/** The range of a numeric option in words: `a whole number of at least 1`. */
export function rangeOf(option: IntegerOption | NumberOption): string {
  const noun = option.kind === "integer" ? "a whole number" : "a finite number";
  const low = option.kind === "number" && option.above === true ? `above ${option.min}` : `of at least ${option.min}`;
  if (option.kind === "number" && option.below !== undefined) return `${noun} ${low} and below ${option.below}`;
  return option.max === undefined ? `${noun} ${low}` : `${noun} from ${option.min} to ${option.max}`;
}

function isInRange(option: IntegerOption | NumberOption, value: number): boolean {
  const { min, max = Number.POSITIVE_INFINITY } = option;
  if (!Number.isFinite(value) || value < min || value > max) return false;
  if (option.kind === "integer") return Number.isInteger(value);
  return !(option.above === true && value === min) && value < (option.below ?? Number.POSITIVE_INFINITY);
}

/** @throws UsageError saying what was got and what was expected, unless `value` fits the option. */
export function checkOption(where: string, name: string, option: Option, value: unknown): void {
  const details = { option: name, value };
  switch (option.kind) {
    case "integer":
    case "number":
      if (typeof value === "number" && isInRange(option, value)) return;
      throw new UsageError("invalid-option", where, `${name} must be ${rangeOf(option)}, got ${describeValue(value)}`, {
        details,
      });
    case "choice":
      if (typeof value === "string" && option.of.includes(value)) return;
      throw new UsageError(
        "invalid-option",
        where,
        `unknown ${name} "${String(value)}": expected ${alternatives(option.of)}`,
        { details },
      );
    case "flag":
      if (typeof value === "boolean") return;
      throw new UsageError("invalid-option", where, `${name} must be true or false, got ${describeValue(value)}`, {
        details,
      });
  }
}

/** The names of all options of a call: the compiler names one that is forgotten. */
export type OptionNames<O> = Readonly<Record<keyof O, true>>;

/**
 * Plain JavaScript may write anything, and a name that nobody reads would be passed over in silence.
 *
 * @param known an entry for each name that there is
 * @returns the options
 * @throws UsageError unless `options` is an object, whose names are all known
 */
export function checkNames<O>(
  where: string,
  known: Readonly<Record<string, unknown>>,
  options: O,
  what = "the options",
): O {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new UsageError("invalid-option", where, `${what} must be an object, got ${describeValue(options)}`);
  }
  for (const name in options) {
    if (Object.hasOwn(known, name)) continue;
    const names = Object.keys(known);
    const near = closest(name, names);
    throw new UsageError("invalid-option", where, `unknown option "${name}": expected ${alternatives(names)}`, {
      ...(near !== undefined && { help: `did you mean ${near}?` }),
      details: { option: name },
    });
  }
  return options;
}
