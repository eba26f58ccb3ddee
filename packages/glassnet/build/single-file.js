#!/usr/bin/env node
/**
 * @file Makes `dist/glassnet.min.js`: all of `glassnet` in one module that asks for nothing else, for pages without a bundler
 * and for bundlers that leave files behind. `npm run build` runs it.
 *
 * It holds one variant of the kernels: SIMD without the relaxed kind, on one thread. Threads need headers that a plain server
 * of files does not send, and relaxed SIMD would be as much again, for what not every browser has.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const VARIANT = "kernels.wasm";
const folder = join(import.meta.dirname, "..");
const target = join(folder, "dist/glassnet.min.js");

/** In the place of `backends/wasm/asset.ts`: the bytes themselves, as an address. */
const embedded = {
  name: "embedded",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]backends[\\/]wasm[\\/]asset\.ts$/ }, async () => {
      const bytes = await readFile(join(folder, "wasm", VARIANT));
      const url = `data:application/wasm;base64,${bytes.toString("base64")}`;
      return {
        contents: `
          export const hasAsset = (file) => file === ${JSON.stringify(VARIANT)};
          export const assetOf = () => new URL(${JSON.stringify(url)});`,
      };
    });
  },
};

/** The text of the single file, made of the sources. */
export async function singleFile() {
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const { outputFiles, metafile } = await build({
    entryPoints: [join(folder, "src/index.ts")],
    ...{ bundle: true, minify: true, format: "esm", platform: "browser", target: "es2022", charset: "utf8" },
    conditions: ["@glassnet/source"],
    define: { "import.meta.url": '""' }, // no file lies beside it, and no bundler shall look for one
    banner: { js: `/*! glassnet ${version}, MIT licence */` },
    plugins: [embedded],
    ...{ write: false, metafile: true, outfile: target, logLevel: "warning" },
  });
  const replaced = Object.keys(metafile.inputs).some((path) => path.endsWith("backends/wasm/asset.ts"));
  if (!replaced) throw new Error("single-file.js: the sources have no backends/wasm/asset.ts any more");
  return outputFiles[0].contents;
}

if (process.argv[1] === import.meta.filename) {
  const { mkdir, writeFile } = await import("node:fs/promises");
  await mkdir(join(folder, "dist"), { recursive: true });
  await writeFile(target, await singleFile());
}
