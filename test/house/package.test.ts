import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { isTwin } from "./entry.ts";
import { exists, read, root } from "./repository.ts";

const execute = promisify(execFile);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly sideEffects?: boolean;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

const packages = ["packages/glassnet", "packages/cli"];
const manifestOf = (folder: string): Manifest => JSON.parse(read(`${folder}/package.json`).text);

/** The files that a package would publish. It needs a build, which `npm ci` makes. */
async function packedFiles(folder: string): Promise<string[]> {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error", "--workspace", folder];
  const { stdout } = await execute("npm", args, { cwd: root });
  const [pack] = JSON.parse(stdout) as [{ files: readonly { path: string }[] }];
  return pack.files.map(({ path }) => path);
}

/** The kernels in WebAssembly, and what a thread of theirs runs. */
const modules = [
  ...["", "-relaxed", "-threads", "-relaxed-threads"].map((variant) => `wasm/kernels${variant}.wasm`),
  "wasm/thread.js",
];

/** The built studio, as the command serves it: pages, code, kernels and the built-in digits. */
const studio = ["index.html", "served.json", "digits/model.safetensors", "digits/t10k-images-idx3-ubyte"].map(
  (name) => `dist/studio/${name}`,
);

function packFaults(manifest: Manifest, files: readonly string[]): string[] {
  const wanted = [
    "package.json",
    "LICENSE",
    ...(manifest.name === "glassnet" ? modules : []),
    ...(manifest.name === "@glassnet/cli" ? studio : []),
    ...Object.values(manifest.bin ?? {}),
    ...Object.values(manifest.exports).flatMap(({ types, default: code }) => [types!, code!]),
  ].map((path) => path.replace("./", ""));
  const missing = wanted.filter((path) => !files.includes(path)).map((path) => `${path} is missing`);
  const extra = files.filter((path) => !isPublishable(path)).map((path) => `${path} does not belong in it`);
  return [...missing, ...extra];
}

function isPublishable(path: string): boolean {
  if (["package.json", "LICENSE", "README.md"].includes(path)) return true;
  if (/\.(test|test-d)\./.test(path)) return false;
  if (/^wasm\/(kernels[\w-]*\.wasm|thread\.js)$/.test(path)) return true;
  if (/^dist\/studio\/(index\.html|served\.json|digits\/[\w.-]+|assets\/[\w.-]+\.(js|css|svg|wasm))$/.test(path))
    return true;
  return /^bin\/[\w-]+\.js$/.test(path) || /^dist\/.*(\.js|\.js\.map|\.d\.ts)$/.test(path);
}

test("the library has no dependencies of any kind", () => {
  const { dependencies, peerDependencies, optionalDependencies } = manifestOf("packages/glassnet");
  expect({ dependencies, peerDependencies, optionalDependencies }).toEqual({});
});

test("importing the library has no side effects", () => {
  expect(manifestOf("packages/glassnet").sideEffects).toBe(false);
});

test("the single file has the names and types of the main entry", () => {
  const { exports } = manifestOf("packages/glassnet");
  const { "@glassnet/source": source, types } = exports["."]!;
  expect(exports["./standalone"]).toEqual({ "@glassnet/source": source, types, default: "./dist/glassnet.min.js" });
});

test("the command needs the library in its own version, and nothing else", () => {
  const { version, dependencies } = manifestOf("packages/cli");
  expect(manifestOf("packages/glassnet").version).toBe(version);
  expect(dependencies).toEqual({ glassnet: version });
});

test("the lock file holds the binaries of every platform; if not, `node .ci/complete-lock.js` adds them", () => {
  const { packages: locked } = JSON.parse(read("package-lock.json").text) as Lock;
  const optional = Object.values(locked).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
  expect(optional.length).toBeGreaterThan(0);
  expect(optional.filter((name) => !(`node_modules/${name}` in locked))).toEqual([]);
});

describe.each(packages)("%s", (folder) => {
  const manifest = manifestOf(folder);

  test("carries the MIT licence", () => {
    expect(manifest.license).toBe("MIT");
    expect(read(`${folder}/LICENSE`).text).toBe(read("LICENSE").text);
    expect(read("LICENSE").text).toContain("MIT License");
  });

  test("maps every entry from its source to the file that the compiler makes of it, source first", () => {
    for (const [subpath, targets] of Object.entries(manifest.exports)) {
      if (isTwin(subpath)) continue;
      expect(Object.keys(targets)).toEqual(["@glassnet/source", "types", "default"]);
      const source = targets["@glassnet/source"]!;
      expect(exists(`${folder}/${source}`), source).toBe(true);
      const built = source.replace("./src/", "./dist/").replace(/\.ts$/, "");
      expect(targets).toMatchObject({ types: `${built}.d.ts`, default: `${built}.js` });
    }
  });

  test("publishes what it promises, and neither tests nor sources", async () => {
    expect(packFaults(manifest, await packedFiles(folder))).toEqual([]);
  });
});

describe("the check of a package notices", () => {
  const manifest = manifestOf("packages/glassnet");
  const targets = Object.values(manifest.exports).flatMap(({ types, default: code }) => [types!, code!]);
  const good = ["package.json", "LICENSE", "bin/glassnet.js", ...modules, ...targets.map((path) => path.slice(2))];

  test("nothing in a good one", () => {
    expect(packFaults(manifest, good)).toEqual([]);
  });

  test.each(["src/index.ts", "dist/a.test.js", "dist/core.tsbuildinfo", "test/a.ts", "tsconfig.json"])("%s", (path) => {
    expect(packFaults(manifest, [...good, path])).toEqual([`${path} does not belong in it`]);
  });

  test.each(["dist/index.js", "wasm/kernels.wasm"])("a missing file: %s", (missing) => {
    expect(
      packFaults(
        manifest,
        good.filter((path) => path !== missing),
      ),
    ).toEqual([`${missing} is missing`]);
  });
});
