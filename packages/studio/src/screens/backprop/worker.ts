import type { Handlers } from "../../worker/handler.ts";

/** What this screen asks of the worker: `backprop/NAME`. */
export const backpropHandlers = {} satisfies Handlers;
