import { type Dataset, formatCount, type SavedModel, type Scores } from "glassnet";
import type { Device } from "glassnet/engine";
import { type Card, printCards } from "./card.ts";
import { printConfusion } from "./confusion.ts";
import { cardOf, decide, printReasons, reasonsOf } from "./decision.ts";
import type { Messages } from "./messages/index.ts";
import { linearPlaces } from "./network.ts";
import { lossText, percent } from "./numbers.ts";
import type { Outcome } from "./outcome.ts";
import type { Terminal } from "./terminal.ts";
import { padEnd, widthOf, wrap } from "./width.ts";

/** @file What `train` prints after the training. */

const RIGHT_SHOWN = 2;
const WRONG_SHOWN = 2;
const EVIDENCE_SHOWN = 4;
const TEXT_WIDTH = 100;

export function printHead(terminal: Terminal, text: string): void {
  terminal.print();
  terminal.print(terminal.paint.bold(text));
}

/** The empirical loss beside the running one, and what the difference is. */
export function printLosses(
  terminal: Terminal,
  losses: { training: Scores; count: number; batchLoss: number | undefined; epoch: number },
  m: Messages,
): void {
  const { training, count, batchLoss, epoch } = losses;
  printHead(terminal, m.train.lossHead);
  const accuracy = percent(training.accuracy ?? Number.NaN);
  terminal.print(`  ${m.train.emptyLoss(lossText(training.loss), accuracy, formatCount(count))}`);
  if (batchLoss === undefined) return;
  terminal.print(`  ${m.train.batchLoss(lossText(batchLoss), epoch)}`);
  terminal.print(terminal.paint.dim(wrap(m.train.lossNote, Math.min(terminal.columns, TEXT_WIDTH), "  ")));
}

export function printTest(terminal: Terminal, outcome: Outcome, names: readonly string[], m: Messages): void {
  const count = outcome.predicted.length;
  const right = Math.round(outcome.accuracy * count);
  printHead(terminal, m.train.testHead(formatCount(count)));
  const line = m.train.testResult(
    percent(outcome.accuracy),
    formatCount(right),
    formatCount(count - right),
    lossText(outcome.loss),
  );
  terminal.print(`  ${terminal.paint.bold(line)}`);
  terminal.print();
  printConfusion(terminal, outcome.confusion, names, m);
}

/** The first digits that are recognised, and the mistakes that the network is surest of. */
function pickExamples({ predicted, probabilities, classes }: Outcome, labels: ArrayLike<number>): number[] {
  const right: number[] = [];
  const wrong: number[] = [];
  for (let i = 0; i < predicted.length; i++) {
    if (predicted[i] !== labels[i]) wrong.push(i);
    else if (right.length < RIGHT_SHOWN) right.push(i);
  }
  const sureness = (i: number) => probabilities[i * classes + predicted[i]!]!;
  wrong.sort((a, b) => sureness(b) - sureness(a));
  return [...right, ...wrong.slice(0, WRONG_SHOWN)];
}

export async function printExamples(
  terminal: Terminal,
  saved: SavedModel,
  test: Dataset,
  outcome: Outcome,
  device: Device,
  m: Messages,
): Promise<void> {
  printHead(terminal, m.train.examplesHead);
  const cards: Card[] = [];
  for (const index of pickExamples(outcome, test.targets.data)) {
    const decision = await decide(saved, test, index, device);
    cards.push(cardOf(decision, m.models.digitOf(m.models.sets.test, index)));
  }
  printCards(terminal, cards, m);
}

/** Explains one decision: evidence, evidence against the runner-up, one neuron. */
export async function printExplanation(
  terminal: Terminal,
  saved: SavedModel,
  test: Dataset,
  index: number,
  device: Device,
  m: Messages,
): Promise<{ layer: number; unit: number }> {
  printHead(terminal, m.train.explainHead(index));
  const decision = await decide(saved, test, index, device);
  const reasons = await reasonsOf(saved.model, decision, device);
  printReasons(terminal, saved, reasons, EVIDENCE_SHOWN, m);
  return { layer: reasons.place.number, unit: reasons.neuron.unit };
}

/** Names with what they are, aligned. */
export function printPairs(terminal: Terminal, pairs: readonly (readonly [string, string])[]): void {
  const width = Math.max(...pairs.map(([name]) => widthOf(name)));
  const isNarrow = pairs.some(([, what]) => width + 4 + widthOf(what) > terminal.columns);
  for (const [name, what] of pairs) {
    if (isNarrow) terminal.print(`  ${name}\n      ${terminal.paint.dim(what)}`);
    else terminal.print(`  ${padEnd(name, width)}  ${terminal.paint.dim(what)}`);
  }
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** Commands that go on from here. */
export function printNext(
  terminal: Terminal,
  where: { folder: string; data: string | undefined },
  at: { index: number; layer: number; unit: number },
  saved: SavedModel,
  m: Messages,
): void {
  const { next } = m.train;
  const path = quoted(where.folder);
  const data = where.data === undefined ? "" : ` --data ${quoted(where.data)}`;
  const hasHidden = linearPlaces(saved.model).length > 1;
  printHead(terminal, m.train.nextHead);
  printPairs(terminal, [
    [`npx glassnet studio ${path}${data}`, next.studio],
    [`npx glassnet explain ${path} --index ${at.index}${data}`, next.explain],
    [
      `npx glassnet explain ${path} --index ${at.index} --unit ${at.layer}:${at.unit}${data}`,
      hasHidden ? next.unit : next.outputUnit,
    ],
    [`npx glassnet explain ${path} --index ${at.index} --backprop${data}`, next.backprop],
    [`npx glassnet predict ${path} --index 8${data}`, next.predict],
    [`npx glassnet train mnist --layers 256,128${data}`, next.wider],
    [`npx glassnet train mnist --encoding binary${data}`, next.binary],
    ["npx glassnet explain backpropagation", next.term],
  ]);
}
