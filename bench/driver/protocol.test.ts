import { expect, test } from "vitest";
import { answer, type Handlers, parseReply, SubjectFault } from "./protocol.ts";

const handlers: Handlers = {
  open: async () => ({ version: "1.0" }),
  prepare: async () => {
    throw new SubjectFault("unsupported", "plain networks only");
  },
  check: async () => [1, 2],
  round: async ({ ms }) => ({ iterations: 1, ms }),
  memory: async () => {
    throw new Error("out of luck\n  at somewhere");
  },
};

test("a reply carries the number of its request and the result", async () => {
  expect(await answer(handlers, { id: 7, method: "round", params: { ms: 20 } })).toEqual({
    id: 7,
    result: { iterations: 1, ms: 20 },
  });
});

test("a fault keeps its kind, and any other error is a failure told in one line", async () => {
  const workload = { kind: "adam", name: "Adam", size: 1 } as const;
  expect(await answer(handlers, { id: 1, method: "prepare", params: { workload, precision: "f32" } })).toEqual({
    id: 1,
    fault: "unsupported",
    message: "plain networks only",
  });
  expect(await answer(handlers, { id: 2, method: "memory", params: null })).toEqual({
    id: 2,
    fault: "failed",
    message: "out of luck",
  });
});

test("a line that is no reply is told apart", () => {
  expect(parseReply('{"id":3,"result":null}')).toEqual({ id: 3, result: null });
  expect(() => parseReply('{"id":3}')).toThrow('not a reply: {"id":3}');
  expect(() => parseReply("Hi, looks like you are running TensorFlow.js")).toThrow(SyntaxError);
});
