#include "block.h"
#include "gemm.h"
#include "kernels.h"

/** The arguments, as words; a block may follow. */
typedef struct MatmulArgs {
  int32_t batch, m, n, k;
  int32_t a, a_offset, a_batch, a_row, a_column;
  int32_t b, b_offset, b_batch, b_row, b_column;
  /** The buffer of the product; -1 if the block alone takes it. */
  int32_t c;
  int32_t block_words;
} MatmulArgs;

typedef struct Context {
  const Frame *frame;
  const int32_t *block;
} Context;

/** The block goes over each region of the product while it is in the cache. Its index space has three dimensions. */
static void take_region(void *context, int32_t batch, int32_t i0, int32_t i1, int32_t j0, int32_t j1, float *tile,
                        int64_t tile_row) {
  const Context *c = context;
  const Box box = {.lo = {batch, i0, j0}, .hi = {batch + 1, i1, j1}};
  const Product product = {tile, tile_row};
  block_box(c->frame, c->block, &box, &product, c->frame->scratch + GEMM_SCRATCH_BYTES);
}

/** A product of matrices, with a block that takes the result if there is one. */
void matmul(const Frame *frame, const int32_t *words) {
  const MatmulArgs *args = (const MatmulArgs *)words;
  Context context = {frame, (const int32_t *)(args + 1)};
  const Gemm g = {
      .batch = args->batch,
      .m = args->m,
      .n = args->n,
      .k = args->k,
      .a = (const float *)frame->buffers[args->a] + args->a_offset,
      .a_batch = args->a_batch,
      .a_row = args->a_row,
      .a_column = args->a_column,
      .b = (const float *)frame->buffers[args->b] + args->b_offset,
      .b_batch = args->b_batch,
      .b_row = args->b_row,
      .b_column = args->b_column,
      .c = args->c < 0 ? 0 : (float *)frame->buffers[args->c],
      .c_batch = (int64_t)args->m * args->n,
      .c_row = args->n,
      .epilogue = args->block_words > 0 ? take_region : 0,
      .epilogue_context = &context,
  };
  gemm(&g, frame);
}
