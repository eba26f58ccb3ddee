import type { Device } from "../backends/backend.ts";
import type { OptionNames } from "../core/option.ts";
import { yieldToOthers } from "../core/yield.ts";

/** Work that may take a while: it makes room for others as it goes on. */
export interface LongWork {
  /** Where to compute; the default device otherwise. */
  readonly device?: Device | undefined;
  /** Ends the work between two runs: the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called as the work goes on; `total` is what is known so far. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export const longWorkNames: OptionNames<LongWork> = { device: true, signal: true, onProgress: true };

/** After this long, work makes room for the event loop. */
const BUDGET_MS = 8;

/** How far a piece of long work is. */
export class Progress {
  readonly #work: LongWork;
  #total: number;
  #done = 0;
  #yielded = performance.now();

  constructor(work: LongWork, total: number) {
    this.#work = work;
    this.#total = total;
    this.check();
  }

  /** @throws the signal's reason if the work is to end. */
  check(): void {
    const { signal } = this.#work;
    if (signal?.aborted === true) throw signal.reason;
  }

  /** There is more to do than was known. */
  extend(count: number): void {
    this.#total += count;
  }

  /** Notes that `count` more pieces are done, and lets others run from time to time. */
  async advance(count: number): Promise<void> {
    this.#done += count;
    if (count > 0) this.#work.onProgress?.(this.#done, this.#total);
    if (performance.now() - this.#yielded > BUDGET_MS) {
      await yieldToOthers();
      this.#yielded = performance.now();
    }
    this.check();
  }
}
