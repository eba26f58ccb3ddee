import type { ArrayData } from "../core/array.ts";
import { allocate, BYTES_PER_ELEMENT, type DType, isStorageOf } from "../core/dtype.ts";
import { FormatError, UsageError } from "../core/errors.ts";
import { checkShape, formatShape, formatType, MAX_SIZE, type Shape, sizeOf } from "../core/shape.ts";
import { duplicateKey } from "./duplicate-key.ts";

/**
 * @file The safetensors format: the length of the header (u64, little-endian), the header (JSON: dtype, shape and place
 * of each tensor, and texts under `__metadata__`), then the bytes of the tensors, little-endian, without gaps.
 *
 * @see https://huggingface.co/docs/safetensors
 */

/** Every way in which bytes are not a usable safetensors file; `FormatError.reason`. */
export const safetensorsReasons = [
  "too-short",
  "header-too-large",
  "header-past-end",
  "header-not-json",
  "duplicate-key",
  "bad-metadata",
  "bad-entry",
  "unsupported-dtype",
  "too-large",
  "size-mismatch",
  "gap-or-overlap",
  "truncated",
  "trailing-bytes",
  "bad-bool",
] as const;

export type SafetensorsReason = (typeof safetensorsReasons)[number];

export interface SafetensorsContent {
  readonly tensors: ReadonlyMap<string, ArrayData>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The limit of the format's own reader. */
const MAX_HEADER_BYTES = 100_000_000;
const METADATA = "__metadata__";

const NAMES: { readonly [D in DType]: string } = { bool: "BOOL", u8: "U8", i32: "I32", f32: "F32", f64: "F64" };
const DTYPES: ReadonlyMap<string, DType> = new Map(
  Object.entries(NAMES).map(([dtype, name]) => [name, dtype as DType]),
);

interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

/** Widest elements first, then by name: so every tensor is aligned in the file, and equal content gives equal bytes. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, ArrayData> | Readonly<Record<string, ArrayData>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const list = [...(tensors instanceof Map ? tensors : Object.entries(tensors))] as [string, ArrayData][];
  for (const [name, array] of list) checkTensor(name, array);
  list.sort(([a, x], [b, y]) => BYTES_PER_ELEMENT[y.dtype] - BYTES_PER_ELEMENT[x.dtype] || (a < b ? -1 : 1));

  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push([METADATA, metadata]);
  let end = 0;
  for (const [name, { dtype, shape, data }] of list) {
    header.push([name, { dtype: NAMES[dtype], shape, data_offsets: [end, end + data.byteLength] }]);
    end += data.byteLength;
  }
  let characters = 0; // asked first: no string can hold twice the limit as JSON of JSON
  for (const text of Object.values(metadata)) characters += text.length;
  if (characters > MAX_HEADER_BYTES) throw headerTooLarge(characters);
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  if (headerBytes > MAX_HEADER_BYTES) throw headerTooLarge(headerBytes);

  const file = new Uint8Array(8 + headerBytes + end);
  new DataView(file.buffer).setUint32(0, headerBytes, true); // the upper half stays 0
  file.set(json, 8);
  file.fill(0x20, 8 + json.length, 8 + headerBytes);
  let at = 8 + headerBytes;
  for (const [, { data }] of list) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

function headerTooLarge(bytes: number): UsageError {
  const what = `the names and metadata take ${bytes} bytes or more, the format allows ${MAX_HEADER_BYTES}`;
  return new UsageError("invalid-data", "encodeSafetensors", what);
}

/**
 * The tensors, copied out, and the metadata. Nothing is returned unless all of it is right.
 *
 * @param where names the file in errors
 * @throws FormatError with one of `safetensorsReasons`
 */
export function decodeSafetensors(bytes: Uint8Array, where = "safetensors"): SafetensorsContent {
  const fail: Fail = (reason, what) => {
    throw new FormatError(reason, where, what);
  };
  const { header, begin } = readHeader(bytes, fail);
  const metadata = readMetadata(header, fail);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, info]) => readEntry(name, info, fail));
  checkLayout(entries, bytes.length - begin, fail);
  return {
    tensors: new Map(entries.map((entry) => [entry.name, readTensor(entry, bytes, begin, fail)])),
    metadata,
  };
}

type Fail = (reason: SafetensorsReason, what: string) => never;

function readHeader(bytes: Uint8Array, fail: Fail): { header: object; begin: number } {
  if (bytes.length < 8) return fail("too-short", `a file has at least 8 bytes, this one has ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    return fail("header-too-large", `the header has ${length} bytes, the format allows ${MAX_HEADER_BYTES}`);
  }
  const begin = 8 + Number(length);
  if (begin > bytes.length) {
    return fail("header-past-end", `the header ends at byte ${begin}, the file has ${bytes.length}`);
  }
  if (bytes[8] !== 0x7b || begin === 8) return fail("header-not-json", 'the header does not start with "{"');
  let text: string;
  let header: object;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, begin));
    header = JSON.parse(text) as object; // an object, since it starts with "{"
  } catch (error) {
    return fail("header-not-json", `the header is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) return fail("duplicate-key", `the header has ${quoted(twice)} twice`);
  return { header, begin };
}

function readMetadata(header: object, fail: Fail): Record<string, string> {
  if (!Object.hasOwn(header, METADATA)) return {};
  const metadata: unknown = (header as { [METADATA]: unknown })[METADATA];
  if (!isRecord(metadata)) return fail("bad-metadata", `${METADATA} must be an object of texts`);
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") fail("bad-metadata", `metadata ${quoted(key)} must be a text`);
  }
  return metadata as Record<string, string>;
}

function readEntry(name: string, info: unknown, fail: Fail): Entry {
  const tensor = `tensor ${quoted(name)}`;
  if (!isRecord(info)) return fail("bad-entry", `${tensor} must be described by an object`);
  const { dtype: dtypeName, shape, data_offsets: offsets } = info as Partial<Record<string, unknown>>;
  if (typeof dtypeName !== "string") return fail("bad-entry", `${tensor} has no dtype`);
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    return fail("bad-entry", `${tensor} must have a shape of whole numbers of at least 0`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    return fail("bad-entry", `${tensor} must have two data_offsets, whole numbers of at least 0`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) return fail("bad-entry", `${tensor} ends at ${end}, before its begin ${begin}`);
  const dtype = DTYPES.get(dtypeName);
  if (dtype === undefined) {
    const known = [...DTYPES.keys()].join(", ");
    return fail("unsupported-dtype", `${tensor} is ${quoted(dtypeName)}: this version reads ${known}`);
  }
  let size = 1;
  for (const n of shape as number[]) {
    size *= n;
    if (size > MAX_SIZE) {
      return fail("too-large", `${tensor} of ${formatShape(shape)} exceeds the limit of ${MAX_SIZE} elements`);
    }
  }
  const need = size * BYTES_PER_ELEMENT[dtype];
  if (end - begin !== need) {
    const type = formatType({ dtype, shape });
    return fail("size-mismatch", `${tensor} of ${type} needs ${need} bytes, its data_offsets hold ${end - begin}`);
  }
  return { name, dtype, shape: shape as number[], begin, end };
}

/** Checks that the tensors tile the data exactly: no gap, no overlap, nothing left over. */
function checkLayout(entries: readonly Entry[], dataBytes: number, fail: Fail): void {
  let end = 0;
  for (const entry of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    // empty tensors share a begin
    if (entry.begin !== end) {
      const how = entry.begin < end ? "overlaps the tensor before it" : "leaves a gap before it";
      fail("gap-or-overlap", `tensor ${quoted(entry.name)} ${how}: it begins at ${entry.begin}, expected ${end}`);
    }
    end = entry.end;
  }
  const sizes = `the tensors take ${end} bytes, the file has ${dataBytes} for them`;
  if (end > dataBytes) fail("truncated", `cut short: ${sizes}`);
  if (end < dataBytes) fail("trailing-bytes", `something follows the last tensor: ${sizes}`);
}

function readTensor({ name, dtype, shape, begin, end }: Entry, bytes: Uint8Array, base: number, fail: Fail): ArrayData {
  const data = allocate(dtype, sizeOf(shape));
  const raw = new Uint8Array(data.buffer);
  raw.set(bytes.subarray(base + begin, base + end));
  if (dtype === "bool" && raw.some((byte) => byte > 1)) {
    return fail("bad-bool", `tensor ${quoted(name)} is bool and has a byte that is neither 0 nor 1`);
  }
  return { dtype, shape, data };
}

function checkTensor(name: string, array: ArrayData): void {
  const where = `encodeSafetensors: tensor ${quoted(name)}`;
  if (name === METADATA) throw new UsageError("invalid-data", where, "the format keeps this name for the metadata");
  checkShape(where, array.shape);
  if (!isStorageOf(array.dtype, array.data) || array.data.length !== sizeOf(array.shape)) {
    const what = `must hold ${sizeOf(array.shape)} numbers of ${array.dtype}, got ${array.data.constructor.name} of ${array.data.length}`;
    throw new UsageError("invalid-data", where, what);
  }
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}

/** A hostile file may name things at any length. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
