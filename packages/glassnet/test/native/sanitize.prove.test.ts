import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/**
 * @file The contract suite, threads and both fuzzes on an add-on that watches every access to memory and everything that C leaves
 * undefined (AddressSanitizer and UndefinedBehaviorSanitizer of gcc).
 */

const require = createRequire(import.meta.url);
const home = dirname(require.resolve("@glassnet/native/package.json"));
const root = join(import.meta.dirname, "../../../..");
const { compiledFiles, copyKernels, noteOutcome } = require("@glassnet/native/sources.js") as {
  compiledFiles(): string[];
  copyKernels(): void;
  noteOutcome(folder: string): void;
};

const AVX2 = ["-mavx2", "-mfma"];
const VARIANTS = { sse2: [], avx2: AVX2, avx512: [...AVX2, ..."f bw dq vl".split(" ").map((set) => `-mavx512${set}`)] };
const SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-g", "-O1"];
const COMMON = ["-shared", "-fPIC", "-pthread", "-std=gnu17", "-fvisibility=hidden"];
const ARITHMETIC = ["-ffreestanding", "-fno-math-errno", "-ffp-contract=off", "-fno-strict-aliasing", "-fwrapv"];

const headers = join(dirname(dirname(process.execPath)), "include/node");
const missing = (): string | undefined => {
  if (process.platform !== "linux" || process.arch !== "x64") return "sanitizers are run on Linux on x64";
  if (spawnSync("gcc", ["--version"]).status !== 0) return "there is no gcc";
  return existsSync(headers) ? undefined : "Node's headers are not there";
};
const reason = missing();

describe.skipIf(reason !== undefined)(`sanitized kernels${reason === undefined ? "" : `: ${reason}`}`, () => {
  const folders = {
    sound: mkdtempSync(join(tmpdir(), "sanitized-")),
    planted: mkdtempSync(join(tmpdir(), "sanitized-")),
  };
  afterAll(() => {
    for (const folder of Object.values(folders)) rmSync(folder, { recursive: true });
  });

  function build(folder: string, files: readonly string[], kernels: string): void {
    for (const [variant, instructions] of Object.entries(VARIANTS)) {
      const names = [`-DNODE_GYP_MODULE_NAME=${variant}`, `-I${headers}`, "-o", join(folder, `${variant}.node`)];
      const flags = ["-iquote", kernels, ...COMMON, ...ARITHMETIC, ...SANITIZERS, ...instructions, ...names];
      execFileSync("gcc", [...flags, ...files], { cwd: home });
    }
    noteOutcome(folder);
  }

  /** Runs a program of Node with the add-ons of a folder. */
  function run(folder: string, command: string, ...args: readonly string[]) {
    const library = (name: string) => execFileSync("gcc", [`-print-file-name=${name}`], { encoding: "utf8" }).trim();
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      env: {
        ...process.env,
        GLASSNET_NATIVE_FOLDER: folder,
        LD_PRELOAD: `${library("libasan.so")} ${library("libubsan.so")}`,
        // Node keeps what it allocates once; memory that is not there is a result and no error.
        ASAN_OPTIONS: "detect_leaks=0:allocator_may_return_null=1",
        UBSAN_OPTIONS: "print_stacktrace=1",
      },
    });
    return { status, stdout, output: `${stdout}\n${stderr}` };
  }

  const suite = (folder: string, file: string) => run(folder, "npx", "vitest", "run", `packages/glassnet/test/${file}`);

  beforeAll(() => {
    copyKernels();
    build(folders.sound, compiledFiles(), "kernels");
  });

  // Without this the suites below would pass where an add-on cannot be loaded: they take what there is.
  test("they are what runs", () => {
    const script = `const { load, variants } = require(${JSON.stringify(join(home, "index.js"))});
      for (const name of variants) console.log(name, load(name).addon?.variant ?? load(name).reason);`;
    const { status, output } = run(folders.sound, process.execPath, "-e", script);
    expect(status, output).toBe(0);
    for (const line of output.trim().split("\n")) expect(line).toMatch(/^(\w+) (\1|this processor cannot run \1)$/);
    expect(output).toContain("sse2 sse2");
  });

  const suites = ["backends.contract.test.ts", "threads.test.ts", "native/fuzz.test.ts", "fuzz/fuzz.test.ts"];
  test.each(suites)("%s", (file) => {
    const { status, stdout, output } = suite(folders.sound, file);
    expect(status, output.slice(-8000)).toBe(0);
    console.log(stdout.trim().split("\n").at(-1));
  });

  test("a kernel that reads and writes too far is found", () => {
    const kernels = join(folders.planted, "kernels");
    cpSync(join(home, "kernels"), kernels, { recursive: true });
    const file = join(kernels, "sort.c");
    const text = readFileSync(file, "utf8");
    const wrong = text.replace(/share\(frame, (.*), &begin, &end\);/, "$& end += 64;");
    expect(wrong).not.toBe(text);
    writeFileSync(file, wrong);
    build(
      folders.planted,
      compiledFiles().map((path) => (path.startsWith("kernels/") ? join(folders.planted, path) : path)),
      kernels,
    );
    const { status, output } = suite(folders.planted, "backends.contract.test.ts");
    expect(status).not.toBe(0);
    expect(output).toContain("AddressSanitizer: heap-buffer-overflow");
  });
});
