import { createInterface } from "node:readline";
import { answer, type Request } from "../driver/protocol.ts";
import { handlersIn } from "./handlers.ts";
import type { OpenSubject } from "./subject.ts";

/** @file The process of a subject: takes requests from standard input, one after the other. */

const handlers = handlersIn({
  load: async (module) => (await import(`./${module}.ts`)) as { open: OpenSubject },
  peakBytes: () => process.resourceUsage().maxRSS * 1024,
});

// Standard output is for replies; what libraries print goes where it can be seen.
for (const method of ["log", "info", "debug"] as const) console[method] = console.error;

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(handlers, JSON.parse(line) as Request);
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
process.exit();
