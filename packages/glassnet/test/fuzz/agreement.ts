import { expect } from "vitest";
import type { BlockingDevice } from "../../src/backends/backend.ts";
import type { Host } from "../../src/backends/compiled/host.ts";
import { openReference } from "../../src/backends/reference/device.ts";
import { openKernelDevices } from "../devices.ts";
import { type Coverage, checkCase } from "./check-case.ts";
import { type FuzzCase, printCase } from "./fuzz-case.ts";
import { type IsolatedRun, runIsolated } from "./isolated.ts";
import { openHosts } from "./open-hosts.ts";
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

/** Runs the programs of seeds `from` … `to` − 1 on the kernels, in all their forms: they agree with the reference. */
export async function expectAgreement(from: number, to: number): Promise<void> {
  const reference = openReference();
  const devices = (await openKernelDevices()).map(([, device]) => device);
  const seen: Coverage = { elements: 0, bounded: 0, open: 0 };
  const agrees =
    (on: BlockingDevice): Check =>
    (fuzzCase) => {
      const fault = checkCase(on, fuzzCase, seen);
      return fault && `${on.backend}, ${on.variant}: ${fault}`;
    };
  for (let seed = from; seed < to; seed++) {
    const fuzzCase = randomCase(seed);
    if (seed % 10 === 0) expectSound(seed, fuzzCase, agrees(reference)); // the expectations themselves
    for (const device of devices) expectSound(seed, fuzzCase, agrees(device));
  }
  // More doubt would let mistakes pass.
  expect(seen.bounded / seen.elements).toBeGreaterThan(0.95);
  expect(seen.open * 20).toBeLessThan((to - from) * devices.length);
}

function differenceOf(one: IsolatedRun, other: IsolatedRun, how: string): string | undefined {
  if (one.steps !== other.steps) return `${one.steps} steps on one thread, ${other.steps} ${how}`;
  for (const [name, data] of one.results) {
    const others = other.results.get(name)!;
    const at = data.findIndex((x, i) => !Object.is(x, others[i]));
    if (at >= 0) return `${name}: element ${at} is ${data[at]} on one thread, ${others[at]} ${how}`;
  }
  return undefined;
}

/** What happens outside the buffers, or differs between one thread and three, or where buffers share memory. */
function faultOfIsolated(alone: Host, together: Host, fuzzCase: FuzzCase): string | undefined {
  const one = runIsolated(alone, fuzzCase, 1);
  const three = runIsolated(together, fuzzCase, together.threads);
  const placed = runIsolated(alone, fuzzCase, 1, "arena");
  const fault =
    one.faults[0] ??
    three.faults[0] ??
    placed.faults[0] ??
    differenceOf(one, three, "on three") ??
    differenceOf(one, placed, "in an arena");
  return fault && `${alone.backend}, ${alone.variant}: ${fault}`;
}

/** The same programs with guard bytes round every buffer, on one thread and on three, and round their arena. */
export async function expectNothingOutside(from: number, to: number): Promise<void> {
  const hosts = await openHosts();
  for (let seed = from; seed < to; seed++) {
    const fuzzCase = randomCase(seed);
    for (const { alone, together } of hosts) {
      expectSound(seed, fuzzCase, (candidate) => faultOfIsolated(alone, together, candidate));
    }
  }
}
