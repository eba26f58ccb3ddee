/**
 * @file Sums of f32 are kept in f64 until they are stored, and products are packed in f64. Both need room for the
 * length of one kernel call; kernels never nest, so all share one array that only grows.
 */

let shared: Float64Array | undefined;

/** At least `size` numbers of unspecified value, valid until the kernel returns. */
export function workspace(size: number): Float64Array {
  if (shared === undefined || shared.length < size) shared = new Float64Array(size);
  return shared;
}
