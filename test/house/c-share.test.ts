import { describe, expect, test } from "vitest";
import { filesUnder, isTest, read } from "./repository.ts";

/** @file How much C there is in a TypeScript project, as the READMEs say it. */

const linesOf = (paths: readonly string[]): number =>
  paths.reduce((sum, path) => sum + read(path).text.split("\n").length - 1, 0);

const cUnder = (folder: string): string[] => [".c", ".h"].flatMap((ending) => filesUnder(folder, ending));
/** Neither tests nor what only tests use. */
const isShipped = (path: string): boolean => !isTest(path) && !path.includes("/test/");

const kernels = linesOf(cUnder("packages/glassnet/kernels").filter(isShipped));
const addon = linesOf(cUnder("packages/native/src"));
const typeScript = (packages: readonly string[]): number =>
  linesOf(
    packages
      .flatMap((name) => [".ts", ".tsx"].flatMap((ending) => filesUnder(`packages/${name}/src`, ending)))
      .filter(isShipped),
  );
const library = typeScript(["glassnet"]);
const all = kernels + addon + typeScript(["glassnet", "cli", "studio"]);

/** The figures of the sentence, in the order in which they stand there. */
const statements = {
  "README.md":
    /kernels are about ([\d,]+) lines of C in .*?\[the add-on\]\(.*?\) is about ([\d,]+) more: together ([\d.]+) % of the about ([\d,]+) lines .*?the library alone has about ([\d,]+) of TypeScript/s,
  "README.zh-CN.md":
    /计算核心约\s*([\d,]+)\s*行 C.*?原生扩展约\s*([\d,]+)\s*行，合计占全部约\s*([\d,]+)\s*行源代码的\s*([\d.]+)%.*?仅库本身就有约\s*([\d,]+)\s*行\s*TypeScript/s,
} as const;

interface Stated {
  readonly kernels: number;
  readonly addon: number;
  readonly percent: number;
  readonly all: number;
  readonly library: number;
}

function stated(path: keyof typeof statements): Stated {
  const found = statements[path].exec(read(path).text);
  if (found === null) throw new Error(`${path} does not say how much C there is`);
  const numbers = found.slice(1).map((text) => Number(text.replaceAll(",", "")));
  const [first, second, third, fourth, fifth] = numbers as [number, number, number, number, number];
  const [percent, total] = path === "README.md" ? [third, fourth] : [fourth, third];
  return { kernels: first, addon: second, percent, all: total, library: fifth };
}

describe.each(Object.keys(statements) as (keyof typeof statements)[])("%s states", (path) => {
  test.each([
    ["kernels", kernels],
    ["addon", addon],
    ["all", all],
    ["library", library],
  ] as const)("the lines of %s, to within a twentieth", (name, lines) => {
    expect(Math.abs(stated(path)[name] - lines), `${lines} lines`).toBeLessThanOrEqual(lines / 20);
  });

  test("the share of C among them, to within half a percent point", () => {
    const share = (100 * (kernels + addon)) / all;
    expect(Math.abs(stated(path).percent - share), `${share} %`).toBeLessThanOrEqual(0.5);
  });
});

test("both READMEs state the same", () => {
  expect(stated("README.zh-CN.md")).toEqual(stated("README.md"));
});
