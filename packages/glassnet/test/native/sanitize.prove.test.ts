import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/**
 * @file The contract suite and the fuzz on an add-on that watches every access to memory and everything that C leaves
 * undefined (AddressSanitizer and UndefinedBehaviorSanitizer of gcc).
 */

const require = createRequire(import.meta.url);
const home = dirname(require.resolve("@glassnet/native/package.json"));
const root = join(import.meta.dirname, "../../../..");
const { compiledFiles, noteOutcome } = require("@glassnet/native/sources.js") as {
  compiledFiles(): string[];
  noteOutcome(folder: string): void;
};

const AVX2 = ["-mavx2", "-mfma"];
const VARIANTS = { sse2: [], avx2: AVX2, avx512: [...AVX2, ..."f bw dq vl".split(" ").map((set) => `-mavx512${set}`)] };
const SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-g", "-O1"];
const COMMON = ["-shared", "-fPIC", "-pthread", "-std=gnu17", "-iquote", "kernels", "-fvisibility=hidden"];
const ARITHMETIC = ["-ffreestanding", "-fno-math-errno", "-ffp-contract=off", "-fno-strict-aliasing", "-fwrapv"];

const headers = join(dirname(dirname(process.execPath)), "include/node");
const missing = (): string | undefined => {
  if (process.platform !== "linux" || process.arch !== "x64") return "sanitizers are run on Linux on x64";
  if (spawnSync("gcc", ["--version"]).status !== 0) return "there is no gcc";
  return existsSync(headers) ? undefined : "Node's headers are not there";
};
const reason = missing();

describe.skipIf(reason !== undefined)(`sanitized kernels${reason === undefined ? "" : `: ${reason}`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "sanitized-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(() => {
    for (const [variant, instructions] of Object.entries(VARIANTS)) {
      const names = [`-DNODE_GYP_MODULE_NAME=${variant}`, `-I${headers}`, "-o", join(folder, `${variant}.node`)];
      const flags = [...COMMON, ...ARITHMETIC, ...SANITIZERS, ...instructions, ...names];
      execFileSync("gcc", [...flags, ...compiledFiles()], { cwd: home });
    }
    noteOutcome(folder);
  });

  test.each(["backends.contract.test.ts", "native/fuzz.test.ts"])("%s", (file) => {
    const library = (name: string) => execFileSync("gcc", [`-print-file-name=${name}`], { encoding: "utf8" }).trim();
    const { status, stdout, stderr } = spawnSync("npx", ["vitest", "run", `packages/glassnet/test/${file}`], {
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
    expect(status, `${stdout}\n${stderr}`.slice(-8000)).toBe(0);
    console.log(stdout.trim().split("\n").at(-1));
  });
});
