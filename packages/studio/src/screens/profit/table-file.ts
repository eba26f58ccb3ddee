import type { Books } from "./books.ts";

/** A cell of a CSV: in quotes where it must be, and never the beginning of a formula when a spreadsheet opens it. */
function cellOf(text: string): string {
  const safe = /^[=+@\t\r]|^-(?!\d)/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** All rows of the books as a CSV, the training rows first: numbers, words, then the target. */
export function tableFile({ numbers, levels, target, training, validation }: Books): string {
  const lines = [[...numbers.map(({ name }) => name), ...levels.map(({ name }) => name), target].map(cellOf).join(",")];
  for (const { inputs, targets, size } of [training, validation]) {
    const width = inputs.shape[1]!;
    for (let row = 0; row < size; row++) {
      const at = row * width;
      const words = levels.map(
        ({ levels: all, at: first }) => all.find((_, k) => inputs.data[at + first + k] === 1) ?? "",
      );
      const values = numbers.map((input) => String(Number(inputs.data[at + input.at]!.toPrecision(7))));
      lines.push([...values, ...words.map(cellOf), String(Number(targets.data[row]!.toPrecision(7)))].join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}
