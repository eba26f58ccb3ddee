#!/usr/bin/env node
/**
 * @file Compiles the kernels to WebAssembly. The results are committed, so that nobody needs a compiler:
 *
 *   node kernels/build.js            builds all variants into wasm/
 *   node kernels/build.js --check    builds them elsewhere and compares
 *
 * Which bits come out depends on the compiler, so its version is pinned: clang and lld 19.1.7, Debian 12's clang-19 and
 * lld-19.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CLANG = "clang-19";
const VERSION = "19.1.7";
const folder = import.meta.dirname;
const target = join(folder, "../wasm");

const COMMON = [
  ...["--target=wasm32", "-O3", "-std=c17", "-ffreestanding", "-nostdlib", "-msimd128", "-mbulk-memory"],
  ...["-fno-math-errno", "-ffp-contract=off", "-fno-strict-aliasing", "-fvisibility=hidden"],
  ...["-Wall", "-Wextra", "-Werror"],
  ...[
    "-Wl,--no-entry",
    "-Wl,--import-memory",
    "-Wl,--strip-all",
    "-Wl,-z,stack-size=65536",
    "-Wl,--initial-memory=1048576",
  ],
  ...["-Wl,--export=__stack_pointer", "-Wl,--export=__heap_base"],
];
const THREADS = ["-matomics", "-Wl,--shared-memory", "-Wl,--max-memory=4294967296"];
const RELAXED = ["-mrelaxed-simd"];

/** What is built: each file, and what makes it different. */
export const variants = {
  "kernels.wasm": [],
  "kernels-relaxed.wasm": RELAXED,
  "kernels-threads.wasm": THREADS,
  "kernels-relaxed-threads.wasm": [...RELAXED, ...THREADS],
};

/** The compiler's version, or undefined if it is not there. */
export function compilerVersion() {
  try {
    return /clang version (\S+)/.exec(execFileSync(CLANG, ["--version"], { encoding: "utf8" }))?.[1];
  } catch {
    return undefined;
  }
}

/** Compiles all variants into a folder. */
export function build(into) {
  mkdirSync(into, { recursive: true });
  const sources = readdirSync(folder).filter((name) => name.endsWith(".c"));
  for (const [name, flags] of Object.entries(variants)) {
    execFileSync(CLANG, [...COMMON, ...flags, "-o", join(into, name), ...sources], { cwd: folder, stdio: "inherit" });
  }
}

/** Names of the variants whose committed bytes are not what the sources give. */
export function changedVariants() {
  const into = mkdtempSync(join(tmpdir(), "kernels-"));
  try {
    build(into);
    return Object.keys(variants).filter(
      (name) => !readFileSync(join(into, name)).equals(readFileSync(join(target, name))),
    );
  } finally {
    rmSync(into, { recursive: true });
  }
}

const complain = (text) => process.stderr.write(`${text}\n`);

if (process.argv[1] === import.meta.filename) {
  const version = compilerVersion();
  if (version === undefined) {
    complain(`kernels: ${CLANG} is not installed (Debian: apt-get install clang-19 lld-19); nothing was built`);
    process.exit(1);
  }
  if (!version.startsWith(VERSION))
    complain(`kernels: ${CLANG} is ${version}, the committed files were built with ${VERSION}`);
  if (process.argv[2] === "--check") {
    const changed = changedVariants();
    if (changed.length > 0)
      complain(`kernels: the committed files differ from what the sources give: ${changed.join(", ")}`);
    process.exit(changed.length === 0 ? 0 : 1);
  }
  build(target);
}
