import { closest } from "glassnet";
import { UsageFailure } from "./failure.ts";
import { type Flag, type FlagTable, spelling, type Values } from "./flag.ts";
import type { Messages } from "./messages/index.ts";
import { checkValue } from "./option.ts";

export interface ParsedArguments<T extends FlagTable> {
  readonly positionals: readonly string[];
  readonly values: Values<T>;
  /** The flags that were given, in contrast to those that have their defaults. */
  readonly given: ReadonlySet<keyof T & string>;
}

const SHORT: ReadonlyMap<string, string> = new Map([
  ["-h", "--help"],
  ["-v", "--version"],
]);
/** Flags that are on by default are turned off: `--no-color`. */
const NEGATION = "--no-";

function numberOf(text: string): number | string {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text.trim()) ? Number(text) : text;
}

function readValue(where: string, name: string, flag: Flag, text: string, m: Messages): unknown {
  if (flag.kind === "text") return text;
  const value = flag.kind === "choice" || flag.kind === "flag" ? text : numberOf(text);
  checkValue(where, name, flag, value, m);
  return value;
}

/** The flag that an argument names, and whether it turns it off. */
function flagNamed(spelled: string, table: FlagTable): { name: string; isOff: boolean } | undefined {
  for (const [name, flag] of Object.entries(table)) {
    const isOnByDefault = flag.kind === "flag" && flag.default;
    if (isOnByDefault && spelled === NEGATION + spelling(name).slice(2)) return { name, isOff: true };
    if (spelled === spelling(name)) return { name, isOff: false };
  }
  return undefined;
}

function spellings(table: FlagTable): string[] {
  return Object.entries(table).map(([name, flag]) =>
    flag.kind === "flag" && flag.default ? NEGATION + spelling(name).slice(2) : spelling(name),
  );
}

/**
 * Reads the arguments of a verb. What follows a flag that takes a value is its value, so `--layers -1` is a bad size
 * and not a flag; `--name=value` does the same, and `--` ends the flags.
 *
 * @throws UsageFailure for flags that there are not; UsageError for values that cannot be.
 */
export function parseArguments<T extends FlagTable>(
  where: string,
  argv: readonly string[],
  table: T,
  m: Messages,
): ParsedArguments<T> {
  const positionals: string[] = [];
  const values: Record<string, unknown> = {};
  const given = new Set<string>();
  for (const [name, flag] of Object.entries(table)) {
    values[name] = flag.isOptional === true ? undefined : flag.default;
  }
  for (let i = 0; i < argv.length; i++) {
    const argument = SHORT.get(argv[i]!) ?? argv[i]!;
    if (argument === "--") {
      positionals.push(...argv.slice(i + 1));
      break;
    }
    if (!/^-./.test(argument) || /^-[\d.]/.test(argument)) {
      positionals.push(argument);
      continue;
    }
    const cut = argument.indexOf("=");
    const spelled = cut < 0 ? argument : argument.slice(0, cut);
    const found = flagNamed(spelled, table);
    if (found === undefined) {
      throw new UsageFailure(m.usage.unknownFlag(where, spelled), suggestFlag(where, spelled, table, m));
    }
    const flag: Flag = table[found.name]!;
    given.add(found.name);
    if (flag.kind === "flag") {
      if (cut >= 0) throw new UsageFailure(m.usage.takesNoValue(where, spelled));
      values[found.name] = !found.isOff;
      continue;
    }
    const text = cut < 0 ? argv[++i] : argument.slice(cut + 1);
    const isMissing = text === undefined || (cut < 0 && text.startsWith("--"));
    if (isMissing || (flag.kind === "text" && text === "")) {
      throw new UsageFailure(m.usage.needsValue(where, spelled));
    }
    values[found.name] = readValue(where, spelled, flag, text, m);
  }
  return { positionals, values: values as Values<T>, given: given as Set<keyof T & string> };
}

function suggestFlag(where: string, spelled: string, table: FlagTable, m: Messages): string {
  const names = spellings(table);
  const near = closest(spelled, names);
  return near === undefined ? m.usage.knownFlags(where, names) : m.usage.didYouMean(near);
}
