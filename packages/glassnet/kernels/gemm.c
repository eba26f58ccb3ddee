#include "gemm.h"

#include "gemm_cut.h"
#include "gemm_dot.h"
#include "gemm_micro.h"
#include "gemm_pack.h"

/*
 * A product is cut into pieces, one or more for each thread; a piece into blocks of columns; a block's terms into
 * depths. For each depth, B's part of the block is packed, or read as it lies; then the rows pass by, a tile's height
 * at a time, and each meets all panels of B. So a panel comes from the second-level cache, and a tile's rows of A stay
 * in the first.
 */

/** Terms and columns of a block. Its packed part of B fits the second-level cache. */
#define BLOCK_DEPTH 256
#define BLOCK_COLUMNS 512
/** Elements of a block's result where there is no C to hold it from depth to depth. */
#define BLOCK_RESULT (64 * 1024)
/** About as many elements of a block are complete before the epilogue gets them. */
#define BAND_SIZE (8 * 1024)
/** Threads share columns in units of a cache line, so that, in an aligned C, no two write to one. */
#define COLUMN_UNIT 16

/** Multiply-adds that are worth a thread of their own. */
#ifndef THREAD_WORK
#define THREAD_WORK 32768
#endif

/**
 * From this many rows on, a B that could be read as it lies is packed. Narrow tiles take less of a cache line, or of a
 * page, at a time, and so gain more by it.
 */
#define PACK_B_ROWS (VECTOR_BYTES == 64 ? 256 : VECTOR_BYTES == 32 ? 64 : 16)
/**
 * From this many columns on, A is packed: for tiles that want both operands so, or else if the terms of a row are
 * spread over more memory than a processor's first-level table of pages covers.
 */
#define PACK_A_COLUMNS (CAN_PACK ? 16 : 128)
#define PAGES_REACH (64 * 4096 / 4)

/**
 * Dot products need no packing of B, which costs less the more rows share it, but an addition of lanes, which costs
 * less the more terms there are. They are chosen where there are this many terms to a row of A.
 */
#define DOT_DEPTH (VECTOR_BYTES == 64 ? 4 : VECTOR_BYTES == 32 ? 8 : 64)
/** More terms than these leave the first-level cache between two tiles, and do not make up for more rows. */
#define DOT_MOST_TERMS 1024
/** They are chosen, too, for so few columns that tiles would be half empty. */
#define DOT_COLUMNS (VECTOR_BYTES == 64 ? 24 : 12)

#define A_FLOATS (TILE_ROWS * BLOCK_DEPTH)
#define B_FLOATS (BLOCK_COLUMNS * BLOCK_DEPTH)
_Static_assert((A_FLOATS + B_FLOATS + BLOCK_RESULT) * 4 <= GEMM_SCRATCH_BYTES, "the parts of the scratch memory");

typedef struct Scratch {
  float *a, *b, *result;
} Scratch;

/** What is computed at once: of product `batch`, rows i0 … i1 - 1, columns j0 … j1 - 1, terms p0 … p1 - 1. */
typedef struct Block {
  int32_t batch, i0, i1, j0, j1, p0, p1;
} Block;

/** The operands of a block: rows of A against panels of `panel` vectors, of which the last may be narrower. */
typedef struct Panels {
  int32_t vectors, panel;
  /** NULL where B is read as it lies. */
  const float *packed;
} Panels;

INLINE const float *a_at(const Gemm *g, int32_t batch, int32_t i, int32_t p) {
  return g->a + batch * g->a_batch + i * g->a_row + p * g->a_column;
}

INLINE const float *b_at(const Gemm *g, int32_t batch, int32_t p, int32_t j) {
  return g->b + batch * g->b_batch + p * g->b_row + j * g->b_column;
}

static int uses_dots(const Gemm *g) {
  if (g->pack_a || g->pack_b || g->a_column != 1 || g->b_row != 1) return 0;
  if (g->m == 1) return 1;
  return g->k >= 2 * LANES && (g->n <= DOT_COLUMNS || (int64_t)g->m * DOT_DEPTH <= min_i(g->k, DOT_MOST_TERMS));
}

/** Packs B's part of a block, panel after panel. */
static void pack_b(const Gemm *g, const Block *block, const Panels *panels, float *to) {
  const int32_t depth = block->p1 - block->p0;
  for (int32_t v = 0; v < panels->vectors; v += panels->panel) {
    const int32_t width = min_i(panels->panel, panels->vectors - v) * LANES;
    const int32_t j = block->j0 + v * LANES, count = min_i(width, block->j1 - j);
    if (g->pack_b) {
      g->pack_b(g->pack_b_context, block->batch, block->p0, block->p1, j, count, width, to);
    } else {
      pack_wide(&(Strip){b_at(g, block->batch, block->p0, j), g->b_row, g->b_column, depth, count}, width, to);
    }
    to += width * depth;
  }
}

static int packs_a(const Gemm *g, const Block *block, const Panels *panels) {
  if (block->j1 - block->j0 < PACK_A_COLUMNS) return 0;
  if (CAN_PACK) return panels->packed != NULL;
  const int64_t reach = (block->p1 - block->p0) * g->a_column;
  return reach > PAGES_REACH || reach < -PAGES_REACH;
}

/** Rows i0 … i1 - 1 of a block, as many as a tile has at most, against all of its columns. */
static void multiply_rows(const Gemm *g, const Block *block, int32_t i0, int32_t i1, const Panels *panels,
                          float *a_scratch, float *c, int64_t c_row) {
  const int32_t rows = i1 - i0, depth = block->p1 - block->p0, columns = block->j1 - block->j0;
  Tile tile = {.depth = depth, .c_row = c_row, .add = block->p0 > 0};
  int packed = 1;
  if (g->pack_a) {
    g->pack_a(g->pack_a_context, block->batch, block->p0, block->p1, i0, rows, rows, a_scratch);
  } else if (packs_a(g, block, panels)) {
    pack_narrow(&(Strip){a_at(g, block->batch, i0, block->p0), g->a_column, g->a_row, depth, rows}, a_scratch);
  } else {
    packed = 0;
  }
  tile.a = packed ? a_scratch : a_at(g, block->batch, i0, block->p0);
  tile.a_row = packed ? 1 : g->a_row;
  tile.a_column = packed ? rows : g->a_column;
  TileKernel *const *kernels = g->m == 1 ? row_kernels : NULL;
#if CAN_PACK
  if (packed && panels->packed && rows == TILE_ROWS) kernels = packed_kernels;
#endif
  for (int32_t v = 0; v < panels->vectors; v += panels->panel) {
    const int32_t vectors = min_i(panels->panel, panels->vectors - v);
    if (panels->packed) {
      tile.b = panels->packed + v * LANES * depth;
      tile.b_row = vectors * LANES;
    } else {
      tile.b = b_at(g, block->batch, block->p0, block->j0 + v * LANES);
      tile.b_row = g->b_row;
    }
    tile.c = c + v * LANES;
    tile.last = min_i(LANES, columns - (v + vectors - 1) * LANES);
    (kernels ? kernels[vectors - 1] : tile_kernels[vectors - 1][rows - 1])(&tile);
  }
}

/** Rows i0 … i1 - 1 of a block as dot products. The fewer of rows and columns are the ones that registers keep. */
static void multiply_dots(const Gemm *g, const Block *block, int32_t i0, int32_t i1, float *c, int64_t c_row) {
  const float *a = a_at(g, block->batch, i0, 0), *b = b_at(g, block->batch, 0, block->j0);
  const int32_t rows = i1 - i0, columns = block->j1 - block->j0;
  if (g->m <= g->n) compute_all_dots(&(Dots){a, b, g->a_row, g->b_column, rows, columns, g->k, c, c_row, 1});
  else compute_all_dots(&(Dots){b, a, g->b_column, g->a_row, columns, rows, g->k, c, 1, c_row});
}

/**
 * Terms p0 … p1 - 1 of a block, band after band of rows; the last terms complete the bands. The result is at `c`, or if
 * that is NULL, at the start of scratch->result for each band.
 */
static void multiply_block(const Gemm *g, const Block *block, const Scratch *scratch, float *c, int64_t c_row) {
  const int32_t columns = block->j1 - block->j0, rows = block->i1 - block->i0;
  const int dots = uses_dots(g);
  Panels panels = {.vectors = divide_up(columns, LANES)};
  panels.panel = even_step(panels.vectors, g->m == 1 ? ROW_VECTORS : TILE_VECTORS);
  if (!dots && (g->pack_b || g->b_column != 1 || rows >= PACK_B_ROWS)) {
    pack_b(g, block, &panels, scratch->b);
    panels.packed = scratch->b;
  }
  const int32_t band = max_i(1, BAND_SIZE / columns / TILE_ROWS) * TILE_ROWS;
  for (int32_t i0 = block->i0; i0 < block->i1; i0 += band) {
    const int32_t i1 = min_i(i0 + band, block->i1), step = even_step(i1 - i0, TILE_ROWS);
    float *to = c ? c + (i0 - block->i0) * c_row : scratch->result;
    if (dots) {
      multiply_dots(g, block, i0, i1, to, c_row);
    } else {
      for (int32_t i = i0; i < i1; i += step) {
        multiply_rows(g, block, i, min_i(i + step, i1), &panels, scratch->a, to + (i - i0) * c_row, c_row);
      }
    }
    if (g->epilogue && block->p1 == g->k) {
      g->epilogue(g->epilogue_context, block->batch, i0, i1, block->j0, block->j1, to, c_row);
    }
  }
}

/** One piece of one product: its blocks, and the depths of each. */
static void multiply_piece(const Gemm *g, const Block *piece, const Scratch *scratch) {
  const int dots = uses_dots(g);
  const int32_t depth = dots || g->k == 0 ? g->k : even_step(g->k, BLOCK_DEPTH);
  int32_t most_units = BLOCK_COLUMNS / COLUMN_UNIT;
  /* Dot products take all terms at once, and fewer columns where the cache would not hold them. */
  if (dots && g->k > BLOCK_DEPTH) most_units = max_i(1, B_FLOATS / g->k / COLUMN_UNIT);
  const int32_t columns = even_step(divide_up(piece->j1 - piece->j0, COLUMN_UNIT), most_units) * COLUMN_UNIT;
  const int waits_in_scratch = !g->c && depth < g->k;
  const int32_t rows = waits_in_scratch ? BLOCK_RESULT / columns : piece->i1 - piece->i0;
  for (int32_t j = piece->j0; j < piece->j1; j += columns) {
    for (int32_t i = piece->i0; i < piece->i1; i += rows) {
      Block block = {.batch = piece->batch, .i0 = i, .j0 = j};
      block.i1 = min_i(i + rows, piece->i1);
      block.j1 = min_i(j + columns, piece->j1);
      float *c = g->c ? g->c + piece->batch * g->c_batch + i * g->c_row + j : waits_in_scratch ? scratch->result : NULL;
      const int64_t c_row = g->c ? g->c_row : block.j1 - block.j0;
      do {
        block.p1 = min_i(block.p0 + depth, g->k);
        multiply_block(g, &block, scratch, c, c_row);
        block.p0 = block.p1;
      } while (block.p0 < g->k);
    }
  }
}

/** Into how many rows and columns of pieces each product of the batch is cut. */
typedef struct Grid {
  int32_t rows, columns;
} Grid;

static Grid choose_grid(const Gemm *g, int32_t threads) {
  const int64_t worth = 1 + (int64_t)g->m * g->n * g->k / THREAD_WORK * g->batch;
  if (worth < threads) threads = (int32_t)worth;
  /*
   * The fewest pieces for which the most loaded thread has little more than its share: whole products where there are
   * many.
   */
  int32_t pieces = 1;
  for (; pieces < threads; pieces++) {
    const int64_t count = (int64_t)g->batch * pieces, most = (count + threads - 1) / threads;
    if (most * threads * 15 <= count * 16) break;
  }
  Grid best = {1, 1};
  int64_t best_cost = INT64_MAX;
  const int32_t units = divide_up(g->n, COLUMN_UNIT);
  for (int32_t rows = 1; rows <= pieces && rows <= g->m; rows++) {
    const int32_t columns = min_i(pieces / rows, units);
    const int64_t height = divide_up(divide_up(g->m, rows), TILE_ROWS) * TILE_ROWS;
    const int64_t width = divide_up(units, columns) * COLUMN_UNIT;
    /*
     * For each term: the multiply-adds; packing a column of B costs about as much as 4 of them, reading a row of A as
     * 8.
     */
    const int64_t cost = height * width + 4 * width + 8 * height;
    /*
     * Rows, if it is all the same: those of a gradient are the columns of the forward product, so each thread finds in
     * its cache the weights that it changed.
     */
    if (cost <= best_cost) {
      best_cost = cost;
      best = (Grid){rows, columns};
    }
  }
  return best;
}

void gemm(const Gemm *g, const Frame *frame) {
  if (g->batch <= 0 || g->m <= 0 || g->n <= 0) return;
  float *memory = (float *)frame->scratch;
  const Scratch scratch = {memory, memory + A_FLOATS, memory + A_FLOATS + B_FLOATS};
  const Grid grid = choose_grid(g, frame->threads);
  const int32_t pieces = grid.rows * grid.columns, units = divide_up(g->n, COLUMN_UNIT);
  int64_t begin, end;
  share(frame, (int64_t)g->batch * pieces, &begin, &end);
  for (int64_t index = begin; index < end; index++) {
    const int32_t row = (int32_t)(index % pieces) / grid.columns, column = (int32_t)(index % pieces) % grid.columns;
    const Block piece = {.batch = (int32_t)(index / pieces),
                         .i0 = piece_begin(g->m, row, grid.rows),
                         .i1 = piece_begin(g->m, row + 1, grid.rows),
                         .j0 = piece_begin(units, column, grid.columns) * COLUMN_UNIT,
                         .j1 = min_i(g->n, piece_begin(units, column + 1, grid.columns) * COLUMN_UNIT)};
    multiply_piece(g, &piece, &scratch);
  }
}
