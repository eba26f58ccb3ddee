import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAst } from "vitest/node";

/** The repository as the house tests see it: paths from its root with forward slashes, and parsed TypeScript. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A node of the syntax tree, as far as these tests need to know it. */
export interface Syntax {
  readonly type: string;
  readonly start: number;
  readonly [property: string]: unknown;
}

const SKIPPED = new Set(["node_modules", "dist", "runs"]);

/** Every file below `folder` whose name ends in `ending`, sorted. A folder that does not exist has none. */
export function filesUnder(folder: string, ending: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const found: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) found.push(...filesUnder(path, ending));
    else if (entry.isFile() && entry.name.endsWith(ending)) found.push(path);
  }
  return found.sort();
}

export function read(path: string): SourceFile {
  return { path, text: readFileSync(join(root, path), "utf8") };
}

export function exists(path: string): boolean {
  return existsSync(join(root, path));
}

export function fromRoot(absolute: string): string {
  return relative(root, absolute).split(sep).join("/");
}

export function isTest(path: string): boolean {
  return /\.(test|test-d)\.tsx?$/.test(path);
}

export function parse({ path, text }: SourceFile): readonly Syntax[] {
  try {
    return parseAst(text, { lang: path.endsWith(".tsx") ? "tsx" : "ts" }, path).body as unknown as readonly Syntax[];
  } catch (cause) {
    throw new Error(`cannot parse ${path}`, { cause });
  }
}

/** What a file imports, in any form: statements, `import()`, types, and `new URL("./x.ts", import.meta.url)`. */
export function importsOf(file: SourceFile): string[] {
  const found: string[] = [];
  const pending: unknown[] = [...parse(file)];
  while (pending.length > 0) {
    const item = pending.pop();
    if (typeof item !== "object" || item === null) continue;
    pending.push(...Object.values(item));
    const node = item as Syntax;
    const named = namedModule(node);
    if (typeof named === "string") found.push(named);
  }
  return found.sort();
}

function namedModule(node: Syntax): unknown {
  const value = (literal: unknown) => (literal as { value?: unknown } | null | undefined)?.value;
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
    case "TSImportType":
      return value(node.source);
    case "NewExpression": {
      const [target, base] = node.arguments as readonly (Syntax | undefined)[];
      const isUrl = (node.callee as { name?: unknown }).name === "URL";
      return isUrl && base?.type === "MemberExpression" ? value(target) : undefined;
    }
    default:
      return undefined;
  }
}

/** The repository path that a relative import leads to. */
export function resolveImport(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier);
}
