/** How sizes are cut into pieces. */
#ifndef GLASSNET_GEMM_CUT_H
#define GLASSNET_GEMM_CUT_H

#include <stdint.h>

#include "vector.h"

INLINE int32_t min_i(int32_t a, int32_t b) { return a < b ? a : b; }
INLINE int32_t max_i(int32_t a, int32_t b) { return a > b ? a : b; }
INLINE int32_t divide_up(int32_t a, int32_t b) { return (a + b - 1) / b; }

/** Where piece `index` of `count` nearly equal pieces of `size` begins. */
INLINE int32_t piece_begin(int32_t size, int32_t index, int32_t count) {
  return (int32_t)((int64_t)size * index / count);
}

/**
 * The step that cuts `size` into the fewest pieces of at most `most`, as equal as one step can: 9 by at most 8 is 5 and
 * 4.
 */
INLINE int32_t even_step(int32_t size, int32_t most) { return divide_up(size, divide_up(size, most)); }

#endif
