import type { Handlers } from "../../worker/handler.ts";
import type { Session } from "../../worker/session.ts";
import { compare } from "./compare.ts";
import { type Course, courseOf } from "./course.ts";
import { type HealthReport, healthOf } from "./health.ts";
import { type Spreads, spreadsOf } from "./histograms.ts";
import { remember, takeOver } from "./keep-fitting.ts";
import { type StopRule, setStopRule } from "./stop-rule.ts";

/** What this screen asks of the worker: `train/NAME`. */
export const trainHandlers = {
  /** Losses and scores so far, in at most `points` points; `smooth` from 0 (not at all) to below 1. */
  course: (session: Session, params: { points: number; smooth: number }): Course => courseOf(session, params),

  /** What the doctor says of the weights of now. */
  health: (session: Session): Promise<HealthReport> => healthOf(session),

  /** How weights, activations and gradients of every layer are spread, now and at earlier steps. */
  spreads: (session: Session): Promise<Spreads> => spreadsOf(session),

  /** Notes the weights of now, before the settings change the network. */
  remember: (session: Session): Promise<void> => remember(session),

  /** Puts the noted weights into the network as far as they fit; says how many numbers did. */
  takeOver: (session: Session): Promise<number> => takeOver(session),

  /** When training pauses by itself. */
  stopRule: (session: Session, rule: StopRule): void => setStopRule(session, rule),

  /** Two settings from the same seeds, side by side. A job. */
  compare,
} satisfies Handlers;
