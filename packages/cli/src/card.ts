import { bar } from "./bar.ts";
import { digitLines, SIDE, trimmedRange } from "./draw.ts";
import type { Messages } from "./messages/index.ts";
import { percent } from "./numbers.ts";
import type { OutputKind } from "./outcome.ts";
import type { Paint, Terminal } from "./terminal.ts";
import { padEnd, padStart } from "./width.ts";

/** A digit and what a network makes of it. */
export interface Card {
  readonly title: string;
  /** As stored: 0 (black) to 255 (white). */
  readonly pixels: ArrayLike<number>;
  readonly label: number;
  readonly predicted: number;
  readonly probabilities: ArrayLike<number>;
  readonly kind: OutputKind;
}

const BAR = 12;
const GAP = 2;
const PROBABILITIES = 3 + BAR + 1 + 6;
/** Columns of a card. */
export const CARD_WIDTH = SIDE + GAP + PROBABILITIES;

function probabilityLines({ probabilities, label, predicted, kind }: Card, paint: Paint): string[] {
  return Array.from({ length: probabilities.length }, (_, k) => {
    const p = probabilities[k]!;
    const text = `${k}  ${padEnd(bar(p, BAR), BAR)} ${padStart(kind === "logits" ? percent(p, 1) : p.toFixed(3), 6)}`;
    if (k === label) return paint.good(text);
    if (k === predicted) return paint.bad(text);
    return p < 0.005 ? paint.dim(text) : text;
  });
}

/** Title, picture and probabilities, as lines of `CARD_WIDTH` columns. */
function cardLines(card: Card, paint: Paint, m: Messages, isWhole: boolean): string[] {
  const isRight = card.label === card.predicted;
  const share = card.probabilities[card.predicted]!;
  const says = m.models.says(String(card.predicted), card.kind === "logits" ? percent(share, 1) : share.toFixed(3));
  const mark = isRight ? paint.good(m.models.right) : paint.bad(m.models.wrong);
  const { first, end } = isWhole ? { first: 0, end: SIDE / 2 } : trimmedRange(card.pixels, card.probabilities.length);
  const picture = digitLines(card.pixels, paint).slice(first, end);
  const numbers = probabilityLines(card, paint);
  const above = Math.floor((picture.length - numbers.length) / 2);
  const body = picture.map((line, i) => padEnd(`${line}${" ".repeat(GAP)}${numbers[i - above] ?? ""}`, CARD_WIDTH));
  return [
    padEnd(m.models.cardHead(paint.bold(card.title), m.models.trueLabel(String(card.label)), mark), CARD_WIDTH),
    padEnd(says, CARD_WIDTH),
    ...body,
  ];
}

/** Prints cards side by side, as many as fit. */
export function printCards(terminal: Terminal, cards: readonly Card[], m: Messages, isWhole = false): void {
  const margin = "  ";
  const perRow = Math.max(1, Math.floor((terminal.columns - 2 + 2) / (CARD_WIDTH + 4)));
  for (let i = 0; i < cards.length; i += perRow) {
    const row = cards.slice(i, i + perRow).map((card) => cardLines(card, terminal.paint, m, isWhole));
    const height = Math.max(...row.map((lines) => lines.length));
    for (let line = 0; line < height; line++) {
      const cells = row.map((lines) => lines[line] ?? " ".repeat(CARD_WIDTH));
      terminal.print((margin + cells.join(" ".repeat(4))).trimEnd());
    }
    if (i + perRow < cards.length) terminal.print();
  }
}
