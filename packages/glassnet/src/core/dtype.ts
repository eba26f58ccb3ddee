/** Element types, from least to most general: promotion takes the later of two. */
export const DTYPES = ["bool", "u8", "i32", "f32", "f64"] as const;

/** `bool` is stored as bytes 0 and 1, `u8` is 0 to 255, `i32` is signed, `f32` and `f64` are IEEE floats. */
export type DType = (typeof DTYPES)[number];

export type TypedArray = Uint8Array | Int32Array | Float32Array | Float64Array;

export interface ArrayOf {
  bool: Uint8Array;
  u8: Uint8Array;
  i32: Int32Array;
  f32: Float32Array;
  f64: Float64Array;
}

export const BYTES_PER_ELEMENT: { readonly [D in DType]: number } = { bool: 1, u8: 1, i32: 4, f32: 4, f64: 8 };

/**
 * The type in which two operands meet: the more general of `bool < u8 < i32 < f32 < f64`.
 *
 * Differs from NumPy in one place on purpose: i32 with f32 gives f32, as in PyTorch and JAX, not f64.
 *
 * @example promote("i32", "f32"); // "f32"
 */
export function promote(a: DType, b: DType): DType {
  return DTYPES.indexOf(a) >= DTYPES.indexOf(b) ? a : b;
}

export function isFloat(dtype: DType): dtype is "f32" | "f64" {
  return dtype === "f32" || dtype === "f64";
}

/** Zero-filled storage for `size` elements. */
export function allocate<D extends DType>(dtype: D, size: number): ArrayOf[D];
export function allocate(dtype: DType, size: number): TypedArray {
  switch (dtype) {
    case "bool":
    case "u8":
      return new Uint8Array(size);
    case "i32":
      return new Int32Array(size);
    case "f32":
      return new Float32Array(size);
    case "f64":
      return new Float64Array(size);
  }
}

/** Whether `data` is the storage that `dtype` uses. */
export function isStorageOf(dtype: DType, data: TypedArray): boolean {
  switch (dtype) {
    case "bool":
    case "u8":
      return data instanceof Uint8Array;
    case "i32":
      return data instanceof Int32Array;
    case "f32":
      return data instanceof Float32Array;
    case "f64":
      return data instanceof Float64Array;
  }
}

/**
 * One number converted to `dtype` the way a cast does it: floats to integers truncate towards zero and saturate, NaN
 * becomes 0; i32 to u8 keeps the low byte; anything but 0 is true.
 */
export function convert(from: DType, to: DType, x: number): number {
  switch (to) {
    case "bool":
      return x === 0 ? 0 : 1;
    case "u8":
      return isFloat(from) ? (x > 0 ? Math.min(Math.trunc(x), 255) : 0) : x & 255;
    case "i32":
      return isFloat(from) ? (x >= 2147483647 ? 2147483647 : x <= -2147483648 ? -2147483648 : Math.trunc(x) | 0) : x;
    case "f32":
      return Math.fround(x);
    case "f64":
      return x;
  }
}
