import { expect } from "vitest";
import type { BlockingDevice } from "../../src/backends/backend.ts";
import { openReference } from "../../src/backends/reference/device.ts";
import { openWasm } from "../../src/backends/wasm/open.ts";
import { type Coverage, checkCase } from "./check-case.ts";
import { type FuzzCase, printCase } from "./fuzz-case.ts";
import { randomCase } from "./random-case.ts";
import { shrink } from "./shrink.ts";

/** What is wrong with a device's results of a case, an error that it throws included. */
export function faultOfCase(device: BlockingDevice, fuzzCase: FuzzCase, seen: Coverage): string | undefined {
  try {
    return checkCase(device, fuzzCase, seen);
  } catch (error) {
    return String((error as Error).stack);
  }
}

/** The smallest program that fails as the one of the seed does, and how. */
export function report(device: BlockingDevice, seed: number, fuzzCase: FuzzCase, seen: Coverage): string {
  const small = shrink(fuzzCase, (candidate) => faultOfCase(device, candidate, seen) !== undefined);
  return `seed ${seed}: ${faultOfCase(device, small, seen)}\n${printCase(small)}`;
}

/** Runs the programs of seeds `from` … `to` − 1 on the kernels. Fails with the first that disagrees with the reference. */
export async function expectAgreement(from: number, to: number): Promise<Coverage> {
  const reference = openReference();
  const device = await openWasm({ relaxed: false });
  const seen: Coverage = { elements: 0, bounded: 0, open: 0 };
  for (let seed = from; seed < to; seed++) {
    const fuzzCase = randomCase(seed);
    if (seed % 10 === 0) expectNothing(reference, seed, fuzzCase); // the expectations themselves
    const fault = faultOfCase(device, fuzzCase, seen);
    if (fault !== undefined) expect.fail(report(device, seed, fuzzCase, seen));
  }
  // So much doubt would let mistakes pass.
  expect(seen.bounded / seen.elements).toBeGreaterThan(0.95);
  expect(seen.open * 20).toBeLessThan(to - from);
  return seen;
}

function expectNothing(device: BlockingDevice, seed: number, fuzzCase: FuzzCase): void {
  const seen: Coverage = { elements: 0, bounded: 0, open: 0 };
  if (faultOfCase(device, fuzzCase, seen) !== undefined) expect.fail(report(device, seed, fuzzCase, seen));
}
