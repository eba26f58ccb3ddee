import { expect, test } from "vitest";
import { interleave, turns } from "./interleave.ts";

const plan = { rounds: 3, roundMs: 10, budgetMs: 1000, pauseMs: 0 };

/** A contender whose iterations take `msEach` on a clock of its own, and that notes when it was called. */
function contender(name: string, msEach: number, log: string[]) {
  return {
    async round(ms: number) {
      log.push(name);
      const iterations = Math.max(1, Math.ceil(ms / msEach));
      return { iterations, ms: iterations * msEach };
    },
  };
}

test("contenders take turns, and every round begins with another one", async () => {
  const log: string[] = [];
  const outcomes = await interleave([contender("a", 1, log), contender("b", 2, log)], plan);
  expect(log.join(" ")).toBe("a b a b b a a b");
  expect(outcomes).toEqual([
    { samples: [1, 1, 1], latenciesMs: [] },
    { samples: [2, 2, 2], latenciesMs: [] },
  ]);
});

test("nobody always follows the same neighbour", () => {
  expect([0, 1, 2, 3].map((round) => turns(3, round))).toEqual([
    [0, 1, 2],
    [1, 2, 0],
    [2, 0, 1],
    [0, 1, 2],
  ]);
});

test("who is slow gets fewer rounds, and one at least", async () => {
  const log: string[] = [];
  const outcomes = await interleave([contender("slow", 600, log), contender("slower", 5000, log)], plan);
  expect(outcomes.map((outcome) => ("samples" in outcome ? outcome.samples : []))).toEqual([[600], [5000]]);
  const quicker = await interleave([contender("slow", 400, log)], plan);
  expect(quicker).toEqual([{ samples: [400, 400], latenciesMs: [] }]);
});

test("an iteration that takes much of the budget is not done for nothing: the first one counts", async () => {
  const log: string[] = [];
  await interleave([contender("long", 300, log)], plan); // 300 counts, and two more fit into 1000
  expect(log).toHaveLength(3);
  log.length = 0;
  await interleave([contender("short", 200, log)], plan); // the first is not counted
  expect(log).toHaveLength(4);
});

test("one that fails drops out, and the others go on", async () => {
  const error = new Error("lost");
  const log: string[] = [];
  const failing = { round: () => Promise.reject(error) };
  const outcomes = await interleave([failing, contender("b", 5, log)], plan);
  expect(outcomes).toEqual([{ error }, { samples: [5, 5, 5], latenciesMs: [] }]);
});

test("times of single iterations are kept together", async () => {
  const round = async () => ({ iterations: 2, ms: 10, latenciesMs: [4, 6] });
  expect(await interleave([{ round }], { ...plan, rounds: 2 })).toEqual([
    { samples: [5, 5], latenciesMs: [4, 6, 4, 6] },
  ]);
});
