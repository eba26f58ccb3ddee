import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);

/** The hash of the weights after a training in a process of its own. */
async function hashOf(seed: number, isResumed = false): Promise<string> {
  const script = fileURLToPath(new URL("same-bits.ts", import.meta.url));
  const flags = ["--import", import.meta.resolve("tsx"), "--conditions=@glassnet/source"];
  return (await run(process.execPath, [...flags, script, String(seed), isResumed ? "1" : "0"])).stdout;
}

test("the same seed gives the same weights in every process, resumed or not; another seed does not", async () => {
  const [first, second] = await Promise.all([hashOf(1), hashOf(1)]);
  const [resumed, other] = await Promise.all([hashOf(1, true), hashOf(2)]);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(second).toBe(first);
  expect(resumed).toBe(first);
  expect(other).not.toBe(first);
});
