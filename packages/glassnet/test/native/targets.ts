import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";

/** @file The instruction sets that the kernels are built for, and how a test in C is compiled and run on each. */

const require = createRequire(import.meta.url);
export const kernels = join(import.meta.dirname, "../../kernels");

/** As packages/native/binding.gyp has them. */
export const FLAGS =
  "-std=gnu17 -pthread -fno-math-errno -ffp-contract=off -fno-strict-aliasing -fwrapv -Wall -Wextra".split(" ");
const AVX2 = ["-mavx2", "-mfma"];
const AVX512 = [...AVX2, ..."f bw dq vl".split(" ").map((set) => `-mavx512${set}`)];

export interface Target {
  readonly name: string;
  readonly compiler: string;
  readonly flags: readonly string[];
  /** What runs the programs, if the processor does not. */
  readonly emulator: readonly string[];
}

const onX64 = (name: string, flags: readonly string[]): Target => ({ name, compiler: "gcc", flags, emulator: [] });

export const neon: Target = {
  name: "neon",
  ...(process.arch === "arm64"
    ? { compiler: "gcc", flags: [], emulator: [] }
    : { compiler: "aarch64-linux-gnu-gcc", flags: ["-static"], emulator: ["qemu-aarch64"] }),
};

export const targets: readonly Target[] = [onX64("sse2", []), onX64("avx2", AVX2), onX64("avx512", AVX512), neon];

const isThere = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

/** Why a target cannot be tested here. */
export function gapOf({ name, compiler, emulator }: Target): string | undefined {
  if (process.platform !== "linux") return "the tests in C are run on Linux";
  if (name !== "neon" && process.arch !== "x64") return `this processor is ${process.arch}`;
  const [missing] = [compiler, ...emulator].filter((program) => !isThere(program));
  if (missing !== undefined) return `there is no ${missing}`;
  // Asked of the system, because the add-on may not be built.
  const needed =
    name === "avx512" ? ["avx512f", "avx512bw", "avx512dq", "avx512vl"] : name === "avx2" ? ["avx2", "fma"] : [];
  if (needed.length === 0) return undefined;
  const has = new Set(/^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.split(" "));
  return needed.every((feature) => has.has(feature)) ? undefined : `this processor cannot run ${name}`;
}

/** Compiles a test in C, without a warning. */
export function compileTest(
  { compiler, flags }: Target,
  name: string,
  program: string,
  {
    level = ["-O2"],
    files = [],
    sources = kernels,
  }: { readonly level?: readonly string[]; readonly files?: readonly string[]; readonly sources?: string } = {},
): void {
  const all = [...FLAGS, ...level, ...flags, "-iquote", ".", "-o", program, `test/${name}.c`, ...files, "-lm"];
  const { stderr } = spawnSync(compiler, all, { cwd: sources, encoding: "utf8" });
  expect(stderr).toBe("");
}

/** Runs a test in C; it has to succeed. @returns what it printed */
export function runTest({ emulator }: Target, program: string, args: readonly string[]): string {
  const [command, ...rest] = [...emulator, program, ...args];
  const { status, stdout, stderr } = spawnSync(command!, rest, { encoding: "utf8" });
  expect(status, `${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

/**
 * Compiles `kernels/test/ulp.c` and runs it once for each list of arguments; it fails if a function is too far off. Gives the second
 * word of what it prints of each function.
 */
export function ulp(target: Target, ...runs: readonly (readonly string[])[]): readonly Record<string, string>[] {
  const folder = mkdtempSync(join(tmpdir(), "ulp-"));
  try {
    const program = join(folder, "ulp");
    compileTest(target, "ulp", program);
    return runs.map((args) => {
      const lines = runTest(target, program, args).trim().split("\n");
      return Object.fromEntries(lines.map((line) => line.split(/ +/).slice(0, 2)));
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes what a program in C reads, with the one in TypeScript of the same name. */
export function writeInput(name: string, folder: string, ...args: readonly string[]): string {
  const path = join(folder, `${name}.bin`);
  const script = join(kernels, "test", `${name}.ts`);
  const tsx = require.resolve("tsx");
  execFileSync(process.execPath, ["--import", tsx, "--conditions=@glassnet/source", script, path, ...args]);
  return path;
}
