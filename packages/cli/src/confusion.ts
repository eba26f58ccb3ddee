import type { ConfusionTable } from "glassnet";
import type { Messages } from "./messages/index.ts";
import type { Terminal } from "./terminal.ts";
import { padEnd, padStart, widthOf, wrap } from "./width.ts";

/** Prints counts by true class (row) and answer (column); zeros as dots, so that the mistakes stand out. */
export function printConfusion(
  terminal: Terminal,
  { counts }: ConfusionTable,
  names: readonly string[],
  m: Messages,
): void {
  const { paint } = terminal;
  const head = m.models.rowsAre;
  const first = Math.max(widthOf(head), ...names.map(widthOf));
  const width = Math.max(
    5,
    ...counts.flat().map((n) => String(n).length + 1),
    ...names.map((name) => widthOf(name) + 1),
  );
  terminal.print(
    `  ${paint.dim(padEnd(head, first))}${names.map((name) => paint.bold(padStart(name, width))).join("")}`,
  );
  counts.forEach((row, k) => {
    const cells = row.map((n, j) => {
      const text = padStart(n === 0 ? "·" : String(n), width);
      if (n === 0) return paint.dim(text);
      return j === k ? paint.good(text) : paint.bad(text);
    });
    terminal.print(`  ${paint.bold(padStart(names[k]!, first))}${cells.join("")}`);
  });
  terminal.print(paint.dim(wrap(m.models.confusionNote, Math.min(terminal.columns, 100), "  ")));
}
