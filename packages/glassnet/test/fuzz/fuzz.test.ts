import { describe, expect, test } from "vitest";
import { asDevice, type BlockingDevice, type LoadedProgram } from "../../src/backends/backend.ts";
import type { Host } from "../../src/backends/compiled/host.ts";
import { openReference } from "../../src/backends/reference/device.ts";
import { sizeOf } from "../../src/core/shape.ts";
import type { PrimName } from "../../src/ir/prim.ts";
import { contracts } from "../../src/ops/all.ts";
import type { Buffer, Program } from "../../src/program/program.ts";
import { expectAgreement, expectNothingOutside, expectSound } from "./agreement.ts";
import { checkCase } from "./check-case.ts";
import { runIsolated } from "./isolated.ts";
import { openWasmHost } from "./open-hosts.ts";
import { randomCase } from "./random-case.ts";

/** The short form; `fuzz.prove.test.ts` has thousands. */
describe("random programs", () => {
  test("agree with the reference, 250 of them", async () => {
    await expectAgreement(0, 250);
  });

  test("touch nothing but their buffers, and are the same bits on one thread and on three: 60 of them", async () => {
    await expectNothingOutside(1000, 1060);
  });

  test("are the same for the same seed", () => {
    expect(randomCase(7)).toEqual(randomCase(7));
  });

  test("have every primitive among them", () => {
    const seen = new Set<PrimName>(["input", "constant"]);
    for (let seed = 0; seed < 250; seed++) for (const { prim } of randomCase(seed).program.instructions) seen.add(prim);
    expect([...seen].sort()).toEqual(Object.keys(contracts).sort());
  });
});

describe("the check notices", () => {
  const seen = { elements: 0, bounded: 0, open: 0 };

  /** A reference device that mistakes one primitive for another, as a wrong kernel would. */
  const faulty = (from: string, to: string): BlockingDevice => {
    const { sync, ...about } = openReference();
    const load = (program: Program): LoadedProgram => {
      const instructions = program.instructions.map((instruction) =>
        instruction.prim === from ? { ...instruction, prim: to } : instruction,
      );
      return sync.load({ ...program, instructions } as Program);
    };
    return asDevice(
      {
        threads: sync.threads,
        load,
        run: (loaded, request) => sync.run(loaded, request),
        write: (name, type, data) => sync.write(name, type, data),
        read: (name) => sync.read(name),
        free: (names) => sync.free(names),
        unload: (loaded) => sync.unload(loaded),
      },
      about,
    );
  };

  test.each([
    ["sub", "add"],
    ["maximum", "minimum"],
    ["eq", "lt"],
    ["exp", "tanh"],
    ["maxPool", "sumPool"],
    ["scatterAddElements", "gatherElements"],
  ])("%s that is computed as %s, and shows a small program that has it", (from, to) => {
    const device = faulty(from, to);
    const failures: string[] = [];
    for (let seed = 0; seed < 250 && failures.length === 0; seed++) {
      try {
        expectSound(seed, randomCase(seed), (fuzzCase) => checkCase(device, fuzzCase, seen));
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
    expect(failures[0]).toMatch(/^seed \d+: run \d+: /);
    expect(failures[0]!.match(/ = (?!state|row|feed|constant)[a-zA-Z]+ b\d/g)!.length).toBeLessThanOrEqual(2);
    expect(failures[0]).toContain(` = ${from} `);
  });

  test("a byte that is written behind a buffer, or before it, and an operand that is changed", () => {
    const host = openWasmHost(1);
    const seeds = Array.from({ length: 50 }, (_, seed) => seed);
    const isFed = ({ source, shape }: Buffer) => source.kind === "feed" && sizeOf(shape) > 0;
    const fuzzCase = seeds.map(randomCase).find(({ program }) => isFed(program.buffers[0]!))!;
    expect(runIsolated(host, fuzzCase, 1).faults).toEqual([]);
    const faultsWith = (offset: number): string => runIsolated(careless(host, offset), fuzzCase, 1).faults.join();
    expect(faultsWith(-1)).toContain("something wrote before b0");
    expect(faultsWith(0)).toMatch(/b0 .* was changed/);
  });
});

test("a byte behind the scratch memory of a thread is noticed", () => {
  const host = openWasmHost(1);
  const load = host.load.bind(host);
  const fuzzCase = randomCase(1);
  expect(runIsolated(host, fuzzCase, 1).faults).toEqual([]);
  host.load = (parts) => {
    const program = load(parts);
    const run: typeof program.run = (addresses, steps, threads) => {
      const applied = program.run(addresses, steps, threads);
      host.write(host.reserveScratch(0) + parts.threadBytes - 1, Uint8Array.of(0));
      return applied;
    };
    return { run, start: () => undefined, release: () => program.release() };
  };
  expect(runIsolated(host, fuzzCase, 1).faults.join()).toContain(
    "thread 0 wrote behind its scratch memory, at byte 63",
  );
});

/** A host whose programs change a byte at an offset from the first buffer. */
function careless(host: Host, offset: number): Host {
  return {
    backend: host.backend,
    variant: host.variant,
    threads: host.threads,
    threadsAtOnce: host.threadsAtOnce,
    allocate: (bytes, what) => host.allocate(bytes, what),
    free: (address) => host.free(address),
    read: (address, into) => host.read(address, into),
    write: (address, data) => host.write(address, data),
    load: (parts) => {
      const program = host.load(parts);
      return {
        start: () => undefined,
        run: (addresses, steps, threads) => {
          const applied = program.run(addresses, steps, threads);
          const byte = new Uint8Array(1);
          host.read(addresses[0]! + offset, byte);
          host.write(addresses[0]! + offset, Uint8Array.of(byte[0]! ^ 1));
          return applied;
        },
        release: () => program.release(),
      };
    },
  };
}
