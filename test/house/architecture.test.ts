import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { exists, filesUnder, importsOf, isTest, read, resolveImport, type SourceFile } from "./repository.ts";

const LIBRARY = "packages/glassnet/src";
/** Files that the package brings along; the sources name them by their addresses. */
const ASSETS = "packages/glassnet/wasm";
const COMMAND = "packages/cli/src";
const STUDIO = "packages/studio/src";

/** The layers of the library. An import leads to a lower row, or stays in its own folder. */
const layers: readonly (readonly string[])[] = [
  ["core"],
  ["ir"],
  ["ops"],
  ["autodiff", "passes"],
  ["program"],
  ["backends"],
  ["tensor"],
  ["nn", "loss", "metric", "optim", "data"],
  ["train", "explain", "formats"],
  ["node", "testing"],
  ["index.ts", "inference.ts", "engine.ts"],
];

/** What the command, the examples and the documentation may import of the library. */
const entries = ["glassnet", "glassnet/inference", "glassnet/node", "glassnet/engine", "glassnet/testing"];

const SOFT_CAP = 400; // lines of a source file
const HARD_CAP = 800; // lines of any file

/** Source files above the soft cap, each with the reason why it is one idea and not two. */
const longFiles: Readonly<Record<string, string>> = {};

const vagueNames = /^(utils?|helpers?|common|misc|types?)\.tsx?$/;

/** The folder below `src/` that a file belongs to, or the file itself if it is an entry. */
function placeOf(path: string): string {
  return path.slice(LIBRARY.length + 1).split("/")[0]!;
}

function layerOf(path: string): number {
  return layers.findIndex((places) => places.includes(placeOf(path)));
}

function libraryFaults(file: SourceFile): string[] {
  const own = layerOf(file.path);
  if (own < 0) return [`${file.path}: "${placeOf(file.path)}" is in no layer`];
  const faults: string[] = [];
  for (const specifier of importsOf(file)) {
    const fault = specifier.startsWith(".")
      ? relativeFault(file.path, own, resolveImport(file.path, specifier))
      : bareFault(file.path, specifier);
    if (fault !== undefined) faults.push(`${file.path}: ${fault}`);
  }
  return faults;
}

function relativeFault(from: string, own: number, to: string): string | undefined {
  if (to.startsWith(`${ASSETS}/`)) return assetFault(from, to);
  if (!to.startsWith(`${LIBRARY}/`)) return `imports ${to}, which is outside the library's sources`;
  if (isTest(to)) return `imports the test ${to}`;
  const other = layerOf(to);
  if (other < 0) return `imports ${to}, which is in no layer`;
  if (other > own) return `imports ${to}, upwards from layer ${own} to layer ${other}`;
  if (other === own && placeOf(to) !== placeOf(from)) return `imports ${to}, across layer ${own}`;
  const backend = backendOf(from);
  if (backend !== undefined && backendOf(to) !== undefined && backendOf(to) !== backend) {
    const isShared = backendOf(to) === SHARED && runsKernels.includes(backend);
    if (!isShared) return `imports ${to}, but backends never import each other`;
  }
  return undefined;
}

function assetFault(from: string, to: string): string | undefined {
  if (!exists(to)) return `names ${to}, which does not exist`;
  return ["backends", "node"].includes(placeOf(from)) ? undefined : `names ${to}, which only backends/ and node/ may`;
}

/** What the backends that run the compiled kernels have in common, and which these are. */
const SHARED = "compiled";
const runsKernels: readonly string[] = ["wasm", "native"];

function bareFault(from: string, specifier: string): string | undefined {
  if (specifier.startsWith("#")) return undefined; // a package import with a condition for Node
  if (specifier.startsWith("node:")) {
    return placeOf(from) === "node" ? undefined : `imports ${specifier}, which only node/ may`;
  }
  return `imports the package ${specifier}, but the library has no dependencies`;
}

function backendOf(path: string): string | undefined {
  return path.match(/\/src\/backends\/([^/]+)\//)?.[1];
}

/** The command and the examples reach the library through its public entries only. */
function outsiderFaults(home: string, file: SourceFile, allowed: readonly string[]): string[] {
  const faults: string[] = [];
  for (const specifier of importsOf(file)) {
    const target = specifier.startsWith(".") ? resolveImport(file.path, specifier) : specifier;
    const isFine = specifier.startsWith(".")
      ? target.startsWith(`${home}/`) || !/\.tsx?$/.test(target)
      : specifier.startsWith("node:") || allowed.includes(specifier);
    if (!isFine) faults.push(`${file.path}: imports ${target}, which is no public entry`);
  }
  return faults;
}

/** What the studio may import beside its own files: the library's entries for browsers, and what its pages are made with. */
const studioPackages = [
  ...["glassnet", "glassnet/engine"],
  ...["react", "react-dom/client", "react-aria-components", "uplot", "uplot/dist/uPlot.min.css", "papaparse"],
];

/** These two know all screens: where they are loaded, on the page and in the worker. */
const screenLists = [`${STUDIO}/app/screens.ts`, `${STUDIO}/worker/families.ts`];

const screenOf = (path: string): string | undefined => path.match(/^packages\/studio\/src\/screens\/([^/]+)\//)?.[1];

/** Screens know nothing of each other, and nobody reaches into a screen. */
function studioFaults(file: SourceFile): string[] {
  const faults: string[] = [];
  for (const specifier of importsOf(file)) {
    if (!specifier.startsWith(".")) {
      if (!studioPackages.includes(specifier)) faults.push(`${file.path}: imports the package ${specifier}`);
      continue;
    }
    const target = resolveImport(file.path, specifier);
    if (!target.startsWith(`${STUDIO}/`)) faults.push(`${file.path}: imports ${target}, which is outside the studio`);
    const screen = screenOf(target);
    if (screen === undefined || screen === screenOf(file.path) || screenLists.includes(file.path)) continue;
    faults.push(`${file.path}: imports ${target}, which belongs to the screen "${screen}"`);
  }
  return faults;
}

function sizeFaults(lines: ReadonlyMap<string, number>, exceptions: Readonly<Record<string, string>>): string[] {
  const faults: string[] = [];
  for (const [path, count] of lines) {
    if (count > HARD_CAP) faults.push(`${path}: ${count} lines, no file has more than ${HARD_CAP}`);
    else if (count > SOFT_CAP && isSource(path) && !(path in exceptions)) {
      faults.push(`${path}: ${count} lines, split it or name it in longFiles with a reason`);
    }
  }
  for (const path of Object.keys(exceptions)) {
    if ((lines.get(path) ?? 0) <= SOFT_CAP) faults.push(`${path}: needs no exception any more`);
  }
  return faults;
}

function isSource(path: string): boolean {
  return /^packages\/[^/]+\/src\//.test(path) && !isTest(path);
}

function nameFaults(paths: readonly string[]): string[] {
  return paths.filter((path) => vagueNames.test(posix.basename(path))).map((path) => `${path}: name the concept`);
}

const library = filesUnder(LIBRARY, ".ts").filter((path) => !isTest(path) && !path.endsWith(".d.ts"));
const all = ["packages", "examples", "test", "bench"].flatMap((folder) => [
  ...filesUnder(folder, ".ts"),
  ...filesUnder(folder, ".tsx"),
]);

describe("the repository", () => {
  test("imports of the library lead downwards, and only node/ knows Node", () => {
    expect(library.length).toBeGreaterThan(10);
    expect(library.flatMap((path) => libraryFaults(read(path)))).toEqual([]);
  });

  test("the command imports the library through its public entries only", () => {
    const faults = filesUnder(COMMAND, ".ts")
      .filter((path) => !isTest(path))
      .flatMap((path) => outsiderFaults(COMMAND, read(path), entries));
    expect(faults).toEqual([]);
  });

  test("so do the examples", () => {
    const faults = filesUnder("examples", ".ts")
      .filter((path) => !isTest(path))
      .flatMap((path) => outsiderFaults("examples", read(path), entries));
    expect(faults).toEqual([]);
  });

  test("screens of the studio know nothing of each other, and the studio knows the library by its entries", () => {
    const files = [...filesUnder(STUDIO, ".ts"), ...filesUnder(STUDIO, ".tsx")].filter((path) => !isTest(path));
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((path) => studioFaults(read(path)))).toEqual([]);
  });

  test("no file is too long", () => {
    const lines = new Map(all.map((path) => [path, read(path).text.split("\n").length - 1]));
    expect(sizeFaults(lines, longFiles)).toEqual([]);
  });

  test("every file is named for its concept", () => {
    expect(nameFaults(all)).toEqual([]);
  });
});

describe("these checks notice", () => {
  const inLibrary = (path: string, text: string) => libraryFaults({ path: `${LIBRARY}/${path}`, text });

  test.each([
    ["an import upwards", "core/shape.ts", 'import { Graph } from "../ir/graph.ts";', "upwards"],
    ["an import across a layer", "loss/mse.ts", 'import { linear } from "../nn/linear.ts";', "across"],
    ["a type import upwards", "ir/graph.ts", 'export type A = import("../ops/all.ts").A;', "upwards"],
    ["a re-export upwards", "ops/all.ts", 'export { vjp } from "../autodiff/vjp.ts";', "upwards"],
    ["a dynamic import upwards", "tensor/a.ts", 'const m = await import("../train/train.ts");', "upwards"],
    ["a worker's address upwards", "tensor/a.ts", 'new URL("../node/worker.ts", import.meta.url);', "upwards"],
    ["a backend that imports another", "backends/wasm/a.ts", 'import "../reference/kernels.ts";', "each other"],
    [
      "a backend without kernels that imports what those with kernels share",
      "backends/reference/a.ts",
      'import "../compiled/host.ts";',
      "each other",
    ],
    ["what they share, importing one of them", "backends/compiled/a.ts", 'import "../wasm/host.ts";', "each other"],
    ["Node in the core", "core/random.ts", 'import { randomBytes } from "node:crypto";', "only node/"],
    ["a dependency", "data/csv.ts", 'import papaparse from "papaparse";', "no dependencies"],
    ["a folder without a layer", "extra/a.ts", "export const a = 1;", "in no layer"],
    ["a path out of the library", "core/a.ts", 'import "../../../cli/src/index.ts";', "outside"],
    [
      "a file of the kernels above",
      "nn/a.ts",
      'new URL("../../wasm/kernels.wasm", import.meta.url);',
      "only backends/",
    ],
    ["a file of the kernels that is not there", "node/a.ts", 'new URL("../../wasm/a.wasm", import.meta.url);', "exist"],
    ["an import of a test", "core/a.ts", 'import "./b.test.ts";', "the test"],
  ])("%s", (_, path, text, fault) => {
    expect(inLibrary(path, text)).toEqual([expect.stringContaining(fault)]);
  });

  test("and leave what is right alone", () => {
    const text = `import { a } from "./a.ts"; import type { B } from "../core/b.ts"; import "#threads"; // import "node:fs"`;
    expect(inLibrary("nn/linear.ts", text)).toEqual([]);
    expect(inLibrary("node/files.ts", 'import { open } from "node:fs/promises"; import "../train/a.ts";')).toEqual([]);
    expect(inLibrary("node/a.ts", 'new URL("../../wasm/kernels.wasm", import.meta.url);')).toEqual([]);
    expect(inLibrary("backends/wasm/a.ts", 'import "../backend.ts"; import "./b.ts";')).toEqual([]);
    expect(inLibrary("backends/native/a.ts", 'import "../compiled/host.ts";')).toEqual([]);
    expect(inLibrary("index.ts", 'export { a } from "./train/a.ts";')).toEqual([]);
  });

  test("a command that reaches behind an entry", () => {
    const path = `${COMMAND}/train.ts`;
    const faults = (text: string) => outsiderFaults(COMMAND, { path, text }, entries);
    expect(faults('import "../../glassnet/src/nn/linear.ts";')).toHaveLength(1);
    expect(faults('import "glassnet/nn/linear";')).toHaveLength(1);
    expect(faults('import "chalk";')).toHaveLength(1);
    expect(faults('import "glassnet/node"; import "./bar.ts"; import "node:fs"; import "glassnet";')).toEqual([]);
  });

  test("a screen that reaches into another, and a studio that reaches behind an entry", () => {
    const faults = (path: string, text: string) => studioFaults({ path: `${STUDIO}/${path}`, text });
    expect(faults("screens/draw/pad.tsx", 'import { a } from "../train/card.tsx";')).toHaveLength(1);
    expect(faults("components/figure.tsx", 'import { a } from "../screens/draw/pad.tsx";')).toHaveLength(1);
    expect(faults("worker/session.ts", 'import { a } from "glassnet/node";')).toHaveLength(1);
    expect(faults("worker/session.ts", 'import { a } from "../../../glassnet/src/nn/linear.ts";')).toHaveLength(1);
    const right =
      'import { useState } from "react"; import { a } from "./pad.tsx"; import "../../components/figure.tsx";';
    expect(faults("screens/draw/index.tsx", `${right} const x = <p>{a}</p>;`)).toEqual([]);
    expect(faults("app/screens.ts", 'const a = import("../screens/draw/index.tsx");')).toEqual([]);
  });

  test("a long file, and an exception that nobody needs", () => {
    const path = `${LIBRARY}/nn/dense.ts`;
    expect(sizeFaults(new Map([[path, 401]]), {})).toHaveLength(1);
    expect(sizeFaults(new Map([[path, 401]]), { [path]: "one table" })).toEqual([]);
    expect(sizeFaults(new Map([[path, 801]]), { [path]: "one table" })).toHaveLength(1);
    expect(sizeFaults(new Map([[path, 400]]), { [path]: "one table" })).toHaveLength(1);
    expect(sizeFaults(new Map(), { [path]: "one table" })).toHaveLength(1);
    expect(sizeFaults(new Map([[`${LIBRARY}/nn/dense.test.ts`, 700]]), {})).toEqual([]);
  });

  test("a vague name", () => {
    expect(nameFaults(["a/utils.ts", "a/types.ts", "a/helper.ts", "a/shape.ts"])).toHaveLength(3);
  });
});
