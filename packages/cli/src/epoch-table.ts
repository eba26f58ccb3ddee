import type { EpochEvent } from "glassnet";
import type { Messages } from "./messages/index.ts";
import { lossText, percent } from "./numbers.ts";
import type { Terminal } from "./terminal.ts";
import { padStart, widthOf } from "./width.ts";

const LEAST = [5, 10, 12, 12, 7] as const;

/** A table that grows by a row with each epoch. */
export class EpochTable {
  readonly #terminal: Terminal;
  readonly #m: Messages;
  readonly #widths: readonly number[];
  #lastMs = 0;

  constructor(terminal: Terminal, m: Messages) {
    this.#terminal = terminal;
    this.#m = m;
    const { epoch, batchLoss, validationLoss, validationAccuracy, time } = m.train.columns;
    const titles = [epoch, batchLoss, validationLoss, validationAccuracy, time];
    this.#widths = titles.map((title, i) => Math.max(LEAST[i]!, widthOf(title)));
    terminal.print(terminal.paint.dim(this.#line(titles)));
  }

  #line(cells: readonly string[]): string {
    return cells.map((cell, i) => padStart(cell, this.#widths[i]!)).join("  ");
  }

  row(event: EpochEvent): void {
    const { paint } = this.#terminal;
    const seconds = (event.elapsedMs - this.#lastMs) / 1000;
    this.#lastMs = event.elapsedMs;
    const cells = [
      String(event.epoch),
      lossText(event.batchLoss),
      event.validation === undefined ? "" : lossText(event.validation.loss),
      percent(event.validation?.accuracy ?? Number.NaN),
      seconds.toFixed(1),
    ];
    const mark = event.best ? ` ${paint.good(`← ${this.#m.train.columns.best}`)}` : "";
    this.#terminal.print(this.#line(cells) + mark);
  }
}
