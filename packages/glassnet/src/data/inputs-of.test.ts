import { expect, test } from "vitest";
import { Rng } from "../core/random.ts";
import { dataset, sliceRows } from "./dataset.ts";
import { inputsOf } from "./inputs-of.ts";

const pixels = { dtype: "u8", shape: [3, 2], data: Uint8Array.of(0, 255, 51, 102, 255, 0) } as const;
const targets = { dtype: "i32", shape: [3], data: Int32Array.of(0, 1, 0) } as const;
const digits = dataset({ name: "tiny", inputs: pixels, targets, preprocessing: { kind: "intensity", scale: 1 / 255 } });

test("stored rows come as the network sees them", () => {
  const x = inputsOf(digits);
  expect([x.dtype, x.shape]).toEqual(["f32", [3, 2]]);
  expect(x.dataSync()).toEqual(Float32Array.from(pixels.data, (byte) => byte * Math.fround(1 / 255)));
  expect(inputsOf(sliceRows(digits, 1, 2)).dataSync()).toEqual(x.dataSync().slice(2, 4));
  const wide = dataset({ name: "wide", inputs: Rng.seeded(1).normal([3, 2], 0, 1, "f64"), targets });
  expect(inputsOf(wide).dtype).toBe("f64");
});
