import { describe, expect, test } from "vitest";
import type { Host } from "../src/backends/compiled/host.ts";
import type { FuzzCase } from "./fuzz/fuzz-case.ts";
import { runIsolated } from "./fuzz/isolated.ts";
import { openHosts } from "./fuzz/open-hosts.ts";
import { ableSamples, expectedOf, programOf } from "./one-primitive.ts";
import type { AnySample } from "./samples.ts";
import { faultOf } from "./tolerances.ts";

/**
 * @file Every sample of every primitive on every form of the kernels, on one thread and on three, with guard bytes round every
 * buffer: nothing else is written, no operand is changed, and the result is right though memory held NaN before. The samples are
 * so small that the first thread would do most of them alone, so here threads share all that can be shared.
 */

function caseOf(sample: AnySample): FuzzCase {
  const { program, feeds } = programOf(sample);
  return { program, states: new Map(), requests: [{ steps: 1, feeds }] };
}

function faultsOf(host: Host, sample: AnySample): readonly string[] {
  const { results, faults } = runIsolated(host, caseOf(sample), host.threads, "apart", "all");
  const wrong = faultOf(results.get("output result")!, sample, expectedOf(sample));
  return wrong === undefined ? faults : [...faults, wrong];
}

describe.each(await openHosts())("$title", ({ alone, together }) => {
  test.each(ableSamples)("%s", (_, sample) => {
    expect(together.threads).toBe(3);
    expect(faultsOf(alone, sample), "on one thread").toEqual([]);
    expect(faultsOf(together, sample), "on three").toEqual([]);
  });
});
