import { answer } from "../driver/protocol.ts";
import { handlersIn } from "./handlers.ts";
import type { OpenSubject } from "./subject.ts";

/** @file A subject in a page of a browser: the driver calls `ask`. */

export function serveInPage(open: OpenSubject): void {
  const handlers = handlersIn({ load: async () => ({ open }), peakBytes: () => undefined });
  globalThis.ask = (request) => answer(handlers, request);
}
