import { expect, test } from "vitest";
import { applyPreprocessing, fitStandardize, parsePreprocessing, pixelEncodings } from "./preprocessing.ts";

const pixels = Uint8Array.from({ length: 256 }, (_, i) => i);

test("intensity maps 0 … 255 onto 0 … 1, both ends exact", () => {
  const x = applyPreprocessing(pixelEncodings.intensity, pixels);
  expect([x[0], x[255]]).toEqual([0, 1]);
  for (const [i, v] of x.entries()) expect(Math.abs(v - i / 255)).toBeLessThan(1e-7);
});

test("binary is white from the threshold on", () => {
  const x = applyPreprocessing(pixelEncodings.binary, pixels);
  expect([x[0], x[127], x[128], x[255]]).toEqual([0, 0, 1, 1]);
});

test("none keeps the numbers", () => {
  expect(applyPreprocessing({ kind: "none" }, [1, -2.5])).toEqual(Float32Array.of(1, -2.5));
});

test("standardized columns have mean 0 and variance 1, constant ones are centred", () => {
  const data = Float32Array.of(1, 10, 7, 2, 20, 7, 3, 60, 7);
  const fitted = fitStandardize({ dtype: "f32", shape: [3, 3], data });
  expect(fitted).toMatchObject({ mean: [2, 30, 7], std: [Math.sqrt(2 / 3), expect.any(Number), 1] });
  const x = applyPreprocessing(fitted, data);
  for (const column of [0, 1, 2]) {
    const values = [0, 1, 2].map((row) => x[3 * row + column]!);
    expect(values.reduce((a, b) => a + b) / 3).toBeCloseTo(0, 6);
    expect(values.reduce((a, b) => a + b * b, 0) / 3).toBeCloseTo(column === 2 ? 0 : 1, 6);
  }
});

test("one mean and std serve all columns", () => {
  const p = { kind: "standardize", mean: [1], std: [2] } as const;
  expect(applyPreprocessing(p, [1, 3, -1])).toEqual(Float32Array.of(0, 1, -1));
});

test("descriptions survive JSON", () => {
  for (const p of [
    { kind: "none" },
    pixelEncodings.intensity,
    pixelEncodings.binary,
    { kind: "standardize", mean: [1, 2], std: [3, 4] },
  ] as const) {
    expect(parsePreprocessing("model", JSON.parse(JSON.stringify(p)))).toEqual(p);
  }
});

test("bad descriptions and data are named", () => {
  const bad: unknown[] = [
    null,
    "binary",
    {},
    { kind: "pca" },
    { kind: "__proto__" },
    { kind: "intensity" },
    { kind: "binary", threshold: "128" },
    { kind: "standardize", mean: [1, 2], std: [1] },
    { kind: "standardize", mean: [], std: [] },
    { kind: "standardize", mean: [0], std: [0] },
    { kind: "standardize", mean: [0], std: [null] },
  ];
  expect(bad.map((value) => messageOf(() => parsePreprocessing("model.safetensors", value)))).toMatchInlineSnapshot(`
    [
      "FormatError: model.safetensors: preprocessing must be an object, got null",
      "FormatError: model.safetensors: preprocessing must be an object, got "binary"",
      "FormatError: model.safetensors: preprocessing kind undefined is unknown: expected "none", "intensity", "binary" or "standardize"",
      "FormatError: model.safetensors: preprocessing kind "pca" is unknown: expected "none", "intensity", "binary" or "standardize"",
      "FormatError: model.safetensors: preprocessing kind "__proto__" is unknown: expected "none", "intensity", "binary" or "standardize"",
      "FormatError: model.safetensors: preprocessing has a scale of undefined: expected a number",
      "FormatError: model.safetensors: preprocessing has a threshold of "128": expected a number",
      "FormatError: model.safetensors: preprocessing has 2 means but 1 standard deviations",
      "FormatError: model.safetensors: preprocessing needs a list of numbers as mean",
      "FormatError: model.safetensors: preprocessing has a standard deviation that is not above 0",
      "FormatError: model.safetensors: preprocessing has a std of null: expected a number",
    ]
  `);
  const p = { kind: "standardize", mean: [0, 0], std: [1, 1] } as const;
  expect(messageOf(() => applyPreprocessing(p, [1, 2, 3]))).toMatchInlineSnapshot(
    `"UsageError: preprocessing: standardizes rows of 2 numbers, got 3 numbers"`,
  );
});

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String(error);
  }
  throw new Error("was accepted");
}
