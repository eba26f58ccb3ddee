import { copyFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { build as bundle } from "esbuild";
import * as glassnet from "glassnet";
import type { Browser } from "playwright-core";
import { build, createServer } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openChromium, visit } from "./chromium.ts";
import { expectLearnt, type Told } from "./learnt.ts";
import { bits } from "./program/bits.js";
import { makeProject, type Project } from "./project.ts";
import { serveFolder } from "./static-server.ts";

let project: Project;
let browser: Browser;
beforeAll(async () => {
  [project, browser] = await Promise.all([makeProject(), openChromium()]);
});
afterAll(async () => {
  await browser?.close();
  project?.remove();
});

const ONE_PAGE = `
  import { circle } from "./circle.js";
  globalThis.told = circle({ width: 16 }).then((inPage) => ({ inPage }));`;

interface Both {
  readonly inPage: Told;
  readonly inWorker: Told;
}

const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const NOT_ISOLATED =
  "wasm: computes on one thread: memory is not shared, because the page is not cross-origin isolated";

/** A page whose own scripts stand in it, and which may not run WebAssembly. */
const NO_WASM = "default-src 'self'; img-src data:; script-src 'self' 'unsafe-inline'";
/** No fetching, not even of addresses that hold their data; the page's own scripts stand in it. */
const STRICT = "default-src 'self'; img-src data:; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'";

/** The page and the worker have a second thread if the page is isolated. */
function expectBoth({ inPage, inWorker }: Both, isIsolated: boolean): void {
  expectLearnt(inPage, "wasm");
  expectLearnt(inWorker, "wasm");
  expect(inPage.notices).toEqual(isIsolated ? [] : [NOT_ISOLATED]);
  expect(inWorker.notices).toEqual(isIsolated ? [] : [NOT_ISOLATED]);
  expect(inWorker.joined).toBe(isIsolated ? 1 : 0);
  expect(inWorker.loss).toBe(inPage.loss);
}

describe.each([
  ["of plain pages", false, {}],
  ["of pages that are cross-origin isolated", true, ISOLATED],
])("a Vite app without any configuration, %s", (_, isIsolated, headers) => {
  const settings = () => ({ root: project.folder, configFile: false, logLevel: "error" }) as const;

  test("trains in the development server, where dependencies are bundled beforehand", async () => {
    const server = await createServer({ ...settings(), server: { port: 0, headers } });
    try {
      await server.listen();
      const { told } = await visit<Both>(browser, server.resolvedUrls!.local[0]!);
      expectBoth(told, isIsolated);
    } finally {
      await server.close();
    }
  });

  test("trains in the build, below any path", async () => {
    await build({ ...settings(), base: "./", build: { outDir: "built" } });
    const built = await serveFolder(join(project.folder, "built"), "/some/where/", headers);
    try {
      const { told, requests } = await visit<Both>(browser, `${built.origin}/some/where/index.html`);
      expectBoth(told, isIsolated);
      const kernels = requests.filter((path) => path.endsWith(".wasm"));
      expect(kernels).toHaveLength(2); // one variant for the page, one for the worker
    } finally {
      await built.close();
    }
  });
});

describe("esbuild, which leaves files beside modules behind", () => {
  const served = async (names: Readonly<Record<string, string>>): Promise<Told> => {
    const outdir = mkdtempSync(join(project.folder, "esbuild-"));
    await bundle({
      stdin: { contents: ONE_PAGE, resolveDir: project.folder },
      ...{ bundle: true, format: "esm", outfile: join(outdir, "main.js"), logLevel: "silent" },
      plugins: [
        {
          name: "names",
          setup: (setUp) =>
            setUp.onResolve({ filter: /^glassnet/ }, ({ path, resolveDir }) => {
              return path in names ? setUp.resolve(names[path]!, { resolveDir, kind: "import-statement" }) : undefined;
            }),
        },
      ],
    });
    copyFileSync(join(project.folder, "index.html"), join(outdir, "index.html"));
    const server = await serveFolder(outdir, "/");
    try {
      return (await visit<Both>(browser, `${server.origin}/index.html`)).told.inPage;
    } finally {
      await server.close();
    }
  };

  test("still trains, in plain TypeScript, and the device says what to do", async () => {
    const told = await served({});
    expectLearnt(told, "reference");
    expect(told.notices).toContain(
      "the wasm backend is not used: cannot load kernels-relaxed.wasm, which belongs to the package: HTTP status 404; let the bundler take it along, or import glassnet/standalone, which holds it",
    );
  });

  test("trains in WebAssembly with the single file", async () => {
    const told = await served({ glassnet: "glassnet/standalone", "glassnet/inference": "glassnet/standalone" });
    expectLearnt(told, "wasm");
    expect(told.notices).toEqual([NOT_ISOLATED]);
  });
});

describe("the single file", () => {
  const folder = () => join(project.folder, "plain");
  beforeAll(() => {
    mkdirSync(folder());
    const package_ = join(project.folder, "node_modules/glassnet");
    copyFileSync(join(package_, "dist/glassnet.min.js"), join(folder(), "glassnet.min.js"));
    for (const name of ["circle.js", "standalone.html", "bits.js", "bits.html"]) {
      copyFileSync(join(project.folder, name), join(folder(), name));
    }
  });

  test.each([
    ["of a plain server", {}],
    ["that may load nothing but its own scripts", { "Content-Security-Policy": STRICT }],
  ])("trains in a page %s, below any path, and asks for nothing else", async (_, headers) => {
    const server = await serveFolder(folder(), "/some/where/", headers);
    try {
      const { told, requests } = await visit<Both>(browser, `${server.origin}/some/where/standalone.html`);
      expectLearnt(told.inPage, "wasm");
      expect(told.inPage).toMatchObject({ variant: "simd", notices: [NOT_ISOLATED] });
      expect(requests.filter((path) => path.startsWith("/")).sort()).toEqual(
        ["circle.js", "glassnet.min.js", "standalone.html"].map((name) => `/some/where/${name}`),
      );
    } finally {
      await server.close();
    }
  });

  test("computes in plain TypeScript where the page may not run WebAssembly, and says so", async () => {
    const server = await serveFolder(folder(), "/", { "Content-Security-Policy": NO_WASM });
    try {
      const { told } = await visit<Both>(browser, `${server.origin}/standalone.html`);
      expectLearnt(told.inPage, "reference");
      expect(told.inPage.notices).toEqual([
        expect.stringMatching(/^the wasm backend is not used: cannot load kernels\.wasm.*Content Security Policy/),
      ]);
    } finally {
      await server.close();
    }
  });

  test("computes the same bits as Node, from products to a whole training", async () => {
    const inNode = await bits(glassnet);
    expect(inNode.variant).toBe("simd");
    expect(Object.keys(inNode.bits).length).toBeGreaterThan(60);
    const server = await serveFolder(folder(), "/");
    try {
      const { told } = await visit<typeof inNode>(browser, `${server.origin}/bits.html`);
      expect(told).toEqual(inNode);
    } finally {
      await server.close();
    }
  });
});

test.each([
  ["a worker of an isolated page", "threads.html", 1],
  ["an isolated page itself, where one more leads,", "threads-page.html", 2],
])("%s computes the same bits on two threads as Node on one", async (_, page, joined) => {
  const { bits: expected } = await bits(glassnet);
  const server = await createServer({
    ...{ root: project.folder, configFile: false, logLevel: "error" },
    server: { port: 0, headers: ISOLATED },
  });
  try {
    await server.listen();
    const { told } = await visit(browser, `${server.resolvedUrls!.local[0]!}${page}`);
    expect(told).toEqual({ variant: "simd", threads: 2, joined, bits: expected });
  } finally {
    await server.close();
  }
});
