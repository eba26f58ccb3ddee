import type { Device } from "../backends/backend.ts";
import { decodeModel, encodeModel, type LoadOptions, type SavedModel } from "../formats/model.ts";
import { compute } from "../tensor/compute.ts";
import { openDevice } from "../tensor/device.ts";
import { variablesOf } from "../tensor/variable.ts";
import { writeFileAtomic } from "./atomic-write.ts";
import { readBytes } from "./read-file.ts";

export interface SaveOptions {
  /** Where weights that are still pending are computed; the default device otherwise. */
  readonly device?: Device | undefined;
}

/**
 * Saves a model with its description in one file, atomically: a failure leaves what was there before.
 *
 * @throws UsageError naming the path and what to do, if the disk is full, the path a folder, or writing is not allowed; or
 * naming what in the model cannot be saved.
 * @example await save("digits.safetensors", { model, inputShape, preprocessing, classNames });
 */
export async function save(path: string, saved: SavedModel, options: SaveOptions = {}): Promise<void> {
  const values = [...variablesOf(saved.model).values()].map(({ value }) => value);
  await compute(values, { device: await openDevice(options.device) });
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
