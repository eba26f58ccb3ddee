import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

/**
 * @file The kernels' tests in C, and the contract suite as lowered programs, on every instruction set: on x64 with sanitizers, as far
 * as the processor has it, and on NEON in an emulator (Debian: apt-get install gcc-aarch64-linux-gnu qemu-user).
 */

const require = createRequire(import.meta.url);
const kernels = join(import.meta.dirname, "../../kernels");
const addon = dirname(require.resolve("@glassnet/native/package.json"));
const headers = join(dirname(dirname(process.execPath)), "include/node");
const { copyKernels, compiledFiles } = require("@glassnet/native/sources.js") as {
  copyKernels(): void;
  compiledFiles(): string[];
};

/** As packages/native/binding.gyp has them. */
const FLAGS = "-std=gnu17 -pthread -fno-math-errno -ffp-contract=off -fno-strict-aliasing -fwrapv -Wall -Wextra".split(
  " ",
);
const SANITIZED = "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined".split(" ");
const AVX2 = ["-mavx2", "-mfma"];
const AVX512 = [...AVX2, ..."f bw dq vl".split(" ").map((set) => `-mavx512${set}`)];

interface Target {
  readonly name: string;
  readonly compiler: string;
  readonly flags: readonly string[];
  /** What runs the programs, if the processor does not. */
  readonly emulator: readonly string[];
  /** How much of the tests is run: an emulator takes ten times as long. */
  readonly rounds: { readonly conv: number; readonly gemm: number; readonly pool: number; readonly cases: number };
}

const MANY = { conv: 150, gemm: 1000, pool: 20_000, cases: 4000 };
const SOME = { conv: 60, gemm: 60, pool: 4000, cases: 2000 };

const onX64 = (name: string, flags: readonly string[]): Target => ({
  name,
  compiler: "gcc",
  flags: [...SANITIZED, ...flags],
  emulator: [],
  rounds: MANY,
});

const neon: Target = {
  name: "neon",
  ...(process.arch === "arm64"
    ? { compiler: "gcc", flags: SANITIZED, emulator: [], rounds: MANY }
    : { compiler: "aarch64-linux-gnu-gcc", flags: ["-O3", "-static"], emulator: ["qemu-aarch64"], rounds: SOME }),
};

const isThere = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

/** Why a target cannot be tested here. */
function gapOf({ name, compiler, emulator }: Target): string | undefined {
  if (process.platform !== "linux") return "the tests in C are run on Linux";
  if (name !== "neon" && process.arch !== "x64") return `this processor is ${process.arch}`;
  const [missing] = [compiler, ...emulator].filter((program) => !isThere(program));
  if (missing !== undefined) return `there is no ${missing}`;
  const { variants, load } = require("@glassnet/native") as {
    variants: readonly string[];
    load(variant: string): { readonly reason?: string };
  };
  const { reason } = variants.includes(name) ? load(name) : {};
  return reason?.startsWith("this processor") ? reason : undefined;
}

const folder = mkdtempSync(join(tmpdir(), "kernels-"));
afterAll(() => rmSync(folder, { recursive: true }));

const sources = readdirSync(kernels).filter((name) => name.endsWith(".c") && name !== "wasm.c");
const only = (...names: readonly string[]) => sources.filter((name) => names.some((start) => name.startsWith(start)));

/** Writes what a program in C reads, with the one in TypeScript of the same name. */
function write(name: string, ...args: readonly string[]): string {
  const path = join(folder, `${name}.bin`);
  const tsx = require.resolve("tsx");
  const script = join(kernels, "test", `${name}.ts`);
  execFileSync(process.execPath, ["--import", tsx, "--conditions=@glassnet/source", script, path, ...args]);
  return path;
}

describe.each([onX64("sse2", []), onX64("avx2", AVX2), onX64("avx512", AVX512), neon])("$name", (target) => {
  const gap = gapOf(target);
  if (gap !== undefined) process.stderr.write(`\nNOT CHECKED: the kernels for ${target.name}, because ${gap}\n`);

  function run(name: string, files: readonly string[], args: readonly string[]): string {
    const program = join(folder, `${target.name}-${name}`);
    const { compiler, flags, emulator } = target;
    const compiled = spawnSync(
      compiler,
      [...FLAGS, ...flags, "-iquote", ".", "-o", program, `test/${name}.c`, ...files, "-lm"],
      { cwd: kernels, encoding: "utf8" },
    );
    expect(compiled.stderr).toBe("");
    const [command, ...rest] = [...emulator, program, ...args];
    const { status, stdout, stderr } = spawnSync(command!, rest, { encoding: "utf8" });
    expect(status, `${stdout}\n${stderr}`).toBe(0);
    const [last = ""] = stdout.trim().split("\n").slice(-1);
    console.log(last);
    return last;
  }

  const { conv, gemm, pool, cases } = target.rounds;

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
    const file = write("cases", `${cases}`);
    expect(run("cases", only("random", "index", "move", "sort"), [file])).toContain(" 0 failures");
  });

  test.skipIf(gap !== undefined)("the contract suite, as lowered programs", () => {
    const file = write("programs");
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
