import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchNode } from "../../../test/pack/node-version.ts";
import { ableSamples } from "./one-primitive.ts";

/**
 * @file The builds of WebAssembly with relaxed multiply-add, with threads and without: the contract suite, guards, threads, random
 * programs and accuracy, under Node 24. Node 20 has no relaxed SIMD, so there `npm test` cannot run them, and says so.
 */

const root = join(import.meta.dirname, "../../..");
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

const home = mkdtempSync(join(tmpdir(), "relaxed-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
let node: string;
beforeAll(async () => {
  node = await fetchNode("24", home);
});

interface Report {
  readonly success: boolean;
  readonly testResults: readonly { readonly assertionResults: readonly { fullName: string; status: string }[] }[];
}

test.each([
  ["test/backends.contract.test.ts", ableSamples.length],
  ["test/guards.contract.test.ts", ableSamples.length],
  ["test/threads.test.ts", 60],
  ["test/accuracy.test.ts", 1],
  ["src/train/predictor.test.ts", 3],
  ["src/train/batch.test.ts", 1],
  ["test/fuzz/fuzz.test.ts", 0], // its tests take every form that there is
  ["test/fuzz/fuzz.prove.test.ts", 0],
])("%s", (file, least) => {
  const report = join(home, "report.json");
  const config = file.includes(".prove.") ? ["--config", "vitest.prove.config.ts"] : [];
  const { status, stdout, stderr } = spawnSync(
    node,
    [vitest, "run", ...config, "--reporter=json", `--outputFile=${report}`, `packages/glassnet/${file}`],
    // Without the add-on, which other proofs are about.
    { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28, env: { ...process.env, GLASSNET_NATIVE_FOLDER: home } },
  );
  expect(status, `${stdout}\n${stderr}`.slice(-8000)).toBe(0);
  expect(stderr).not.toContain("NOT CHECKED: the relaxed");
  const { success, testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
  const passed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((result) => result.status === "passed");
  const relaxed = passed.filter(({ fullName }) => fullName.includes("relaxed"));
  console.log(`${file} in Node 24: ${passed.length} passed, of them by name on a relaxed build ${relaxed.length}`);
  expect(success).toBe(true);
  expect(passed.length).toBeGreaterThan(0);
  expect(relaxed.length).toBeGreaterThanOrEqual(least);
});
