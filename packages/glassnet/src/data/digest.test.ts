import { expect, test } from "vitest";
import { type Dataset, dataset, sliceRows } from "./dataset.ts";
import { digestOf } from "./digest.ts";

const bytes = Uint8Array.from({ length: 35 }, (_, i) => i * 7);
const make = (change: Partial<Dataset> = {}): Dataset => ({
  ...dataset({
    name: "bytes",
    inputs: { dtype: "u8", shape: [7, 5], data: bytes },
    targets: { dtype: "i32", shape: [7], data: Int32Array.of(0, 1, 2, 3, 4, 5, 6) },
  }),
  ...change,
});

test("a digest is the same for the same numbers, wherever they lie in memory and whatever they are called", () => {
  const digest = digestOf(make());
  expect(digest).toMatch(/^[0-9a-f]{16}$/);
  const shifted = new Uint8Array(38);
  shifted.set(bytes, 3);
  const inputs = { dtype: "u8", shape: [7, 5], data: shifted.subarray(3) } as const;
  expect(digestOf(make({ inputs, name: "others" }))).toBe(digest);
});

test("it differs by any bit, by order, type, shape and preprocessing", () => {
  const set = make();
  const digests = new Set([digestOf(set), digestOf(sliceRows(set, 0, 6)), digestOf(sliceRows(set, 1, 7))]);
  for (let i = 0; i < 35; i++) {
    for (const bit of [1, 128]) {
      const data = bytes.slice();
      data[i]! ^= bit;
      digests.add(digestOf(make({ inputs: { dtype: "u8", shape: [7, 5], data } })));
    }
  }
  digests.add(digestOf(make({ inputs: { dtype: "u8", shape: [7, 5], data: bytes.toReversed() } })));
  digests.add(digestOf(make({ inputs: { dtype: "bool", shape: [7, 5], data: bytes } })));
  digests.add(digestOf(make({ inputs: { dtype: "u8", shape: [7, 5, 1], data: bytes } })));
  digests.add(digestOf(make({ preprocessing: { kind: "intensity", scale: 2 } })));
  digests.add(digestOf(make({ targets: { dtype: "i32", shape: [7], data: Int32Array.of(1, 0, 2, 3, 4, 5, 6) } })));
  expect(digests.size).toBe(3 + 70 + 5);
});
