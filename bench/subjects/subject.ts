import type { Description, Round, Setting } from "../driver/protocol.ts";
import type { Workload } from "../workloads/workload.ts";

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

/** What the module of a subject exports. @throws SubjectFault "absent" */
export type OpenSubject = (setting: Setting) => Promise<Subject>;
