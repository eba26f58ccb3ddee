import type { EpochScores } from "../../worker/history.ts";
import type { Session } from "../../worker/session.ts";

export const stopKinds = ["never", "epochs", "target", "patience"] as const;
export type StopKind = (typeof stopKinds)[number];

/** When training pauses by itself. Numbers that are not finite always end it. */
export interface StopRule {
  readonly kind: StopKind;
  /** Epochs, or for "target" an accuracy from 0 to 1. */
  readonly value: number;
}

/** What is watched: the validation set, or the training set where nothing was kept apart. */
const watched = ({ validation, training }: EpochScores) => validation ?? training;

/**
 * Whether to pause after the last of these epochs: after every so many, when the accuracy has come up to the target, or when the
 * loss has not fallen for so many epochs. Whoever trains on after it is left alone until the same happens again.
 */
export function isReached({ kind, value }: StopRule, epochs: readonly EpochScores[]): boolean {
  const last = epochs.at(-1);
  if (last === undefined) return false;
  switch (kind) {
    case "never":
      return false;
    case "epochs":
      return last.epoch % value === 0;
    case "target": {
      const before = epochs.at(-2);
      const now = watched(last)?.accuracy ?? Number.NaN;
      const then = before === undefined ? Number.NaN : (watched(before)?.accuracy ?? Number.NaN);
      return now >= value && !(then >= value);
    }
    case "patience": {
      let best = { epoch: last.epoch, loss: Number.POSITIVE_INFINITY };
      for (const scores of epochs) {
        const loss = watched(scores)?.loss ?? Number.NaN;
        if (loss < best.loss) best = { epoch: scores.epoch, loss };
      }
      const waited = last.epoch - best.epoch;
      return waited > 0 && waited % value === 0;
    }
  }
}

/** From now on the session's training pauses by this rule. */
export function setStopRule(session: Session, rule: StopRule): void {
  const kept = session.own<{ rule: StopRule }>("train/stop", () => {
    const held = { rule };
    session.epochEnds.add(() => {
      if (session.status().running === "run" && isReached(held.rule, session.history.epochs)) session.pause();
    });
    return held;
  });
  kept.rule = rule;
}
