import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeSafetensors, encodeModel, encodeSafetensors, flatten, sequential } from "glassnet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bar } from "../src/bar.ts";
import { messagesOf } from "../src/messages/index.ts";
import { checkFinite } from "../src/outcome.ts";
import { visible } from "../src/visible.ts";
import { finished, glassnet, glassnetAll, shell, start, temporaryFolder } from "./command.ts";
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
  expect(runs.map(({ code }) => code).sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual([0, 1]);
  expect(runs.map(({ stderr }) => stderr).join("")).toMatch(
    /^error: same: the folder is not empty, and a run never overwrites another\n/,
  );
  const winner = Number(seeds[runs.findIndex(({ code }) => code === 0)]);
  const seedOf = (file: string) => JSON.parse(readFileSync(join(cwd, "same", file), "utf8")) as { seed: number };
  expect(seedOf("summary.json").seed).toBe(winner);
  expect(JSON.parse(readFileSync(join(cwd, "same", "config.json"), "utf8"))).toMatchObject({
    recipe: { seed: winner },
  });
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

test("an output that cannot be written to stops the training, which is saved all the same", async () => {
  const { stdout, stderr } = await shell(
    "glassnet train mnist --data toys --epochs 100000 --layers 4 --output full > /dev/full; echo code $?",
    { cwd },
  );
  expect(stdout).toBe("code 1\n");
  expect(stderr).toMatchInlineSnapshot(`
    "error: cannot write to the standard output: ENOSPC: no space left on device, write
    The output cannot be written: stopping.
    Nothing was learned yet: full/model.safetensors holds the network as it was at the start
    "
  `);
  expect(JSON.parse(readFileSync(join(cwd, "full", "summary.json"), "utf8"))).toMatchObject({ reason: "stopped" });
  const json = await shell(
    "glassnet train mnist --data toys --epochs 1 --layers 4 --output json --json --quiet > /dev/full; echo code $?",
    { cwd },
  );
  expect(json.stdout).toBe("code 1\n");
});

test("a log that outgrows its limit ends with a whole line, and is not called complete", async () => {
  const { stdout, stderr } = await shell(
    "ulimit -f 48; glassnet train mnist --data toys --epochs 30 --batch-size 1 --layers none --output long; echo code $?",
    { cwd, env: { TSX_DISABLE_CACHE: "1" } },
  );
  expect(stdout).toContain("code 0");
  expect(stderr).toMatchInlineSnapshot(`
    "warning: long/events.jsonl is incomplete, writing failed: the file would exceed the size limit of this process or file system
    "
  `);
  expect(stdout.replace(/\s+/g, " ")).toContain("the first steps of the training; then writing failed");
  const lines = readFileSync(join(cwd, "long", "events.jsonl"), "utf8");
  expect(lines.endsWith("\n")).toBe(true);
  for (const line of lines.trimEnd().split("\n")) JSON.parse(line);
});

test("a folder that goes away during the training is made again for the network", async () => {
  const args = ["train", "mnist", "--data", "toys", "--layers", "4", "--epochs", "100000", "--output", "gone"];
  const child = start(args, { cwd });
  const end = finished(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (text: string) => {
      if (/← best/.test(text)) resolve();
    });
    child.on("close", () => reject(new Error("ended early")));
  });
  renameSync(join(cwd, "gone"), join(cwd, "moved")); // at once, while events are written
  child.kill("SIGINT");
  const { code, stderr } = await end;
  expect(code).toBe(1);
  expect(stderr.slice(stderr.indexOf("error:"))).toMatchInlineSnapshot(`
    "error: the run could not be saved in gone: gone/model.safetensors: cannot write: no such file or folder
      help: the folder was made again, and the network is in gone/model.safetensors; what else was there is lost
    "
  `);
  expect((await glassnet(["predict", "gone", "--index", "0", "--data", "toys"], { cwd })).code).toBe(0);
});

test("texts of a model file cannot steer the terminal, nor its size and depth the memory", async () => {
  const hostile = encodeModel({
    model: sequential(flatten()),
    inputShape: [2 ** 12, 2 ** 12],
    preprocessing: { kind: "none" },
    notes: { "na\u001b[2Jme": "two\nlines" },
  });
  writeFileSync(join(cwd, "hostile.safetensors"), hostile);
  const { tensors, metadata } = decodeSafetensors(hostile);
  const deep = metadata.glassnet!.replace('"two\\nlines"', `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`);
  writeFileSync(join(cwd, "deep.safetensors"), encodeSafetensors(tensors, { glassnet: deep }));
  const [shown, json, nested] = await glassnetAll(
    [
      ["inspect", "hostile.safetensors", "--program"],
      ["inspect", "hostile.safetensors", "--program", "--json"],
      ["inspect", "deep.safetensors"],
    ],
    { cwd },
  );
  expect([shown!.code, shown!.stderr, json!.code, json!.stderr]).toEqual([0, "", 0, ""]);
  expect(shown!.stdout).toContain("na\\u001b[2Jme: two\\u000alines");
  expect(shown!.stdout).not.toContain("\u001b");
  expect([nested!.code, nested!.stderr]).toEqual([1, "error: deep.safetensors: notes is nested more than 32 deep\n"]);
});

test("characters that cannot be seen are spelled out", () => {
  expect(visible("a\u0007\u009b\u202eb层é\n")).toBe("a\\u0007\\u009b\\u202eb层é\\u000a");
});

test("sizes are decimal numbers, and a decay that is too large is named", async () => {
  const [hex, decay] = await glassnetAll(
    [
      [...TRAIN, "--layers", "0x10"],
      [...TRAIN, "--decay", "1e30", "--epochs", "3", "--batch-size", "8", "--output", "decayed"],
    ],
    { cwd },
  );
  expect([hex!.code, hex!.stderr]).toEqual([
    2,
    'error: train: a size in --layers must be a whole number from 1 to 65536, got "0x10"\n',
  ]);
  expect(decay!.code).toBe(1);
  expect(decay!.stderr).toContain("the decay 1e+30 is too large for this learning rate");
});

test("outputs that are not finite are a failure", () => {
  const m = messagesOf("en");
  const rows = { probabilities: Float32Array.of(0.5, 0.5, Number.NaN, 1), classes: 2 };
  expect(() => checkFinite(rows, "x", m)).toThrow("x: the model's outputs are not finite numbers for 1 of the digits");
  expect(() => checkFinite({ probabilities: Float32Array.of(0, 1) }, "x", m)).not.toThrow();
  expect(bar(Number.NaN, 4)).toBe("");
});
