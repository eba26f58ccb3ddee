import type { Client, Job } from "../../worker/client.ts";
import { troubleIn } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import type { Settings } from "../../workspace/settings.ts";
import { Store } from "../../workspace/store.ts";
import type { Side } from "./compare.ts";

/** A and B, how they are compared, and what came of it. It outlives the screen, so that another one can be looked at meanwhile. */
export interface Contest {
  readonly a: Settings | undefined;
  readonly b: Settings | undefined;
  readonly epochs: number;
  readonly seeds: number;
  readonly examples: number;
  readonly isRunning: boolean;
  readonly done: number;
  readonly of: number;
  readonly sides: readonly [Side, Side] | undefined;
  readonly trouble: Trouble | undefined;
}

export const contest = new Store<Contest>({
  ...{ a: undefined, b: undefined, epochs: 5, seeds: 3, examples: 1000 },
  ...{ isRunning: false, done: 0, of: 0, sides: undefined, trouble: undefined },
});

/** B to begin with: a rate ten times that of A. */
export const challengerOf = (a: Settings): Settings => ({
  ...a,
  schedule: { ...a.schedule, rate: Number((10 * a.schedule.rate).toPrecision(6)) },
});

let job: Job<"train/compare"> | undefined;
/** Progress is shown so often; a training has far more events. */
const SHOW_MS = 150;

export function startContest(client: Client): void {
  const { a, b, epochs, seeds, examples } = contest.get();
  if (a === undefined || b === undefined) return;
  job?.cancel();
  contest.update((now) => ({
    ...now,
    isRunning: true,
    done: 0,
    of: 2 * epochs * seeds,
    sides: undefined,
    trouble: undefined,
  }));
  let shownAt = 0;
  const mine = client.job("train/compare", { a, b, epochs, seeds, examples }, ({ done, of, sides }) => {
    const now = performance.now();
    if (job !== mine || (sides === null && now - shownAt < SHOW_MS)) return;
    shownAt = now;
    contest.update((before) => ({ ...before, done, of, ...(sides !== null && { sides }) }));
  });
  job = mine;
  mine.done.then(
    (sides) => {
      if (job === mine) contest.update((now) => ({ ...now, isRunning: false, ...(sides !== null && { sides }) }));
    },
    (error: unknown) => {
      if (job === mine) contest.update((now) => ({ ...now, isRunning: false, trouble: troubleIn(error) }));
    },
  );
}

/** What was trained so far stays. */
export function stopContest(): void {
  job?.cancel();
  job = undefined;
  contest.update((now) => ({ ...now, isRunning: false }));
}
