/**
 * Register tiles: up to TILE_ROWS rows by TILE_VECTORS vectors of columns, summed over k in registers. An element of A
 * is broadcast against vectors of columns of B, so B must have its columns side by side; A may lie anyhow.
 *
 * The tiles are as large as the registers allow, with room for the vectors of B, the broadcast element and, where there
 * is no fused multiply-add, the product.
 */
#ifndef GLASSNET_GEMM_MICRO_H
#define GLASSNET_GEMM_MICRO_H

#include "vector.h"

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

/** A single row has few sums to keep the unit busy, so it takes more columns at once. */
#define ROW_VECTORS 8
#define MOST_VECTORS (ROW_VECTORS > TILE_VECTORS ? ROW_VECTORS : TILE_VECTORS)

/**
 * Whether there are tiles for operands that are both packed, whose addresses are constants from an origin that moves on
 * after TERMS terms. It matters where instructions are the limit. Each term ends in a branch: without it, V8 moves the
 * loads of all terms to the front, where there are too few registers for them.
 */
#define CAN_PACK (VECTOR_BYTES == 16)
#if defined(__wasm__)
#define TERMS 4
#else
#define TERMS 2
#endif

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

/** One more term: rows and columns at constant distances where the operands are packed. */
INLINE void add_term(vf sums[][MOST_VECTORS], const float *a, int64_t a_row, const float *b, const int rows,
                     const int vectors) {
  vf columns[MOST_VECTORS];
#pragma GCC unroll 16
  for (int j = 0; j < vectors; j++) columns[j] = load_f(b + j * LANES);
#pragma GCC unroll 16
  for (int i = 0; i < rows; i++) {
    const vf element = splat_f(a[i * a_row]);
#pragma GCC unroll 16
    for (int j = 0; j < vectors; j++) sums[i][j] = fma_f(element, columns[j], sums[i][j]);
  }
}

/** Always inlined with constant `rows`, `vectors` and `packed`, so that the sums are registers. */
INLINE void compute_tile(const Tile *t, const int rows, const int vectors, const int packed) {
  vf sums[TILE_ROWS][MOST_VECTORS];
#pragma GCC unroll 16
  for (int i = 0; i < rows; i++) {
#pragma GCC unroll 16
    for (int j = 0; j < vectors; j++) sums[i][j] = (vf){0};
  }
  const float *a = t->a, *b = t->b;
  int32_t p = t->depth;
  if (packed) {
    while (p > 0) {
#pragma GCC unroll 16
      for (int term = 0; term < TERMS; term++) {
        add_term(sums, a + term * rows, 1, b + term * vectors * LANES, rows, vectors);
        if (--p == 0) break;
      }
      a += TERMS * rows;
      b += TERMS * vectors * LANES;
    }
  } else {
    const int64_t a_row = t->a_row, a_column = t->a_column, b_row = t->b_row;
    for (; p > 0; p--) {
      add_term(sums, a, a_row, b, rows, vectors);
      a += a_column;
      b += b_row;
    }
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

#define DEFINE_TILE(r, v) \
  static void tile_##r##_##v(const Tile *t) { compute_tile(t, r, v, 0); }
#define DEFINE_PACKED(v) \
  static void packed_##v(const Tile *t) { compute_tile(t, TILE_ROWS, v, 1); }
#define DEFINE_ROW(v) \
  static void row_##v(const Tile *t) { compute_tile(t, 1, v, 0); }
#define NAME_TILE(r, v) tile_##r##_##v,
#define NAME_ROW(v) row_##v,
#define NAME_NARROW_ROW(v) tile_1_##v,

#define EACH_ROWS_4(M, v) M(1, v) M(2, v) M(3, v) M(4, v)
#define EACH_ROWS_6(M, v) EACH_ROWS_4(M, v) M(5, v) M(6, v)
#define EACH_ROWS_8(M, v) EACH_ROWS_6(M, v) M(7, v) M(8, v)
#define EACH_ROWS__(M, v, count) EACH_ROWS_##count(M, v)
#define EACH_ROWS_(M, v, count) EACH_ROWS__(M, v, count)
#define EACH_ROWS(M, v) EACH_ROWS_(M, v, TILE_ROWS)

EACH_ROWS(DEFINE_TILE, 1)
EACH_ROWS(DEFINE_TILE, 2)
#if TILE_VECTORS == 3
EACH_ROWS(DEFINE_TILE, 3)
#define TILE_TABLE {{EACH_ROWS(NAME_TILE, 1)}, {EACH_ROWS(NAME_TILE, 2)}, {EACH_ROWS(NAME_TILE, 3)}}
#define EACH_NARROW(M) M(1) M(2) M(3)
#define EACH_WIDE(M) M(4) M(5) M(6) M(7) M(8)
#else
#define TILE_TABLE {{EACH_ROWS(NAME_TILE, 1)}, {EACH_ROWS(NAME_TILE, 2)}}
#define EACH_NARROW(M) M(1) M(2)
#define EACH_WIDE(M) M(3) M(4) M(5) M(6) M(7) M(8)
#endif
EACH_WIDE(DEFINE_ROW)

/** By vectors and rows, each less one. */
static TileKernel *const tile_kernels[TILE_VECTORS][TILE_ROWS] = TILE_TABLE;

/** A single row of A, by vectors less one. */
static TileKernel *const row_kernels[ROW_VECTORS] = {EACH_NARROW(NAME_NARROW_ROW) EACH_WIDE(NAME_ROW)};

#if CAN_PACK
EACH_NARROW(DEFINE_PACKED)
#define NAME_PACKED(v) packed_##v,
/** Whole tiles of packed operands, by vectors less one. Of the fewer rows that are left over these would make a third more code. */
static TileKernel *const packed_kernels[TILE_VECTORS] = {EACH_NARROW(NAME_PACKED)};
#endif

#endif
