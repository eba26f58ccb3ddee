import { answer } from "../driver/protocol.ts";
import { handlersIn } from "./handlers.ts";
import type { OpenSubject } from "./subject.ts";

/** @file A subject on the main thread of a page: the driver calls `ask`. */

export function serve(open: OpenSubject): void {
  const handlers = handlersIn({ load: async () => ({ open }), peakBytes: () => undefined });
  globalThis.ask = (request) => answer(handlers, request);
}
