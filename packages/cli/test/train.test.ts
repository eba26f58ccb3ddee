import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Finished, finished, glassnet, glassnetAll, lastJson, shell, start, temporaryFolder } from "./command.ts";
import { toyFiles, writeFiles } from "./toy-digits.ts";

const folder = temporaryFolder("train");
const cwd = folder.path;
const toys = writeFiles(join(cwd, "toys"), toyFiles(600, 100));
const toyFlags = ["--data", "toys", "--layers", "8", "--epochs", "3"];
afterAll(() => folder.remove());

const json = (path: string) => JSON.parse(readFileSync(join(cwd, path), "utf8")) as Record<string, unknown>;

describe("a run on real digits", () => {
  let run: Finished;
  let result: Record<string, unknown>;

  beforeAll(async () => {
    run = await glassnet(["train", "mnist", "--limit", "1000", "--epochs", "2", "--json", "--output", "real"], { cwd });
    result = lastJson(run);
  });

  test("ends well, and its last line is one JSON object", () => {
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(result).toMatchObject({
      version: 1,
      reason: "completed",
      epochs: 2,
      seed: 0,
      backend: expect.stringMatching(/^(native|wasm)$/),
      variant: expect.any(String),
      threads: expect.any(Number),
      reproducible: false,
      parameters: 101_770,
      layers: [128],
      encoding: "intensity",
      limit: 1000,
      trainingExamples: 1000,
      model: join("real", "model.safetensors"),
      divergence: null,
    });
    for (const name of ["testAccuracy", "trainLoss", "trainBatchLoss", "validationAccuracy", "trainSeconds"]) {
      expect(result[name], name).toBeTypeOf("number");
    }
    expect(result.testAccuracy).toBeGreaterThan(0.7);
    expect(result.trainLoss).toBeLessThan(result.trainBatchLoss as number);
  });

  test("leaves its folder behind", () => {
    expect(readdirSync(join(cwd, "real")).sort()).toEqual([
      "config.json",
      "events.jsonl",
      "model.safetensors",
      "summary.json",
    ]);
    const { confusion, ...summary } = json("real/summary.json");
    expect(summary).toEqual(result);
    const counts = (confusion as number[][]).flat();
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(10_000);
    expect(json("real/config.json")).toMatchObject({
      version: 1,
      dataset: "mnist",
      digits: { training: 1000, validation: 5000, test: 10_000 },
      recipe: { optimizer: "momentum", learningRate: 0.1, batchSize: 64, schedule: "linear" },
      preprocessing: { kind: "intensity" },
      ...{ backend: result.backend, variant: result.variant, threads: result.threads, reproducible: false },
    });
    const events = readFileSync(join(cwd, "real/events.jsonl"), "utf8").trimEnd().split("\n");
    const parsed = events.map((line) => JSON.parse(line) as { kind: string; version: number; losses?: number[] });
    expect(parsed.every(({ version }) => version === 1)).toBe(true);
    expect([parsed[0]!.kind, parsed.at(-1)!.kind]).toEqual(["start", "end"]);
    expect(parsed.filter(({ kind }) => kind === "epoch")).toHaveLength(2);
    expect(parsed.flatMap(({ losses = [] }) => losses)).toHaveLength(2 * Math.ceil(1000 / 64));
  });

  test("prints for people on standard error, plainly, within 80 columns", () => {
    expect([run.stderr.includes("\u001b"), run.stderr.includes("\r")]).toEqual([false, false]);
    expect(run.stderr.split("\n").filter((line) => [...line].length > 80)).toEqual([]);
    for (const part of [
      "Training a network 784-128-10 on handwritten digits",
      "1,000 digits to learn from, 5,000 held out for every choice",
      `Computed by the backend ${result.backend} (${result.variant}), on`,
      "Only the first 1,000 training digits are used (--limit); 54,000 are left out.",
      "validation accuracy",
      "over all 1,000 training digits",
      "running batch loss of epoch",
      "Test: 10,000 digits that the network has never seen",
      "is \\ said    0    1    2",
      "test digit 0: label 7",
      "wrong",
      "Why 7: what adds to its score",
      "Why 7 and not ",
      "Layer 1, neuron ",
      "bias, an input fixed at 1",
      "npx glassnet explain real --index 0 --backprop",
    ]) {
      expect(run.stderr).toContain(part);
    }
  });

  test("is measured alike by eval, from the file or the folder", async () => {
    const measured = lastJson(await glassnet(["eval", "real", "mnist", "--json"], { cwd }));
    expect(measured).toMatchObject({ testAccuracy: result.testAccuracy, testLoss: result.testLoss, examples: 10_000 });
    expect(measured.confusion).toEqual(json("real/summary.json").confusion);
    const text = await glassnet(["eval", "real/model.safetensors", "mnist"], { cwd });
    expect(text.code).toBe(0);
    expect(text.stdout).toContain("recall");
  });

  test("predicts: ten probabilities that sum to 1", async () => {
    const found = lastJson(await glassnet(["predict", "real", "--index", "0", "--json"], { cwd }));
    expect(found).toMatchObject({ set: "test", index: 0, label: 7, predicted: 7 });
    const probabilities = found.probabilities as number[];
    expect(probabilities).toHaveLength(10);
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    expect(probabilities.indexOf(Math.max(...probabilities))).toBe(7);
  });

  test("explains: evidence that sums to the logit, and a neuron's terms that sum to z", async () => {
    const found = lastJson(await glassnet(["explain", "real", "--index", "0", "--unit", "1:17", "--json"], { cwd }));
    const neuron = found.neuron as {
      terms: { product: number }[];
      bias: number;
      z: number;
      bound: number;
      sum: number;
    };
    const sum = neuron.terms.reduce((total, { product }) => total + product, neuron.bias);
    expect(Math.abs(sum - neuron.z)).toBeLessThanOrEqual(neuron.bound);
    const whole = lastJson(await glassnet(["explain", "real", "--index", "0", "--json"], { cwd }));
    const evidence = whole.evidence as {
      for: { product: number }[];
      against: { product: number }[];
      bias: number;
      logit: number;
      bound: number;
    };
    const all = [...evidence.for, ...evidence.against].reduce((total, { product }) => total + product, evidence.bias);
    expect(Math.abs(all - evidence.logit)).toBeLessThanOrEqual(evidence.bound);
  });

  test("is never overwritten", async () => {
    const before = statSync(join(cwd, "real/model.safetensors")).mtimeMs;
    const again = await glassnet(["train", "mnist", "--limit", "1000", "--epochs", "1", "--output", "real"], { cwd });
    expect(again.code).toBe(1);
    expect(again.stderr).toMatchInlineSnapshot(`
      "error: real: the folder is not empty, and a run never overwrites another
        help: choose another folder with --output DIR
      "
    `);
    expect(statSync(join(cwd, "real/model.safetensors")).mtimeMs).toBe(before);
  });
});

describe("runs on toy digits", () => {
  test("every gradient of one example is checked", async () => {
    await glassnet(["train", "mnist", ...toyFlags, "--output", "checked"], { cwd });
    const { code, stdout } = await glassnet(["explain", "checked", "--index", "3", "--backprop", "--data", "toys"], {
      cwd,
    });
    expect(code).toBe(0);
    expect(stdout).toContain("δ = p − y");
    expect(stdout).toContain("All 6,370 gradients agree with finite differences");
    expect(stdout.split("\n").filter((line) => [...line].length > 80)).toEqual([]);
  });

  test("the same seed gives the same bits, another seed others", async () => {
    const weights = async (name: string, seed: string) => {
      const { code, stderr } = await glassnet(["train", "mnist", ...toyFlags, "--seed", seed, "--output", name], {
        cwd,
      });
      expect(code, stderr).toBe(0);
      return readFileSync(join(cwd, name, "model.safetensors")).toString("base64");
    };
    const first = await weights("first", "5");
    expect(await weights("second", "5")).toBe(first);
    expect(await weights("third", "6")).not.toBe(first);
  });

  test("without --output each run gets a folder of its own", async () => {
    const runs = await Promise.all(
      [0, 1].map(() => glassnet(["train", "mnist", ...toyFlags, "--epochs", "1", "--json", "--quiet"], { cwd })),
    );
    const paths = runs.map((run) => lastJson(run).run as string);
    expect(new Set(paths).size).toBe(2);
    for (const path of paths) {
      expect(path).toMatch(/^runs\/\d{4}-\d\d-\d\d-\d{6}-seed0(-2)?$/);
      expect(existsSync(join(cwd, path, "summary.json"))).toBe(true);
    }
    expect(runs.map(({ stderr }) => stderr)).toEqual(["", ""]);
  });

  test.each([
    ["no hidden layer", ["--layers", "none"], "linear 784 → 10"],
    ["two hidden layers with dropout", ["--layers", "12,8", "--dropout", "0.2"], "linear 12 → 8"],
    ["squared errors of sigmoids", ["--loss", "mse", "--activation", "sigmoid", "--epochs", "60"], "sigmoid"],
    ["black and white", ["--encoding", "binary"], "white from 128 of 255"],
    ["plain descent", ["--optimizer", "sgd", "--schedule", "constant"], "sgd, learning rate 0.1, batches"],
    ["Adam with decay", ["--optimizer", "adamW", "--decay", "0.1"], "adamW, learning rate 0.001 falling to 0"],
  ])("%s: trained, saved, evaluated and explained", async (title, extra, part) => {
    const name = title.replaceAll(" ", "-");
    const [run, evaluation, explanation] = await glassnetAll(
      [
        ["train", "mnist", ...toyFlags, "--epochs", "8", ...extra, "--output", name],
        ["eval", name, "mnist", "--data", toys, "--json"],
        ["explain", name, "--index", "3", "--data", toys, "--backprop"],
      ],
      { cwd },
    );
    expect(run!.code, run!.stderr).toBe(0);
    expect(run!.stdout.replace(/\s+/g, " ")).toContain(part);
    const measured = lastJson(evaluation!);
    expect(measured.testAccuracy).toBe(json(join(name, "summary.json")).testAccuracy);
    expect(measured.testAccuracy).toBeGreaterThan(0.5);
    expect(explanation!.code, explanation!.stderr).toBe(0);
  });
});

/** Waits until a process has printed something. */
function until(child: ReturnType<typeof start>, text: RegExp): Promise<void> {
  let seen = "";
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (chunk: string) => {
      seen += chunk;
      if (text.test(seen)) resolve();
    });
    child.on("close", () => reject(new Error(`ended without ${text}: ${seen}`)));
  });
}

describe("stopping", () => {
  const long = ["train", "mnist", "--data", "toys", "--epochs", "100000"];

  test("Ctrl-C keeps the best so far, measures it, and says so", async () => {
    const child = start([...long, "--output", "stopped"], { cwd });
    const end = finished(child);
    await until(child, /← best/);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await end;
    expect(code).toBe(130);
    expect(stderr).toMatchInlineSnapshot(`
      "Stopping after this step. Ctrl-C once more quits at once.
      Stopped early. What was learned so far is kept in stopped
      "
    `);
    expect(stdout).toContain("Test: 100 digits");
    const summary = json("stopped/summary.json");
    expect(summary).toMatchObject({ reason: "stopped", epochsAsked: 100_000 });
    expect(summary.bestEpoch).toBeGreaterThan(0);
    const measured = lastJson(await glassnet(["eval", "stopped", "mnist", "--data", "toys", "--json"], { cwd }));
    expect(measured.testAccuracy).toBe(summary.testAccuracy);
  });

  test("Ctrl-C twice quits at once, and the best network is on the disk all the same", async () => {
    const child = start([...long, "--output", "killed"], { cwd });
    const end = finished(child);
    await until(child, /← best/);
    child.kill("SIGINT");
    child.stderr?.once("data", () => child.kill("SIGINT"));
    expect((await end).code).toBe(130);
    expect((await glassnet(["eval", "killed", "mnist", "--data", "toys", "--json"], { cwd })).code).toBe(0);
  });

  test("a reader that goes away is no error, and what there is is kept", async () => {
    const { stdout, stderr } = await shell(
      "set -o pipefail; glassnet train mnist --data toys --epochs 100000 --output piped | head -n 1; echo code $?",
      { cwd },
    );
    expect(stdout).toBe("Training a network 784-128-10 on handwritten digits\ncode 0\n");
    expect(stderr).toMatch(
      /^Nobody reads the output any more: stopping\.\n(Nothing was learned yet: piped\/model\.safetensors holds the network as it was at the start|Stopped early\. What was learned so far is kept in piped)\n$/,
    );
    expect(json("piped/summary.json")).toMatchObject({ reason: "stopped" });
    const short = await shell("set -o pipefail; glassnet explain | head -n 1; echo code $?", { cwd });
    expect(short).toMatchObject({ stderr: "" });
    expect(short.stdout).toContain("code 0");
  });

  test("a training that diverges names step and layer, and keeps the last good weights", async () => {
    const args = ["--optimizer", "sgd", "--learning-rate", "1e30", "--schedule", "constant", "--output", "diverged"];
    const { code, stdout, stderr } = await glassnet(["train", "mnist", ...toyFlags, ...args, "--json"], { cwd });
    expect(code).toBe(1);
    expect(stderr.slice(stderr.indexOf("error:"))).toMatchInlineSnapshot(`
      "error: training diverged: step 2 gave Infinity first in layers.3: matmul f32[64, 10]; the step was not applied
        help: the learning rate 1e+30 is probably too large: try --learning-rate 0.1; the last good weights were kept
      "
    `);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(result).toMatchObject({ reason: "diverged", model: join("diverged", "model.safetensors") });
    expect(json("diverged/summary.json")).toMatchObject({ reason: "diverged", divergence: result.divergence });
    expect((await glassnet(["predict", "diverged", "--index", "0", "--data", "toys"], { cwd })).code).toBe(0);
  });
});
