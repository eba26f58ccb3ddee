/**
 * Register tiles: up to TILE_ROWS rows by TILE_VECTORS vectors of columns, summed over k in registers. An element of A is
 * broadcast against vectors of columns of B, so B must have its columns side by side; A may lie anyhow.
 *
 * The tiles are as large as the registers allow, with room for the vectors of B, the broadcast element and, where there is no
 * fused multiply-add, the product.
 */
#ifndef GLASSNET_GEMM_MICRO_H
#define GLASSNET_GEMM_MICRO_H

#include "vector.h"

#ifndef TILE_ROWS
#if VECTOR_BYTES == 64
#define TILE_ROWS 8
#define TILE_VECTORS 3
#elif VECTOR_BYTES == 32
#define TILE_ROWS 6
#define TILE_VECTORS 2
#elif defined(__ARM_NEON)
#define TILE_ROWS 8
#define TILE_VECTORS 3
#else
#define TILE_ROWS 4
#define TILE_VECTORS 2
#endif
#endif

/** A single row has few sums to keep the unit busy, so it takes more columns at once. */
#define ROW_VECTORS 8

/** One tile's work: c = A · B, or c += A · B, for `depth` terms. */
typedef struct Tile {
  int32_t depth;
  const float *a;
  int64_t a_row, a_column;
  const float *b;
  int64_t b_row;
  float *c;
  int64_t c_row;
  /** Whether to add to what `c` holds. */
  int32_t add;
  /** Columns of the last vector that belong to the tile, 1 to LANES. Others are neither written nor, in c, read. */
  int32_t last;
} Tile;

typedef void TileKernel(const Tile *tile);

/** The first `count` lanes. */
INLINE void store_first(float *p, vf x, int32_t count) {
#if VECTOR_BYTES == 64
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)x);
#elif VECTOR_BYTES == 32
  _mm256_maskstore_ps(p, (__m256i)(lane_numbers() < splat_i(count)), (__m256)x);
#else
  for (int32_t lane = 0; lane < LANES; lane++) {
    if (lane < count) p[lane] = x[lane];
  }
#endif
}

INLINE vf load_first(const float *p, int32_t count) {
#if VECTOR_BYTES == 64
  return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#elif VECTOR_BYTES == 32
  return (vf)_mm256_maskload_ps(p, (__m256i)(lane_numbers() < splat_i(count)));
#else
  vf x = {0};
  for (int32_t lane = 0; lane < LANES; lane++) {
    if (lane < count) x[lane] = p[lane];
  }
  return x;
#endif
}

/** Always inlined with constant `rows` and `vectors`, so that the sums are registers. */
INLINE void compute_tile(const Tile *t, const int rows, const int vectors) {
  vf sums[TILE_ROWS][ROW_VECTORS > TILE_VECTORS ? ROW_VECTORS : TILE_VECTORS];
#pragma GCC unroll 16
  for (int i = 0; i < rows; i++) {
#pragma GCC unroll 16
    for (int j = 0; j < vectors; j++) sums[i][j] = (vf){0};
  }
  const float *a = t->a, *b = t->b;
  const int64_t a_row = t->a_row, a_column = t->a_column, b_row = t->b_row;
  for (int32_t p = t->depth; p > 0; p--) {
    vf columns[ROW_VECTORS > TILE_VECTORS ? ROW_VECTORS : TILE_VECTORS];
#pragma GCC unroll 16
    for (int j = 0; j < vectors; j++) columns[j] = load_f(b + j * LANES);
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++) {
      const vf element = splat_f(a[i * a_row]);
#pragma GCC unroll 16
      for (int j = 0; j < vectors; j++) sums[i][j] = fma_f(element, columns[j], sums[i][j]);
    }
    a += a_column;
    b += b_row;
  }
  const int32_t last = t->last, add = t->add;
#pragma GCC unroll 16
  for (int i = 0; i < rows; i++) {
    float *c = t->c + i * t->c_row;
#pragma GCC unroll 16
    for (int j = 0; j < vectors; j++) {
      if (j == vectors - 1 && last < LANES) {
        if (add) sums[i][j] += load_first(c + j * LANES, last);
        store_first(c + j * LANES, sums[i][j], last);
      } else {
        if (add) sums[i][j] += load_f(c + j * LANES);
        store_f(c + j * LANES, sums[i][j]);
      }
    }
  }
}

#define TILE_NAME(r, v) tile_##r##_##v
#define DEFINE_TILE(r, v) \
  static void TILE_NAME(r, v)(const Tile *t) { compute_tile(t, r, v); }

#define EACH_ROWS_4(M, v) M(1, v) M(2, v) M(3, v) M(4, v)
#define EACH_ROWS_6(M, v) EACH_ROWS_4(M, v) M(5, v) M(6, v)
#define EACH_ROWS_8(M, v) EACH_ROWS_6(M, v) M(7, v) M(8, v)
#define EACH_ROWS_12(M, v) EACH_ROWS_8(M, v) M(9, v) M(10, v) M(11, v) M(12, v)
#define EACH_ROWS_14(M, v) EACH_ROWS_12(M, v) M(13, v) M(14, v)
#define EACH_ROWS__(M, v, count) EACH_ROWS_##count(M, v)
#define EACH_ROWS_(M, v, count) EACH_ROWS__(M, v, count)
#define EACH_ROWS(M, v) EACH_ROWS_(M, v, TILE_ROWS)
#define TILE_ENTRY(r, v) TILE_NAME(r, v),

EACH_ROWS(DEFINE_TILE, 1)
EACH_ROWS(DEFINE_TILE, 2)
#if TILE_VECTORS >= 3
EACH_ROWS(DEFINE_TILE, 3)
#endif
#if TILE_VECTORS >= 4
EACH_ROWS(DEFINE_TILE, 4)
#endif
#if TILE_VECTORS < 3
DEFINE_TILE(1, 3)
#endif
#if TILE_VECTORS < 4
DEFINE_TILE(1, 4)
#endif
DEFINE_TILE(1, 5)
DEFINE_TILE(1, 6)
DEFINE_TILE(1, 7)
DEFINE_TILE(1, 8)

/** By vectors and rows, each less one. */
static TileKernel *const tile_kernels[TILE_VECTORS][TILE_ROWS] = {
    {EACH_ROWS(TILE_ENTRY, 1)},
    {EACH_ROWS(TILE_ENTRY, 2)},
#if TILE_VECTORS >= 3
    {EACH_ROWS(TILE_ENTRY, 3)},
#endif
#if TILE_VECTORS >= 4
    {EACH_ROWS(TILE_ENTRY, 4)},
#endif
};

/** By vectors, less one. */
static TileKernel *const row_kernels[ROW_VECTORS] = {tile_1_1, tile_1_2, tile_1_3, tile_1_4,
                                                     tile_1_5, tile_1_6, tile_1_7, tile_1_8};

#endif
