import type { Handlers } from "../../worker/handler.ts";

/** What this screen asks of the worker: `draw/NAME`. */
export const drawHandlers = {} satisfies Handlers;
