import type { Handlers } from "../../worker/handler.ts";

/** What this screen asks of the worker: `microscope/NAME`. */
export const microscopeHandlers = {} satisfies Handlers;
