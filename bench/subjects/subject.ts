import { type Description, type Round, type Setting, SubjectFault } from "../driver/protocol.ts";
import type { Workload, WorkloadOf } from "../workloads/workload.ts";

/** @file What a subject in JavaScript implements, one file each, in Node or in a page. */

/** A workload that was made ready. */
export interface Task {
  /** See `answerTo`. Called once, before the rounds. */
  check(): Promise<readonly number[]>;
  round(ms: number): Promise<Round>;
}

export interface Subject {
  readonly description: Description;
  /** @throws SubjectFault "unsupported" with the reason */
  prepare(workload: Workload): Promise<Task>;
}

/** How a subject makes each kind of workload ready. */
export type TaskMakers = { readonly [K in Workload["kind"]]: (workload: WorkloadOf<K>) => Task | Promise<Task> };

/** @throws SubjectFault "unsupported" with the reason, if the maker does */
export async function prepareBy(makers: TaskMakers, workload: Workload): Promise<Task> {
  const make = makers[workload.kind] as (workload: Workload) => Task | Promise<Task>;
  return make(workload);
}

/** For subjects that are compared by steps and operations alone. */
export function withoutRecipe(): never {
  throw new SubjectFault("unsupported", "the recipe is not written for it here");
}

/** What the module of a subject exports. @throws SubjectFault "absent" */
export type OpenSubject = (setting: Setting) => Promise<Subject>;
