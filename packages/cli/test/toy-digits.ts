import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Rng } from "glassnet";

/** @file IDX files of toy digits: digit k is a bright square in a place of its own, with noise. A network learns them at once. */

export function idxImages(pixels: Uint8Array, rows: number): Uint8Array {
  const bytes = new Uint8Array(16 + pixels.length);
  const view = new DataView(bytes.buffer);
  [0x0803, rows, 28, 28].forEach((word, i) => {
    view.setUint32(4 * i, word);
  });
  bytes.set(pixels, 16);
  return bytes;
}

export function idxLabels(labels: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(8 + labels.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0801);
  view.setUint32(4, labels.length);
  bytes.set(Uint8Array.from(labels), 8);
  return bytes;
}

function toyImages(labels: readonly number[], rng: Rng): Uint8Array {
  const pixels = new Uint8Array(labels.length * 784);
  labels.forEach((label, i) => {
    const [top, left] = [4 + 10 * Math.floor(label / 5), 1 + 5 * (label % 5)];
    for (let row = 0; row < 28; row++) {
      for (let column = 0; column < 28; column++) {
        const isInside = row >= top && row < top + 8 && column >= left && column < left + 5;
        pixels[i * 784 + row * 28 + column] = isInside ? 150 + 100 * rng.next() : 60 * rng.next();
      }
    }
  });
  return pixels;
}

export type DigitFiles = Readonly<Record<string, Uint8Array>>;

export function toyFiles(training: number, test: number): DigitFiles {
  const rng = Rng.seeded(1);
  const labelsOf = (count: number) => Array.from({ length: count }, (_, i) => i % 10);
  const set = (count: number) => ({
    images: idxImages(toyImages(labelsOf(count), rng), count),
    labels: idxLabels(labelsOf(count)),
  });
  const [a, b] = [set(training), set(test)];
  return {
    "train-images-idx3-ubyte": a.images,
    "train-labels-idx1-ubyte": a.labels,
    "t10k-images-idx3-ubyte": b.images,
    "t10k-labels-idx1-ubyte": b.labels,
  };
}

export function writeFiles(folder: string, files: DigitFiles): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}
