/** A trial of the other number of threads takes about this long: they have to wake up first. */
const TRIAL_MS = 3;
/** Most runs between two trials. */
const MAX_INTERVAL = 128;
/** Several threads must be faster by this much, or the others of the machine may as well have them. */
const MARGIN = 0.95;

/**
 * Chooses whether a program runs on one thread or on several, by how long its steps take on each. How much work pays for
 * the meetings of threads depends on the machine and on what else it does now, and results do not depend on the choice. So it
 * is tried, now and then, for a step or a few.
 */
export class ThreadChoice {
  readonly #most: number;
  readonly #ms = new Map<number, number>();
  #runs = 0;
  #interval = 1;
  #current: number;

  /** Whether there is anything to choose. */
  readonly isAdaptive: boolean;

  /** @param most how many threads there are for the program; without `adaptive` it takes them all */
  constructor(most: number, adaptive = true) {
    this.#most = most;
    this.isAdaptive = adaptive && most > 1;
    this.#current = this.isAdaptive ? 1 : most;
  }

  /** How many threads a run should take. */
  get threads(): number {
    return this.#current;
  }

  /** How many of the next `steps` steps are a trial of the other number of threads; most of the time none. */
  trial(steps: number): number {
    if (!this.isAdaptive || ++this.#runs <= this.#interval) return 0;
    this.#runs = 0;
    const ms = this.#ms.get(this.#current) ?? TRIAL_MS;
    return Math.max(1, Math.min(steps, Math.floor(TRIAL_MS / ms)));
  }

  /** The number that is not taken at present. */
  get other(): number {
    return this.#current === 1 ? this.#most : 1;
  }

  /** Notes how long steps took. What is faster than before counts at once, what is slower bit by bit. */
  note(threads: number, msPerStep: number): void {
    if (!this.isAdaptive) return;
    const known = this.#ms.get(threads);
    this.#ms.set(threads, known === undefined || msPerStep < known ? msPerStep : known + (msPerStep - known) / 4);
    const one = this.#ms.get(1);
    const many = this.#ms.get(this.#most);
    if (one === undefined || many === undefined) return;
    const best = many < one * MARGIN ? this.#most : 1;
    if (threads !== this.#current || best !== this.#current) {
      // The worse the other one was, the later it is tried again.
      const worse = Math.max(2, Math.max(one, many) / Math.min(one, many));
      this.#interval = best === this.#current ? Math.min(Math.ceil(worse * this.#interval), MAX_INTERVAL) : 2;
    }
    this.#current = best;
  }
}
