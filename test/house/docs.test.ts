import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { anchorsOf, commandsOf, type Fence, fencesOf, isTree, linksOf, treePaths } from "./markdown.ts";
import { exists, filesUnder, read, root, type SourceFile } from "./repository.ts";

const execute = promisify(execFile);

const required = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "LAB.md", "CHANGELOG.md", "docs/article.md"];
const documents = [
  ...new Set([...required, "README.zh-CN.md", ...filesUnder("docs", ".md"), ...filesUnder("packages", ".md")]),
]
  .filter(exists)
  .map(read);

/** The code of these is complete programs; the others show fragments. */
const withPrograms = documents.filter(({ path }) => path.startsWith("README") || path.startsWith("docs/"));

function linkFaults(document: SourceFile, readTarget: (path: string) => SourceFile | undefined): string[] {
  const faults: string[] = [];
  for (const link of linksOf(document.text)) {
    if (/^[a-z]+:/.test(link)) continue; // another site
    const [file, anchor] = link.split("#") as [string, string?];
    const path = file === "" ? document.path : posix.join(posix.dirname(document.path), decodeURI(file));
    const target = readTarget(path);
    if (target === undefined) faults.push(`${document.path}: ${link} leads nowhere`);
    else if (anchor !== undefined && path.endsWith(".md") && !anchorsOf(target.text).has(decodeURIComponent(anchor))) {
      faults.push(`${document.path}: ${link}: there is no such heading`);
    }
  }
  return faults;
}

function readIfThere(path: string): SourceFile | undefined {
  if (!exists(path)) return undefined;
  return path.endsWith(".md") ? read(path) : { path, text: "" };
}

interface Program extends Fence {
  readonly path: string;
  readonly isRun: boolean;
}

function programsOf({ path, text }: SourceFile): Program[] {
  return fencesOf(text)
    .fences.filter(({ info }) => /^(ts|typescript)\b/.test(info))
    .map((fence) => ({ ...fence, path, isRun: !fence.info.includes("no-run") }));
}

/** Programs are written to this ignored folder and run there, so that what they save lands there too. */
const WORKSHOP = ".docs-test";

function fileOf({ path, line }: Program): string {
  return `${path.replaceAll(/[^\w]+/g, "-").toLowerCase()}-${line}.ts`;
}

async function typeErrors(folder: string, programs: readonly Program[]): Promise<string[]> {
  rmSync(join(root, folder), { recursive: true, force: true });
  mkdirSync(join(root, folder), { recursive: true });
  for (const program of programs) {
    writeFileSync(join(root, folder, fileOf(program)), `${program.text}\nexport {};\n`);
  }
  const compilerOptions = { noUncheckedIndexedAccess: false, noUnusedLocals: false, noUnusedParameters: false };
  const config = { extends: "../tsconfig.json", compilerOptions, include: ["*.ts"], exclude: [], references: [] };
  writeFileSync(join(root, folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = execute(process.execPath, ["node_modules/typescript/bin/tsc", "-p", folder], { cwd: root });
  const { stdout } = await tsc.catch((failure: { stdout: string }) => failure);
  return stdout.split("\n").filter((line) => line.startsWith(folder)); // the sources have their own check
}

async function run(folder: string, program: Program): Promise<void> {
  const flags = ["--import", "tsx", "--conditions=@glassnet/source"];
  await execute(process.execPath, [...flags, fileOf(program)], { cwd: join(root, folder) });
}

describe("the documents", () => {
  test("are all there", () => {
    expect(required.filter((path) => !exists(path))).toEqual([]);
  });

  test.each(documents.map((document) => [document.path, document] as const))(
    "%s: every link leads somewhere",
    (_, d) => {
      expect(linkFaults(d, readIfThere)).toEqual([]);
    },
  );
});

describe("the README", () => {
  const readmes = documents.filter(({ path }) => /^README[^/]*$/.test(path));

  test("draws a tree whose paths exist", () => {
    for (const { path, text } of readmes) {
      const paths = fencesOf(text)
        .fences.filter(isTree)
        .flatMap((tree) => treePaths(tree.text));
      expect(paths.length, `${path} draws no tree`).toBeGreaterThan(4);
      expect(
        paths.filter((one) => !exists(one)),
        path,
      ).toEqual([]);
    }
  });
});

describe("commands", () => {
  const commands = documents.flatMap(({ path, text }) => commandsOf(text).map((command) => ({ path, command })));

  test("name scripts of package.json", () => {
    const { scripts } = JSON.parse(read("package.json").text);
    const missing = commands.filter(({ command }) => {
      const script = scriptOf(command);
      return script !== undefined && !(script in scripts);
    });
    expect(missing).toEqual([]);
  });

  test("name files that exist", () => {
    const missing = commands.filter(({ command }) => repositoryPathsOf(command).some((path) => !exists(path)));
    expect(missing).toEqual([]);
  });

  test("name verbs of the command glassnet", async () => {
    const verbs = new Set(commands.map(({ command }) => verbOf(command)).filter((verb) => verb !== undefined));
    const flags = ["--import", "tsx", "--conditions=@glassnet/source"];
    const help = await execute(process.execPath, [...flags, "packages/glassnet/bin/glassnet.js", "--help"], {
      cwd: root,
    });
    expect([...verbs].filter((verb) => !new RegExp(`\\b${verb}\\b`).test(help.stdout))).toEqual([]);
  });
});

function scriptOf(command: string): string | undefined {
  const [, run, other] = command.match(/^npm (?:run ([\w:-]+)|(test|start)\b)/) ?? [];
  return run ?? other;
}

function repositoryPathsOf(command: string): string[] {
  return command.split(/\s+/).filter((word) => /^(examples|packages|docs|test|bench)\/[\w./-]+$/.test(word));
}

function verbOf(command: string): string | undefined {
  return command.match(/^npx glassnet ([a-z]\w*)/)?.[1];
}

describe("programs in the README and in docs/", () => {
  const programs = withPrograms.flatMap(programsOf);
  let errors: readonly string[] = [];

  beforeAll(async () => {
    errors = await typeErrors(WORKSHOP, programs);
  });

  test("the README shows one", () => {
    expect(programs.some(({ path, isRun }) => path === "README.md" && isRun)).toBe(true);
  });

  test("all have correct types", () => {
    expect(errors).toEqual([]);
  });

  const toRun = programs
    .filter(({ isRun }) => isRun)
    .map((program) => [`${program.path}:${program.line}`, program] as const);
  test.each(toRun)("%s runs", async (_, program) => {
    await run(WORKSHOP, program);
  });
});

describe("these checks notice", () => {
  const page = (text: string): SourceFile => ({ path: "docs/page.md", text });
  const targets: Record<string, string> = { "docs/other.md": "# One two\n## `a.b`, c!\n## One two\n## 第一 章" };
  const readTarget = (path: string) => (path in targets ? { path, text: targets[path]! } : undefined);

  test.each([
    ["a missing file", "[x](gone.md)"],
    ["a missing image", "![x](gone.png)"],
    ["a missing file in a definition", "[x][y]\n\n[y]: gone.md"],
    ["a missing heading", "[x](other.md#three)"],
    ["a missing heading of the same page", "[x](#here)"],
  ])("%s", (_, text) => {
    expect(linkFaults(page(text), (path) => (path === "docs/page.md" ? page(text) : readTarget(path)))).toHaveLength(1);
  });

  test("and leave good links, other sites and code alone", () => {
    const text =
      "[x](other.md) [x](other.md#one-two-1) [x](./other.md#ab-c) [x](other.md#第一-章) [x](https://a.b/c) `[x](y)`";
    expect(linkFaults(page(`${text}\n\`\`\`\n[x](gone.md)\n\`\`\``), readTarget)).toEqual([]);
  });

  test("every path of a tree", () => {
    const tree =
      "packages/\n  glassnet/src/   the library, e.g. all\n    core/ ir/    shapes\n  cli/  # the command\nREADME.md  this";
    const drawn = "packages/\n├── glassnet/   the library\n│   └── src/core/\n└── cli/";
    expect(isTree({ info: "", text: tree, line: 1 })).toBe(true);
    expect(treePaths(tree)).toEqual([
      "packages/",
      "packages/glassnet/src/",
      "packages/glassnet/src/core/",
      "packages/glassnet/src/ir/",
      "packages/cli/",
      "README.md",
    ]);
    expect(treePaths(drawn)).toEqual([
      "packages/",
      "packages/glassnet/",
      "packages/glassnet/src/core/",
      "packages/cli/",
    ]);
  });

  test("every command", () => {
    const commands = commandsOf(
      "Run `npm run prove`.\n```sh\n$ npm ci && npm start  # all\nnpx glassnet eval m\nls\n```",
    );
    expect(commands).toEqual(["npm ci", "npm start", "npx glassnet eval m", "npm run prove"]);
    expect(commands.map(scriptOf)).toEqual([undefined, "start", undefined, "prove"]);
    expect(commands.map(verbOf)).toEqual([undefined, undefined, "eval", undefined]);
    expect(repositoryPathsOf("npx tsx examples/by-hand.ts --epochs 3")).toEqual(["examples/by-hand.ts"]);
  });

  test("a program of a wrong type, and one that throws", async () => {
    const blocks =
      "```ts\nconst n: number = 'a';\n```\n```ts\nthrow new Error('no');\n```\n```ts no-run\nexit;\n```\n```ts\nlet n = 1;\n```";
    const planted = programsOf({ path: "docs/page.md", text: blocks });
    expect(planted.map(({ line, isRun }) => [line, isRun])).toEqual([
      [2, true],
      [5, true],
      [8, false],
      [11, true],
    ]);
    const folder = `${WORKSHOP}-planted`;
    const errors = await typeErrors(folder, planted);
    expect(errors).toEqual([expect.stringContaining("TS2322"), expect.stringContaining("TS2304")]);
    await expect(run(folder, planted[1]!)).rejects.toThrow("Error: no");
    await run(folder, planted[3]!);
    rmSync(join(root, folder), { recursive: true });
  });
});
