#!/usr/bin/env node
/**
 * @file Compiles the kernels to WebAssembly. The results are committed, so that nobody needs a compiler:
 *
 *   node kernels/build.js            builds all variants into wasm/, and notes what of and by what in wasm/manifest.json
 *   node kernels/build.js --check    builds them elsewhere and compares
 *   node kernels/build.js --force    builds with other versions of the tools too; what is not to be committed
 *
 * Which bits come out depends on compiler and linker, so both are pinned: clang and lld 19.1.7, Debian 12's clang-19 and
 * lld-19. With others nothing is written: tests would fail for whoever has the right ones.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CLANG = "clang-19";
/** What the committed modules are built with. */
export const PINNED = { clang: "19.1.7", lld: "19.1.7" };
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

const versionOf = (pattern, program, args) => {
  try {
    return pattern.exec(execFileSync(program, args, { encoding: "utf8", stdio: "pipe" }))?.[1];
  } catch {
    return undefined; // it is not there, or not what its name says
  }
};

/** The linker that the compiler would call. */
const linkerOf = () =>
  execFileSync(CLANG, ["--target=wasm32", "-print-prog-name=wasm-ld"], { encoding: "utf8", stdio: "pipe" }).trim();

/** The versions of compiler and linker; undefined for one that is not there. */
export function toolVersions() {
  const clang = versionOf(/clang version (\d[\d.]*)/, CLANG, ["--version"]);
  const lld = clang === undefined ? undefined : versionOf(/LLD (\d[\d.]*)/, linkerOf(), ["--version"]);
  return { clang, lld };
}

/** In words, what keeps these tools from making the committed bytes; undefined if nothing does. */
export function toolFault({ clang, lld }) {
  if (clang === undefined) return `${CLANG} is not installed`;
  if (lld === undefined) return `${CLANG} is here, but no linker for it: wasm-ld of lld-19 is not installed`;
  const others = [
    ...(clang === PINNED.clang ? [] : [`${CLANG} is ${clang}, expected ${PINNED.clang}`]),
    ...(lld === PINNED.lld ? [] : [`wasm-ld is ${lld}, expected ${PINNED.lld}`]),
  ];
  return others.length === 0 ? undefined : others.join("; ");
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

/** What the modules in wasm/ are, what of and by what, so that a stale one is noticed without a compiler. */
export function manifestOf(modules, { clang, lld }) {
  const inputs = readdirSync(folder)
    .filter((name) => /\.[ch]$/.test(name))
    .sort()
    .concat("build.js");
  return {
    tools: { clang, lld },
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

const complain = (text) => process.stderr.write(`kernels: ${text}\n`);

/** @returns the exit code */
function main(args) {
  const unknown = args.find((arg) => !["--check", "--force"].includes(arg));
  if (unknown !== undefined) {
    complain(`unknown option ${unknown}: expected --check or --force`);
    return 2;
  }
  const versions = toolVersions();
  const fault = toolFault(versions);
  const isMissing = versions.clang === undefined || versions.lld === undefined;
  if (isMissing || (fault !== undefined && !args.includes("--check") && !args.includes("--force"))) {
    complain(`${fault}; nothing was built`);
    complain("Debian 12 has what is needed: apt-get install clang-19 lld-19");
    if (!isMissing) complain("--force builds all the same, and notes the versions in wasm/manifest.json");
    return 1;
  }
  if (fault !== undefined) complain(fault);
  if (args.includes("--check")) {
    const changed = changedVariants();
    if (changed.length === 0) return 0;
    complain(`the committed files differ from what the sources give: ${changed.join(", ")}`);
    return 1;
  }
  build(target);
  writeFileSync(join(target, "manifest.json"), `${JSON.stringify(manifestOf(target, versions), undefined, 2)}\n`);
  return 0;
}

if (process.argv[1] === import.meta.filename) process.exit(main(process.argv.slice(2)));
