import { afterOthers } from "../core/yield.ts";
import type { StepEvent, TrainEvent } from "./events.ts";
import type { Snapshot } from "./snapshot.ts";
import { Turns } from "./turns.ts";

/** A training under way: iterate it for its events. What is asked of it while a step runs waits for the step's end. */
export interface Training extends AsyncIterableIterator<TrainEvent> {
  /** The whole state, to go on from later with `restore`: between the first event and the last. */
  snapshot(): Promise<Snapshot>;
  /** Copies the present weights and states into the model, to look at them between two epochs. */
  sync(): Promise<void>;
}

type Result = IteratorResult<TrainEvent, undefined>;

/** What makes the events. */
interface Source {
  /** The next event, or `undefined` after the last. */
  event(): Promise<TrainEvent | undefined>;
  /** The next event, if it tells of steps that need no more than the calling thread. */
  stepNow(): StepEvent | undefined;
  /** Ends it all, perhaps before its time, and throws why if it failed. */
  close(failure?: { readonly error: unknown }): Promise<void>;
  snapshot(): Promise<Snapshot>;
  sync(): Promise<void>;
}

/**
 * The iterator over a training's events, by hand: of most calls it takes one promise and no more, where an async generator
 * makes a dozen objects. Whoever trains large networks gets an event a step.
 */
export class TrainingEvents implements Training {
  readonly #source: Source;
  readonly #turns = new Turns();
  /** A step event on its way, and who waits for it. */
  #event: StepEvent | undefined;
  #resolve: ((result: Result) => void) | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (!this.#turns.take()) return this.#turns.do(this.#next);
    try {
      this.#event = this.#source.stepNow();
    } catch (error) {
      return this.#turns.finish(() => this.#close({ error }));
    }
    return this.#event === undefined ? this.#turns.finish(this.#next) : new Promise(this.#deliverLater);
  }

  return(): Promise<Result> {
    return this.#turns.do(() => this.#close());
  }

  throw(error: unknown): Promise<Result> {
    return this.#turns.do(() => this.#close({ error }));
  }

  snapshot(): Promise<Snapshot> {
    return this.#turns.do(() => this.#source.snapshot());
  }

  sync(): Promise<void> {
    return this.#turns.do(() => this.#source.sync());
  }

  readonly #next = async (): Promise<Result> => {
    const value = await this.#source.event();
    return value === undefined ? { value, done: true } : { value, done: false };
  };

  async #close(failure?: { readonly error: unknown }): Promise<Result> {
    await this.#source.close(failure);
    return { value: undefined, done: true };
  }

  readonly #deliverLater = (resolve: (result: Result) => void): void => {
    this.#resolve = resolve;
    afterOthers(this.#deliver);
  };

  readonly #deliver = (): void => {
    const value = this.#event!;
    const resolve = this.#resolve!;
    this.#event = undefined;
    this.#resolve = undefined;
    this.#turns.give();
    resolve({ value, done: false });
  };
}
