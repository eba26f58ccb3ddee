/**
 * Products of few rows or few columns, where rows of A and columns of B are contiguous: each element is the dot product
 * of two vectors as they lie, so that nothing is packed. The sum of an element is one vector over all of k, whose lanes
 * are added at the end.
 */
#ifndef GLASSNET_GEMM_DOT_H
#define GLASSNET_GEMM_DOT_H

#include "gemm_cut.h"
#include "gemm_pack.h"

/** As many sums as the registers hold: DOT_ROWS by 4. */
#if VECTOR_BYTES == 64
#define DOT_ROWS 6
#elif VECTOR_BYTES == 32
#define DOT_ROWS 3
#else
#define DOT_ROWS 2
#endif

/** Lanes 0 … 3 of the result are the sums of all lanes of w, x, y, z. */
INLINE quad add_lanes(vf w, vf x, vf y, vf z) {
  const vf wx = QUAD_SHUFFLE(w, x, 0, 2, 4, 6) + QUAD_SHUFFLE(w, x, 1, 3, 5, 7);
  const vf yz = QUAD_SHUFFLE(y, z, 0, 2, 4, 6) + QUAD_SHUFFLE(y, z, 1, 3, 5, 7);
  const vf sums = QUAD_SHUFFLE(wx, yz, 0, 2, 4, 6) + QUAD_SHUFFLE(wx, yz, 1, 3, 5, 7);
#if VECTOR_BYTES == 64
  const __m256 half = _mm256_add_ps(_mm512_castps512_ps256((__m512)sums),
                                    _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd((__m512)sums), 1)));
  return (quad)_mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
#elif VECTOR_BYTES == 32
  return (quad)_mm_add_ps(_mm256_castps256_ps128((__m256)sums), _mm256_extractf128_ps((__m256)sums, 1));
#else
  return (quad)sums;
#endif
}

/** Dot products of each of `x_count` vectors with each of `y_count` others; (x, y) goes to c[x * c_x + y * c_y]. */
typedef struct Dots {
  const float *x, *y;
  int64_t x_step, y_step;
  int32_t x_count, y_count, depth;
  float *c;
  int64_t c_x, c_y;
} Dots;

/** `rows` vectors x with 4 · `quads` vectors y. Past the last y, the last stands in, and its products are dropped. */
INLINE void compute_dots(const Dots *d, int32_t x0, int32_t y0, const int rows, const int quads) {
  const float *x[DOT_ROWS], *y[8];
  vf sums[DOT_ROWS][8];
#pragma GCC unroll 8
  for (int i = 0; i < rows; i++) {
    x[i] = d->x + (x0 + i) * d->x_step;
#pragma GCC unroll 8
    for (int j = 0; j < 4 * quads; j++) sums[i][j] = (vf){0};
  }
#pragma GCC unroll 8
  for (int j = 0; j < 4 * quads; j++) {
    y[j] = d->y + (y0 + j < d->y_count ? y0 + j : d->y_count - 1) * d->y_step;
  }
  int32_t p = 0;
  for (; p + LANES <= d->depth; p += LANES) {
    vf xs[DOT_ROWS];
#pragma GCC unroll 8
    for (int i = 0; i < rows; i++) xs[i] = load_f(x[i] + p);
#pragma GCC unroll 8
    for (int j = 0; j < 4 * quads; j++) {
      const vf column = load_f(y[j] + p);
#pragma GCC unroll 8
      for (int i = 0; i < rows; i++) sums[i][j] = fma_f(xs[i], column, sums[i][j]);
    }
  }
  if (p < d->depth) {
    const vi inside = lane_numbers() < splat_i(d->depth - p);
#pragma GCC unroll 8
    for (int j = 0; j < 4 * quads; j++) {
      const vf column = (vf)((vi)load_f(y[j] + p) & inside);
#pragma GCC unroll 8
      for (int i = 0; i < rows; i++) sums[i][j] = fma_f((vf)((vi)load_f(x[i] + p) & inside), column, sums[i][j]);
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < rows; i++) {
#pragma GCC unroll 2
    for (int q = 0; q < quads; q++) {
      const quad result = add_lanes(sums[i][4 * q], sums[i][4 * q + 1], sums[i][4 * q + 2], sums[i][4 * q + 3]);
      float *c = d->c + (x0 + i) * d->c_x + (y0 + 4 * q) * d->c_y;
      const int32_t count = d->y_count - (y0 + 4 * q);
      if (d->c_y == 1 && count >= 4) {
        *(quad_any *)c = result;
      } else {
        for (int32_t j = 0; j < 4 && j < count; j++) c[j * d->c_y] = result[j];
      }
    }
  }
}

#define DEFINE_DOTS(rows, quads) \
  static void dots_##rows(const Dots *d, int32_t x0, int32_t y0) { compute_dots(d, x0, y0, rows, quads); }
#define NAME_DOTS(rows) dots_##rows,
DEFINE_DOTS(1, 2)
DEFINE_DOTS(2, 1)
#if DOT_ROWS >= 3
DEFINE_DOTS(3, 1)
#endif
#if DOT_ROWS >= 6
DEFINE_DOTS(4, 1)
DEFINE_DOTS(5, 1)
DEFINE_DOTS(6, 1)
#endif

/** By rows, less one. */
static void (*const dot_kernels[DOT_ROWS])(const Dots *d, int32_t x0, int32_t y0) = {
    dots_1,
    dots_2,
#if DOT_ROWS >= 3
    dots_3,
#endif
#if DOT_ROWS >= 6
    dots_4,
    dots_5,
    dots_6,
#endif
};

/** All of them, in tiles of at most DOT_ROWS by 4, or 1 by 8. */
static void compute_all_dots(const Dots *d) {
  const int32_t step = even_step(d->x_count, DOT_ROWS);
  for (int32_t x = 0; x < d->x_count; x += step) {
    const int32_t rows = min_i(step, d->x_count - x);
    for (int32_t y = 0; y < d->y_count; y += rows == 1 ? 8 : 4) dot_kernels[rows - 1](d, x, y);
  }
}

#endif
