import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Finished, glassnet, glassnetAll, lastJson, temporaryFolder } from "./command.ts";
import { toyFiles, writeFiles } from "./toy-digits.ts";

/** @file `explain --method`: which pixels speak for a digit. */

const folder = temporaryFolder("explain-method");
const cwd = folder.path;
const METHODS = ["gradient-x-input", "integrated-gradients", "occlusion"] as const;
const EXPLAIN = ["explain", "run", "--index", "3", "--data", "toys", "--backend", "wasm"];

beforeAll(async () => {
  writeFiles(join(cwd, "toys"), toyFiles(300, 60));
  const train = [
    "train",
    "mnist",
    "--data",
    "toys",
    "--epochs",
    "3",
    "--layers",
    "8",
    "--output",
    "run",
    "--seed",
    "1",
  ];
  const { code, stderr } = await glassnet([...train, "--backend", "wasm"], { cwd });
  expect([code, stderr]).toEqual([0, ""]);
});
afterAll(() => folder.remove());

const all = (calls: readonly (readonly string[])[]): Promise<Finished[]> =>
  glassnetAll(
    calls.map((args) => [...EXPLAIN, ...args]),
    { cwd },
  );

test("each method prints the picture, what speaks for and against, and what it adds up to", async () => {
  const results = await all(METHODS.map((method) => ["--method", method, "--top", "4"]));
  const ends = [
    /all pixels together [+-][\d.]+; the score is [+-][\d.]+\. What is missing, [+-][\d.]+, comes from the biases/,
    /of a blank picture [+-][\d.]+\. The difference, [+-][\d.]+, is missed by 0\.\d{3}% with \d+ points\./,
    /each pixel: what is lost if that pixel alone is made black; the score is [+-][\d.]+\./,
  ];
  const names = ["gradient × input", "integrated gradients", "occlusion"];
  results.forEach(({ code, stdout, stderr }, i) => {
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`Which pixels speak for \\d, by ${names[i]}`));
    expect(stdout.match(/^ {4}pixel \d+ \(row \d+, column \d+\) +[+-]\d/gm)!.length).toBeGreaterThan(0);
    expect(stdout).toMatch(/^ {4,}[ +#=-]*[#=][ +#=-]*$/m);
    expect(stdout.replace(/\s+/g, " ")).toMatch(ends[i]!);
    expect(stdout).not.toMatch(/[ \t]$/m);
  });
});

test("as JSON there is one number a pixel, and they add up", async () => {
  const versus = ["--class", "2", "--versus", "5", "--json"];
  const results = await all(METHODS.map((method) => ["--method", method, ...versus]));
  results.forEach((result, i) => {
    expect([result.code, result.stderr]).toEqual([0, ""]);
    const { attribution } = lastJson(result) as {
      attribution: {
        values: number[];
        sum: number;
        output: number;
        baselineOutput?: number;
        relativeResidual?: number;
      };
    };
    expect(attribution).toMatchObject({ method: METHODS[i], classIndex: 2, versus: 5 });
    expect(attribution.values).toHaveLength(784);
    expect(attribution.values.reduce((a, b) => a + b)).toBeCloseTo(attribution.sum, 8);
    if (METHODS[i] !== "integrated-gradients") return;
    expect(attribution.relativeResidual).toBeLessThan(0.01);
    const difference = attribution.output - attribution.baselineOutput!;
    expect(Math.abs(attribution.sum - difference)).toBeLessThan(0.01 * Math.abs(difference));
  });
});

test("in Chinese", async () => {
  const results = await all(
    METHODS.map((method) => ["--method", method, "--versus", "9", "--class", "1", "--lang", "zh"]),
  );
  results.forEach(({ code, stdout, stderr }, i) => {
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`哪些像素支持 1 而不是 9（${["梯度乘输入", "积分梯度", "遮挡法"][i]}）`);
    expect(stdout).toContain("两个得分之差是");
    expect(stdout).not.toMatch(/[A-Za-z]{2,}/);
  });
});

test("what does not go together, and a method that there is not", async () => {
  const results = await all([
    ["--method", "saliency"],
    ["--method", "occlusion", "--unit", "1:2"],
    ["--method", "occlusion", "--backprop"],
    ["--method", "occlusion", "--class", "3", "--versus", "3"],
  ]);
  expect(results.map(({ code, stderr }) => `${code} ${stderr.trim()}`)).toMatchInlineSnapshot(`
    [
      "2 error: explain: unknown --method "saliency": expected "gradient-x-input", "integrated-gradients" or "occlusion"",
      "2 error: explain: --method has no effect with --unit",
      "2 error: explain: --method has no effect with --backprop",
      "2 error: --versus 3: that is the class itself",
    ]
  `);
});
