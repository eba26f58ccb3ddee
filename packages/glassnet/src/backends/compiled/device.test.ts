import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test, vi } from "vitest";
import type { Value, ValueOf } from "../../ir/graph.ts";
import { infer } from "../../ops/all.ts";
import { buildProgram } from "../../program/build.ts";
import type { Program, Source } from "../../program/program.ts";
import type { BlockingDevice } from "../backend.ts";
import { Allocator } from "./allocator.ts";
import { openCompiled } from "./device.ts";
import type { Host, HostProgramParts } from "./host.ts";

/** @file What a device takes of its host and gives back, on a host that computes nothing. */

class CountingHost implements Host {
  readonly backend = "test";
  readonly variant = "none";
  readonly threads = 1;
  readonly threadsAtOnce = 1;
  /** Bytes that were handed out and not given back, and the end of what ever was. */
  held = 0;
  end = 0;
  refusesAfter = Number.POSITIVE_INFINITY;
  readonly #sizes = new Map<number, number>();
  readonly #allocator = new Allocator(64, (end) => {
    this.end = end;
  });

  allocate(bytes: number, what: string): number {
    if (this.refusesAfter-- <= 0) throw new Error(`no memory for ${what}`);
    const address = this.#allocator.allocate(bytes, what);
    this.#sizes.set(address, bytes);
    this.held += bytes;
    return address;
  }

  free(address: number): void {
    this.held -= this.#sizes.get(address)!;
    this.#sizes.delete(address);
    this.#allocator.free(address);
  }

  write(): void {
    // Computes nothing.
  }

  read(): void {
    // Computes nothing.
  }

  load({ code }: HostProgramParts): ReturnType<Host["load"]> {
    const address = this.allocate(4 * code.length, "a program");
    return { run: (_, steps) => steps, start: () => undefined, release: () => this.free(address) };
  }
}

/** tanh of `size` numbers of a state, collected at each step. */
function programOf(size: number): Program {
  const shape = [size];
  const x: ValueOf<"input"> = {
    ...{ prim: "input", inputs: [], attrs: { dtype: "f32", shape, name: "x" } },
    ...{ dtype: "f32", shape, scope: "" },
  };
  const type = infer("tanh", [x], {});
  const y = { prim: "tanh", inputs: [x], attrs: {}, ...type, scope: "" } as Value;
  const sources = new Map<ValueOf<"input">, Source>([[x, { kind: "state", name: "x" }]]);
  return buildProgram({ sources, outputs: { y }, perStep: { y } });
}

function open(): { host: CountingHost; device: BlockingDevice } {
  const host = new CountingHost();
  const device = openCompiled(host);
  device.sync.write("x", { dtype: "f32", shape: [100] }, new Float32Array(100));
  return { host, device };
}

describe("memory of a compiled device", () => {
  test("programs that are unloaded give all of it back, and what follows takes the same place", () => {
    const { host, device } = open();
    const { held } = host;
    const ends = new Set<number>();
    for (let round = 0; round < 1000; round++) {
      const loaded = [1, 2, 3].map(() => device.sync.load(programOf(100)));
      for (const one of loaded) device.sync.run(one, { steps: 1 + (round % 7) });
      if (round > 6) ends.add(host.end); // by then all lengths of tables have been seen
      for (const one of loaded) device.sync.unload(one);
      expect(host.held).toBe(held);
    }
    expect(ends.size).toBe(1);
  });

  test("programs that nobody has any more give it back when they are collected", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const { host, device } = open();
    const { held } = host;
    for (let i = 0; i < 100; i++) device.sync.run(device.sync.load(programOf(100)), { steps: 3 });
    expect(host.held).toBeGreaterThan(held);
    await vi.waitFor(
      () => {
        collect();
        expect(host.held).toBe(held);
      },
      { timeout: 60_000 },
    );
  });

  test("a program that does not fit leaves nothing behind", () => {
    const { host, device } = open();
    const { held } = host;
    host.refusesAfter = 1;
    expect(() => device.sync.load(programOf(100))).toThrow("no memory for a program");
    expect(host.held).toBe(held);
  });

  test("states that are freed or take another type give theirs back", () => {
    const { host, device } = open();
    device.sync.write("x", { dtype: "f32", shape: [7] }, new Float32Array(7));
    expect(host.held).toBe(28);
    device.sync.free(["x", "nobody"]);
    expect(host.held).toBe(0);
  });
});
