import type { Contribution, Evidence } from "glassnet";
import { bar } from "./bar.ts";
import { SIDE } from "./draw.ts";
import type { Messages } from "./messages/index.ts";
import { digitsUntil, signed } from "./numbers.ts";
import type { Terminal } from "./terminal.ts";
import { padEnd, padStart, widthOf, wrap } from "./width.ts";

export interface EvidenceOptions {
  /** Number of the layer whose units are the evidence, counted from 1; 0 if it is the pixels. */
  readonly from: number;
  /** Units to show on each side. */
  readonly top: number;
  /** What the sum for one class is. */
  readonly meaning: "logit" | "beforeSigmoid" | "output";
}

const BAR = 16;

function place(index: number, from: number, m: Messages): string {
  const { pixel, unit } = m.explain.neuron;
  return from === 0 ? pixel(Math.floor(index / SIDE), index % SIDE, index) : unit(from, index);
}

/** Prints what speaks for a class and what against it, and that the two add up to its logit. */
export function printEvidence(terminal: Terminal, evidence: Evidence, options: EvidenceOptions, m: Messages): void {
  const { paint, columns } = terminal;
  const text = m.explain.evidence;
  const { classIndex, versus, bias, sum, logit, bound } = evidence;
  const { from, top, meaning } = options;
  terminal.print(
    `  ${paint.bold(versus === undefined ? text.head(String(classIndex)) : text.versus(String(classIndex), String(versus)))}`,
  );
  const strongest = Math.max(1e-12, ...[...evidence.for, ...evidence.against].map(({ product }) => Math.abs(product)));
  const rows = (list: readonly Contribution[]) => list.slice(0, top);
  const names = [...rows(evidence.for), ...rows(evidence.against)].map(({ index }) => place(index, from, m));
  const width = Math.max(0, ...names.map(widthOf));
  const side = (title: string, list: readonly Contribution[], color: (text: string) => string) => {
    terminal.print(`  ${title}`);
    for (const { index, product } of rows(list)) {
      const name = padEnd(place(index, from, m), width);
      terminal.print(`    ${name}  ${padStart(signed(product), 9)}  ${color(bar(Math.abs(product) / strongest, BAR))}`);
    }
    const left = list.slice(top);
    if (left.length > 0) {
      const rest = left.reduce((total, { product }) => total + product, 0);
      terminal.print(`    ${padEnd(text.more(left.length), width)}  ${padStart(signed(rest), 9)}`);
    }
  };
  const total = (list: readonly Contribution[]) => list.reduce((all, { product }) => all + product, 0);
  side(text.for, evidence.for, paint.good);
  side(text.against, evidence.against, paint.bad);
  const parts = [total(evidence.for), total(evidence.against), bias];
  const digits = digitsUntil(
    3,
    9,
    (n) =>
      signed(
        parts.reduce((all, part) => all + Number(signed(part, n)), 0),
        n,
      ) === signed(sum, n),
  );
  const [plus, minus, shift] = parts.map((part) => signed(part, digits)) as [string, string, string];
  const line = text.sum({
    for: plus,
    against: minus,
    bias: shift,
    sum: signed(sum, digits),
    meaning: versus === undefined ? text.meanings[meaning] : text.meanings.difference,
  });
  terminal.print(wrap(line, Math.min(columns, 100), "  "));
  const gap = Math.abs(sum - logit);
  terminal.print(
    paint.dim(
      wrap(
        m.explain.neuron.agreement(logit.toFixed(6), gap.toExponential(1), bound.toExponential(1), gap <= bound),
        Math.min(columns, 100),
        "  ",
      ),
    ),
  );
}
