import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import type { NativeAddon } from "../../src/backends/native/addon.ts";
import { loadNative } from "../../src/node/load-native.ts";

/** @file Runs that a thread of the add-on leads: what is refused meanwhile, and how they end with who started them. */

const found = loadNative();
const native = JSON.stringify(createRequire(import.meta.url).resolve("@glassnet/native"));
const BYTES = 65_536;
const LONG = 20_000;

/** A program that fills a buffer. */
const fill = Int32Array.of(2, 4, 1, 0, 0, BYTES / 4, 1_065_353_216);
const nothing = new Int32Array(0);

/** The same in a script of its own, where `start` starts a run on two threads. */
const SCRIPT = `
  const { addon } = require(${native}).load();
  const base = addon.allocate(${BYTES});
  const fill = Int32Array.of(${fill.join()});
  const load = () => addon.load(fill, Float64Array.of(${BYTES}), new Int32Array(0), new Int32Array(0), 0);
  const start = (steps) => addon.start(load(), Float64Array.of(base), steps, 2);
`;

describe.skipIf("reason" in found)("a run that a thread of the add-on leads", () => {
  const { addon } = found as { addon: NativeAddon };

  test("refuses its program and its memory to others until it has ended, however that is noticed", async () => {
    const base = addon.allocate(BYTES);
    const at = Float64Array.of(base);
    const program = addon.load(fill, Float64Array.of(BYTES), nothing, nothing, 0);
    const data = new Float32Array(BYTES / 4);
    const memory = [() => addon.free(base), () => addon.write(base, data), () => addon.read(base, data)];
    const calls = [
      () => addon.release(program),
      () => addon.run(program, at, 1, 1),
      () => addon.start(program, at, 1, 1),
    ];
    for (const isAwaited of [true, false]) {
      const run = addon.start(program, at, LONG, 2);
      for (const call of memory) expect(call).toThrow("this memory is that of a program that runs");
      for (const call of calls) expect(call).toThrow("the program runs");
      expect(isAwaited ? (await run)![0] : addon.wait(program)[0]).toBe(LONG);
      addon.read(base, data);
      expect(data.every((x) => x === 1)).toBe(true);
      expect(addon.run(program, at, 1, 1)).toBe(1);
      expect((await run)![0]).toBe(LONG);
    }
    expect(() => addon.wait(program)).toThrow("the program does not run");
    expect(addon.release(program)).toBe(true);
    expect(addon.free(base)).toBe(true);
  });

  test("checks what it is given as a blocking run does", () => {
    const base = addon.allocate(BYTES);
    const program = addon.load(fill, Float64Array.of(BYTES), nothing, nothing, 0);
    const wrong: readonly Parameters<NativeAddon["start"]>[] = [
      [program, Float64Array.of(base + 64), 1, 1],
      [program, Float64Array.of(8), 1, 1],
      [program, new Float64Array(0), 1, 1],
      [program, Float64Array.of(base), -1, 1],
      [program, Float64Array.of(base), 1, 0],
      [-1, Float64Array.of(base), 1, 1],
    ];
    for (const parts of wrong) expect(() => addon.start(...parts)).toThrow(RangeError);
    addon.release(program);
    addon.free(base);
  });

  test("keeps the process until it has ended", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      "-e",
      `${SCRIPT}; start(5000).then(([applied]) => console.log(applied)); start(7).then(([applied]) => console.log(applied))`,
    ]);
    expect(stdout).toBe("5000\n7\n");
  });

  test("does not keep a process that exits, nor disturb it", async () => {
    const script = `${SCRIPT}; start(20000); start(20000); setTimeout(() => process.exit(7), 5)`;
    await expect(promisify(execFile)(process.execPath, ["-e", script])).rejects.toMatchObject({
      code: 7,
      signal: null,
    });
  });

  test("ends with a worker that is terminated, others waiting behind it", async () => {
    const worker = new Worker(
      `${SCRIPT}; for (let i = 0; i < 3; i++) start(20000); require("node:worker_threads").parentPort.postMessage(0)`,
      {
        eval: true,
        execArgv: [],
      },
    );
    await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    await sleep(5);
    expect(await worker.terminate()).toBe(1);
  });

  test("tells a worker that ends by itself", async () => {
    const worker = new Worker(
      `${SCRIPT}; start(3000).then((x) => require("node:worker_threads").parentPort.postMessage(x[0]))`,
      {
        eval: true,
        execArgv: [],
      },
    );
    const told = new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    const code = new Promise((resolve) => worker.once("exit", resolve));
    expect(await told).toBe(3000);
    expect(await code).toBe(0);
  });
});
