import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

test("work in turn begins when the work before it has ended, however it ended", async () => {
  const turns = new Turns();
  const log: string[] = [];
  const work = (name: string, ms: number) => async () => {
    log.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, ms));
    log.push(`${name} ends`);
    if (name === "b") throw new Error(name);
  };
  const all = [turns.do(work("a", 5)), turns.do(work("b", 1)), turns.do(work("c", 0))];
  expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(log).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

test("a turn that was taken is had by nobody else until it is given back", async () => {
  const turns = new Turns();
  expect(turns.take()).toBe(true);
  expect(turns.take()).toBe(false);
  const log: string[] = [];
  const waiting = [turns.do(async () => log.push("first")), turns.do(async () => log.push("second"))];
  await Promise.resolve();
  expect(log).toEqual([]);
  turns.give();
  await Promise.all(waiting);
  expect(log).toEqual(["first", "second"]);
  expect(turns.take()).toBe(true);
});
