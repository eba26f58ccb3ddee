import { readFileSync } from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { kernelNames } from "../../program/lower/kernel-names.ts";
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

function open(threads: number, threadModule = "kernels-threads.wasm"): Opened {
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 1024, shared: true });
  const module = moduleOf("kernels-threads.wasm");
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  const notices: string[] = [];
  const notice = (code: string, reason: string): void => void notices.push(`${code}: ${reason}`);
  const crew = { threads, patienceMs: 300, module: moduleOf(threadModule), notice };
  return { host: new WasmHost("test", exports, memory, crew), notices, memory };
}

const COUNT = 1000;
const F32 = 0;
const ONE = 0x3f800000;

/** Fills 1000 floats at an address with ones, each thread its share. */
function fill({ host }: Opened, address: number, threads: number): void {
  const code = Int32Array.of(kernelNames.indexOf("fill"), 4, 0, ...[0, F32, COUNT, ONE]);
  const program = host.load({ code, buffers: 1, bufferBytes: [4 * COUNT], tables: [], swaps: [], threadBytes: 0 });
  program.run(Float64Array.of(address), 1, threads);
  program.release();
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
    const opened = open(3, "kernels.wasm"); // wants memory of its own
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
    const opened = open(2);
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
