import type { Round } from "./protocol.ts";
import { quantile } from "./statistics.ts";

/** @file Timing in turns: every contender runs a short round, then the next, so that all meet the same machine. */

export interface Contender {
  round(ms: number): Promise<Round>;
}

export interface Plan {
  /** Rounds of each contender. */
  readonly rounds: number;
  /** How long a round is to be. */
  readonly roundMs: number;
  /** A contender whose single iterations are longer than a round gets fewer rounds: so long in all. */
  readonly budgetMs: number;
  /** Rest between two turns, in which threads that wait busily go to sleep. */
  readonly pauseMs: number;
}

/** The timings of one contender. */
export interface Timing {
  /** Milliseconds an iteration, one for each round. */
  readonly samples: readonly number[];
  /** Of single iterations, if the contender gave them. */
  readonly latenciesMs: readonly number[];
}

export type Outcome = Timing | { readonly error: unknown };

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Where every round begins: one contender further, so that nobody always follows the same. */
export function turns(count: number, round: number): number[] {
  return Array.from({ length: count }, (_, i) => (i + round) % count);
}

/** An iteration that takes this share of what a contender may take in all is too long to be done for nothing. */
const LONG = 1 / 4;

/**
 * Runs all contenders in turns. The first round of each is not counted, unless a single iteration is so long that warming up
 * does not matter. One that fails drops out.
 */
export async function interleave(contenders: readonly Contender[], plan: Plan): Promise<Outcome[]> {
  const samples: number[][] = contenders.map(() => []);
  const latencies: number[][] = contenders.map(() => []);
  const left = contenders.map(() => plan.rounds);
  const errors = new Map<number, unknown>();
  const turn = async (i: number, isFirst: boolean): Promise<void> => {
    try {
      const { iterations, ms, latenciesMs = [] } = await contenders[i]!.round(plan.roundMs);
      const isCounted = !isFirst || (iterations === 1 && ms > LONG * plan.budgetMs);
      if (isCounted) {
        samples[i]!.push(ms / iterations);
        latencies[i]!.push(...latenciesMs);
        left[i]!--;
      }
      const affordable = Math.max(1, Math.floor(plan.budgetMs / Math.max(ms, plan.roundMs))) - samples[i]!.length;
      left[i] = Math.min(left[i]!, isCounted ? affordable : Math.max(1, affordable));
    } catch (error) {
      errors.set(i, error);
      left[i] = 0;
    }
    await sleep(plan.pauseMs);
  };
  for (const i of turns(contenders.length, 0)) await turn(i, true);
  for (let round = 0; left.some((rounds) => rounds > 0); round++) {
    for (const i of turns(contenders.length, round)) if (left[i]! > 0) await turn(i, false);
  }
  return contenders.map((_, i) =>
    errors.has(i) ? { error: errors.get(i) } : { samples: samples[i]!, latenciesMs: latencies[i]! },
  );
}

/** The figures of a timing: its median, how far its rounds differ, and percentiles where there are any. */
export function middle({ samples, latenciesMs }: Timing): number {
  return latenciesMs.length > 0 ? quantile(latenciesMs, 0.5) : quantile(samples, 0.5);
}
