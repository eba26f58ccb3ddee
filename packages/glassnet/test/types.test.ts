import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

/** @file What must not compile does not compile. TypeScript 7 is a program without an interface for ours, so it is run. */

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const compiler = path("../../../node_modules/.bin/tsc");
const project = path("types/tsconfig.json");

function compile(config: string): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr, error } = spawnSync(compiler, ["-p", config, "--pretty", "false"], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (error !== undefined) throw error;
  return { status, output: stdout + stderr };
}

/** Compiles one more file, with the functions that make networks in scope. */
function compileText(text: string): { readonly status: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), "glassnet-types-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const from = (name: string) => JSON.stringify(path(`../src/${name}.ts`));
  const imports = [
    `import { Rng } from ${from("core/random")};`,
    `import { linear } from ${from("nn/linear")};`,
    `import { sequential } from ${from("nn/sequential")};`,
    `import { relu } from ${from("tensor/functions")};`,
    "const rng = Rng.seeded(0);",
  ];
  const config = { extends: project, include: [path("../src/platform.d.ts"), "network.mts"] };
  writeFileSync(join(folder, "network.mts"), [...imports, text].join("\n"));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  return compile(join(folder, "tsconfig.json"));
}

test("networks that fit compile, and each that does not is an error", () => {
  expect(compile(project)).toEqual({ status: 0, output: "" });
});

test("the compiler says which sizes do not meet", () => {
  const { status, output } = compileText(
    "export const model = sequential(linear(784, 128, { rng }), relu, linear(100, 10, { rng }));",
  );
  expect(status).not.toBe(0);
  expect(output).toContain("expected 128 features, this layer takes 100");
  expect(output.match(/error TS/g)).toHaveLength(1);
  expect(output).toContain("position 2"); // of the layer that does not fit, counted from 0
});

test("the same text with sizes that meet has no error, so the error above is about the sizes", () => {
  const text = "export const model = sequential(linear(784, 128, { rng }), relu, linear(128, 10, { rng }));";
  expect(compileText(text)).toEqual({ status: 0, output: "" });
});
