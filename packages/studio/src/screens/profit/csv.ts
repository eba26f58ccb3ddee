import Papa from "papaparse";
import type { ColumnRole } from "./roles.ts";
import { MAX_COLUMNS, MAX_LEVELS, MAX_ROWS, MIN_ROWS, type Table } from "./table.ts";

/** A column as it was found. Names are text and nothing else, whatever they hold. */
export interface CsvColumn {
  readonly name: string;
  /** "number", "level" for a few words, or why it cannot be used: only one value, or too many words. */
  readonly kind: "number" | "level" | "constant" | "words";
  /** Rows of numbers; NaN where there is none. */
  readonly numbers: Float64Array;
  readonly words: readonly string[];
  readonly levels: readonly string[];
  readonly low: number;
  readonly high: number;
}

export interface Csv {
  readonly columns: readonly CsvColumn[];
  readonly rows: number;
}

/** Why a text is no table that can be learnt from. `found` is what there was instead. */
export type CsvFault =
  | { readonly fault: "empty" }
  | { readonly fault: "no-numbers"; readonly columns: number }
  | { readonly fault: "all-constant" }
  | { readonly fault: "one-number"; readonly column: string }
  | { readonly fault: "few-rows"; readonly rows: number }
  | { readonly fault: "many-rows" }
  | { readonly fault: "many-columns"; readonly columns: number };

/** The share of cells of a column of numbers that may be empty or something else. */
const MAX_GAPS = 0.1;

const grouped = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
const plain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number in a cell, or NaN: "1,200", "€ 12.5" and "12 %" count; with `isComma` also "12,5". */
export function numberIn(cell: string, isComma: boolean): number {
  let text = cell
    .trim()
    .replace(/^([+-]?)\s*[€$£¥￥]\s*/, "$1")
    .replace(/\s*[€$£¥￥%]$/, "")
    .replace(/^−/, "-");
  if (isComma) text = text.replace(/\.(?=\d{3}(\D|$))/g, "").replace(",", ".");
  else if (grouped.test(text)) text = text.replaceAll(",", "");
  return plain.test(text) ? Number(text) : Number.NaN;
}

/** Reads a table from text: commas, semicolons or tabs between cells, names in the first row or none at all. */
export function readCsv(text: string): Csv | CsvFault {
  const parsed = Papa.parse<string[]>(text.replace(/^\uFEFF/, ""), {
    skipEmptyLines: "greedy",
    preview: MAX_ROWS + 2, // names and one row too many
  });
  const lines = parsed.data;
  if (lines.length === 0) return { fault: "empty" };
  const width = lines.reduce((most, line) => Math.max(most, line.length), 0);
  if (width > MAX_COLUMNS) return { fault: "many-columns", columns: width };
  const isComma = parsed.meta.delimiter !== ",";
  const hasNames = lines[0]!.some((cell) => Number.isNaN(numberIn(cell, isComma)));
  const body = hasNames ? lines.slice(1) : lines;
  if (body.length > MAX_ROWS) return { fault: "many-rows" };
  const names = namesOf(hasNames ? lines[0]! : [], width);
  const columns = names.map((name, j) =>
    columnOf(
      name,
      body.map((line) => line[j] ?? ""),
      isComma,
    ),
  );
  const numeric = columns.filter(({ kind }) => kind === "number");
  if (columns.every(({ low }) => low === Number.POSITIVE_INFINITY)) return { fault: "no-numbers", columns: width };
  if (body.length < MIN_ROWS) return { fault: "few-rows", rows: body.length };
  if (numeric.length === 0) return { fault: "all-constant" };
  if (numeric.length === 1) return { fault: "one-number", column: numeric[0]!.name };
  return { columns, rows: body.length };
}

function namesOf(head: readonly string[], width: number): string[] {
  const seen = new Map<string, number>();
  return Array.from({ length: width }, (_, j) => {
    const name = head[j]?.trim().slice(0, 60) || `#${j + 1}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

function columnOf(name: string, cells: readonly string[], isComma: boolean): CsvColumn {
  const words = cells.map((cell) => cell.trim());
  const numbers = Float64Array.from(words, (cell) => numberIn(cell, isComma));
  const known = numbers.filter((x) => !Number.isNaN(x));
  const [low, high] = known.reduce(
    ([a, b], x) => [Math.min(a, x), Math.max(b, x)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const levels = [...new Set(words.filter((word) => word !== ""))];
  const isNumber = known.length > 0 && known.length >= (1 - MAX_GAPS) * cells.length;
  const kind = isNumber
    ? low < high
      ? "number"
      : "constant"
    : levels.length < 2
      ? "constant"
      : levels.length <= MAX_LEVELS
        ? "level"
        : "words";
  return { name, kind, numbers, words, levels, low, high };
}

/** Roles from such a text; the first guess, if it is of another table. A target or an input must be able to be one. */
export function rolesIn(text: string, csv: Csv): ColumnRole[] {
  if (text.length !== csv.columns.length) return guessRoles(csv);
  return csv.columns.map(({ kind }, j): ColumnRole => {
    if (text[j] === "t" && kind === "number") return "target";
    return text[j] === "i" && (kind === "number" || kind === "level") ? "input" : "out";
  });
}

/** A column without its rows: what the page needs to know of it. */
export interface ColumnSummary extends Pick<CsvColumn, "name" | "kind" | "low" | "high"> {
  readonly levels: number;
}

/** What was read: why it is no table, or its columns, what they are used as, and what is wrong with that. */
export type ReadTable =
  | { readonly fault: CsvFault }
  | {
      readonly columns: readonly ColumnSummary[];
      readonly rows: number;
      readonly roles: readonly ColumnRole[];
      readonly problem: TableFault | null;
      /** Rows in which a number is missing. */
      readonly leftOut: number;
    };

export function summaryOf(csv: Csv | CsvFault, roles: string): ReadTable {
  if ("fault" in csv) return { fault: csv };
  const chosen = rolesIn(roles, csv);
  const table = tableOf(csv, chosen, "");
  return {
    columns: csv.columns.map(({ name, kind, low, high, levels }) => ({ name, kind, low, high, levels: levels.length })),
    rows: csv.rows,
    roles: chosen,
    problem: "fault" in table ? table.fault : null,
    leftOut: "fault" in table ? 0 : table.leftOut,
  };
}

/** The first guess: the target is a column that is called so, or the last one with numbers. */
export function guessRoles({ columns }: Csv): ColumnRole[] {
  const usable = columns.map(({ kind }) => kind === "number" || kind === "level");
  const named = columns.findIndex(
    ({ name, kind }) => kind === "number" && /profit|revenue|sales|target|利润|收入/i.test(name),
  );
  const last = columns.findLastIndex(({ kind }) => kind === "number");
  const target = named >= 0 ? named : last;
  return columns.map((_, j) => (j === target ? "target" : usable[j] ? "input" : "out"));
}

/** What is still missing before a table can be learnt from. */
export type TableFault = "no-target" | "no-inputs" | "few-rows" | "constant-target";

/** The rows in which nothing that is used is missing, in the roles that were given. */
export function tableOf(
  { columns, rows }: Csv,
  roles: readonly ColumnRole[],
  name: string,
): { readonly table: Table; readonly leftOut: number } | { readonly fault: TableFault } {
  const target = columns.find((column, j) => roles[j] === "target" && column.kind === "number");
  const inputs = columns.filter((_, j) => roles[j] === "input");
  const numbers = inputs.filter(({ kind }) => kind === "number");
  const levels = inputs.filter(({ kind }) => kind === "level");
  if (target === undefined) return { fault: "no-target" };
  if (numbers.length === 0) return { fault: "no-inputs" };
  const kept = Array.from({ length: rows }, (_, row) => row).filter(
    (row) =>
      [target, ...numbers].every((column) => Number.isFinite(column.numbers[row])) &&
      levels.every((column) => column.words[row] !== ""),
  );
  if (kept.length < MIN_ROWS) return { fault: "few-rows" };
  const pick = (column: CsvColumn) => ({
    name: column.name,
    values: Float64Array.from(kept, (row) => column.numbers[row]!),
  });
  const goal = pick(target);
  if (goal.values.every((x) => x === goal.values[0])) return { fault: "constant-target" };
  const table: Table = {
    name,
    numbers: numbers.map(pick),
    levels: levels.map((column) => ({
      name: column.name,
      levels: column.levels,
      values: Int32Array.from(kept, (row) => column.levels.indexOf(column.words[row]!)),
    })),
    target: goal,
  };
  return { table, leftOut: rows - kept.length };
}
