import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { npm } from "./node-version.ts";

/** @file A fresh copy of the repository on a machine with Node, npm, a shell and nothing else: `npm ci`, as the README says. */

const root = join(import.meta.dirname, "../..");
const home = mkdtempSync(join(tmpdir(), "glassnet-workspace-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The only programs that can be found: no compiler, no make, no Python. npm starts scripts through `sh`. */
function searchPath(): string {
  const path = join(home, "bin");
  mkdirSync(path);
  symlinkSync(process.execPath, join(path, "node"));
  symlinkSync(npm, join(path, "npm"));
  symlinkSync("/bin/sh", join(path, "sh"));
  return path;
}

/** What a clone of the present state would hold. */
function copySources(): string {
  const folder = join(home, "glassnet");
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const names = execFileSync("git", list, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 }).split("\0");
  for (const name of new Set(names)) {
    if (name === "" || !existsSync(join(root, name))) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(join(root, name), join(folder, name));
  }
  return folder;
}

test("npm ci without a compiler shows no error, takes less than a minute, and what it leaves works", () => {
  const folder = copySources();
  const { CC: _, CXX: __, ...others } = process.env;
  const env = { ...others, PATH: searchPath() };
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [npm, "ci", "--no-audit", "--no-fund"], {
    ...{ cwd: folder, env, encoding: "utf8", maxBuffer: 2 ** 26 },
  });
  const seconds = (performance.now() - begin) / 1000;
  console.log(`npm ci without a compiler took ${seconds.toFixed(1)} s`);
  expect([status, `${stdout}${stderr}`]).toEqual([0, expect.not.stringMatching(/\berr(or)?\b/i)]);
  expect(seconds).toBeLessThan(60);

  const outcome = join(folder, "packages/native/build/Release/outcome.json");
  expect(JSON.parse(readFileSync(outcome, "utf8"))).toMatchObject({ cause: "no-compiler", files: {} });
  const doctor = [join(folder, "packages/glassnet/bin/glassnet.js"), "doctor", "--threads", "1"];
  const found = spawnSync(process.execPath, doctor, { cwd: folder, env, encoding: "utf8" });
  expect([found.status, found.stderr]).toEqual([0, ""]);
  expect(found.stdout.replace(/\s+/g, " ")).toContain("not built: there is no C compiler");
});
