import type { RunResult } from "../../program/program.ts";
import type { HostRun, Outcome } from "./host.ts";

/** A run that another thread leads, and what is left to do when it has ended. */
export interface Started {
  readonly run: HostRun;
  readonly finish: (outcome: Outcome) => RunResult;
}

/**
 * Calls of a device take effect in the order in which they are made. While another thread leads a run, those that were made since
 * wait for its end: the host runs one program at a time, and states are not touched meanwhile.
 */
export class InOrder {
  /** Waits for the run that another thread leads, if there is one. */
  #wait: (() => void) | undefined;
  /** To be made behind it. */
  readonly #calls: ((atOnce: boolean) => void)[] = [];

  /** Makes a call that is soon done. */
  call<T>(call: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#make(() => {
        try {
          resolve(call());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** Makes a run that another thread leads, if `start` finds one; otherwise, and where it cannot be waited for, `run` is it. */
  run(start: () => Started | undefined, run: () => RunResult): Promise<RunResult> {
    return new Promise((resolve, reject) => {
      this.#make((atOnce) => {
        try {
          const started = atOnce ? undefined : start();
          if (started === undefined) resolve(run());
          else this.#follow(started, resolve, reject);
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #make(call: (atOnce: boolean) => void): void {
    if (this.#wait === undefined) call(false);
    else this.#calls.push(call);
  }

  #follow({ run, finish }: Started, resolve: (result: RunResult) => void, reject: (error: unknown) => void): void {
    const end = (outcome: () => Outcome): void => {
      if (this.#wait !== wait) return; // somebody has waited for it
      this.#wait = undefined;
      try {
        resolve(finish(outcome()));
      } catch (error) {
        reject(error);
      }
    };
    const wait = (): void => end(() => run.wait());
    this.#wait = wait;
    const goOn = (outcome: () => Outcome): void => {
      end(outcome);
      while (this.#wait === undefined && this.#calls.length > 0) this.#calls.shift()!(false);
    };
    run.ended.then(
      (outcome) => goOn(() => outcome),
      (error) =>
        goOn(() => {
          throw error;
        }),
    );
  }

  /** Waits, doing nothing else, until all that was called for is done. */
  settle(): void {
    if (this.#wait === undefined) return;
    this.#wait();
    while (this.#calls.length > 0) this.#calls.shift()!(true);
  }
}
