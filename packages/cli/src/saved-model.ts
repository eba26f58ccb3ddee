import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Dataset, FormatError, formatCount, type SavedModel, summarize } from "glassnet";
import { load } from "glassnet/node";
import { digitsOf } from "./digits.ts";
import { Failure, UsageFailure } from "./failure.ts";
import type { Messages } from "./messages/index.ts";
import { CLASSES, PIXELS } from "./recipe.ts";
import { runFiles } from "./run-folder.ts";

/** Whether there is something of that name. */
export async function isPath(name: string): Promise<boolean> {
  return stat(name).then(
    () => true,
    () => false,
  );
}

/** The model's file: itself, or the one in the folder of a run. */
export async function fileOf(path: string, m: Messages): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new Failure(m.models.noSuchFile(path), m.models.noModelHint);
  if (!found.isDirectory()) return path;
  const inside = join(path, runFiles.model);
  if (await isPath(inside)) return inside;
  throw new Failure(m.models.noModelInFolder(path), m.models.noModelHint);
}

export interface OpenedModel {
  readonly path: string;
  readonly saved: SavedModel;
}

/** A file that does not even begin as a model does. */
const foreignReasons: readonly string[] = ["too-short", "header-too-large", "header-past-end", "header-not-json"];

async function readModel(path: string, m: Messages): Promise<SavedModel> {
  try {
    return await load(path);
  } catch (error) {
    const isForeign = error instanceof FormatError && foreignReasons.includes(error.reason);
    throw isForeign ? new Failure(error.message, m.models.noModelFile, error) : error;
  }
}

/** @param name a model file, or the folder of a run */
export async function openModel(name: string, m: Messages): Promise<OpenedModel> {
  const path = await fileOf(name, m);
  return { path, saved: await readModel(path, m) };
}

/** @throws Failure unless the model takes digits and tells ten classes apart */
export async function openDigitModel(name: string, m: Messages): Promise<OpenedModel> {
  const opened = await openModel(name, m);
  const { path, saved } = opened;
  const shape = (sizes: readonly number[]) => `[${sizes.join(", ")}]`;
  const size = saved.inputShape.reduce((product, n) => product * n, 1);
  if (size !== PIXELS) throw new Failure(m.models.notDigits(path, shape(saved.inputShape)), m.models.notDigitsHint);
  const output = summarize(saved.model, saved.inputShape).layers.at(-1)?.outputShape ?? saved.inputShape;
  if (output.length !== 1 || output[0] !== CLASSES) {
    throw new Failure(m.models.notTenClasses(path, shape(output)), m.models.notDigitsHint);
  }
  return opened;
}

/** Digits in the form that the model takes: with its own preprocessing, and its own shape of 784 pixels. */
export async function digitsFor(
  { saved }: OpenedModel,
  set: "test" | "train",
  directory: string | undefined,
): Promise<Dataset> {
  const data = await digitsOf(set, directory);
  const { inputShape, preprocessing } = saved;
  return { ...data, inputs: { ...data.inputs, shape: [data.size, ...inputShape] }, inputShape, preprocessing };
}

/** @throws UsageFailure unless there is a digit of that number */
export function checkIndex(index: number, data: Dataset, set: "test" | "train", m: Messages): void {
  if (index < data.size) return;
  throw new UsageFailure(
    m.models.noSuchDigit(String(index), m.models.sets[set], formatCount(data.size), formatCount(data.size - 1)),
  );
}
