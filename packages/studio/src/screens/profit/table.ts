/** @file What the lab learns from: a company that is made up, or a table of the reader's own. */

/** A column of numbers, in its own units. */
export interface NumberColumn {
  readonly name: string;
  readonly values: Float64Array<ArrayBuffer>;
}

/** A column of words, such as the season: one of a few levels in each row. */
export interface LevelColumn {
  readonly name: string;
  readonly levels: readonly string[];
  /** Which level, for every row. */
  readonly values: Int32Array<ArrayBuffer>;
}

/** A table whose every row is complete: what is decided or given, and what came of it. */
export interface Table {
  readonly name: string;
  readonly numbers: readonly NumberColumn[];
  readonly levels: readonly LevelColumn[];
  readonly target: NumberColumn;
}

/** The months of a company with a known formula: `companyData`. */
export interface CompanySource {
  readonly kind: "company";
  readonly rows: number;
  readonly noise: number;
  readonly seed: number;
}

/** A CSV as it was pasted or dropped. */
export interface TableSource {
  readonly kind: "table";
  /** Tells one text from another without comparing them. */
  readonly id: string;
  readonly name: string;
  readonly text: string;
  /** What each column is used as; see `rolesIn`. */
  readonly roles: string;
  readonly seed: number;
}

export type Source = CompanySource | TableSource;

/** Equal keys mean equal data and equal fits. */
export const keyOf = (source: Source): string =>
  source.kind === "company"
    ? `company ${source.rows} ${source.noise} ${source.seed}`
    : `table ${source.id} ${source.roles} ${source.seed}`;

/** The two models that are fitted to the same rows. */
export const fitNames = ["linear", "curved"] as const;
export type FitName = (typeof fitNames)[number];
export const isFitName = (text: string): text is FitName => (fitNames as readonly string[]).includes(text);

/** What descent on the inputs is to reach. */
export const goals = ["maximize", "minimize", "target"] as const;
export type GoalName = (typeof goals)[number];
export const isGoalName = (text: string): text is GoalName => (goals as readonly string[]).includes(text);

export const MIN_ROWS = 20;
export const MAX_ROWS = 20_000;
export const MAX_COLUMNS = 40;
/** As much text as is read: beyond it a table has too many rows anyway. */
export const MAX_BYTES = 16 * 1024 * 1024;
/** A column of words with more of them than this says little: it is left out. */
export const MAX_LEVELS = 12;
