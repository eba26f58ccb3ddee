import type { ArrayData } from "../core/array.ts";
import { allocate, type DType } from "../core/dtype.ts";
import { FormatError } from "../core/errors.ts";
import { formatShape, MAX_SIZE, sizeOf } from "../core/shape.ts";

/** Every way in which bytes are not a usable IDX file. */
export const idxReasons = [
  "too-short",
  "wrong-magic",
  "unsupported-type",
  "unsupported-rank",
  "too-large",
  "truncated",
  "trailing-bytes",
] as const;

export type IdxReason = (typeof idxReasons)[number];

const MAX_RANK = 8;

interface ElementType {
  readonly dtype: DType;
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
}

/** By the third byte of a file. Signed bytes and shorts widen to i32, the smallest type here that holds them. */
const TYPES: { readonly [code: number]: ElementType } = {
  8: { dtype: "u8", bytes: 1, read: (view, at) => view.getUint8(at) },
  9: { dtype: "i32", bytes: 1, read: (view, at) => view.getInt8(at) },
  11: { dtype: "i32", bytes: 2, read: (view, at) => view.getInt16(at) },
  12: { dtype: "i32", bytes: 4, read: (view, at) => view.getInt32(at) },
  13: { dtype: "f32", bytes: 4, read: (view, at) => view.getFloat32(at) },
  14: { dtype: "f64", bytes: 8, read: (view, at) => view.getFloat64(at) },
};

/**
 * Reads an IDX file: two zero bytes, the element type, the number of axes, their sizes (u32), the elements, all
 * big-endian.
 *
 * @param where names the file in errors
 * @throws FormatError with one of `idxReasons`
 * @see http://yann.lecun.com/exdb/mnist
 */
export function parseIdx(where: string, bytes: Uint8Array): ArrayData {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { type, shape, begin } = parseHeader(where, view);
  const need = begin + sizeOf(shape) * type.bytes;
  if (bytes.length !== need) {
    const what = `the elements of ${formatShape(shape)} end at byte ${need}, the file has ${bytes.length}`;
    if (bytes.length < need) fail("truncated", where, `cut short: ${what}`);
    fail("trailing-bytes", where, `something follows the array: ${what}`);
  }
  const data = allocate(type.dtype, sizeOf(shape));
  if (type.dtype === "u8") data.set(bytes.subarray(begin));
  else for (let i = 0; i < data.length; i++) data[i] = type.read(view, begin + i * type.bytes);
  return { dtype: type.dtype, shape, data };
}

function parseHeader(where: string, view: DataView): { type: ElementType; shape: number[]; begin: number } {
  if (view.byteLength < 4) {
    fail("too-short", where, `an IDX file starts with 4 bytes of type and rank, this one has ${view.byteLength}`);
  }
  const magic = view.getUint16(0);
  if (magic !== 0) {
    const found = magic.toString(16).padStart(4, "0");
    const help = magic === 0x1f8b ? "this is a gzip file: unpack it first" : undefined;
    fail("wrong-magic", where, `not an IDX file: expected it to start with 0000, got ${found}`, help);
  }
  const code = view.getUint8(2);
  const type = TYPES[code];
  if (type === undefined) {
    fail("unsupported-type", where, `element type ${code} does not exist: expected 8, 9, 11, 12, 13 or 14`);
  }
  const rank = view.getUint8(3);
  if (rank < 1 || rank > MAX_RANK) fail("unsupported-rank", where, `expected 1 to ${MAX_RANK} axes, got ${rank}`);
  const begin = 4 + 4 * rank;
  if (view.byteLength < begin) {
    fail("too-short", where, `the sizes of ${rank} axes end at byte ${begin}, the file has ${view.byteLength}`);
  }
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    shape.push(view.getUint32(4 + 4 * axis));
    // Checked at every axis: so the product stays below 2^63, and a size of 0 further on cannot hide an overflow.
    if (sizeOf(shape) > MAX_SIZE) {
      fail("too-large", where, `sizes ${formatShape(shape)} exceed the limit of ${MAX_SIZE} elements`);
    }
  }
  return { type, shape, begin };
}

function fail(reason: IdxReason, where: string, what: string, help?: string): never {
  throw new FormatError(reason, where, what, help === undefined ? {} : { help });
}
