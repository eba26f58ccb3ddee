import { answer, type Request } from "../driver/protocol.ts";
import { handlersIn } from "./handlers.ts";
import type { OpenSubject } from "./subject.ts";

/** @file A subject in a worker of a page: requests and replies are messages. The first message says that it is there. */

export function serve(open: OpenSubject): void {
  const handlers = handlersIn({ load: async () => ({ open }), peakBytes: () => undefined });
  globalThis.onmessage = async ({ data }: MessageEvent<Request>) => {
    globalThis.postMessage(await answer(handlers, data));
  };
  globalThis.postMessage("ready");
}
