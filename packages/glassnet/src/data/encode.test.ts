import { expect, test } from "vitest";
import { failureOf } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { fromArray, fromData, zeros } from "../tensor/create.ts";
import { encode } from "./encode.ts";
import { applyPreprocessing, fitStandardize, type Preprocessing, pixelEncodings } from "./preprocessing.ts";

const rng = Rng.seeded(8);
const bytes = {
  dtype: "u8",
  shape: [256, 3],
  data: Uint8Array.from({ length: 768 }, (_, i) => (i * 7) % 256),
} as const;
const floats = rng.normal([100, 3], 10, 1e4);
const kinds: readonly Preprocessing[] = [
  { kind: "none" },
  pixelEncodings.intensity,
  pixelEncodings.binary,
  { kind: "intensity", scale: 1 / 3 },
  { kind: "binary", threshold: 0.1 },
  { kind: "standardize", mean: [1 / 3], std: [1 / 7] },
  fitStandardize(bytes),
  fitStandardize(floats),
];

test.each(kinds)("the graph and the plain loops give the same bits: $kind", (preprocessing) => {
  for (const inputs of [bytes, floats]) {
    const encoded = encode(preprocessing, fromArray(inputs));
    expect(encoded.dtype).toBe(preprocessing.kind === "none" ? inputs.dtype : "f32");
    expect(encoded.shape).toEqual(inputs.shape);
    const [graph, plain] = [encoded.cast("f32").dataSync(), applyPreprocessing(preprocessing, inputs.data)];
    expect(Buffer.compare(Buffer.from(graph.buffer), Buffer.from(plain.buffer))).toBe(0);
  }
});

test("columns of rows of several axes are standardized one by one", () => {
  const rows = { dtype: "f32", shape: [2, 2, 2], data: Float32Array.of(0, 10, 20, 30, 2, 12, 22, 32) } as const;
  const encoded = encode(fitStandardize(rows), fromArray(rows));
  expect([...encoded.dataSync()]).toEqual([-1, -1, -1, -1, 1, 1, 1, 1]);
});

test("f64 stays f64", () => {
  const rows = fromData(Float64Array.of(1, 2), [2, 1]);
  expect(encode({ kind: "intensity", scale: 0.1 }, rows).dtype).toBe("f64");
  expect([...encode({ kind: "intensity", scale: 0.1 }, rows).dataSync()]).toEqual([0.1, 0.2]);
});

test("numbers that are not those of the columns are refused", async () => {
  const three: Preprocessing = { kind: "standardize", mean: [1, 2, 3], std: [1, 1, 1] };
  expect(await failureOf(() => encode(three, zeros([4, 2])))).toMatchInlineSnapshot(`
    "ShapeError: standardize: 3 numbers for 2 features
      x: f32[4, 2]"
  `);
});
