import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { changedVariants, compilerVersion, manifestOf, target, VERSION, variants } from "../kernels/build.js";
import { hasRelaxedSimd } from "../src/backends/wasm/probe.ts";
import { kernelNames } from "../src/program/lower/kernel-names.ts";

/** @file The committed modules are what the kernels' sources give. */

const files = Object.keys(variants);

test("kernels have the same numbers in C and in TypeScript", () => {
  const header = readFileSync(new URL("../kernels/kernels.h", import.meta.url), "utf8");
  const names = [...header.matchAll(/^ {2}X\((\w+)\)/gm)].map(([, name]) => name!);
  expect(names.map((name) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()))).toEqual([
    ...kernelNames,
  ]);
});

describe("the modules in wasm/", () => {
  test("are those that the manifest names, and were built when the sources were as they are", () => {
    const written: unknown = JSON.parse(readFileSync(join(target, "manifest.json"), "utf8"));
    expect(written, "build them again: node kernels/build.js").toEqual(manifestOf(target));
  });

  test("are valid, and together take less than 300 kB", () => {
    for (const file of files) {
      const canRun = hasRelaxedSimd() || !file.includes("relaxed"); // Node 20 has no relaxed SIMD
      expect(WebAssembly.validate(readFileSync(join(target, file))), file).toBe(canRun);
    }
    const bytes = files.reduce((sum, file) => sum + statSync(join(target, file)).size, 0);
    expect(bytes).toBeLessThan(300_000);
  });

  test("are what the pinned compiler makes of the sources, byte for byte", () => {
    const version = compilerVersion();
    if (version === VERSION) {
      expect(changedVariants()).toEqual([]);
      return;
    }
    const found = version === undefined ? "no clang-19 here" : `clang-19 is ${version} here`;
    process.stderr.write(
      `\nNOT CHECKED: whether wasm/ is what clang ${VERSION} makes of kernels/, because there is ${found}\n`,
    );
    expect(version).not.toBe(VERSION);
  });
});
