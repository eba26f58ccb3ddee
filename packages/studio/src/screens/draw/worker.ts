import type { Handlers } from "../../worker/handler.ts";
import { evidenceFor, pixelsFor, probe, remove } from "./explain.ts";
import { look } from "./look.ts";
import { strangeness } from "./strangeness.ts";

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
  probe,
  /** How unlike the digits of the data a picture is. */
  strangeness,
} satisfies Handlers;
