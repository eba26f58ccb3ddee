import type { Outcome } from "../compiled/host.ts";

/**
 * @file How a thread is asked to lead a run in the place of the calling one, which goes on meanwhile: by an order in shared
 * memory. That it has ended comes as a message; who cannot wait for messages looks into the memory.
 */

/** Words of an order, and how long the run took, in ms, as a double behind them. `wasm/thread.js` reads and writes them. */
const WORD = { ordered: 0, ended: 1, program: 2, steps: 3, threads: 4, applied: 5 };
const TIME_OFFSET = 32;
/** Zeros at first, in the shared memory. */
export const ORDER_BYTES = 64;

/** The order, as the thread that gives it sees it. */
export class Order {
  readonly address: number;
  readonly #words: Int32Array<ArrayBufferLike>;
  readonly #time: Float64Array<ArrayBufferLike>;
  readonly #meeting: Int32Array<ArrayBufferLike>;
  readonly #canWait: boolean;
  readonly #patienceMs: number;

  /** @param meeting address of the number of the team's last meeting, by which it is seen to get on */
  constructor(memory: WebAssembly.Memory, address: number, meeting: number, canWait: boolean, patienceMs: number) {
    this.address = address;
    this.#words = new Int32Array(memory.buffer, address, 8);
    this.#time = new Float64Array(memory.buffer, address + TIME_OFFSET, 1);
    this.#meeting = new Int32Array(memory.buffer, meeting, 1);
    this.#canWait = canWait;
    this.#patienceMs = patienceMs;
  }

  /** Orders a run. The one before must have ended. */
  give(program: number, steps: number, threads: number): void {
    const words = this.#words;
    words[WORD.program] = program;
    words[WORD.steps] = steps;
    words[WORD.threads] = threads;
    Atomics.store(words, WORD.ordered, words[WORD.ordered] + 1);
    Atomics.notify(words, WORD.ordered);
  }

  /** Whether the run that was ordered last has ended. */
  get hasEnded(): boolean {
    return Atomics.load(this.#words, WORD.ended) === this.#words[WORD.ordered];
  }

  /** What became of it; `applied` is what `lead` of `kernels/wasm.c` returns. */
  get outcome(): Outcome {
    return { applied: this.#words[WORD.applied], ms: this.#time[0] };
  }

  /**
   * Waits for the end of the run. A thread that may not sleep looks again and again: the threads that run need nothing of it.
   *
   * @returns whether it has come; not if threads that should meet have not done so for the time of patience
   */
  wait(): boolean {
    const words = this.#words;
    const before = (words[WORD.ordered] - 1) | 0;
    let met = Atomics.load(this.#meeting, 0);
    let since = performance.now();
    while (!this.hasEnded) {
      if (this.#canWait) Atomics.wait(words, WORD.ended, before, this.#patienceMs);
      const now = performance.now();
      const meeting = Atomics.load(this.#meeting, 0);
      if (meeting !== met || words[WORD.threads] === 1)
        since = now; // a thread alone meets nobody
      else if (now - since > this.#patienceMs) return this.hasEnded;
      met = meeting;
    }
    return true;
  }
}
