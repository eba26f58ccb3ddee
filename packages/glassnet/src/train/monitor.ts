import { alternatives, UsageError } from "../core/errors.ts";
import { describeValue, isPlainObject } from "../core/tree.ts";
import type { Scores } from "./events.ts";

/** By which score the best epoch is told, and which end of it is best. */
export interface Monitor {
  /** "loss", or the name of one of the metrics. */
  readonly metric: string;
  readonly best: "least" | "greatest";
}

/** A name alone means the least loss, or the greatest of a metric. */
export function resolveMonitor(monitor: string | Monitor = "loss"): Monitor {
  if (typeof monitor !== "string") return monitor;
  return { metric: monitor, best: monitor === "loss" ? "least" : "greatest" };
}

export const formatMonitor = ({ metric, best }: Monitor): string => `${best} ${metric}`;

/** The monitored score, turned so that more is better. */
export function meritOf({ metric, best }: Monitor, scores: Scores): number {
  return best === "least" ? -scores[metric]! : scores[metric]!;
}

/** @throws UsageError unless it names something that is measured, and an end that there is. */
export function checkMonitor(monitor: string | Monitor, metrics: readonly string[]): void {
  const fail = (what: string): never => {
    throw new UsageError("invalid-option", "train", what);
  };
  if (typeof monitor !== "string" && !isPlainObject(monitor)) {
    fail(`monitor must be a name, or { metric, best }, got ${describeValue(monitor)}`);
  }
  const { metric, best } = resolveMonitor(monitor);
  const known = ["loss", ...metrics];
  if (!known.includes(metric)) fail(`unknown monitor "${String(metric)}": expected ${alternatives(known)}`);
  if (best === "least" || best === "greatest") return;
  fail(`the best of the monitor "${metric}" must be "least" or "greatest", got ${describeValue(best)}`);
}
