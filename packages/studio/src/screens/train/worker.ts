import type { Handlers } from "../../worker/handler.ts";

/** What this screen asks of the worker: `train/NAME`. */
export const trainHandlers = {} satisfies Handlers;
