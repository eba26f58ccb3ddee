import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { glassnet, glassnetAll, temporaryFolder } from "./command.ts";
import { toyFiles, writeFiles } from "./toy-digits.ts";

/** @file Places, files and outputs that are hostile or go away: nothing is overwritten, lost unsaid, or shown raw. */

const folder = temporaryFolder("hardening");
const cwd = folder.path;
const TRAIN = ["train", "mnist", "--data", "toys", "--epochs", "1", "--layers", "4"];

beforeAll(() => {
  writeFiles(join(cwd, "toys"), toyFiles(120, 20));
});
afterAll(() => folder.remove());

test("of two runs that want one folder at the same moment, one gets it whole", async () => {
  const seeds = ["1", "2"];
  const runs = await Promise.all(
    seeds.map((seed) => glassnet([...TRAIN, "--output", "same", "--seed", seed, "--quiet"], { cwd })),
  );
  expect(runs.map(({ code }) => code).sort()).toEqual([0, 1]);
  expect(runs.map(({ stderr }) => stderr).join("")).toMatch(
    /^error: same: the folder is not empty, and a run never overwrites another\n/,
  );
  const winner = Number(seeds[runs.findIndex(({ code }) => code === 0)]);
  const seedOf = (file: string) => JSON.parse(readFileSync(join(cwd, "same", file), "utf8")) as { seed: number };
  expect(seedOf("summary.json").seed).toBe(winner);
  expect(JSON.parse(readFileSync(join(cwd, "same", "config.json"), "utf8"))).toMatchObject({ recipe: { seed: winner } });
  const starts = readFileSync(join(cwd, "same", "events.jsonl"), "utf8").match(/"kind":"start"/g);
  expect(starts).toHaveLength(1);
});

test("places that cannot be are refused with a plain reason, and empty names are no names", async () => {
  symlinkSync("nowhere", join(cwd, "dangling"));
  symlinkSync("loop", join(cwd, "loop"));
  mkdirSync(join(cwd, "used", "inside"), { recursive: true });
  const results = await glassnetAll(
    [
      [...TRAIN, "--output", "dangling"],
      [...TRAIN, "--output", "dangling/run"],
      [...TRAIN, "--output", "loop/run"],
      [...TRAIN, "--output", "used"],
      [...TRAIN, "--output", ""],
      [...TRAIN, "--output="],
      [...TRAIN, "--data", ""],
    ],
    { cwd },
  );
  expect(results.map(({ code, stderr }) => `${code} ${stderr.split("\n")[0]}`)).toMatchInlineSnapshot(`
    [
      "1 error: dangling: cannot create the folder: there is no such place: a link leads nowhere, or the file system takes no folders",
      "1 error: dangling/run: cannot create the folder: there is no such place: a link leads nowhere, or the file system takes no folders",
      "1 error: loop/run: cannot create the folder: too many symbolic links",
      "1 error: used: the folder is not empty, and a run never overwrites another",
      "2 error: train: --output needs a value",
      "2 error: train: --output needs a value",
      "2 error: train: --data needs a value",
    ]
  `);
});

test("names that every object has are ordinary arguments", async () => {
  const [constructed, proto] = await glassnetAll(
    [
      ["inspect", "constructor"],
      ["eval", "__proto__", "mnist"],
    ],
    { cwd },
  );
  expect([constructed!.code, proto!.code]).toEqual([1, 1]);
  expect(constructed!.stderr).toMatch(/^error: constructor: no such file or folder\n/);
  expect(proto!.stderr).toMatch(/^error: __proto__: no such file or folder\n/);
});
