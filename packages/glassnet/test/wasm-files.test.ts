import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { changedVariants, manifestOf, PINNED, target, toolFault, toolVersions, variants } from "../kernels/build.js";
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
  test("are those that the manifest names, were built when the sources were as they are, and with the pinned tools", () => {
    const written: unknown = JSON.parse(readFileSync(join(target, "manifest.json"), "utf8"));
    expect(written, "build them again: node kernels/build.js").toEqual(manifestOf(target, PINNED));
  });

  test("are valid, and together take less than 300 kB", () => {
    for (const file of files) {
      const canRun = hasRelaxedSimd() || !file.includes("relaxed"); // Node 20 has no relaxed SIMD
      expect(WebAssembly.validate(readFileSync(join(target, file))), file).toBe(canRun);
    }
    const bytes = files.reduce((sum, file) => sum + statSync(join(target, file)).size, 0);
    expect(bytes).toBeLessThan(300_000);
  });

  test("are what the pinned compiler and linker make of the sources, byte for byte", () => {
    const fault = toolFault(toolVersions());
    if (fault === undefined) {
      expect(changedVariants()).toEqual([]);
      return;
    }
    process.stderr.write(
      `\nNOT CHECKED: whether wasm/ is what clang and lld ${PINNED.clang} make of kernels/, because ${fault}\n`,
    );
    expect(fault).toMatch(/clang-19|wasm-ld/);
  });
});

describe("the build", () => {
  const home = mkdtempSync(join(tmpdir(), "glassnet-tools-"));
  afterAll(() => rmSync(home, { recursive: true }));

  /** A folder with programs that only say which version they are. */
  function toolsOf(clang: string | undefined, lld: string | undefined): string {
    const folder = join(home, `${clang}-${lld}`);
    mkdirSync(folder);
    const add = (name: string, script: string) => writeFileSync(join(folder, name), script, { mode: 0o755 });
    const linker = lld === undefined ? "wasm-ld" : join(folder, "wasm-ld");
    if (clang !== undefined) {
      const says = `case "$*" in *-print-prog-name*) echo ${linker};; *) echo Debian clang version ${clang};; esac`;
      add("clang-19", `#!/bin/sh\n${says}\n`);
    }
    if (lld !== undefined) add("wasm-ld", `#!/bin/sh\necho Debian LLD ${lld}\n`);
    return folder;
  }

  const bytesOf = () => readdirSync(target).map((name) => readFileSync(join(target, name), "hex"));
  const built = (path: string, ...args: string[]) => {
    const script = join(import.meta.dirname, "../kernels/build.js");
    const { status, stderr } = spawnSync(process.execPath, [script, ...args], {
      encoding: "utf8",
      env: { PATH: path },
    });
    return { status, stderr };
  };
  const DEBIAN = "kernels: Debian 12 has what is needed: apt-get install clang-19 lld-19\n";
  const FORCE = "kernels: --force builds all the same, and notes the versions in wasm/manifest.json\n";

  test.each([
    ["no compiler", undefined, undefined, "clang-19 is not installed", false],
    [
      "a compiler alone",
      "19.1.7",
      undefined,
      "clang-19 is here, but no linker for it: wasm-ld of lld-19 is not installed",
      false,
    ],
    ["another compiler", "19.1.4", "19.1.7", "clang-19 is 19.1.4, expected 19.1.7", true],
    ["another linker", "19.1.7", "20.1.0", "wasm-ld is 20.1.0, expected 19.1.7", true],
    [
      "both others",
      "19.1.4",
      "19.1.6",
      "clang-19 is 19.1.4, expected 19.1.7; wasm-ld is 19.1.6, expected 19.1.7",
      true,
    ],
  ])("with %s says so and leaves the committed files alone", (_, clang, lld, fault, mayForce) => {
    const before = bytesOf();
    const path = toolsOf(clang, lld);
    const expected = `kernels: ${fault}; nothing was built\n${DEBIAN}`;
    expect(built(path)).toEqual({ status: 1, stderr: mayForce ? expected + FORCE : expected });
    expect(built(path, "--farce").stderr).toBe("kernels: unknown option --farce: expected --check or --force\n");
    expect(bytesOf()).toEqual(before);
  });

  test("notes the versions that it found, so that a forced one does not pass for a pinned one", () => {
    const others = { clang: "19.1.4", lld: "19.1.7" };
    expect(manifestOf(target, others)).toMatchObject({ tools: others });
    expect(manifestOf(target, others)).not.toEqual(manifestOf(target, PINNED));
  });
});
