import { expect } from "vitest";
import type { BlockingDevice } from "../../src/backends/backend.ts";
import type { Host } from "../../src/backends/compiled/host.ts";
import { openReference } from "../../src/backends/reference/device.ts";
import { openWasm } from "../../src/backends/wasm/open.ts";
import { type Coverage, checkCase } from "./check-case.ts";
import { type FuzzCase, printCase } from "./fuzz-case.ts";
import { runIsolated } from "./isolated.ts";
import { openHost } from "./open-host.ts";
import { randomCase } from "./random-case.ts";
import { shrink } from "./shrink.ts";

/** How a case fails; undefined if it does not. */
type Check = (fuzzCase: FuzzCase) => string | undefined;

/** An error that is thrown is a fault like others. */
function attempt(check: Check, fuzzCase: FuzzCase): string | undefined {
  try {
    return check(fuzzCase);
  } catch (error) {
    return String((error as Error).stack);
  }
}

/** Fails with the smallest program that has a fault like that of the seed's, if it has one. */
export function expectSound(seed: number, fuzzCase: FuzzCase, check: Check): void {
  if (attempt(check, fuzzCase) === undefined) return;
  const small = shrink(fuzzCase, (candidate) => attempt(check, candidate) !== undefined);
  expect.fail(`seed ${seed}: ${attempt(check, small)}\n${printCase(small)}`);
}

/** Runs the programs of seeds `from` … `to` − 1 on the kernels: they agree with the reference. */
export async function expectAgreement(from: number, to: number): Promise<void> {
  const reference = openReference();
  const device = await openWasm({ relaxed: false });
  const seen: Coverage = { elements: 0, bounded: 0, open: 0 };
  const agrees =
    (on: BlockingDevice): Check =>
    (fuzzCase) =>
      checkCase(on, fuzzCase, seen);
  for (let seed = from; seed < to; seed++) {
    const fuzzCase = randomCase(seed);
    if (seed % 10 === 0) expectSound(seed, fuzzCase, agrees(reference)); // the expectations themselves
    expectSound(seed, fuzzCase, agrees(device));
  }
  // More doubt would let mistakes pass.
  expect(seen.bounded / seen.elements).toBeGreaterThan(0.95);
  expect(seen.open * 20).toBeLessThan(to - from);
}

/** What happens outside the buffers, or differs between one thread and three. */
function faultOfIsolated(alone: Host, together: Host, fuzzCase: FuzzCase): string | undefined {
  const one = runIsolated(alone, fuzzCase, 1);
  const three = runIsolated(together, fuzzCase, together.threads);
  const fault = one.faults[0] ?? three.faults[0];
  if (fault !== undefined) return fault;
  if (one.steps !== three.steps) return `${one.steps} steps on one thread, ${three.steps} on three`;
  for (const [name, data] of one.results) {
    const other = three.results.get(name)!;
    const at = data.findIndex((x, i) => !Object.is(x, other[i]));
    if (at >= 0) return `${name}: element ${at} is ${data[at]} on one thread, ${other[at]} on three`;
  }
  return undefined;
}

/** The same programs with guard bytes round every buffer, on one thread and on three. */
export async function expectNothingOutside(from: number, to: number): Promise<void> {
  const [alone, together] = [openHost(1), openHost(3)];
  expect(await together.crew!.joined()).toBe(3);
  for (let seed = from; seed < to; seed++) {
    expectSound(seed, randomCase(seed), (fuzzCase) => faultOfIsolated(alone, together, fuzzCase));
  }
}
