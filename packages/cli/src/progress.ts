import { formatCount, type StartEvent, type StepEvent } from "glassnet";
import { progressBar } from "./bar.ts";
import type { Messages } from "./messages/index.ts";
import { lossText, percent } from "./numbers.ts";
import type { Terminal } from "./terminal.ts";
import { widthOf } from "./width.ts";

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 10_000;
/** Share of the newest loss in the smoothed one, and the like for the speed. */
const SMOOTHING = 0.05;
/** Columns left free behind the line: the terminal prints ^C there. */
const CONTROL = 4;
const MIN_BAR = 8;
const MAX_BAR = 40;

/** Shows how far a training is: a line that is redrawn, or now and then a plain one. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #m: Messages;
  readonly #start: StartEvent;
  #loss: number | undefined;
  #accuracy: number | undefined;
  #lastDraw = Number.NEGATIVE_INFINITY;
  #lastPlain = performance.now();
  #lastStepMs = 0;
  #msPerExample: number | undefined;
  /** Milliseconds of everything else, such as measuring after an epoch, for each epoch. */
  #msBetween = 0;

  constructor(terminal: Terminal, m: Messages, start: StartEvent) {
    this.#terminal = terminal;
    this.#m = m;
    this.#start = start;
  }

  step(event: StepEvent): void {
    for (const loss of event.losses) {
      this.#loss = this.#loss === undefined ? loss : this.#loss + SMOOTHING * (loss - this.#loss);
    }
    const ms = (event.elapsedMs - this.#lastStepMs) / event.examples;
    this.#lastStepMs = event.elapsedMs;
    this.#msPerExample =
      this.#msPerExample === undefined ? ms : this.#msPerExample + SMOOTHING * (ms - this.#msPerExample);
    const now = performance.now();
    if (this.#terminal.isLive && now - this.#lastDraw >= REDRAW_MS) {
      this.#lastDraw = now;
      this.#terminal.live(this.#line(event));
    } else if (!this.#terminal.isLive && now - this.#lastPlain >= PLAIN_LINE_MS) {
      this.#lastPlain = now;
      this.#terminal.print(this.#plainLine(event));
    }
  }

  /** After the held-out digits were measured. */
  epoch(event: { readonly elapsedMs: number; readonly accuracy: number | undefined }): void {
    this.#accuracy = event.accuracy;
    this.#msBetween = event.elapsedMs - this.#lastStepMs;
    this.#lastStepMs = event.elapsedMs;
    this.#lastPlain = performance.now();
  }

  #numbers(event: StepEvent) {
    const { stepsPerEpoch, epochs, examples, batchSize } = this.#start;
    const remaining = (epochs * stepsPerEpoch - event.step) / stepsPerEpoch; // epochs
    const perExample = this.#msPerExample ?? 0;
    const stepInEpoch = event.step - (event.epoch - 1) * stepsPerEpoch;
    return {
      stepInEpoch,
      share: Math.min(1, (stepInEpoch * batchSize) / examples),
      loss: lossText(this.#loss ?? 0),
      accuracy: this.#accuracy === undefined ? undefined : percent(this.#accuracy, 1),
      speed: formatCount(perExample > 0 ? Math.round(1000 / perExample) : 0),
      left: this.#m.duration(Math.max(1000, Math.round(remaining * (examples * perExample + this.#msBetween)))),
    };
  }

  #line(event: StepEvent): string {
    const { live } = this.#m.train;
    const { paint, columns } = this.#terminal;
    const { share, loss, accuracy, speed, left } = this.#numbers(event);
    const head = live.epoch(event.epoch, this.#start.epochs);
    const parts = [
      percent(share, 0).padStart(4),
      live.loss(loss),
      ...(accuracy === undefined ? [] : [live.accuracy(accuracy)]),
      live.speed(speed),
      live.left(left),
    ];
    const room = () =>
      columns - 1 - CONTROL - widthOf(head) - 2 - parts.reduce((sum, part) => sum + widthOf(part) + 2, 0);
    while (room() < MIN_BAR && parts.length > 2) parts.splice(-2, 1); // the time left is the last to go
    const { done, rest } = progressBar(share, Math.max(0, Math.min(MAX_BAR, room())));
    return [paint.bold(head), paint.accent(done) + paint.dim(rest), ...parts].join("  ");
  }

  #plainLine(event: StepEvent): string {
    const { stepInEpoch, loss, accuracy, speed, left } = this.#numbers(event);
    return this.#m.train.plainStep({
      epoch: event.epoch,
      epochs: this.#start.epochs,
      step: formatCount(stepInEpoch),
      steps: formatCount(this.#start.stepsPerEpoch),
      loss,
      accuracy,
      speed,
      left,
    });
  }
}
