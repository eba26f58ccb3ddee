import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { areInstalled } from "./packages.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bench-packages-"));
  mkdirSync(join(folder, "node_modules"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function lock(path: string, packages: object): void {
  writeFileSync(join(folder, path), JSON.stringify({ packages }));
}

test("nothing is installed in an empty folder", () => {
  lock("package-lock.json", { "node_modules/a": { version: "1.0.0" } });
  expect(areInstalled(folder)).toBe(false);
});

test("all is well if every package has the locked version, apart from those for other platforms", () => {
  const a = { version: "1.0.0" };
  lock("package-lock.json", {
    "": {},
    "node_modules/a": a,
    "node_modules/b-win32": { version: "1.0.0", optional: true },
  });
  lock("node_modules/.package-lock.json", { "node_modules/a": a });
  expect(areInstalled(folder)).toBe(true);
});

test("another version has to be installed", () => {
  lock("package-lock.json", { "node_modules/a": { version: "1.0.1" } });
  lock("node_modules/.package-lock.json", { "node_modules/a": { version: "1.0.0" } });
  expect(areInstalled(folder)).toBe(false);
});
