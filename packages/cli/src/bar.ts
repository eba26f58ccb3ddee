const PARTS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A horizontal bar of up to `columns` characters, to an eighth of one. */
export function bar(share: number, columns: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share || 0)) * columns * 8); // nothing for NaN
  const tail = PARTS[eighths % 8]!;
  return "█".repeat(Math.floor(eighths / 8)) + tail;
}

/** A thin bar of exactly `columns` characters that says how much is done. */
export function progressBar(share: number, columns: number): { readonly done: string; readonly rest: string } {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * columns);
  return { done: "━".repeat(filled), rest: "─".repeat(columns - filled) };
}
