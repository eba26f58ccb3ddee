/** Copies between places in memory, and one element repeated. Never a byte beyond what was asked for is written. */
#ifndef GLASSNET_COPY_H
#define GLASSNET_COPY_H

#include "vector.h"

/** As they lie anywhere in memory. */
typedef int32_t vi_bytes __attribute__((vector_size(VECTOR_BYTES), aligned(1), may_alias));
typedef int32_t word_bytes __attribute__((aligned(1), may_alias));

INLINE int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }
INLINE int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/** Copies n bytes; the two places do not overlap. */
static __attribute__((noinline, unused)) void copy_bytes(uint8_t *to, const uint8_t *from, int64_t n) {
  int64_t i = 0;
  if (n >= VECTOR_BYTES) {
    for (; i + VECTOR_BYTES <= n; i += VECTOR_BYTES) *(vi_bytes *)(to + i) = *(const vi_bytes *)(from + i);
    i = n - VECTOR_BYTES; /* the rest, and some of them again */
    *(vi_bytes *)(to + i) = *(const vi_bytes *)(from + i);
    return;
  }
  for (; i + 4 <= n; i += 4) *(word_bytes *)(to + i) = *(const word_bytes *)(from + i);
  for (; i < n; i++) to[i] = from[i];
}

/** Repeats the lowest byte of `value` (elements of 1 byte) or all of it (of 4) over n bytes. */
static __attribute__((noinline, unused)) void fill_bytes(uint8_t *to, int32_t value, int64_t n, int bytes) {
  if (bytes == 1) value = (int32_t)((uint32_t)(value & 255) * 0x01010101u);
  int64_t i = 0;
  for (; i + VECTOR_BYTES <= n; i += VECTOR_BYTES) *(vi_bytes *)(to + i) = splat_i(value);
  for (; i + 4 <= n; i += 4) *(word_bytes *)(to + i) = value;
  for (; i < n; i++) to[i] = (uint8_t)value;
}

#endif
