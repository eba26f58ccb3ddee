import type { Arena } from "../../game/arena.ts";
import type { Client, Job } from "../../worker/client.ts";
import { troubleIn } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import { Store } from "../../workspace/store.ts";
import type { PolicyState } from "./lab.ts";

/** The policy as the page knows it. It outlives the screen, so that another one can be looked at while it learns. */
export interface Learning {
  readonly isRunning: boolean;
  /** Updates of the weights so far, and at the end. */
  readonly updates: number;
  readonly of: number;
  readonly policy: PolicyState | null;
  readonly trouble: Trouble | undefined;
  /** Rises with everything that may change how the policy walks. */
  readonly version: number;
}

export const learning = new Store<Learning>({
  ...{ isRunning: false, updates: 0, of: 0, policy: null, trouble: undefined, version: 0 },
});

let job: Job<"game/learn"> | undefined;

/** Asks the worker what there is: after the screen was away, or the workspace has changed. */
export async function refresh(client: Client): Promise<void> {
  if (job !== undefined) return;
  try {
    const policy = await client.request("game/policy");
    if (job === undefined) learning.update((now) => ({ ...now, policy, trouble: undefined, version: now.version + 1 }));
  } catch (error) {
    learning.update((now) => ({ ...now, trouble: troubleIn(error) }));
  }
}

export function startLearning(
  client: Client,
  params: { arena: Arena; seed: number; epochs: number },
  walls: string,
): void {
  job?.cancel();
  const empty: PolicyState = { walls, seed: params.seed, reports: [], before: null, exam: null, isOpen: false };
  learning.update((now) => ({ ...now, isRunning: true, updates: 0, of: 0, policy: empty, trouble: undefined }));
  const mine = client.job("game/learn", params, ({ updates, of, report }) => {
    if (job !== mine) return;
    learning.update((now) => ({
      ...now,
      updates,
      of,
      ...(report !== null && {
        policy: { ...now.policy!, reports: [...now.policy!.reports, report] },
        version: now.version + 1,
      }),
    }));
  });
  job = mine;
  mine.done.then(
    (policy) => {
      if (job !== mine) return;
      job = undefined;
      learning.update((now) => ({ ...now, isRunning: false, version: now.version + 1, ...(policy && { policy }) }));
    },
    (error: unknown) => {
      if (job !== mine) return;
      job = undefined;
      learning.update((now) => ({ ...now, isRunning: false, policy: null, trouble: troubleIn(error) }));
    },
  );
}

/** What was learnt so far stays, and is examined. */
export async function stopLearning(client: Client): Promise<void> {
  const mine = job;
  if (mine === undefined) return;
  mine.cancel();
  await mine.done.catch(() => null);
  if (job === mine) job = undefined;
  learning.update((now) => ({ ...now, isRunning: false }));
  await sitExam(client);
}

/** 200 goals that were never used in training, with the weights of now. */
export async function sitExam(client: Client): Promise<void> {
  try {
    await client.request("game/exam");
    await refresh(client);
  } catch (error) {
    learning.update((now) => ({ ...now, trouble: troubleIn(error) }));
  }
}
