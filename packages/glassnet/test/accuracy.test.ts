import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nativeGap, openNativeSync } from "../src/backends/native/open.ts";
import { openWasm } from "../src/backends/wasm/open.ts";
import {
  accuracies,
  accuracyOf,
  differenceOf,
  functionsOfOne,
  measureAccuracy,
  ulpOf,
  ulpsBetween,
} from "./accuracy.ts";
import { openKernelDevices } from "./devices.ts";
import { compileTest, gapOf, kernels, targets, ulp } from "./native/targets.ts";

/** @file The figures of `kernels/test/accuracy.h` hold, at some arguments; `accuracy.prove.test.ts` takes all. */

const STEP = 4099;
const names = Object.keys(accuracies).sort();
/** What stands for the bits of each function, of every build that fuses products. */
const fused: Record<string, string>[] = [];

describe.each(targets)("the C for $name", (target) => {
  const gap = gapOf(target);
  if (gap !== undefined) process.stderr.write(`\nNOT CHECKED: the accuracy of ${target.name}, because ${gap}\n`);

  test.skipIf(gap !== undefined)("no function is further off than it may be", () => {
    const step = target.emulator.length > 0 ? 16 * STEP : STEP;
    const [measured, ofBits] = ulp(target, [`${step}`], [`${16 * STEP}`, "all", "bits"]);
    expect(Object.keys(measured!).sort()).toEqual(names);
    if (target.name !== "sse2") fused.push(ofBits!);
  });
});

const plain = targets.find((target) => target.emulator.length === 0 && gapOf(target) === undefined);
test.skipIf(plain === undefined)("a coefficient that is wrong in its fifth digit is found", () => {
  const folder = mkdtempSync(join(tmpdir(), "ulp-"));
  try {
    cpSync(kernels, folder, { recursive: true });
    const text = readFileSync(join(folder, "math.h"), "utf8");
    const wrong = text.replace("0.166665211f", "0.166675211f");
    expect(wrong).not.toBe(text);
    writeFileSync(join(folder, "math.h"), wrong);
    const program = join(folder, "ulp");
    compileTest(plain!, "ulp", program, { sources: folder });
    const { status, stdout } = spawnSync(program, [`${16 * STEP}`, "exp"], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(/^exp +[2-9]\./) });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("instruction sets that fuse products give the same bits", () => {
  for (const other of fused) expect(other).toEqual(fused[0]);
});

describe.each(await openKernelDevices())("functions as users call them, on %s", (_, device) => {
  test("are no further off than they may be", async () => {
    const measured = await measureAccuracy(device, 16 * STEP);
    expect(measured.filter(({ name, ulps }) => !(ulps <= accuracyOf(name, device.variant)))).toEqual([]);
  });
});

test.skipIf(nativeGap({ variant: "sse2" }) !== undefined)("SSE2 and plain WebAssembly give the same bits", async () => {
  const [native, wasm] = [openNativeSync({ variant: "sse2" }), await openWasm({ relaxed: false })];
  for (const name of functionsOfOne) expect(await differenceOf(native, wasm, name, 16 * STEP), name).toBeUndefined();
});

test("distance is counted in units of the last place of the exact result", () => {
  expect(ulpOf(1)).toBe(2 ** -23);
  expect(ulpOf(1.99)).toBe(2 ** -23);
  expect(ulpOf(-(2 ** -149))).toBe(2 ** -149);
  expect(ulpsBetween(1 + 2 ** -23, 1)).toBe(1);
  expect(ulpsBetween(1, 1 - 2 ** -24)).toBe(1);
  expect(ulpsBetween(Number.POSITIVE_INFINITY, (2 - 2 ** -23) * 2 ** 127)).toBe(1);
  expect(ulpsBetween(Number.NaN, Number.NaN)).toBe(0);
  for (const [got, exact] of [
    [Number.NaN, 1],
    [0, -0],
    [2 ** -149, -(2 ** -149)],
  ] as const) {
    expect(ulpsBetween(got, exact)).toBe(Number.POSITIVE_INFINITY);
  }
});

test("the README of the kernels shows the same figures", () => {
  const text = readFileSync(new URL("../kernels/README.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| ([a-z, ]+) \| ([\d.]+) \| ([\d.]+) \|$/gm)];
  const shown = rows.flatMap(([, functions, fused, unfused]) =>
    functions!.split(", ").map((name) => [name, { fused: Number(fused), unfused: Number(unfused) }] as const),
  );
  expect(Object.fromEntries(shown)).toEqual(accuracies);
});
