import { expect, test } from "vitest";
import { type MnistFiles, parseMnist } from "./mnist.ts";

function images(n: number, side = 28): Uint8Array {
  const header = [0, 0, 8, 3, 0, 0, 0, n, 0, 0, 0, side, 0, 0, 0, side];
  return Uint8Array.from({ length: 16 + n * side * side }, (_, i) => header[i] ?? i % 256);
}
const labels = (...values: number[]) => Uint8Array.of(0, 0, 8, 1, 0, 0, 0, values.length, ...values);

const good: MnistFiles = {
  trainImages: { name: "train-images", bytes: images(3) },
  trainLabels: { name: "train-labels", bytes: labels(5, 0, 9) },
  testImages: { name: "t10k-images", bytes: images(1) },
  testLabels: { name: "t10k-labels", bytes: labels(7) },
};

test("pixels stay bytes, and the encoding goes along as data", () => {
  const { train, test } = parseMnist(good);
  expect(train).toMatchObject({ name: "mnist", size: 3, inputShape: [1, 28, 28] });
  expect(train.inputs).toMatchObject({ dtype: "u8", shape: [3, 1, 28, 28] });
  expect(train.preprocessing).toEqual({ kind: "intensity", scale: 1 / 255 });
  expect(train.classNames).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  expect(test.targets).toEqual({ dtype: "u8", shape: [1], data: Uint8Array.of(7) });
  expect(parseMnist(good, "binary").test.preprocessing).toEqual({ kind: "binary", threshold: 128 });
});

test("files that are not MNIST are named", () => {
  const bad: Partial<Record<keyof MnistFiles, Uint8Array>>[] = [
    { trainLabels: labels(5, 11, 9) },
    { trainLabels: labels(5, 0) },
    { testImages: labels(7) },
    { testLabels: images(1) },
    { trainImages: images(3, 32) },
    { testImages: images(0), testLabels: labels() },
    { trainImages: images(3).subarray(0, 2000) },
    { trainImages: Uint8Array.of(...images(3), 0) },
  ];
  const messages = bad.map((replaced) => {
    const entries = Object.entries(replaced).map(([key, bytes]) => [key, { ...good[key as keyof MnistFiles], bytes }]);
    try {
      parseMnist({ ...good, ...Object.fromEntries(entries) });
      return "was accepted";
    } catch (error) {
      return String(error);
    }
  });
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: mnist: label of row 1 is 11: expected 0 to 9
      labels: train-labels",
      "UsageError: mnist: 3 images, but 2 labels
      images: train-images
      labels: train-labels",
      "UsageError: mnist: images must be u8[n, 28, 28], got u8[1]
      file: t10k-images",
      "UsageError: mnist: labels must be u8[n], got u8[1, 28, 28]
      file: t10k-labels",
      "UsageError: mnist: images must be u8[n, 28, 28], got u8[3, 32, 32]
      file: train-images",
      "UsageError: mnist: the data set is empty
      inputs: u8[0, 1, 28, 28]
      targets: u8[0]",
      "FormatError: train-images: cut short: the elements of [3, 28, 28] end at byte 2368, the file has 2000",
      "FormatError: train-images: something follows the array: the elements of [3, 28, 28] end at byte 2368, the file has 2369",
    ]
  `);
});
