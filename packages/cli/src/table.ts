import { padEnd, padStart, widthOf } from "./width.ts";

export interface TableOptions {
  /** Of each column; "right" by default, as most are numbers. */
  readonly align?: readonly ("left" | "right")[];
  /** Before each line. */
  readonly indent?: string;
  /** Least widths of the columns. */
  readonly widths?: readonly number[];
}

/** Rows as aligned lines, two spaces between columns. */
export function tableLines(rows: readonly (readonly string[])[], options: TableOptions = {}): string[] {
  const { align = [], indent = "", widths = [] } = options;
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const width = Array.from({ length: columns }, (_, i) =>
    Math.max(widths[i] ?? 0, ...rows.map((row) => widthOf(row[i] ?? ""))),
  );
  return rows.map((row) => {
    const cells = row.map((cell, i) => (align[i] === "left" ? padEnd(cell, width[i]!) : padStart(cell, width[i]!)));
    return (indent + cells.join("  ")).trimEnd();
  });
}
