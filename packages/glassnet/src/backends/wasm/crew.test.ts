import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { kernelNames } from "../../program/lower/kernel-names.ts";
import type { HostProgram, HostRun } from "../compiled/host.ts";
import { assetOf } from "./asset.ts";
import type { KernelExports } from "./crew.ts";
import { WasmHost } from "./host.ts";

/** @file What happens when threads do not start, or die before a run or during one. */

const started: Worker[] = [];
const builtin = createRequire(import.meta.url)("node:worker_threads") as { Worker: typeof Worker };
const { Worker: NodeWorker } = builtin;

// Workers as Node has them, kept so that they can be ended.
beforeAll(() => {
  builtin.Worker = class extends NodeWorker {
    constructor(...args: ConstructorParameters<typeof NodeWorker>) {
      super(...args);
      started.push(this);
    }
  };
  syncBuiltinESMExports();
});

afterAll(() => {
  builtin.Worker = NodeWorker;
  syncBuiltinESMExports();
});

const moduleOf = (file: string): WebAssembly.Module => new WebAssembly.Module(readFileSync(assetOf(file)));

interface Opened {
  readonly host: WasmHost;
  readonly notices: string[];
  readonly memory: WebAssembly.Memory;
}

function open(
  threads: number,
  { threadModule = "kernels-threads.wasm", canWait = true, patienceMs = 60_000 } = {},
): Opened {
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 1024, shared: true });
  const module = moduleOf("kernels-threads.wasm");
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  const notices: string[] = [];
  const notice = (code: string, reason: string): void => void notices.push(`${code}: ${reason}`);
  const crew = { threads, canWait, patienceMs, module: moduleOf(threadModule), notice };
  return { host: new WasmHost("test", exports, memory, crew), notices, memory };
}

const COUNT = 1000;
const F32 = 0;
const ONE = 0x3f800000;

/** A program that fills 1000 floats with ones, each thread its share. */
function filling({ host }: Opened): HostProgram {
  const code = Int32Array.of(kernelNames.indexOf("fill"), 4, 0, ...[0, F32, COUNT, ONE]);
  return host.load({ code, buffers: 1, bufferBytes: [4 * COUNT], tables: [], swaps: [], threadBytes: 0 });
}

function fill(opened: Opened, address: number, threads: number): void {
  const program = filling(opened);
  program.run(Float64Array.of(address), 1, threads);
  program.release();
}

/** Many steps on memory of the test, led by another thread. */
const MANY = 1_000_000;

/** Starts a run that another thread leads, once there is one; it ends long after the test has looked at it. */
async function startLong(opened: Opened, threads: number, address?: number, steps = MANY): Promise<HostRun> {
  const program = filling(opened);
  const place = address ?? opened.host.allocate(4 * COUNT, "the test");
  program.start(Float64Array.of(place), 1, threads); // the thread that leads starts when it is first wanted
  await opened.host.crew?.joined();
  if (steps > 1) opened.host.write(place, new Float32Array(COUNT));
  const run = program.start(Float64Array.of(place), steps, threads);
  if (run === undefined) throw new Error("nobody leads it");
  // Until all have done something: a run that a thread never began is begun again by the calling one.
  for (const data = new Float32Array(COUNT); steps > 1 && data.some((x) => x === 0); opened.host.read(place, data)) {
    await new Promise(setImmediate);
  }
  return run;
}

/** Whether filling works with so many threads. */
function canFill(opened: Opened, threads: number): boolean {
  const address = opened.host.allocate(4 * COUNT, "the test");
  const data = new Float32Array(COUNT);
  opened.host.write(address, data);
  fill(opened, address, threads);
  opened.host.read(address, data);
  return data.every((x) => x === 1);
}

const LOST = "thread-lost:";

describe("threads of the WebAssembly backend", () => {
  test("start when they are first wanted, and their host does not wait for them", async () => {
    const before = started.length;
    const opened = open(3);
    expect(canFill(opened, 1)).toBe(true);
    expect(started.length).toBe(before);
    expect(canFill(opened, 3)).toBe(true);
    expect(started.length).toBe(before + 2);
    expect(await opened.host.crew?.joined()).toBe(3);
    expect(canFill(opened, 3)).toBe(true);
    expect(opened.notices).toEqual([]);
  });

  test("that cannot start are done without, and said so", async () => {
    const opened = open(3, { threadModule: "kernels.wasm" }); // wants memory of its own
    expect(await opened.host.crew?.joined()).toBe(1);
    expect(canFill(opened, 3)).toBe(true);
    expect(opened.notices.length).toBe(2);
    expect(opened.notices[0]).toMatch("thread-not-started: WebAssembly.Instance(): mismatch in shared state");
  });

  test("that end while nothing runs are done without, and said so", async () => {
    const opened = open(2);
    await opened.host.crew?.joined();
    await started.at(-1)?.terminate();
    expect(canFill(opened, 2)).toBe(true);
    expect(opened.notices).toEqual([`${LOST} it ended with exit code 1`]);
  });

  test("that do not answer in time are done without, and said so", async () => {
    const opened = open(2, { patienceMs: 300 });
    await opened.host.crew?.joined();
    void started.at(-1)?.terminate(); // nobody has heard of it yet
    await new Promise<void>((resolve) => started.at(-1)?.once("exit", () => resolve()));
    expect(canFill(opened, 2)).toBe(true);
    expect(opened.notices[0]).toMatch(LOST);
  });

  test("that fail during a run end it with an error, at once and from then on", async () => {
    const opened = open(2);
    await opened.host.crew?.joined();
    const half = opened.memory.buffer.byteLength - 2 * COUNT; // the second thread's share is beyond the end
    const lost = [
      "wasm: a thread was lost while a program ran; the step was not finished",
      "  help: open the device again, and go on from the last snapshot",
    ].join("\n");
    expect(() => fill(opened, half, 2)).toThrow(lost);
    expect(() => canFill(opened, 2)).toThrow(lost);
    expect(() => canFill(opened, 1)).toThrow(lost);
  });

  test("do not wait for ever if the calling thread fails", async () => {
    const opened = open(2);
    await opened.host.crew?.joined();
    const ended = new Promise((resolve) => started.at(-1)?.once("exit", resolve));
    const beyond = opened.memory.buffer.byteLength;
    expect(() => fill(opened, beyond, 2)).toThrow("the step was not finished"); // of both, either may be noticed first
    await ended;
  });

  test("are stopped when their host is collected", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const threads = await (async () => {
      const before = started.length;
      await open(3).host.crew?.joined();
      return started.slice(before);
    })();
    expect(threads.length).toBe(2);
    const ended = Promise.all(threads.map((thread) => new Promise((resolve) => thread.once("exit", resolve))));
    await vi.waitFor(
      async () => {
        collect();
        await Promise.race([ended, new Promise((_, reject) => setTimeout(reject, 10, new Error("still there")))]);
      },
      { timeout: 60_000 },
    );
  });
});

const LOST_ON_THE_WAY = "wasm: a thread was lost while a program ran; the step was not finished";

describe("a run that another thread of the WebAssembly backend leads", () => {
  test.each([
    ["of Node, beside the calling one", true],
    ["of a page, which may not wait", false],
  ])("does what one that the calling thread leads does: threads %s", async (_, canWait) => {
    for (const threads of [1, 2, 3]) {
      const opened = open(3, { canWait });
      const address = opened.host.allocate(4 * COUNT, "the test");
      opened.host.write(address, new Float32Array(COUNT));
      const run = await startLong(opened, threads, address, 3);
      expect(await run.ended).toMatchObject({ applied: 3 });
      const data = new Float32Array(COUNT);
      opened.host.read(address, data);
      expect(data.every((x) => x === 1)).toBe(true);
      expect(canFill(opened, 3)).toBe(true);
      expect(opened.notices).toEqual([]);
    }
  });

  test("leaves the calling thread to others", async () => {
    const opened = open(2);
    const run = await startLong(opened, 2);
    let hasEnded = false;
    void run.ended.then(() => {
      hasEnded = true;
    });
    await new Promise(setImmediate);
    expect(hasEnded).toBe(false);
    expect((await run.ended).applied).toBe(MANY);
  });

  test.each([true, false])("can be waited for, by sleeping or by looking: %s", async (canWait) => {
    const opened = open(2, { canWait });
    const run = await startLong(opened, 2, undefined, 10_000);
    expect(run.wait().applied).toBe(10_000);
    const next = await startLong(opened, 2, undefined, 20_000); // the message of the first is still to come
    expect((await next.ended).applied).toBe(20_000);
  });

  test("in a page: blocking runs take the calling thread alone and start nobody", () => {
    const before = started.length;
    const opened = open(3, { canWait: false });
    expect(opened.host.threads).toBe(3);
    expect(opened.host.threadsAtOnce).toBe(1);
    expect(canFill(opened, opened.host.threadsAtOnce)).toBe(true);
    expect(started.length).toBe(before);
  });

  test("is done by the calling thread if the one that leads cannot start", async () => {
    const opened = open(2, { threadModule: "kernels.wasm" });
    const program = filling(opened);
    const address = Float64Array.of(opened.host.allocate(4 * COUNT, "the test"));
    expect(program.start(address, 1, 2)).toBeUndefined();
    expect(await opened.host.crew?.joined()).toBe(1);
    expect(program.start(address, 1, 2)).toBeUndefined();
    expect(canFill(opened, 2)).toBe(true);
    expect(opened.notices[0]).toMatch("thread-not-started");
  });

  test.each([
    ["the one that leads", -1],
    ["another", -2],
  ])("fails if a thread ends on the way: %s", async (_, which) => {
    const opened = open(2);
    await opened.host.crew?.joined(); // so that the one that leads is the last to start
    const run = await startLong(opened, 2, undefined, 2_000_000_000);
    void started.at(which)?.terminate();
    await expect(run.ended).rejects.toThrow(LOST_ON_THE_WAY);
    expect(() => canFill(opened, 1)).toThrow(LOST_ON_THE_WAY);
    expect(() => filling(opened).start(Float64Array.of(0), 1, 2)).toThrow(LOST_ON_THE_WAY);
  });

  test("fails if a thread ends while the calling one waits", async () => {
    const opened = open(2, { patienceMs: 300 });
    await opened.host.crew?.joined();
    const run = await startLong(opened, 2, undefined, 2_000_000_000);
    void started.at(-2)?.terminate();
    expect(() => run.wait()).toThrow(LOST_ON_THE_WAY);
  });

  test.each([
    ["the one that leads", 0],
    ["another", 2 * COUNT],
  ])("fails if a thread fails: %s", async (_, before) => {
    const opened = open(2);
    await opened.host.crew?.joined();
    const place = opened.memory.buffer.byteLength - before; // the share of one is beyond the end
    const run = await startLong(opened, 2, before === 0 ? undefined : place, before === 0 ? 1 : 0);
    await run.ended;
    const program = filling(opened);
    await expect(program.start(Float64Array.of(place), 1, 2)?.ended).rejects.toThrow(LOST_ON_THE_WAY);
  });

  test("is not forgotten when its host is", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const ended = await (async () => ({ promise: (await startLong(open(2), 2)).ended }))();
    collect();
    expect((await ended.promise).applied).toBe(MANY);
  });

  test("keeps the process, which otherwise ends without waiting for threads", async () => {
    const program = `
      import { openWasm } from ${JSON.stringify(new URL("open.ts", import.meta.url).href)};
      import { counting } from ${JSON.stringify(new URL("../../../test/counting.ts", import.meta.url).href)};
      const device = await openWasm({ threads: 2 });
      const { program, type } = counting(100_000);
      await device.write("x", type, new Float32Array(100_000));
      const loaded = await device.load(program);
      await device.run(loaded, { steps: 2 });
      await device.joined();
      const { steps } = await device.run(loaded, { steps: 2000 });
      console.log(steps, (await device.read("x"))[0]);
    `;
    const flags = ["--import", import.meta.resolve("tsx"), "--conditions=@glassnet/source", "--input-type=module"];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, "-e", program]);
    expect(stdout).toBe("2000 2002\n");
  });
});
