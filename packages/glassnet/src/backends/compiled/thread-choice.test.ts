import { expect, test } from "vitest";
import { ThreadChoice } from "./thread-choice.ts";

/** Plays runs of ten steps on a machine that takes so long a step; returns the number of threads of each run. */
function play(choice: ThreadChoice, runs: number, msOf: (threads: number) => number): number[] {
  return Array.from({ length: runs }, () => {
    const trial = choice.trial(10);
    if (trial > 0) choice.note(choice.other, msOf(choice.other));
    const { threads } = choice;
    if (trial < 10) choice.note(threads, msOf(threads));
    return threads;
  });
}

test("several threads are taken where they are faster, and left where they are not", () => {
  expect(play(new ThreadChoice(4), 50, (threads) => 1 / threads).slice(5)).toEqual(new Array(45).fill(4));
  expect(play(new ThreadChoice(4), 50, (threads) => (threads === 1 ? 1 : 1.2))).toEqual(new Array(50).fill(1));
  expect(play(new ThreadChoice(1), 50, () => 1)).toEqual(new Array(50).fill(1));
});

test("a machine that becomes busy, and free again, is noticed", () => {
  const choice = new ThreadChoice(2);
  play(choice, 20, (threads) => 1 / threads);
  expect(choice.threads).toBe(2);
  play(choice, 100, (threads) => (threads === 1 ? 2 : 20));
  expect(choice.threads).toBe(1);
  play(choice, 300, (threads) => 1 / threads);
  expect(choice.threads).toBe(2);
});

test("trials are short and become rare", () => {
  const choice = new ThreadChoice(2);
  let trials = 0;
  for (let run = 0; run < 1000; run++) {
    const steps = choice.trial(100);
    expect(steps).toBeLessThanOrEqual(100);
    if (steps > 0) {
      trials++;
      choice.note(choice.other, 0.02);
    }
    choice.note(choice.threads, 0.01);
  }
  expect(trials).toBeGreaterThan(10);
  expect(trials).toBeLessThan(30);
});
