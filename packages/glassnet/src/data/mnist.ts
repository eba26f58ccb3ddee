import type { ArrayData } from "../core/array.ts";
import { UsageError } from "../core/errors.ts";
import { formatType } from "../core/shape.ts";
import { checkLabels, type Dataset, dataset } from "./dataset.ts";
import { parseIdx } from "./idx.ts";
import { type PixelEncoding, pixelEncodings } from "./preprocessing.ts";

/** A file's bytes under the name that errors show. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface MnistFiles {
  readonly trainImages: NamedBytes;
  readonly trainLabels: NamedBytes;
  readonly testImages: NamedBytes;
  readonly testLabels: NamedBytes;
}

/** The classes of MNIST. */
export const digitNames = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;

/**
 * The handwritten digits: images u8[n, 1, 28, 28] of 0 (black) to 255 (white), labels u8[n].
 *
 * @see LeCun, Cortes, Burges, The MNIST Database of Handwritten Digits.
 */
export function parseMnist(
  files: MnistFiles,
  encoding: PixelEncoding = "intensity",
): { train: Dataset; test: Dataset } {
  return {
    train: digits(files.trainImages, files.trainLabels, encoding),
    test: digits(files.testImages, files.testLabels, encoding),
  };
}

function digits(imageFile: NamedBytes, labelFile: NamedBytes, encoding: PixelEncoding): Dataset {
  const images = parseIdx(imageFile.name, imageFile.bytes);
  const labels = parseIdx(labelFile.name, labelFile.bytes);
  const [n, height, width] = images.shape;
  if (images.dtype !== "u8" || images.shape.length !== 3 || height !== 28 || width !== 28) {
    unexpected("images", "u8[n, 28, 28]", images, imageFile);
  }
  if (labels.dtype !== "u8" || labels.shape.length !== 1) unexpected("labels", "u8[n]", labels, labelFile);
  if (labels.shape[0] !== n) {
    const operands = { images: imageFile.name, labels: labelFile.name };
    throw new UsageError("invalid-data", "mnist", `${n} images, but ${labels.shape[0]} labels`, { operands });
  }
  checkLabels("mnist", labels.data, digitNames.length, { labels: labelFile.name });
  return dataset({
    name: "mnist",
    inputs: { ...images, shape: [n!, 1, 28, 28] },
    targets: labels,
    preprocessing: pixelEncodings[encoding],
    classNames: digitNames,
  });
}

function unexpected(part: string, expected: string, found: ArrayData, file: NamedBytes): never {
  const what = `${part} must be ${expected}, got ${formatType(found)}`;
  throw new UsageError("invalid-data", "mnist", what, { operands: { file: file.name } });
}
