import type { Handlers } from "../../worker/handler.ts";
import type { Session } from "../../worker/session.ts";
import { evidenceFor, pixelsFor, remove } from "./explain.ts";
import { look } from "./look.ts";
import type { Probes } from "./probe.ts";
import type { Strangeness, StrangenessParams } from "./strangeness.ts";

/** What this screen asks of the worker: `draw/NAME`. */
export const drawHandlers = {
  /** The picture of the network for one example. */
  look,
  /** Terms of a logit, or of the difference of two. */
  evidence: evidenceFor,
  /** What each pixel adds to it. */
  pixels: pixelsFor,
  /** The answer without the strongest units, and without random ones. */
  remove,
  /** How well each layer's numbers tell the classes apart. A job. */
  probe: async function* (session: Session): AsyncGenerator<{ done: number; of: number }, Probes, undefined> {
    const { probe } = await import("./probe.ts"); // loaded when it is wanted, as many never want it
    return yield* probe(session);
  },
  /** How unlike the digits of the data a picture is. */
  strangeness: async (session: Session, params: StrangenessParams): Promise<Strangeness> =>
    (await import("./strangeness.ts")).strangeness(session, params),
} satisfies Handlers;
