#include "gemm.h"

#include "gemm_dot.h"
#include "gemm_micro.h"
#include "gemm_pack.h"

/* Block sizes in elements: a block of B (BLOCK_DEPTH x BLOCK_COLUMNS) stays in the second-level cache while rows of A pass by; rows
 * of A as high as a tile (TILE_ROWS x BLOCK_DEPTH) stay in the first while the columns of that block pass by. */
#ifndef BLOCK_DEPTH
#define BLOCK_DEPTH 256
#endif
#ifndef BLOCK_COLUMNS
#define BLOCK_COLUMNS 512
#endif
/** A region's result where there is no C to hold it. */
#define BLOCK_RESULT (64 * 1024)
/** The epilogue is called for about as many elements. */
#define BAND_SIZE (8 * 1024)
/** Columns are shared out in units of a cache line, so that no two threads write to one, alignment permitting. */
#define COLUMN_UNIT 16
/** Multiply-adds that are worth a thread of their own. */
#ifndef THREAD_WORK
#define THREAD_WORK 32768
#endif
/** From this many rows of a block on, B is packed even where it could be read as it lies. */
#ifndef PACK_B_ROWS
#define PACK_B_ROWS 48
#endif
#ifndef PACK_A_COLUMNS
#define PACK_A_COLUMNS 128
#endif
/** Up to this many rows or columns, products with contiguous operands are dot products. */
#ifndef DOT_LIMIT
#define DOT_LIMIT 8
#endif

#define A_FLOATS (16 * BLOCK_DEPTH)
#define B_FLOATS (BLOCK_COLUMNS * BLOCK_DEPTH)
_Static_assert((A_FLOATS + B_FLOATS + BLOCK_RESULT) * 4 <= GEMM_SCRATCH_BYTES, "scratch");
_Static_assert(TILE_ROWS <= 16, "scratch");

INLINE int32_t min_i(int32_t a, int32_t b) { return a < b ? a : b; }
INLINE int32_t max_i(int32_t a, int32_t b) { return a > b ? a : b; }
INLINE int32_t divide_up(int32_t a, int32_t b) { return (a + b - 1) / b; }
/** Where piece `index` of `count` nearly equal pieces of `size` begins. */
INLINE int32_t piece_begin(int32_t size, int32_t index, int32_t count) {
  return (int32_t)((int64_t)size * index / count);
}

/** What is computed at once: rows i0 … i1 - 1, columns j0 … j1 - 1 of product `batch`, terms p0 … p1 - 1. */
typedef struct Block {
  int32_t batch, i0, i1, j0, j1, p0, p1;
} Block;

typedef struct Scratch {
  float *a, *b, *result;
} Scratch;

static int is_dot(const Gemm *g) {
  if (g->pack_a || g->pack_b || g->k < 2 * LANES) return 0;
  return g->a_column == 1 && g->b_row == 1 && min_i(g->m, g->n) <= DOT_LIMIT;
}

INLINE const float *a_at(const Gemm *g, int32_t batch, int32_t i, int32_t p) {
  return g->a + batch * g->a_batch + i * g->a_row + p * g->a_column;
}
INLINE const float *b_at(const Gemm *g, int32_t batch, int32_t p, int32_t j) {
  return g->b + batch * g->b_batch + p * g->b_row + j * g->b_column;
}

/** Columns of the widest panel where tiles have `rows` rows. */
INLINE int32_t panel_vectors(int32_t rows) { return rows == 1 ? ROW_VECTORS : TILE_VECTORS; }

static void pack_b(const Gemm *g, const Block *block, int32_t panels, int32_t vectors, float *to) {
  for (int32_t panel = 0; panel < panels; panel++) {
    const int32_t v0 = piece_begin(vectors, panel, panels), v1 = piece_begin(vectors, panel + 1, panels);
    const int32_t width = (v1 - v0) * LANES, depth = block->p1 - block->p0;
    const int32_t x0 = block->j0 + v0 * LANES, count = min_i(width, block->j1 - x0);
    if (g->pack_b) {
      g->pack_b(g->pack_b_context, block->batch, block->p0, block->p1, x0, count, width, to);
    } else {
      pack_wide(&(Strip){b_at(g, block->batch, block->p0, x0), g->b_row, g->b_column, depth, count}, width, to);
    }
    to += width * depth;
  }
}

static void multiply_rows(const Gemm *g, const Block *block, int32_t i0, int32_t i1, int32_t panels, int32_t vectors,
                          const float *packed_b, float *a_scratch, float *c, int64_t c_row) {
  const int32_t rows = i1 - i0, depth = block->p1 - block->p0, columns = block->j1 - block->j0;
  Tile tile = {.depth = depth, .c_row = c_row, .add = block->p0 > 0};
  if (g->pack_a) {
    g->pack_a(g->pack_a_context, block->batch, block->p0, block->p1, i0, rows, rows, a_scratch);
  } else if (columns >= PACK_A_COLUMNS) {
    pack_narrow(&(Strip){a_at(g, block->batch, i0, block->p0), g->a_column, g->a_row, depth, rows}, a_scratch);
  } else {
    a_scratch = NULL;
  }
  if (a_scratch) {
    tile.a = a_scratch;
    tile.a_row = 1;
    tile.a_column = rows;
  } else {
    tile.a = a_at(g, block->batch, i0, block->p0);
    tile.a_row = g->a_row;
    tile.a_column = g->a_column;
  }
  for (int32_t panel = 0; panel < panels; panel++) {
    const int32_t v0 = piece_begin(vectors, panel, panels), v1 = piece_begin(vectors, panel + 1, panels);
    tile.b = packed_b ? packed_b + (int64_t)v0 * LANES * depth : b_at(g, block->batch, block->p0, block->j0 + v0 * LANES);
    tile.b_row = packed_b ? (v1 - v0) * LANES : g->b_row;
    tile.c = c + v0 * LANES;
    tile.last = min_i(LANES, columns - (v1 - 1) * LANES);
    (g->m == 1 ? row_kernels[v1 - v0 - 1] : tile_kernels[v1 - v0 - 1][rows - 1])(&tile);
  }
}

/** Terms p0 … p1 - 1 of a block. The last ones complete it, band by band of rows. */
static void multiply_block(const Gemm *g, const Block *block, const Scratch *scratch, float *c, int64_t c_row) {
  const int32_t columns = block->j1 - block->j0, rows = block->i1 - block->i0;
  const int32_t vectors = divide_up(columns, LANES), panels = divide_up(vectors, panel_vectors(g->m));
  const int dot = is_dot(g);
  const float *packed_b = NULL;
  if (!dot && (g->pack_b || g->b_column != 1 || rows >= PACK_B_ROWS)) {
    pack_b(g, block, panels, vectors, scratch->b);
    packed_b = scratch->b;
  }
  const int last = block->p1 == g->k;
  const int32_t tile_rows = dot ? 16 : TILE_ROWS;
  const int32_t bands = divide_up(rows, max_i(tile_rows, BAND_SIZE / columns / tile_rows * tile_rows));
  for (int32_t band = 0; band < bands; band++) {
    const int32_t i0 = block->i0 + piece_begin(rows, band, bands), i1 = block->i0 + piece_begin(rows, band + 1, bands);
    float *to = c ? c + (i0 - block->i0) * c_row : scratch->result;
    const int64_t to_row = c ? c_row : columns;
    if (dot) {
      Dots d = {a_at(g, block->batch, i0, 0), b_at(g, block->batch, 0, block->j0), g->a_row, g->b_column, i1 - i0, columns,
                g->k, to, to_row, 1};
      if (g->n < g->m) {
        d = (Dots){d.y, d.x, d.y_step, d.x_step, d.y_count, d.x_count, d.depth, d.c, d.c_y, d.c_x};
      }
      dots(&d);
    } else {
      const int32_t tiles = divide_up(i1 - i0, TILE_ROWS);
      for (int32_t t = 0; t < tiles; t++) {
        const int32_t r0 = piece_begin(i1 - i0, t, tiles), r1 = piece_begin(i1 - i0, t + 1, tiles);
        multiply_rows(g, block, i0 + r0, i0 + r1, panels, vectors, packed_b, scratch->a, to + r0 * to_row, to_row);
      }
    }
    if (last && g->epilogue) g->epilogue(g->epilogue_context, block->batch, i0, i1, block->j0, block->j1, to, to_row);
  }
}

/** One thread's piece of one product. */
static void multiply_piece(const Gemm *g, const Block *piece, const Scratch *scratch) {
  const int32_t depths = is_dot(g) ? 1 : max_i(1, divide_up(g->k, BLOCK_DEPTH));
  const int32_t columns = piece->j1 - piece->j0, rows = piece->i1 - piece->i0;
  const int32_t units = divide_up(columns, COLUMN_UNIT), column_blocks = divide_up(columns, BLOCK_COLUMNS);
  for (int32_t column = 0; column < column_blocks; column++) {
    Block block = *piece;
    block.j0 = piece->j0 + piece_begin(units, column, column_blocks) * COLUMN_UNIT;
    block.j1 = min_i(piece->j1, piece->j0 + piece_begin(units, column + 1, column_blocks) * COLUMN_UNIT);
    /* Between the terms' blocks the result waits in C, or else in scratch, which bounds the rows. */
    const int waits = !g->c && depths > 1;
    const int32_t row_blocks = waits ? divide_up(rows, BLOCK_RESULT / (block.j1 - block.j0)) : 1;
    for (int32_t row = 0; row < row_blocks; row++) {
      block.i0 = piece->i0 + piece_begin(rows, row, row_blocks);
      block.i1 = piece->i0 + piece_begin(rows, row + 1, row_blocks);
      float *c = g->c ? g->c + block.batch * g->c_batch + block.i0 * g->c_row + block.j0 : waits ? scratch->result : NULL;
      const int64_t c_row = g->c ? g->c_row : block.j1 - block.j0;
      for (int32_t depth = 0; depth < depths; depth++) {
        block.p0 = piece_begin(g->k, depth, depths);
        block.p1 = piece_begin(g->k, depth + 1, depths);
        multiply_block(g, &block, scratch, c, c_row);
      }
    }
  }
}

/** Into how many pieces each product of the batch is cut. */
typedef struct Grid {
  int32_t rows, columns;
} Grid;

static Grid choose_grid(const Gemm *g, int32_t threads) {
  const int64_t work = (int64_t)g->m * g->n * g->k;
  const int64_t all = work * g->batch / THREAD_WORK;
  if (all < threads) threads = (int32_t)all + 1;
  /* The fewest pieces that keep all threads busy: whole products where there are many. */
  int32_t pieces = 1, best_load = divide_up(g->batch, threads) * threads;
  for (int32_t count = 2; count <= threads && g->batch * pieces % threads; count++) {
    const int32_t load = divide_up(g->batch * count, threads) * threads;
    if ((int64_t)load * pieces * 16 < (int64_t)best_load * count * 15) {
      pieces = count;
      best_load = load;
    }
  }
  Grid best = {1, 1};
  int64_t best_cost = INT64_MAX;
  const int32_t units = divide_up(g->n, COLUMN_UNIT);
  for (int32_t rows = 1; rows <= pieces; rows++) {
    const int32_t columns = min_i(pieces / rows, units);
    /* In columns of a tile's multiply-adds: the product, and packing, at a few rows' cost, of B, and of A. */
    const int64_t height = divide_up(divide_up(g->m, rows), TILE_ROWS) * TILE_ROWS, width = divide_up(units, columns) * COLUMN_UNIT;
    const int64_t cost = height * width + 4 * width + 8 * height;
    if (rows <= g->m && cost < best_cost) {
      best_cost = cost;
      best = (Grid){rows, columns};
    }
  }
  return best;
}

void gemm(const Gemm *g, const Frame *frame) {
  if (g->batch <= 0 || g->m <= 0 || g->n <= 0) return;
  float *floats = (float *)frame->scratch;
  const Scratch scratch = {floats, floats + A_FLOATS, floats + A_FLOATS + B_FLOATS};
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
