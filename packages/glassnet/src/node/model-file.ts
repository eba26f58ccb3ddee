import { decodeModel, encodeModel, type LoadOptions, type SavedModel } from "../formats/model.ts";
import { writeFileAtomic } from "./atomic-write.ts";
import { readBytes } from "./read-file.ts";

/**
 * Saves a model with its description in one file, atomically: a failure leaves what was there before.
 *
 * @throws UsageError naming the path and what to do, if the disk is full, the path a folder, or writing is not allowed.
 * @example await save("digits.safetensors", { model, inputShape, preprocessing, classNames });
 */
export async function save(path: string, saved: SavedModel): Promise<void> {
  await writeFileAtomic(path, encodeModel(saved));
}

/**
 * Loads a model that `save` wrote. Layers of one's own need their makers.
 *
 * @throws FormatError if the file is not such a model; UsageError if it cannot be read.
 */
export async function load(path: string, options?: LoadOptions): Promise<SavedModel> {
  return decodeModel(await readBytes(path), options, path);
}
