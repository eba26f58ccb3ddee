import type { TypedArray } from "../core/dtype.ts";
import { yieldToOthers } from "../core/yield.ts";
import type { RunResult } from "../program/program.ts";
import { blockingOf, type Device, type LoadedProgram, type SyncDevice } from "./backend.ts";

/** After this long, work makes room for the event loop. */
const BUDGET_MS = 8;
const MAX_STEPS_A_CALL = 256;

/**
 * Chooses how many steps one call runs: as many as fit into a few milliseconds, by what the last ones took. It never
 * changes a result, only how often others get their turn.
 */
export class Pace {
  #msPerStep: number | undefined;

  steps(remaining: number): number {
    if (this.#msPerStep === undefined) return 1;
    return Math.max(1, Math.min(remaining, MAX_STEPS_A_CALL, roundDown(BUDGET_MS / Math.max(this.#msPerStep, 1e-3))));
  }

  /**
   * Runs a program for `steps` steps with a table, then lets others run.
   *
   * @param meanwhile what to do while the device runs, if it needs nothing of this thread
   */
  async run(
    device: Device,
    loaded: LoadedProgram,
    steps: number,
    rows: Rows,
    meanwhile?: () => void,
  ): Promise<RunResult> {
    // To hand a run over, and to be told of its end, takes time: it is done where there is something to gain.
    const blocking = meanwhile === undefined ? blockingOf(device) : undefined;
    if (blocking !== undefined) {
      const result = this.runNow(blocking, loaded, steps, rows);
      await yieldToOthers();
      return result;
    }
    const begin = performance.now();
    const running = device.run(loaded, { steps, rows });
    const [result] = await Promise.all([running, Promise.resolve().then(meanwhile)]);
    this.#msPerStep = (performance.now() - begin) / steps;
    await yieldToOthers();
    return result;
  }

  /** Runs a program at once. Letting others run is left to the caller. */
  runNow(device: SyncDevice, loaded: LoadedProgram, steps: number, rows: Rows): RunResult {
    const begin = performance.now();
    const result = device.run(loaded, { steps, rows });
    this.#msPerStep = (performance.now() - begin) / steps;
    return result;
  }
}

/** The table of a run: for each name its rows, one after the other. */
type Rows = Readonly<Record<string, TypedArray>>;

/** To 1, 2, 3, 4, 6, 8, 12, 16 and so on: whoever keeps tables for each number of steps needs few of them. */
function roundDown(steps: number): number {
  const half = 2 ** Math.max(0, Math.floor(Math.log2(steps)) - 1);
  return Math.floor(steps / half) * half;
}
