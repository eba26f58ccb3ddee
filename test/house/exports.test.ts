import { describe, expect, test } from "vitest";
import { entriesOf, publicNames } from "./entry.ts";
import type { SourceFile } from "./repository.ts";

const entries = [...entriesOf("packages/glassnet"), ...entriesOf("packages/cli")];

test("the entries are these six", () => {
  expect(entries.map(({ specifier }) => specifier)).toEqual([
    "glassnet",
    "glassnet/inference",
    "glassnet/node",
    "glassnet/engine",
    "glassnet/testing",
    "@glassnet/cli",
  ]);
});

describe.each(entries)("$specifier", ({ specifier, source }) => {
  test("exports exactly the names on its list; after a decision, `npx vitest run exports -u` rewrites it", async () => {
    const lines = publicNames(source).map(({ kind, name }) => `${kind} ${name}`);
    const list = `api/${specifier.replace("@", "").replaceAll("/", "-")}.txt`;
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(list);
  });

  test("exports at run time what its source says", async () => {
    const module = await import(specifier);
    const values = publicNames(source).filter(({ kind }) => kind === "value");
    expect(Object.keys(module).sort()).toEqual(values.map(({ name }) => name).sort());
  });

  test("documents every value", () => {
    const bare = publicNames(source).filter(({ kind, hasDocstring }) => kind === "value" && !hasDocstring);
    expect(bare.map(({ name, declaredIn }) => `${name} in ${declaredIn}`)).toEqual([]);
  });
});

describe("this check", () => {
  const sources: Record<string, string> = {
    "a/index.ts": `
      export { plain, documented, type Shape as Form, over } from "./b.ts";
      export type { Box } from "./b.ts";
      export { local };
      import { documented as local } from "./b.ts";
      /** A list. */
      export const list = [1];`,
    "a/b.ts": `
      /* not a docstring */
      export const plain = "é";
      /** Says what it does. */
      export function documented(): void {}
      /** Adds. */
      export function over(x: number): void;
      export function over(x: string): void;
      export function over(x: unknown): void {}
      export interface Shape { n: number }
      export class Box {}`,
    "a/all.ts": `export * from "./b.ts";`,
  };
  const readPlanted = (path: string): SourceFile => ({ path, text: sources[path]! });

  test("follows names to their declarations and sees which have a docstring", () => {
    const found = publicNames("a/index.ts", readPlanted);
    expect(found.map(({ name, kind, declaredIn, hasDocstring }) => [name, kind, declaredIn, hasDocstring])).toEqual([
      ["Box", "type", "a/b.ts", false],
      ["Form", "type", "a/b.ts", false],
      ["documented", "value", "a/b.ts", true],
      ["list", "value", "a/index.ts", true],
      ["local", "value", "a/b.ts", true],
      ["over", "value", "a/b.ts", true],
      ["plain", "value", "a/b.ts", false],
    ]);
  });

  test("refuses an entry that hides its names behind a star", () => {
    expect(() => publicNames("a/all.ts", readPlanted)).toThrow("one by one");
  });
});
