/** Turns at something that one piece of work may have at a time: who has to wait goes on in the order of asking. */
export class Turns {
  #isTaken = false;
  readonly #waiting: (() => void)[] = [];

  /** Takes the turn if nobody has it. Who gets it must `give` it back, or `finish`. */
  take(): boolean {
    if (this.#isTaken) return false;
    this.#isTaken = true;
    return true;
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }

  /** Does a piece of work in the turn that was taken, and gives it back, whatever became of the work. */
  async finish<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.give();
    }
  }

  /** Does a piece of work when its turn has come. */
  async do<T>(work: () => Promise<T>): Promise<T> {
    if (!this.take()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.finish(work);
  }
}
