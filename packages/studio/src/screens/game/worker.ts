import type { Handlers } from "../../worker/handler.ts";

/** What this screen asks of the worker: `game/NAME`. */
export const gameHandlers = {} satisfies Handlers;
