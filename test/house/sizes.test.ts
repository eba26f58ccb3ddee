import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type OutputFile } from "esbuild";
import { describe, expect, test } from "vitest";
import { singleFile } from "../../packages/glassnet/build/single-file.js";
import { root } from "./repository.ts";

/** @file What a page has to load: programs as a bundler makes them, minified, and compressed as a server sends them. */

const TRAINING = `
  import { accuracy, crossEntropy, dataset, linear, predict, relu, Rng, sequential, train } from "glassnet";
  const rng = Rng.seeded(1);
  const model = sequential(linear(2, 16, { rng }), relu, linear(16, 2, { rng }));
  export async function learn(inputs, targets, report) {
    const data = dataset({ name: "points", inputs, targets });
    for await (const event of train(model, data, { loss: crossEntropy, metrics: { accuracy } })) report(event);
    return await predict(model, inputs);
  }`;

const INFERENCE = `
  import { decodeModel, predictor } from "glassnet/inference";
  export async function ready(bytes) {
    return await predictor(decodeModel(bytes), { probabilities: true });
  }`;

interface Bundle {
  readonly bytes: Uint8Array;
  /** Folders and files of the library's sources from which something is in it. */
  readonly parts: readonly string[];
}

/** The program with everything that it uses, in one module. Files that it loads, such as the kernels, stay outside. */
async function bundled(program: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: join(root, "packages/glassnet") },
    ...{ bundle: true, minify: true, format: "esm", platform: "browser", target: "es2022", charset: "utf8" },
    ...{ conditions: ["@glassnet/source"], absWorkingDir: root, logLevel: "warning" },
    ...{ write: false, metafile: true, outfile: "program.js" },
  });
  const [{ contents }] = outputFiles as [OutputFile];
  const used = Object.entries(metafile.outputs["program.js"]!.inputs).filter(([, { bytesInOutput: n }]) => n > 0);
  const places = used.map(([path]) => path.replace("packages/glassnet/src/", "").split("/"));
  return { bytes: contents, parts: [...new Set(places.map(([place]) => place!))].sort() };
}

const kernels = async (name: string): Promise<Uint8Array> => readFileSync(join(root, "packages/glassnet/wasm", name));

interface Ceiling {
  readonly bytes: () => Promise<Uint8Array>;
  /** The most that `gzip -9` may leave: what it left on the day that is named, and a twentieth more. */
  readonly gzip: number;
  readonly reason: string;
}

/** Whoever raises one writes down the day, the new measurement and what the bytes are for. */
const ceilings: Readonly<Record<string, Ceiling>> = {
  "a program that trains a classifier": {
    bytes: async () => (await bundled(TRAINING)).bytes,
    gzip: 67_600,
    reason:
      "66,679 on 2026-11-24: what predicting takes without model files, and gradients, loss, optimizer and the loop; 1,900 of it let another thread lead a run and gather what is fed meanwhile, 540 tell plain JavaScript of options that nobody knows",
  },
  "a program that loads a model and predicts": {
    bytes: async () => (await bundled(INFERENCE)).bytes,
    gzip: 58_400,
    reason:
      "57,512 on 2026-11-24: contracts, passes and lowering are 42 % of it, the reference backend 13 %, runs that another thread leads 1,850 bytes, options that nobody knows 550",
  },
  "the single file": {
    bytes: singleFile,
    gzip: 192_800,
    reason:
      "183,629 on 2026-11-23: all names of glassnet (explanations and their tests are 14,088 of it), the glossary in two languages, and kernels.wasm in base64",
  },
  "kernels.wasm": { bytes: () => kernels("kernels.wasm"), gzip: 28_500, reason: "27,079 on 2026-11-23" },
  "kernels-relaxed.wasm": {
    bytes: () => kernels("kernels-relaxed.wasm"),
    gzip: 28_500,
    reason: "27,053 on 2026-11-23",
  },
  "kernels-threads.wasm": {
    bytes: () => kernels("kernels-threads.wasm"),
    gzip: 28_800,
    reason: "27,402 on 2026-11-23",
  },
  "kernels-relaxed-threads.wasm": {
    bytes: () => kernels("kernels-relaxed-threads.wasm"),
    gzip: 28_800,
    reason: "27,375 on 2026-11-23",
  },
};

describe("compressed, it stays below its ceiling:", () => {
  test.each(Object.entries(ceilings))("%s", async (_, { bytes, gzip, reason }) => {
    const { length } = gzipSync(await bytes(), { level: 9 });
    expect(length, `it was ${reason}`).toBeLessThanOrEqual(gzip);
  });

  test("and the four variants of the kernels together below 300 kB as they are", async () => {
    const names = Object.keys(ceilings).filter((name) => name.endsWith(".wasm"));
    const all = await Promise.all(names.map(kernels));
    expect(names).toHaveLength(4);
    expect(all.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(300_000);
  });
});

describe("of the library, a bundler takes", () => {
  test("nothing that trains, measures or explains into a program that only predicts", async () => {
    const { parts } = await bundled(INFERENCE);
    expect(parts).toContain("formats");
    expect(
      parts.filter((part) => ["autodiff", "loss", "metric", "optim", "explain", "testing"].includes(part)),
    ).toEqual([]);
  });

  test("nothing that explains, saves or checks into a program that trains", async () => {
    const { parts } = await bundled(TRAINING);
    expect(parts).toContain("autodiff");
    expect(parts.filter((part) => ["formats", "explain", "testing", "node"].includes(part))).toEqual([]);
  });
});
