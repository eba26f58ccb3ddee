import type { Progress } from "./long-work.ts";

/**
 * Solves A X = B for a symmetric positive definite A, in f64, by A = L Lᵀ. `a` [n, n] and `b` [n, m] are row-major; `a`
 * is overwritten by L, `b` by X. Lets others run between rows.
 *
 * @returns false if A is not positive definite to rounding.
 * @see Golub & Van Loan 2013, Matrix Computations, section 4.2.
 */
export async function solveCholesky(
  a: Float64Array,
  b: Float64Array,
  n: number,
  m: number,
  progress: Progress,
): Promise<boolean> {
  for (let i = 0; i < n; i++) {
    const rowI = a.subarray(i * n, i * n + n);
    for (let j = 0; j <= i; j++) {
      const rowJ = a.subarray(j * n, j * n + n);
      let sum = rowI[j]!;
      for (let k = 0; k < j; k++) sum -= rowI[k]! * rowJ[k]!;
      if (j < i) {
        rowI[j] = sum / rowJ[j]!;
      } else {
        if (!(sum > 0)) return false;
        rowI[i] = Math.sqrt(sum);
      }
    }
    if (i % 16 === 0) await progress.advance(0);
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtractRow(b, i, k, a[i * n + k]!, m);
    scaleRow(b, i, a[i * n + i]!, m);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) subtractRow(b, i, k, a[k * n + i]!, m);
    scaleRow(b, i, a[i * n + i]!, m);
  }
  return true;
}

function subtractRow(b: Float64Array, to: number, from: number, factor: number, m: number): void {
  for (let c = 0; c < m; c++) b[to * m + c]! -= factor * b[from * m + c]!;
}

function scaleRow(b: Float64Array, row: number, divisor: number, m: number): void {
  for (let c = 0; c < m; c++) b[row * m + c]! /= divisor;
}
