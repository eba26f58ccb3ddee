/** Matrix products: C[b] = A[b] · B[b], f32, for operands that lie in memory in any order of rows and columns. */
#ifndef GLASSNET_GEMM_H
#define GLASSNET_GEMM_H

#include "frame.h"

/**
 * Told when rows i0 … i1 - 1 and columns j0 … j1 - 1 of a product are complete, by the thread that computed them, while
 * they are in its cache: element (i, j) is at tile[(i - i0) * tile_row + (j - j0)]. It may change them there. The
 * regions of all calls together are the whole product, each element once.
 */
typedef void Epilogue(void *context, int32_t batch, int32_t i0, int32_t i1, int32_t j0, int32_t j1, float *tile,
                      int64_t tile_row);

/**
 * Makes a piece of an operand where it would otherwise be read from memory, as a convolution does whose matrix exists
 * nowhere. For p in p0 … p1 - 1 and x in x0 … x0 + count - 1, it writes element (p, x) to
 * panel[(p - p0) * width + (x - x0)]; p counts along the inner size k, x along the rows of A or the columns of B. What
 * it leaves between `count` and `width` reaches no result.
 */
typedef void PackPanel(const void *context, int32_t batch, int32_t p0, int32_t p1, int32_t x0, int32_t count,
                       int32_t width, float *panel);

/** One product, or `batch` of them. Strides count floats and may be anything, 0 and negative too. */
typedef struct Gemm {
  int32_t batch, m, n, k;
  /** A[b][i][p] is at a[b * a_batch + i * a_row + p * a_column]. */
  const float *a;
  int64_t a_batch, a_row, a_column;
  /** B[b][p][j] is at b[b * b_batch + p * b_row + j * b_column]. */
  const float *b;
  int64_t b_batch, b_row, b_column;
  /** C[b][i][j] is written to c[b * c_batch + i * c_row + j]; nothing is written if `c` is NULL, for an epilogue that
   *  takes the result from the tile. */
  float *c;
  int64_t c_batch, c_row;
  /** NULL, or called for every region. */
  Epilogue *epilogue;
  void *epilogue_context;
  /** NULL, or what makes A or B, whose pointer and strides are then not used. */
  PackPanel *pack_a, *pack_b;
  const void *pack_a_context, *pack_b_context;
} Gemm;

/** What `gemm` needs of `frame->scratch`, whatever the product. */
enum { GEMM_SCRATCH_BYTES = 1 << 20 };

/**
 * Computes this thread's share. The terms of an element are added in an order that depends on the sizes, the strides
 * and the target, and on nothing else. With k = 0 the product is zeros.
 */
void gemm(const Gemm *g, const Frame *frame);

#endif
