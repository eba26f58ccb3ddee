/**
 * Folds: of a run of numbers to one, NAME(p, n), and of a run into numbers that stand beside each other,
 * NAME_into(to, p, n). The first reads up to a vector beyond the run.
 */
#ifndef GLASSNET_FOLD_H
#define GLASSNET_FOLD_H

#include "math.h"
#include "vector.h"

#define MAX_OF(x, y) maximum_f(x, y)
#define MIN_OF(x, y) minimum_f(x, y)
#define SUM_OF(x, y) ((x) + (y))
#define PROD_OF(x, y) ((x) * (y))
#define MAX_OF_I(x, y) select_i((x) > (y), x, y)
#define MIN_OF_I(x, y) select_i((x) < (y), x, y)

/** What is left of a fold into numbers beside each other: less than a vector. */
#if VECTOR_BYTES > 16
#define REST_INTO(V, SCALAR, LOAD, SPLAT, COMBINE) \
  if (i < n) { \
    const int32_t rest = (int32_t)(n - i); \
    const V old = (V)load_first((const float *)(to + i), rest), more = (V)load_first(p + i, rest); \
    store_first((float *)(to + i), (vf)COMBINE(old, more), rest); \
  }
#else
#define REST_INTO(V, SCALAR, LOAD, SPLAT, COMBINE) \
  for (; i < n; i++) to[i] = COMBINE(SPLAT(to[i]), SPLAT(*(const SCALAR *)(p + i)))[0];
#endif

/**
 * Folds n elements, of which there may be none, into one: four vectors side by side, then their lanes in halves, both in
 * the fast way only where that is worth its code.
 */
#define DEFINE_FOLD(NAME, V, SCALAR, LOAD, SPLAT, COMBINE, START, IS_WIDE) \
  static SCALAR NAME(const float *p, int64_t n) { \
    const V start = SPLAT(START); \
    V s0 = start, s1 = start, s2 = start, s3 = start; \
    int64_t i = 0; \
    for (; IS_WIDE && i + 4 * LANES <= n; i += 4 * LANES) { \
      s0 = COMBINE(s0, LOAD(p + i)); \
      s1 = COMBINE(s1, LOAD(p + i + LANES)); \
      s2 = COMBINE(s2, LOAD(p + i + 2 * LANES)); \
      s3 = COMBINE(s3, LOAD(p + i + 3 * LANES)); \
    } \
    for (; i + LANES <= n; i += LANES) s0 = COMBINE(s0, LOAD(p + i)); \
    if (i < n) { \
      vi inside = lane_numbers() < splat_i((int32_t)(n - i)); \
      s1 = COMBINE(s1, (V)select_i(inside, (vi)LOAD(p + i), (vi)start)); \
    } \
    s0 = COMBINE(COMBINE(s0, s1), COMBINE(s2, s3)); \
    if (IS_WIDE) { \
      if (LANES > 8) s0 = COMBINE(s0, LANES_FROM(s0, 8)); \
      if (LANES > 4) s0 = COMBINE(s0, LANES_FROM(s0, 4)); \
      s0 = COMBINE(s0, LANES_FROM(s0, 2)); \
      s0 = COMBINE(s0, LANES_FROM(s0, 1)); \
    } \
    for (int half = IS_WIDE ? 0 : LANES / 2; half > 0; half /= 2) { \
      V other = start; \
      for (int lane = 0; lane < half; lane++) other[lane] = s0[lane + half]; \
      s0 = COMBINE(s0, other); \
    } \
    return s0[0]; \
  } \
  static void NAME##_into(SCALAR *to, const float *p, int64_t n) { \
    int64_t i = 0; \
    for (; i + LANES <= n; i += LANES) *(V##_any *)(to + i) = COMBINE(*(V##_any *)(to + i), LOAD(p + i)); \
    REST_INTO(V, SCALAR, LOAD, SPLAT, COMBINE) \
  }

#define LOWEST_I ((int32_t)0x80000000)
#define HIGHEST_I 0x7fffffff
DEFINE_FOLD(sum_f, vf, float, load_f, splat_f, SUM_OF, 0, 1)
DEFINE_FOLD(max_f, vf, float, load_f, splat_f, MAX_OF, -__builtin_inff(), 1)
DEFINE_FOLD(min_f, vf, float, load_f, splat_f, MIN_OF, __builtin_inff(), 0)
DEFINE_FOLD(prod_f, vf, float, load_f, splat_f, PROD_OF, 1, 0)
DEFINE_FOLD(sum_i, vi, int32_t, load_i, splat_i, SUM_OF, 0, 0)
DEFINE_FOLD(max_i, vi, int32_t, load_i, splat_i, MAX_OF_I, LOWEST_I, 0)
DEFINE_FOLD(min_i, vi, int32_t, load_i, splat_i, MIN_OF_I, HIGHEST_I, 0)
DEFINE_FOLD(prod_i, vi, int32_t, load_i, splat_i, PROD_OF, 1, 0)

#endif
