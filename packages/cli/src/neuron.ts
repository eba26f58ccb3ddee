import type { Contributions } from "glassnet";
import { SIDE } from "./draw.ts";
import type { Messages } from "./messages/index.ts";
import { digitsUntil, signed, significant } from "./numbers.ts";
import { tableLines } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { wrap } from "./width.ts";

export interface NeuronOptions {
  /** Number of the linear layer, counted from 1. */
  readonly number: number;
  /** Whether the inputs are pixels, which have a row and a column. */
  readonly isPixels: boolean;
  /** Terms to show, the largest first. */
  readonly top: number;
}

/** Prints a neuron's weighted sum: its largest terms, the rest in one line, the bias, and the library's own value. */
export function printNeuron(terminal: Terminal, sum: Contributions, options: NeuronOptions, m: Messages): void {
  const { number, isPixels, top } = options;
  const { paint, columns } = terminal;
  const text = m.explain.neuron;
  const alive = sum.terms.filter(({ product }) => product !== 0);
  const ranked = [...alive].sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const shown = ranked.slice(0, top);
  const rest = ranked.slice(top).reduce((total, { product }) => total + product, 0);
  const total = sum.sum - sum.bias;

  terminal.print(wrap(text.head(number, sum.unit, sum.terms.length), Math.min(columns, 100), "  "));
  const place = (index: number) =>
    isPixels ? text.pixel(Math.floor(index / SIDE), index % SIDE, index) : text.unit(number - 1, index);
  // A reader who multiplies or adds what is printed gets what is printed.
  const decimals = digitsUntil(
    4,
    9,
    (digits) =>
      signed(Number(signed(total, digits)) + Number(signed(sum.bias, digits)), digits) === signed(sum.sum, digits),
  );
  const figures = digitsUntil(4, 9, (digits) =>
    shown.every(
      ({ input, weight, product }) =>
        signed(Number(significant(weight, digits)) * Number(significant(input, digits)), decimals) ===
        signed(product, decimals),
    ),
  );
  const rows = shown.map(({ index, input, weight, product }) => [
    place(index),
    significant(weight, figures),
    "×",
    significant(input, figures),
    "=",
    signed(product, decimals),
  ]);
  const put = (label: string, value: string) => [label, "", "", "", "", value];
  const lines = tableLines(
    [
      [text.input, text.weight, "", text.value, "", text.product],
      ...rows,
      ...(ranked.length > shown.length ? [put(text.rest(ranked.length - shown.length), signed(rest, decimals))] : []),
      ...(alive.length < sum.terms.length
        ? [put(text.zeros(sum.terms.length - alive.length), signed(0, decimals))]
        : []),
      put(text.total, signed(total, decimals)),
      [text.bias, signed(sum.bias, decimals).replace("+", ""), "×", "1", "=", signed(sum.bias, decimals)],
      put("z", signed(sum.sum, decimals)),
    ],
    { align: ["left"], indent: "  " },
  );
  terminal.print(paint.dim(lines[0]!));
  lines.slice(1, -1).forEach((line) => {
    terminal.print(line);
  });
  terminal.print(paint.bold(lines.at(-1)!));
  const gap = Math.abs(sum.sum - sum.z);
  const verdict = text.agreement(sum.z.toFixed(6), gap.toExponential(1), sum.bound.toExponential(1), gap <= sum.bound);
  terminal.print(paint.dim(wrap(verdict, Math.min(columns, 100), "  ")));
  if (sum.activation !== undefined) {
    const { name, value } = sum.activation;
    terminal.print(`  ${text.activation(name, significant(sum.z, 7), significant(value, 6))}`);
  }
}
