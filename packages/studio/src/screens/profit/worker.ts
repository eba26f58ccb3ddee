import type { Handlers } from "../../worker/handler.ts";

/** What this screen asks of the worker: `profit/NAME`. */
export const profitHandlers = {} satisfies Handlers;
