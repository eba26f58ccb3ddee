import { createInterface } from "node:readline";
import { answer, type Handlers, type Request, SubjectFault } from "../driver/protocol.ts";
import type { OpenSubject, Subject, Task } from "./subject.ts";

/** @file The process of a subject: takes requests from standard input, one after the other. */

let subject: Subject | undefined;
let task: Task | undefined;

function ready(): Task {
  if (task === undefined) throw new SubjectFault("failed", "no workload is prepared");
  return task;
}

const handlers: Handlers = {
  async open({ subject: module, setting }) {
    const { open } = (await import(`./${module}.ts`)) as { open: OpenSubject };
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
  memory: async () => ({ peakBytes: process.resourceUsage().maxRSS * 1024 }),
};

// Standard output is for replies; what libraries print goes where it can be seen.
for (const method of ["log", "info", "debug"] as const) console[method] = console.error;

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(handlers, JSON.parse(line) as Request);
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
process.exit();
