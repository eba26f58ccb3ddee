/** Packing: copies a piece of an operand so that a register tile reads it from front to back. */
#ifndef GLASSNET_GEMM_PACK_H
#define GLASSNET_GEMM_PACK_H

#include "vector.h"

typedef float quad __attribute__((vector_size(16)));
typedef float quad_any __attribute__((vector_size(16), aligned(4), may_alias));

INLINE quad load_quad(const float *p) { return *(const quad_any *)p; }
INLINE void store_quad(float *p, quad x) { *(quad_any *)p = x; }

/** Quad q is loaded from p + q * stride. */
INLINE vf load_quads(const float *p, int64_t stride) {
#if VECTOR_BYTES == 64
  __m512 x = _mm512_castps128_ps512(_mm_loadu_ps(p));
  x = _mm512_insertf32x4(x, _mm_loadu_ps(p + stride), 1);
  x = _mm512_insertf32x4(x, _mm_loadu_ps(p + 2 * stride), 2);
  return (vf)_mm512_insertf32x4(x, _mm_loadu_ps(p + 3 * stride), 3);
#elif VECTOR_BYTES == 32
  return (vf)_mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p)), _mm_loadu_ps(p + stride), 1);
#else
  (void)stride;
  return load_f(p);
#endif
}

/* In each quad for itself: lanes i, j, k, l of the eight that are a's quad, 0 to 3, and b's, 4 to 7. */
#define QUAD_LANE(i, q) ((i) % 4 + (i) / 4 * LANES + (q) * 4)
#define QUAD_LANES(i, j, k, l, q) QUAD_LANE(i, q), QUAD_LANE(j, q), QUAD_LANE(k, q), QUAD_LANE(l, q)
#if LANES == 4
#define QUAD_SHUFFLE(a, b, i, j, k, l) __builtin_shufflevector(a, b, QUAD_LANES(i, j, k, l, 0))
#elif LANES == 8
#define QUAD_SHUFFLE(a, b, i, j, k, l) \
  __builtin_shufflevector(a, b, QUAD_LANES(i, j, k, l, 0), QUAD_LANES(i, j, k, l, 1))
#else
#define QUAD_SHUFFLE(a, b, i, j, k, l) \
  __builtin_shufflevector(a, b, QUAD_LANES(i, j, k, l, 0), QUAD_LANES(i, j, k, l, 1), QUAD_LANES(i, j, k, l, 2), \
                          QUAD_LANES(i, j, k, l, 3))
#endif

/** Transposes, in each quad for itself, the 4x4 matrix whose rows are the quads of x[0] … x[3]. */
INLINE void transpose_quads(vf x[4]) {
  const vf a = QUAD_SHUFFLE(x[0], x[1], 0, 4, 1, 5), b = QUAD_SHUFFLE(x[0], x[1], 2, 6, 3, 7);
  const vf c = QUAD_SHUFFLE(x[2], x[3], 0, 4, 1, 5), d = QUAD_SHUFFLE(x[2], x[3], 2, 6, 3, 7);
  x[0] = QUAD_SHUFFLE(a, c, 0, 1, 4, 5);
  x[1] = QUAD_SHUFFLE(a, c, 2, 3, 6, 7);
  x[2] = QUAD_SHUFFLE(b, d, 0, 1, 4, 5);
  x[3] = QUAD_SHUFFLE(b, d, 2, 3, 6, 7);
}

/** A strip of an operand: element (p, x) is at from[p * inner + x * outer]; p < depth, x < count. */
typedef struct Strip {
  const float *from;
  int64_t inner, outer;
  int32_t depth, count;
} Strip;

/* What follows writes element (p, x) to panel[p * width + x], from the p0 or x0 on that is given. */

static void pack_each(const Strip *s, int32_t p0, int32_t x0, int32_t width, float *panel) {
  for (int32_t p = p0; p < s->depth; p++) {
    for (int32_t x = x0; x < s->count; x++) panel[p * width + x] = s->from[p * s->inner + x * s->outer];
  }
}

/** Four at a time, where one of the strides is 1. */
static void pack_quads(const Strip *s, int32_t x0, int32_t width, float *panel) {
  const int32_t depth = s->depth & ~3, count = x0 + ((s->count - x0) & ~3);
  if (s->outer == 1) {
    for (int32_t p = 0; p < s->depth; p++) {
      const float *from = s->from + p * s->inner;
      for (int32_t x = x0; x < count; x += 4) store_quad(panel + p * width + x, load_quad(from + x));
    }
  } else {
    for (int32_t x = x0; x < count; x += 4) {
      const float *from = s->from + x * s->outer;
      for (int32_t p = 0; p < depth; p += 4) {
        const quad w = load_quad(from + p), y = load_quad(from + p + 2 * s->outer);
        const quad x1 = load_quad(from + p + s->outer), z = load_quad(from + p + 3 * s->outer);
        const quad a = __builtin_shufflevector(w, x1, 0, 4, 1, 5), b = __builtin_shufflevector(w, x1, 2, 6, 3, 7);
        const quad c = __builtin_shufflevector(y, z, 0, 4, 1, 5), d = __builtin_shufflevector(y, z, 2, 6, 3, 7);
        float *to = panel + p * width + x;
        store_quad(to, __builtin_shufflevector(a, c, 0, 1, 4, 5));
        store_quad(to + width, __builtin_shufflevector(a, c, 2, 3, 6, 7));
        store_quad(to + 2 * width, __builtin_shufflevector(b, d, 0, 1, 4, 5));
        store_quad(to + 3 * width, __builtin_shufflevector(b, d, 2, 3, 6, 7));
      }
    }
    pack_each(&(Strip){s->from, s->inner, s->outer, s->depth, count}, depth, x0, width, panel);
  }
  pack_each(s, 0, count, width, panel);
}

/** The strip's rows are contiguous: copies whole vectors, of which the last may take in what lies beyond the strip. */
static void pack_rows(const Strip *s, int32_t width, float *panel) {
  int32_t x = 0;
  for (; x + 2 * LANES <= width; x += 2 * LANES) {
    const float *from = s->from + x;
    float *to = panel + x;
    for (int32_t p = 0; p < s->depth; p++) {
      const vf first = load_f(from), second = load_f(from + LANES);
      store_f(to, first);
      store_f(to + LANES, second);
      from += s->inner;
      to += width;
    }
  }
  if (x < width) {
    for (int32_t p = 0; p < s->depth; p++) store_f(panel + x + p * width, load_f(s->from + x + p * s->inner));
  }
}

/** The strip's columns are contiguous: transposes blocks of 4 terms by LANES columns. */
static void pack_columns(const Strip *s, int32_t width, float *panel) {
  const int32_t depth = s->depth & ~3, count = s->count & ~(LANES - 1);
  for (int32_t x = 0; x < count; x += LANES) {
    const float *from = s->from + x * s->outer;
    float *to = panel + x;
    for (int32_t p = 0; p < depth; p += 4) {
      vf block[4];
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) block[i] = load_quads(from + p + i * s->outer, 4 * s->outer);
      transpose_quads(block);
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) store_f(to + i * width, block[i]);
      to += 4 * width;
    }
  }
  pack_each(&(Strip){s->from, s->inner, s->outer, s->depth, count}, depth, 0, width, panel);
  pack_quads(s, count, width, panel);
}

/** Packs a strip into a panel whose rows are `width` long; `width` is a multiple of LANES. */
static void pack_wide(const Strip *s, int32_t width, float *panel) {
  if (s->outer == 1) pack_rows(s, width, panel);
  else if (s->inner == 1) pack_columns(s, width, panel);
  else pack_each(s, 0, 0, width, panel);
}

/** Packs a strip as wide as a tile is high. */
static void pack_narrow(const Strip *s, float *panel) {
  if (s->outer == 1 || s->inner == 1) pack_quads(s, 0, s->count, panel);
  else pack_each(s, 0, 0, s->count, panel);
}

#endif
