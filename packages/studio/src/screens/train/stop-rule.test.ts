import { describe, expect, test } from "vitest";
import { openSmallSession } from "../../../test/session.ts";
import type { EpochScores } from "../../worker/history.ts";
import { isReached, type StopRule } from "./stop-rule.ts";
import { trainHandlers } from "./worker.ts";

const epochsOf = (losses: readonly number[], accuracies: readonly number[] = []): EpochScores[] =>
  losses.map((loss, i) => ({
    ...{ epoch: i + 1, step: 10 * (i + 1), batchLoss: loss, training: null },
    validation: { loss, ...(accuracies[i] !== undefined && { accuracy: accuracies[i] }) },
  }));

/** After which of these epochs the rule pauses. */
const pauses = (rule: StopRule, epochs: readonly EpochScores[]): number[] =>
  epochs.flatMap(({ epoch }) => (isReached(rule, epochs.slice(0, epoch)) ? [epoch] : []));

describe("training pauses", () => {
  test("never, if nothing was asked for, and not before the first epoch", () => {
    expect(pauses({ kind: "never", value: 1 }, epochsOf([1, 1, 1]))).toEqual([]);
    expect(isReached({ kind: "epochs", value: 1 }, [])).toBe(false);
  });

  test("after every so many epochs", () => {
    expect(pauses({ kind: "epochs", value: 2 }, epochsOf([1, 1, 1, 1, 1]))).toEqual([2, 4]);
  });

  test("when the accuracy comes up to the target, and again when it comes up to it again", () => {
    const accuracies = [0.5, 0.91, 0.95, 0.85, 0.9];
    expect(pauses({ kind: "target", value: 0.9 }, epochsOf([1, 1, 1, 1, 1], accuracies))).toEqual([2, 5]);
    expect(pauses({ kind: "target", value: 0.9 }, epochsOf([1, 1]))).toEqual([]); // values, not classes
  });

  test("when the loss has not fallen for so many epochs", () => {
    expect(pauses({ kind: "patience", value: 2 }, epochsOf([3, 2, 2.5, 2.1, 2.2, 2.3]))).toEqual([4, 6]);
    expect(pauses({ kind: "patience", value: 1 }, epochsOf([3, 2, 1]))).toEqual([]);
  });

  test("at the end of the epoch itself, and goes on when it is asked to", async () => {
    const session = await openSmallSession();
    try {
      trainHandlers.stopRule(session, { kind: "epochs", value: 3 });
      session.run("run");
      await session.idle();
      expect(session.status()).toMatchObject({ epoch: 3, step: 3 * session.status().stepsPerEpoch });
      trainHandlers.stopRule(session, { kind: "epochs", value: 5 });
      session.run("run");
      await session.idle();
      expect(session.status().epoch).toBe(5);
    } finally {
      await session.close();
    }
  });
});
