#!/usr/bin/env node
/**
 * @file Compiles the kernels to WebAssembly. The results are committed, so that nobody needs a compiler:
 *
 *   node kernels/build.js            builds all variants into wasm/, and notes what of in wasm/manifest.json
 *   node kernels/build.js --check    builds them elsewhere and compares
 *
 * Which bits come out depends on the compiler, so its version is pinned: clang and lld 19.1.7, Debian 12's clang-19 and
 * lld-19.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CLANG = "clang-19";
export const VERSION = "19.1.7";
const folder = import.meta.dirname;
export const target = join(folder, "../wasm");

const COMPILE = [
  ...["--target=wasm32", "-std=c17", "-ffreestanding", "-msimd128", "-mbulk-memory"],
  ...["-fno-math-errno", "-ffp-contract=off", "-fno-strict-aliasing", "-fvisibility=hidden"],
  ...["-Wall", "-Wextra", "-Werror"],
];

/**
 * What is hot is written with vectors and unrolled where that pays, so compilers are asked for small code. With -O3 the
 * modules are two thirds larger; only sorting was found to be faster. In some files plain loops are left for the compiler to
 * vectorise.
 */
const SMALL = ["-Os", "-fno-vectorize", "-fno-slp-vectorize"];
const SMALLEST = ["-Oz", "-fno-vectorize", "-fno-slp-vectorize"];
const LEVELS = {
  "block.c": ["-Os"],
  "fill.c": ["-Os"],
  "index.c": SMALLEST,
  "move.c": SMALLEST,
};

/**
 * Whole numbers that a network computes with wrap, by definition and not by luck. Here the only whole numbers are sizes and
 * addresses, which do not overflow; to know that spares a tenth of the code that finds them.
 */
const ADDRESSES_ONLY = ["conv.c", "conv_kernel_grad.c", "conv_planes.c", "gemm.c", "pool.c"];
const wrapping = (source) => (ADDRESSES_ONLY.includes(source) ? [] : ["-fwrapv"]);

const LINK = [
  ...["--target=wasm32", "-nostdlib", "-Wl,--no-entry", "-Wl,--import-memory", "-Wl,--strip-all"],
  "-Wl,--compress-relocations", // without it every address in the code takes five bytes
  ...["-Wl,-z,stack-size=65536", "-Wl,--initial-memory=1048576"],
  ...["-Wl,--export=__stack_pointer", "-Wl,--export=__heap_base"],
];

const RELAXED = { compile: ["-mrelaxed-simd"], link: [] };
const THREADS = { compile: ["-matomics"], link: ["-Wl,--shared-memory", "-Wl,--max-memory=4294967296"] };

/** What is built: each file, and what makes it different. */
export const variants = {
  "kernels.wasm": [],
  "kernels-relaxed.wasm": [RELAXED],
  "kernels-threads.wasm": [THREADS],
  "kernels-relaxed-threads.wasm": [RELAXED, THREADS],
};

/** The compiler's version, or undefined if it is not there. */
export function compilerVersion() {
  try {
    return /clang version (\S+)/.exec(execFileSync(CLANG, ["--version"], { encoding: "utf8", stdio: "pipe" }))?.[1];
  } catch {
    return undefined;
  }
}

/** Kernels that are compiled, in alphabetical order. */
const sources = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".c"))
    .sort();

/** Compiles all variants into a folder. */
export function build(into) {
  mkdirSync(into, { recursive: true });
  const objects = mkdtempSync(join(tmpdir(), "kernels-"));
  const clang = (args) => execFileSync(CLANG, args, { cwd: folder, stdio: "inherit" });
  try {
    for (const [name, features] of Object.entries(variants)) {
      const flags = [...COMPILE, ...features.flatMap(({ compile }) => compile)];
      const compiled = sources().map((source) => {
        const object = join(objects, `${source}.o`);
        clang([...flags, ...wrapping(source), ...(LEVELS[source] ?? SMALL), "-c", "-o", object, source]);
        return object;
      });
      clang([...LINK, ...features.flatMap(({ link }) => link), "-o", join(into, name), ...compiled]);
      chmodSync(join(into, name), 0o644);
    }
  } finally {
    rmSync(objects, { recursive: true });
  }
}

const hashOf = (...paths) => {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest("hex");
};

/** What the modules in wasm/ are and what of, so that a stale one is noticed without a compiler. */
export function manifestOf(modules) {
  const inputs = readdirSync(folder)
    .filter((name) => /\.[ch]$/.test(name))
    .sort()
    .concat("build.js");
  return {
    compiler: `clang ${VERSION}`,
    sources: hashOf(...inputs.map((name) => join(folder, name))),
    modules: Object.fromEntries(Object.keys(variants).map((name) => [name, hashOf(join(modules, name))])),
  };
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
  if (version !== VERSION) {
    complain(`kernels: ${CLANG} is ${version}, the committed files were built with ${VERSION}`);
  }
  if (process.argv[2] === "--check") {
    const changed = changedVariants();
    if (changed.length > 0)
      complain(`kernels: the committed files differ from what the sources give: ${changed.join(", ")}`);
    process.exit(changed.length === 0 ? 0 : 1);
  }
  build(target);
  writeFileSync(join(target, "manifest.json"), `${JSON.stringify(manifestOf(target), undefined, 2)}\n`);
}
