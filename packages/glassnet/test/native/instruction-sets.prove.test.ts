import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { compileTest, FLAGS, gapOf, kernels, neon, runTest, targets, writeInput } from "./targets.ts";

/**
 * @file The kernels' tests in C, and the contract suite as lowered programs, on every instruction set: on x64 with sanitizers, as far
 * as the processor has it, and on NEON in an emulator (Debian: apt-get install gcc-aarch64-linux-gnu qemu-user).
 */

const require = createRequire(import.meta.url);
const addon = dirname(require.resolve("@glassnet/native/package.json"));
const headers = join(dirname(dirname(process.execPath)), "include/node");
const { copyKernels, compiledFiles } = require("@glassnet/native/sources.js") as {
  copyKernels(): void;
  compiledFiles(): string[];
};

const SANITIZED = "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined".split(" ");

/** How much of the tests is run: an emulator takes ten times as long, and has no sanitizers. */
const MANY = { conv: 150, gemm: 1000, pool: 20_000, cases: 4000 };
const SOME = { conv: 60, gemm: 60, pool: 4000, cases: 2000 };

const folder = mkdtempSync(join(tmpdir(), "kernels-"));
afterAll(() => rmSync(folder, { recursive: true }));

const sources = readdirSync(kernels).filter((name) => name.endsWith(".c") && name !== "wasm.c");
const only = (...names: readonly string[]) => sources.filter((name) => names.some((start) => name.startsWith(start)));

describe.each(targets)("$name", (target) => {
  const gap = gapOf(target);
  if (gap !== undefined) process.stderr.write(`\nNOT CHECKED: the kernels for ${target.name}, because ${gap}\n`);
  const isEmulated = target.emulator.length > 0;

  function run(name: string, files: readonly string[], args: readonly string[]): string {
    const program = join(folder, `${target.name}-${name}`);
    compileTest(target, name, program, { level: isEmulated ? ["-O3"] : SANITIZED, files });
    const [last = ""] = runTest(target, program, args).trim().split("\n").slice(-1);
    console.log(last);
    return last;
  }

  const { conv, gemm, pool, cases } = isEmulated ? SOME : MANY;

  test.skipIf(gap !== undefined)("convolutions", () => {
    expect(run("conv-test", only("conv"), [`${conv}`])).toContain(" 0 failures");
  });

  test.skipIf(gap !== undefined)("products", () => {
    expect(run("gemm-test", only("gemm"), [`${gemm}`])).toContain(" 0 failures");
  });

  test.skipIf(gap !== undefined)("pooling", () => {
    expect(run("pool-test", only("pool"), [`${pool}`])).toContain(" 0 failures");
  });

  test.skipIf(gap !== undefined)("indices, copies, order and random numbers", () => {
    const file = writeInput("cases", folder, `${cases}`);
    expect(run("cases", only("random", "index", "move", "sort"), [file])).toContain(" 0 failures");
  });

  test.skipIf(gap !== undefined)("the contract suite, as lowered programs", () => {
    const file = writeInput("programs", folder);
    expect(run("programs", [...sources, join(addon, "src/pool.c")], [file])).toMatch(
      /^programs: \d{3,} .* 0 failures$/,
    );
  });
});

test.skipIf(neon.emulator.length === 0 || gapOf(neon) !== undefined || !existsSync(headers))(
  "the add-on compiles for arm64, without a warning",
  () => {
    copyKernels();
    const names = ["-DNODE_GYP_MODULE_NAME=neon", `-I${headers}`, "-o", join(folder, "neon.node")];
    const flags = [...FLAGS, "-O3", "-ffreestanding", "-shared", "-fPIC", "-iquote", "kernels", ...names];
    const { status, stderr } = spawnSync(neon.compiler, [...flags, ...compiledFiles()], {
      cwd: addon,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  },
);
