import type { Handlers } from "../../worker/handler.ts";
import { gradient, update } from "./gradient.ts";
import { matrix } from "./matrix.ts";
import { neuron } from "./neuron.ts";
import { overData } from "./over-data.ts";

/** What this screen asks of the worker: `microscope/NAME`. */
export const microscopeHandlers = {
  /** A neuron taken apart: its terms, its sum, its curve, its layer. */
  neuron,
  /** What comes back to it, and what the next step would change. */
  gradient,
  /** The coming update of one weight, line by line. */
  update,
  /** The layer's weights as a small picture. */
  matrix,
  /** How strongly the data activate it. A job. */
  overData,
} satisfies Handlers;
