import { formatCount, type StartEvent, type StepEvent } from "glassnet";
import { progressBar } from "./bar.ts";
import type { Messages } from "./messages/index.ts";
import { lossText, percent } from "./numbers.ts";
import type { Terminal } from "./terminal.ts";
import { widthOf } from "./width.ts";

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 10_000;
/** Share of the newest loss in the smoothed one. */
const SMOOTHING = 0.05;
/** The speed is that of the last seconds: what is older counts less and less. */
const MEMORY_MS = 3000;
/** No speed is told before it was measured for so long. */
const MEASURED_MS = 250;
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
  #lastStep: StepEvent | undefined;
  #lastDraw = Number.NEGATIVE_INFINITY;
  #lastPlain = performance.now();
  /** Undefined before the first step, which also made the programs ready and says nothing about speed. */
  #lastStepMs: number | undefined;
  /** Examples and milliseconds of the last steps, the older ones weighing less. */
  #recent = { examples: 0, ms: 0 };
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
    if (this.#lastStepMs !== undefined) this.#measure(event.examples, event.elapsedMs - this.#lastStepMs);
    this.#lastStepMs = event.elapsedMs;
    this.#lastStep = event;
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
  epoch(event: { readonly step: number; readonly elapsedMs: number; readonly accuracy: number | undefined }): void {
    this.#accuracy = event.accuracy;
    this.#msBetween = event.elapsedMs - (this.#lastStepMs ?? 0);
    this.#lastStepMs = event.elapsedMs;
    this.#lastPlain = performance.now();
    if (!this.#terminal.isLive || this.#lastStep === undefined) return;
    const { epochs, stepsPerEpoch } = this.#start;
    // The loss over the whole training set follows the last epoch.
    const isLast = event.step >= epochs * stepsPerEpoch;
    this.#lastDraw = performance.now();
    this.#terminal.live(isLast ? this.#terminal.paint.dim(this.#m.train.live.measuring) : this.#line(this.#lastStep));
  }

  #measure(examples: number, ms: number): void {
    const kept = Math.exp(-ms / MEMORY_MS);
    this.#recent = { examples: kept * this.#recent.examples + examples, ms: kept * this.#recent.ms + ms };
  }

  /** Examples a second, and the time that is left; undefined as long as nobody can know. */
  #speed(event: StepEvent): { speed: string; left: string } | undefined {
    const { examples: recent, ms } = this.#recent;
    if (ms < MEASURED_MS) return undefined;
    const { stepsPerEpoch, epochs, examples } = this.#start;
    const epochsLeft = (epochs * stepsPerEpoch - event.step) / stepsPerEpoch;
    const leftMs = epochsLeft * ((examples * ms) / recent + this.#msBetween);
    return {
      speed: formatCount(Math.round((1000 * recent) / ms)),
      left: this.#m.duration(Math.max(1000, Math.round(leftMs))),
    };
  }

  #results() {
    return {
      loss: lossText(this.#loss ?? 0),
      accuracy: this.#accuracy === undefined ? undefined : percent(this.#accuracy, 1),
    };
  }

  #line(event: StepEvent): string {
    const { live } = this.#m.train;
    const { paint, columns } = this.#terminal;
    const { epochs, stepsPerEpoch } = this.#start;
    const { loss, accuracy } = this.#results();
    const pace = this.#speed(event);
    // Of the whole training: an epoch may take less time than the eye.
    const share = Math.min(1, event.step / (epochs * stepsPerEpoch));
    const head = live.epoch(event.epoch, epochs);
    const parts = [
      percent(share, 0).padStart(4),
      live.loss(loss),
      ...(accuracy === undefined ? [] : [live.accuracy(accuracy)]),
      ...(pace === undefined ? [] : [live.speed(pace.speed), live.left(pace.left)]),
    ];
    const room = () =>
      columns - 1 - CONTROL - widthOf(head) - 2 - parts.reduce((sum, part) => sum + widthOf(part) + 2, 0);
    while (room() < MIN_BAR && parts.length > 2) parts.splice(-2, 1); // the time left is the last to go
    const { done, rest } = progressBar(share, Math.max(0, Math.min(MAX_BAR, room())));
    return [paint.bold(head), paint.accent(done) + paint.dim(rest), ...parts].join("  ");
  }

  #plainLine(event: StepEvent): string {
    const { epochs, stepsPerEpoch } = this.#start;
    const { loss, accuracy } = this.#results();
    return this.#m.train.plainStep({
      epoch: event.epoch,
      epochs,
      step: formatCount(event.step - (event.epoch - 1) * stepsPerEpoch),
      steps: formatCount(stepsPerEpoch),
      loss,
      accuracy,
      pace: this.#speed(event),
    });
  }
}
