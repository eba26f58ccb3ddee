import type { Device } from "../backends/backend.ts";
import { FormatError, UsageError } from "../core/errors.ts";
import { formatBytes } from "../core/format.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { decodeModel, encodeModel, type LoadOptions, type SavedModel } from "../formats/model.ts";
import { compute } from "../tensor/compute.ts";
import { deviceOr } from "../tensor/device.ts";
import { variablesOf } from "../tensor/variable.ts";
import { writeFileAtomic } from "./atomic-write.ts";
import { DEFAULT_MAX_BYTES, readPlainBytes } from "./read-file.ts";

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
  checkNames("save", { device: true } satisfies OptionNames<SaveOptions>, options);
  const values = [...variablesOf(saved.model).values()].map(({ value }) => value);
  await compute(values, { device: await deviceOr(options.device) });
  const bytes = encodeModel(saved);
  if (bytes.length > DEFAULT_MAX_BYTES) {
    const what = `the file would have ${formatBytes(bytes.length)}, load() reads at most ${formatBytes(DEFAULT_MAX_BYTES)}`;
    throw new UsageError("unsupported", "save", what);
  }
  await writeFileAtomic(path, bytes);
}

/**
 * Loads a model that `save` wrote. Layers of one's own need their makers.
 *
 * @throws FormatError if the file is not such a model; UsageError if it cannot be read.
 */
export async function load(path: string, options?: LoadOptions): Promise<SavedModel> {
  const bytes = await readPlainBytes(path);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[8] !== 0x7b) {
    throw new FormatError("not-a-model", path, "is packed by gzip", {
      help: "unpack it: model files are read as they are",
    });
  }
  return decodeModel(bytes, options, path);
}
