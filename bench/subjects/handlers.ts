import { type Handlers, SubjectFault } from "../driver/protocol.ts";
import type { OpenSubject, Subject, Task } from "./subject.ts";

/** How a place where subjects live loads one, and what it knows of its memory. */
export interface Place {
  load(module: string): Promise<{ readonly open: OpenSubject }>;
  peakBytes(): number | undefined;
}

/** Answers the driver's requests, for the one subject that lives here. */
export function handlersIn({ load, peakBytes }: Place): Handlers {
  let subject: Subject | undefined;
  let task: Task | undefined;
  const ready = (): Task => {
    if (task === undefined) throw new SubjectFault("failed", "no workload is prepared");
    return task;
  };
  return {
    async open({ subject: module, setting }) {
      const { open } = await load(module);
      subject = await open(setting);
      return subject.description;
    },
    async prepare({ workload }) {
      if (subject === undefined) throw new SubjectFault("failed", "no subject is open");
      task = await subject.prepare(workload);
      return null;
    },
    check: () => ready().check(),
    round: ({ ms }) => ready().round(ms),
    memory: async () => ({ peakBytes: peakBytes() ?? null }),
  };
}
