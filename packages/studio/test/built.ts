import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const studio = fileURLToPath(new URL("..", import.meta.url));
const library = join(studio, "../glassnet");

/** Builds of sources as they were are kept for so long: other tests may still be served from them. */
const KEPT_MS = 2 * 60 * 60 * 1000;

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

function digest(): string {
  const hash = createHash("sha256");
  const folders = [join(studio, "src"), join(studio, "public"), join(library, "src"), join(library, "wasm")];
  const files = [...folders.flatMap((folder) => [...filesBelow(folder)]), join(studio, "index.html")];
  for (const path of files.filter((file) => !/\.test\.tsx?$/.test(file))) hash.update(path).update(readFileSync(path));
  return hash.digest("hex").slice(0, 16);
}

/** The studio as it would be published, built from the sources as they are now: once, for all test files that ask. */
export async function builtStudio(): Promise<string> {
  if (!existsSync(join(studio, "public/digits/model.safetensors"))) {
    throw new Error("the built-in digits are not there: npm run build --workspace packages/studio");
  }
  const cache = join(studio, "../../node_modules/.cache/glassnet-studio");
  const folder = join(cache, digest());
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const outDir = join(cache, `making-${process.pid}`);
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = "production"; // the test runner's own value would bundle React for developers
  await build({ root: studio, configFile: join(studio, "vite.config.ts"), logLevel: "error", build: { outDir } });
  if (NODE_ENV === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = NODE_ENV;
  try {
    renameSync(outDir, folder);
  } catch {
    rmSync(outDir, { recursive: true }); // another file of tests was faster
  }
  for (const name of readdirSync(cache)) {
    const old = join(cache, name);
    if (Date.now() - statSync(old).mtimeMs > KEPT_MS) rmSync(old, { recursive: true, force: true });
  }
  return folder;
}
