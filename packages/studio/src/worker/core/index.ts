import type { Handlers } from "../handler.ts";
import { dataHandlers } from "./data.ts";
import { editHandlers } from "./edit.ts";
import { exampleHandlers } from "./example.ts";
import { modelHandlers } from "./model.ts";
import { trainingHandlers } from "./training.ts";
import { weightHandlers } from "./weights.ts";

/** What every screen may ask: `core/NAME`. */
export const coreHandlers = {
  ...trainingHandlers,
  ...modelHandlers,
  ...dataHandlers,
  ...weightHandlers,
  ...exampleHandlers,
  ...editHandlers,
} satisfies Handlers;
