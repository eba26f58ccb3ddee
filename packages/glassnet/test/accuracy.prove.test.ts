import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { nativeGap, openNativeSync } from "../src/backends/native/open.ts";
import { openWasm } from "../src/backends/wasm/open.ts";
import { accuracies, accuracyOf, differenceOf, functionsOfOne, measureAccuracy } from "./accuracy.ts";
import { openKernelDevices } from "./devices.ts";
import { compileTest, gapOf, type Target, targets } from "./native/targets.ts";

/**
 * @file The figures of `kernels/test/accuracy.h`, for every build: exhaustive where the processor itself runs it. Builds that fuse
 * alike are compared bit by bit, so what is measured on one is true of the other, in an emulator and in WebAssembly too.
 */

const folder = mkdtempSync(join(tmpdir(), "accuracy-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(target: Target, program: string, args: readonly string[]): Promise<string> {
  const [command, ...rest] = [...target.emulator, program, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(command!, rest, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(text.trim()) : reject(new Error(`${target.name}: ${text}`))));
  });
}

/** Runs the program for each function, as many at a time as there are processors; what it prints, by function. */
async function forEachFunction(target: Target, program: string, args: (name: string) => readonly string[]) {
  const waiting = Object.keys(accuracies);
  const lines: Record<string, string> = {};
  const work = async (): Promise<void> => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      lines[name] = await run(target, program, args(name));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return lines;
}

/** An emulator takes thirty times as long. */
const EMULATED_STEP = 257;
const BITS_STEP = 257;
const bits: Record<string, Record<string, string>> = {};

describe.each(targets)("the C for $name", (target) => {
  const gap = gapOf(target);
  if (gap !== undefined) process.stderr.write(`\nNOT CHECKED: the accuracy of ${target.name}, because ${gap}\n`);

  test.skipIf(gap !== undefined)("no function is further off than it may be, at any argument", async () => {
    const program = join(folder, target.name);
    compileTest(target, "ulp", program);
    const step = target.emulator.length > 0 ? EMULATED_STEP : 1;
    const lines = await forEachFunction(target, program, (name) => [`${step}`, name]);
    for (const line of Object.values(lines)) console.log(`${target.name}: ${line}`);
    bits[target.name] = await forEachFunction(target, program, (name) => [`${BITS_STEP}`, name, "bits"]);
  });
});

test("instruction sets that fuse products give the same bits", () => {
  const [first, ...others] = Object.entries(bits).filter(([name]) => name !== "sse2");
  console.log(`compared: ${[first, ...others].map((entry) => entry?.[0]).join(", ")}`);
  for (const [name, other] of others) expect(other, name).toEqual(first![1]);
});

describe.each(await openKernelDevices())("functions as users call them, on %s", (title, device) => {
  test("are no further off than they may be, at each 101st argument", async () => {
    const measured = await measureAccuracy(device, 101);
    for (const { name, ulps, at } of measured) console.log(`${title}: ${name} ${ulps.toFixed(4)} ulp, ${at}`);
    expect(measured.filter(({ name, ulps }) => !(ulps <= accuracyOf(name, device.variant)))).toEqual([]);
  });
});

test.skipIf(nativeGap({ variant: "sse2" }) !== undefined)("SSE2 and plain WebAssembly give the same bits", async () => {
  const [native, wasm] = [openNativeSync({ variant: "sse2" }), await openWasm({ relaxed: false })];
  for (const name of functionsOfOne) expect(await differenceOf(native, wasm, name, 1009), name).toBeUndefined();
});
