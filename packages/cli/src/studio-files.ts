import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { ArrayData, Dataset } from "glassnet";
import { loadMnist } from "glassnet/node";
import { runFiles } from "./run-folder.ts";
import type { Extra } from "./studio-server.ts";

/** @file What the command serves beside the studio's own files: the model that was named, and the whole MNIST. */

const MODEL = "model.safetensors";

/** An IDX file of bytes: magic number, sizes, data. @see http://yann.lecun.com/exdb/mnist */
function idxOf({ shape, data }: ArrayData): Uint8Array {
  const sizes = shape.filter((n, axis) => axis === 0 || n > 1); // the channel axis is not stored
  const bytes = new Uint8Array(4 + 4 * sizes.length + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 | sizes.length);
  for (const [axis, n] of sizes.entries()) view.setUint32(4 + 4 * axis, n);
  bytes.set(data, 4 + 4 * sizes.length);
  return bytes;
}

/** How a model is called on the page: by its run, or by its file. */
function nameOf(path: string): string {
  return basename(path) === runFiles.model ? basename(dirname(path)) : basename(path);
}

/**
 * @param model path of a model file that was read before
 * @param directory folder with the four IDX files, instead of the package
 */
export function studioFiles(model: string | undefined, directory: string | undefined): ReadonlyMap<string, Extra> {
  let loading: Promise<{ train: Dataset; test: Dataset } | undefined> | undefined;
  const mnist = () => {
    loading ??= loadMnist(directory === undefined ? {} : { directory }).catch(() => undefined);
    return loading;
  };
  const served: Extra = async () => {
    const found = model === undefined ? null : { name: nameOf(model), path: `opened/${MODEL}` };
    return new TextEncoder().encode(JSON.stringify({ mnist: (await mnist()) !== undefined, model: found }));
  };
  const idx =
    (set: "train" | "test", part: "inputs" | "targets"): Extra =>
    async () => {
      const digits = await mnist();
      if (digits === undefined) throw new Error("the digits are not there");
      return idxOf(digits[set][part]);
    };
  return new Map<string, Extra>([
    ["served.json", served],
    ["mnist/train-images-idx3-ubyte", idx("train", "inputs")],
    ["mnist/train-labels-idx1-ubyte", idx("train", "targets")],
    ["mnist/t10k-images-idx3-ubyte", idx("test", "inputs")],
    ["mnist/t10k-labels-idx1-ubyte", idx("test", "targets")],
    ...(model === undefined ? [] : [[`opened/${MODEL}`, () => readFile(model)] as const]),
  ]);
}
