import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ArrayData } from "../../src/core/array.ts";
import { allocate, DTYPES, type DType } from "../../src/core/dtype.ts";
import { FormatError } from "../../src/core/errors.ts";
import { sizeOf } from "../../src/core/shape.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsReason,
  safetensorsReasons,
} from "../../src/formats/safetensors.ts";

/** A file of this header and so many bytes of data. `length` overrides what the first 8 bytes say. */
function file(header: unknown, dataBytes = 0, length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const f32 = (shape: unknown, begin: unknown, end: unknown) => ({ dtype: "F32", shape, data_offsets: [begin, end] });

const small = encodeSafetensors(
  {
    w: { dtype: "f32", shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 4) },
    mask: { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) },
    step: { dtype: "i32", shape: [], data: Int32Array.of(-7) },
  },
  { note: "層" },
);

const hostile: { readonly [R in SafetensorsReason]: readonly Uint8Array[] } = {
  "too-short": [new Uint8Array(0), new Uint8Array(7)],
  "header-too-large": [
    file("{}", 0, 2n ** 63n),
    file("{}", 0, 2n ** 64n - 1n),
    file("{}", 0, 2n ** 32n + 2n),
    file("{}", 0, 100_000_001n),
  ],
  "header-past-end": [file("{}", 0, 3n), file("{}", 0, 100_000_000n)],
  "header-not-json": [
    file("", 0),
    file("", 8),
    file(" {}"),
    file("\ufeff{}"),
    file("[]"),
    file("{"),
    file("{}{}"),
    file('{"a":}'),
    Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0xfe, 0x7d),
  ],
  "duplicate-key": [
    file(
      '{"w":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}',
      4,
    ),
    file('{"w":{"dtype":"F32","shape":[],"data_offsets":[0,4],"dtype":"I32"}}', 4),
    file('{"__metadata__":{"a":"1","\\u0061":"2"}}'),
  ],
  "bad-metadata": [file({ __metadata__: 1 }), file({ __metadata__: ["a"] }), file({ __metadata__: { a: 1 } })],
  "bad-entry": [
    file({ w: null }),
    file({ w: [] }),
    file({ w: {} }),
    file({ w: { dtype: "F32", shape: [1] } }, 4),
    file({ w: f32("1", 0, 4) }, 4),
    file({ w: f32([-1], 0, 4) }, 4),
    file({ w: f32([0.5], 0, 2) }, 2),
    file('{"w":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}'),
    file({ w: f32([1], -4, 0) }, 4),
    file({ w: f32([1], 4, 0) }, 4),
    file('{"w":{"dtype":"F32","shape":[1],"data_offsets":[9007199254740993,9007199254740997]}}', 4),
    file('{"w":{"dtype":"F32","shape":[1e400],"data_offsets":[0,4]}}', 4),
    file({ w: { dtype: "F32", shape: [1], data_offsets: [0, 4, 8] } }, 8),
    file('{"__proto__":{"dtype":"F32","shape":[1]}}', 4),
    // A header that would only work by inheriting from a polluted prototype.
    file('{"w":{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}}', 4),
  ],
  "unsupported-dtype": ["F16", "BF16", "I64", "U16", "F8_E4M3", "f32", "__proto__", ""].map((dtype) =>
    file({ w: { dtype, shape: [1], data_offsets: [0, 2] } }, 2),
  ),
  "too-large": [
    file({ w: f32([2 ** 31], 0, 2 ** 33) }, 4),
    file({ w: f32([2 ** 32, 2 ** 32], 0, 0) }),
    file({ w: f32([2 ** 53 - 1, 2 ** 53 - 1, 0], 0, 0) }),
  ],
  "size-mismatch": [file({ w: f32([2], 0, 4) }, 4), file({ w: f32([0], 0, 4) }, 4), file({ w: f32([], 0, 0) })],
  "gap-or-overlap": [
    file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12),
    file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8),
    file({ a: f32([1], 0, 4), b: f32([1], 0, 4) }, 4),
    file({ a: f32([1], 4, 8) }, 8),
    file({ a: f32([2], 0, 8), b: f32([0], 4, 4) }, 8),
  ],
  truncated: [file({ w: f32([2], 0, 8) }, 4), file({ w: f32([2 ** 31 - 1], 0, (2 ** 31 - 1) * 4) })],
  "trailing-bytes": [file({ w: f32([1], 0, 4) }, 5), file("{}", 1)],
  "bad-bool": [Uint8Array.of(...file({ w: { dtype: "BOOL", shape: [2], data_offsets: [0, 2] } }), 1, 2)],
};

test.each(safetensorsReasons)("a file that is wrong by %s is rejected", (reason) => {
  for (const bytes of hostile[reason]) {
    expect(failureOf(bytes)).toMatchObject({ name: "FormatError", code: "invalid-file", reason });
  }
});

test("errors name the file, the tensor and what was expected", () => {
  const messages = Object.values(hostile).flatMap((files) => files.map((bytes) => failureOf(bytes).message));
  const engineText = /(the header is not JSON): .*/; // V8 says what exactly, others say it otherwise
  expect([...new Set(messages.map((text) => text.replace(engineText, "$1")))]).toMatchInlineSnapshot(`
    [
      "model.safetensors: a file has at least 8 bytes, this one has 0",
      "model.safetensors: a file has at least 8 bytes, this one has 7",
      "model.safetensors: the header has 9223372036854775808 bytes, the format allows 100000000",
      "model.safetensors: the header has 18446744073709551615 bytes, the format allows 100000000",
      "model.safetensors: the header has 4294967298 bytes, the format allows 100000000",
      "model.safetensors: the header has 100000001 bytes, the format allows 100000000",
      "model.safetensors: the header ends at byte 11, the file has 10",
      "model.safetensors: the header ends at byte 100000008, the file has 10",
      "model.safetensors: the header does not start with "{"",
      "model.safetensors: the header is not JSON",
      "model.safetensors: the header has "w" twice",
      "model.safetensors: the header has "dtype" twice",
      "model.safetensors: the header has "a" twice",
      "model.safetensors: __metadata__ must be an object of texts",
      "model.safetensors: metadata "a" must be a text",
      "model.safetensors: tensor "w" must be described by an object",
      "model.safetensors: tensor "w" has no dtype",
      "model.safetensors: tensor "w" must have two data_offsets, whole numbers of at least 0",
      "model.safetensors: tensor "w" must have a shape of whole numbers of at least 0",
      "model.safetensors: tensor "w" ends at 0, before its begin 4",
      "model.safetensors: tensor "__proto__" must have two data_offsets, whole numbers of at least 0",
      "model.safetensors: tensor "w" is "F16": this version reads BOOL, U8, I32, F32, F64",
      "model.safetensors: tensor "w" is "BF16": this version reads BOOL, U8, I32, F32, F64",
      "model.safetensors: tensor "w" is "I64": this version reads BOOL, U8, I32, F32, F64",
      "model.safetensors: tensor "w" is "U16": this version reads BOOL, U8, I32, F32, F64",
      "model.safetensors: tensor "w" is "F8_E4M3": this version reads BOOL, U8, I32, F32, F64",
      "model.safetensors: tensor "w" is "f32": this version reads BOOL, U8, I32, F32, F64",
      "model.safetensors: tensor "w" is "__proto__": this version reads BOOL, U8, I32, F32, F64",
      "model.safetensors: tensor "w" is "": this version reads BOOL, U8, I32, F32, F64",
      "model.safetensors: tensor "w" of [2147483648] exceeds the limit of 2147483647 elements",
      "model.safetensors: tensor "w" of [4294967296, 4294967296] exceeds the limit of 2147483647 elements",
      "model.safetensors: tensor "w" of [9007199254740991, 9007199254740991, 0] exceeds the limit of 2147483647 elements",
      "model.safetensors: tensor "w" of f32[2] needs 8 bytes, its data_offsets hold 4",
      "model.safetensors: tensor "w" of f32[0] needs 0 bytes, its data_offsets hold 4",
      "model.safetensors: tensor "w" of f32[] needs 4 bytes, its data_offsets hold 0",
      "model.safetensors: tensor "b" leaves a gap before it: it begins at 8, expected 4",
      "model.safetensors: tensor "b" overlaps the tensor before it: it begins at 4, expected 8",
      "model.safetensors: tensor "b" overlaps the tensor before it: it begins at 0, expected 4",
      "model.safetensors: tensor "a" leaves a gap before it: it begins at 4, expected 0",
      "model.safetensors: cut short: the tensors take 8 bytes, the file has 4 for them",
      "model.safetensors: cut short: the tensors take 8589934588 bytes, the file has 0 for them",
      "model.safetensors: something follows the last tensor: the tensors take 4 bytes, the file has 5 for them",
      "model.safetensors: something follows the last tensor: the tensors take 0 bytes, the file has 1 for them",
      "model.safetensors: tensor "w" is bool and has a byte that is neither 0 nor 1",
    ]
  `);
});

test("equal content gives equal bytes, whatever the order it came in", () => {
  const a: ArrayData = { dtype: "u8", shape: [1], data: Uint8Array.of(1) };
  const b: ArrayData = { dtype: "f64", shape: [1], data: Float64Array.of(2) };
  expect(encodeSafetensors({ a, b })).toEqual(
    encodeSafetensors(
      new Map([
        ["b", b],
        ["a", a],
      ]),
    ),
  );
  expect(encodeSafetensors({}).length).toBe(16);
  expect(decodeSafetensors(encodeSafetensors({}))).toEqual({ tensors: new Map(), metadata: {} });
});

test("the header follows the format to the byte", () => {
  const bytes = encodeSafetensors({ w: { dtype: "f32", shape: [1], data: Float32Array.of(1) } }, { a: "b" });
  expect(bytes.subarray(0, 8)).toEqual(Uint8Array.of(80, 0, 0, 0, 0, 0, 0, 0));
  expect(new TextDecoder().decode(bytes.subarray(8, 88))).toMatchInlineSnapshot(
    `"{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} "`,
  );
  expect([...bytes.subarray(88)]).toEqual([0, 0, 0x80, 0x3f]);
});

test("files of other writers are read: any order, any alignment, spaces, no metadata", () => {
  const header =
    '{ "b" : {"data_offsets":[1,5],"shape":[1],"dtype":"F32","extra":0}, "a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}  ';
  const bytes = Uint8Array.of(...file(header), 9, 0, 0, 0x80, 0x3f);
  const shifted = Uint8Array.of(0, 0, 0, ...bytes).subarray(3);
  const { tensors, metadata } = decodeSafetensors(shifted);
  expect(tensors.get("a")).toEqual({ dtype: "u8", shape: [1], data: Uint8Array.of(9) });
  expect(tensors.get("b")).toEqual({ dtype: "f32", shape: [1], data: Float32Array.of(1) });
  expect(metadata).toEqual({});
});

test("names that JavaScript treats specially are names like any other", () => {
  const one: ArrayData = { dtype: "u8", shape: [1], data: Uint8Array.of(1) };
  const names = ["__proto__", "constructor", "toString", "", "0", "a\u0000b", "\u2028", '"', "\\"];
  const metadata = Object.fromEntries(names.map((name) => [name, `of ${name}`]));
  const read = decodeSafetensors(encodeSafetensors(new Map(names.map((name) => [name, one])), metadata));
  expect([...read.tensors.keys()].sort()).toEqual([...names].sort());
  expect(new Map(Object.entries(read.metadata))).toEqual(new Map(Object.entries(metadata)));
  expect(Object.getPrototypeOf(read.metadata)).toBe(Object.prototype);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("what cannot be stored is named", () => {
  const data = Float32Array.of(1);
  const bad: Record<string, ArrayData>[] = [
    { __metadata__: { dtype: "f32", shape: [1], data } },
    { w: { dtype: "f32", shape: [2], data } },
    { w: { dtype: "f64", shape: [1], data } as unknown as ArrayData },
    { w: { dtype: "f32", shape: [-1], data } },
  ];
  const messages = bad.map((tensors) => {
    try {
      encodeSafetensors(tensors);
      return "was accepted";
    } catch (error) {
      return String(error);
    }
  });
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: encodeSafetensors: tensor "__metadata__": the format keeps this name for the metadata",
      "UsageError: encodeSafetensors: tensor "w": must hold 2 numbers of f32, got Float32Array of 1",
      "UsageError: encodeSafetensors: tensor "w": must hold 1 numbers of f64, got Float32Array of 1",
      "ShapeError: encodeSafetensors: tensor "w": a size must be a whole number of at least 0, got -1
      shape: [-1]",
    ]
  `);
});

const arrays = fc
  .record({
    dtype: fc.constantFrom(...DTYPES),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
    bytes: fc.uint8Array({ minLength: 256 * 8, maxLength: 256 * 8 }),
  })
  .map(({ dtype, shape, bytes }): ArrayData => {
    const data = allocate(dtype, sizeOf(shape));
    new Uint8Array(data.buffer).set(bytes.subarray(0, data.byteLength));
    if (dtype === "bool") for (let i = 0; i < data.length; i++) data[i]! &= 1;
    return { dtype, shape, data } as ArrayData;
  });

test("whatever is written is read back, bit for bit", () => {
  const names = fc.string({ unit: "binary" }).filter((name) => name !== "__metadata__");
  const tensors = fc.array(fc.tuple(names, arrays), { maxLength: 6 }).map((list) => new Map(list));
  const metadata = fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(tensors, metadata, (tensors, metadata) => {
      const file = encodeSafetensors(tensors, metadata);
      const read = decodeSafetensors(file);
      expect(bitsOf(read.tensors)).toEqual(bitsOf(tensors));
      expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
      expect(encodeSafetensors(read.tensors, read.metadata)).toEqual(file);
    }),
  );
});

/** Compares NaNs by their bits, which `toEqual` does not. */
function bitsOf(tensors: ReadonlyMap<string, ArrayData>): unknown[] {
  return [...tensors]
    .map(([name, { dtype, shape, data }]) => [name, dtype, shape, [...new Uint8Array(data.buffer)].join()])
    .sort(([a], [b]) => (a! < b! ? -1 : 1));
}

test("a file cut short anywhere is rejected", () => {
  expect(decodeSafetensors(small).tensors.size).toBe(3);
  for (let n = 0; n < small.length; n++) expect(failureOf(small.subarray(0, n))).toBeInstanceOf(FormatError);
});

test("a file with any one bit flipped is rejected or read, and nothing else happens", () => {
  for (let bit = 0; bit < small.length * 8; bit++) {
    const flipped = small.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    decodeOrFormatError(flipped);
  }
});

test("a file with bytes replaced, removed or repeated is rejected or read, and nothing else happens", () => {
  const at = fc.nat(small.length - 1);
  fc.assert(
    fc.property(fc.array(fc.tuple(at, at, fc.nat(255)), { minLength: 1, maxLength: 5 }), (edits) => {
      let bytes = [...small];
      for (const [i, j, byte] of edits) {
        if (byte < 100) bytes[i] = byte;
        else if (byte < 180) bytes.splice(i, j % 8);
        else bytes = [...bytes.slice(0, i), ...bytes.slice(i, j), ...bytes.slice(i)];
      }
      decodeOrFormatError(Uint8Array.from(bytes));
    }),
    { numRuns: 2000, seed: 1 },
  );
});

function decodeOrFormatError(bytes: Uint8Array): void {
  try {
    for (const { dtype, shape, data } of decodeSafetensors(bytes).tensors.values()) {
      expect(data.length, `${dtype} ${shape}`).toBe(sizeOf(shape));
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
}

test("an independent reader in Python finds the same names, types, shapes, values and metadata", () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  const tensors: Record<string, ArrayData> = {
    "layer.0/weight": { dtype: "f32", shape: [2, 3], data: Float32Array.of(1, 0.1, -3e-40, 3.4e38, 1 / 3, 7) },
    special: { dtype: "f32", shape: [4], data: Float32Array.of(nan, inf, -inf, -0) },
    wide: { dtype: "f64", shape: [2, 1], data: Float64Array.of(Math.PI, 5e-324) },
    step: { dtype: "i32", shape: [], data: Int32Array.of(-(2 ** 31)) },
    pixels: { dtype: "u8", shape: [3], data: Uint8Array.of(0, 128, 255) },
    mask: { dtype: "bool", shape: [2, 2], data: Uint8Array.of(1, 0, 0, 1) },
    empty: { dtype: "f64", shape: [0, 5], data: new Float64Array(0) },
    名: { dtype: "u8", shape: [1], data: Uint8Array.of(1) },
  };
  const metadata = { format: "glassnet", text: 'quotes " and 層 and \n' };
  const folder = mkdtempSync(join(tmpdir(), "glassnet-safetensors-"));
  try {
    const path = join(folder, "model.safetensors");
    writeFileSync(path, encodeSafetensors(tensors, metadata));
    const reader = fileURLToPath(new URL("read_safetensors.py", import.meta.url));
    const python = spawnSync("python3", [reader, path], { encoding: "utf8", env: { ...process.env, PYTHONUTF8: "1" } });
    if (python.error !== undefined) throw new Error("this test needs python3 (3.8 or later): install it, no packages");
    expect(python.stderr).toBe("");
    const special = (x: number) => (Number.isNaN(x) ? "nan" : x === inf ? "inf" : x === -inf ? "-inf" : "-0.0");
    const value = (dtype: DType, x: number) =>
      Number.isFinite(x) && !Object.is(x, -0) ? (dtype === "bool" ? x === 1 : x) : special(x);
    expect(JSON.parse(python.stdout)).toEqual({
      metadata,
      tensors: Object.fromEntries(
        Object.entries(tensors).map(([name, { dtype, shape, data }]) => [
          name,
          { dtype: dtype.toUpperCase(), shape, values: Array.from(data, (x) => value(dtype, x)) },
        ]),
      ),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function failureOf(bytes: Uint8Array): Error {
  try {
    decodeSafetensors(bytes, "model.safetensors");
  } catch (error) {
    return error as Error;
  }
  throw new Error("was accepted");
}
