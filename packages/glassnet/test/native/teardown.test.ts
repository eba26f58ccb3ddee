import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { loadNative } from "../../src/node/load-native.ts";

const execute = promisify(execFile);
const isBuilt = !("reason" in loadNative());
const native = JSON.stringify(createRequire(import.meta.url).resolve("@glassnet/native"));

/** A program that fills a buffer, on three threads. */
const START = `
  const { addon } = require(${native}).load();
  const base = addon.allocate(65536);
  const fill = Int32Array.of(2, 4, 1, 0, 0, 16384, 1065353216);
  const program = addon.load(fill, Float64Array.of(65536), new Int32Array(0), new Int32Array(0), 0);
  if (addon.threads(3) !== 3) throw new Error("no threads");
  const run = (steps) => addon.run(program, Float64Array.of(base), steps, 3);
  if (run(5) !== 5) throw new Error("not run");
`;

const TASKS = "/proc/self/task";
const threadsOfProcess = (): number => readdirSync(TASKS).length;

/** A worker that has run a program, and goes on with what follows; and the code with which it will end. */
async function startWorker(rest: string): Promise<{ readonly worker: Worker; readonly code: Promise<number> }> {
  const script = `${START}; require("node:worker_threads").parentPort.postMessage("ready"); ${rest}`;
  const worker = new Worker(script, { eval: true, execArgv: [] });
  const code = new Promise<number>((resolve) => worker.once("exit", resolve));
  await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  return { worker, code };
}

describe.skipIf(!isBuilt)("threads of the add-on end with who started them", () => {
  test("when a worker ends by itself", async () => {
    const { code } = await startWorker("");
    expect(await code).toBe(0);
  });

  test("when a worker is ended while a run is on", async () => {
    const { worker } = await startWorker("run(400)");
    await sleep(20);
    expect(await worker.terminate()).toBe(1);
  });

  test.skipIf(!existsSync(TASKS))("none is left behind", async () => {
    const { worker } = await startWorker("setInterval(() => {}, 1000)");
    const during = threadsOfProcess();
    await worker.terminate();
    expect(threadsOfProcess()).toBeLessThanOrEqual(during - 3); // the worker and two of its own
  });

  test("when two workers have threads of their own at the same time", async () => {
    const workers = await Promise.all([startWorker("run(200)"), startWorker("run(200)")]);
    const codes = await Promise.all(workers.map(({ code }) => code));
    expect(codes).toEqual([0, 0]);
  });

  test("a script ends by itself, though threads sleep", async () => {
    const { stdout } = await execute(process.execPath, ["-e", `${START}; console.log("done")`]);
    expect(stdout).toBe("done\n");
  });

  test("so does one that exits while a worker runs a program", async () => {
    const script = `
      const { Worker } = require("node:worker_threads");
      const worker = new Worker(${JSON.stringify(`${START}; require("node:worker_threads").parentPort.postMessage(0); run(400)`)}, { eval: true });
      worker.once("message", () => setTimeout(() => process.exit(7), 20));
    `;
    await expect(execute(process.execPath, ["-e", script])).rejects.toMatchObject({ code: 7, signal: null });
  });
});
