import type { FlagTable, Values } from "./flag.ts";
import type { Language, Messages } from "./messages/index.ts";
import type { Terminal } from "./terminal.ts";

/** What every verb works with. */
export interface Context {
  readonly terminal: Terminal;
  readonly m: Messages;
  readonly lang: Language;
  /**
   * What to do when nothing can be printed any more, and the exit code for it: `done` where nobody reads, `failure`
   * where writing fails. The process ends at once unless a verb has something to save.
   */
  onOutputClosed: (exitCode: number) => void;
  /** Writes one JSON object as a line of standard output. */
  writeJson(value: object): void;
}

/** A verb as it was called. */
export interface Call<T extends FlagTable> extends Context {
  readonly positionals: readonly string[];
  readonly values: Values<T>;
  readonly given: ReadonlySet<keyof T & string>;
}

/** One command of the command. */
export interface Verb<T extends FlagTable = FlagTable> {
  readonly name: string;
  /** The ways to call it. */
  readonly usage: readonly string[];
  readonly flags: T;
  /** Commands that are worth a try, each with what it does. */
  readonly examples: readonly (readonly [command: string, what: { readonly en: string; readonly zh: string }])[];
  /** @returns the exit code */
  run(call: Call<T>): Promise<number>;
}

/** Keeps the names of the flags for the compiler. */
export function verb<const T extends FlagTable>(definition: Verb<T>): Verb<T> {
  return definition;
}
