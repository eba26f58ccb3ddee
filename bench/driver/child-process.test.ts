import { afterEach, expect, test } from "vitest";
import { startProcess } from "./child-process.ts";
import type { Connection } from "./protocol.ts";

let connection: Connection | undefined;

afterEach(async () => {
  await connection?.close();
  connection = undefined;
});

/** A subject that answers every request by this body of a function of the request, or says nothing. */
function subject(body: string): Connection {
  const program = `
    const answer = async (request) => { ${body} };
    const lines = require("node:readline").createInterface({ input: process.stdin });
    lines.on("line", async (line) => {
      const reply = await answer(JSON.parse(line));
      if (reply !== undefined) console.log(JSON.stringify(reply));
    });`;
  connection = startProcess({ program: process.execPath, args: ["-e", program], cwd: process.cwd() });
  return connection;
}

const echo = "return { id: request.id, result: { iterations: request.params.ms, ms: 1 } };";

test("requests are answered, each by its own number", async () => {
  const { call } = subject(echo);
  const [a, b] = await Promise.all([call("round", { ms: 1 }, 10_000), call("round", { ms: 2 }, 10_000)]);
  expect([a.iterations, b.iterations]).toEqual([1, 2]);
});

test("what a library prints is no reply", async () => {
  const { call } = subject(`console.log("Hi, looks like you are running something"); ${echo}`);
  expect(await call("round", { ms: 3 }, 10_000)).toEqual({ iterations: 3, ms: 1 });
});

test("a fault comes back with its kind", async () => {
  const { call } = subject('return { id: request.id, fault: "absent", message: "not built" };');
  await expect(call("check", null, 10_000)).rejects.toMatchObject({ kind: "absent", message: "not built" });
});

test("a process that dies says how, and what it said last", async () => {
  const { call } = subject(
    'console.error("first");\nconsole.error("no such library"); process.exitCode = 3; process.exit();',
  );
  await expect(call("check", null, 10_000)).rejects.toMatchObject({
    kind: "failed",
    message: expect.stringContaining("the process ended (exit code 3)"),
  });
  await expect(call("check", null, 10_000)).rejects.toMatchObject({ kind: "failed" });
});

test("a process that does not answer is ended", async () => {
  const { call } = subject("return undefined;");
  await expect(call("check", null, 50)).rejects.toMatchObject({
    kind: "failed",
    message: 'no reply to "check" within 0.05 s',
  });
});

test("a program that is not there is absent", async () => {
  connection = startProcess({ program: "/no/such/python", args: [], cwd: process.cwd() });
  await expect(connection.call("check", null, 10_000)).rejects.toMatchObject({ kind: "absent" });
});
