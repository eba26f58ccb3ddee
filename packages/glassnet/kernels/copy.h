/** Copies between places in memory, and one element repeated. Never a byte beyond what was asked for is written. */
#ifndef GLASSNET_COPY_H
#define GLASSNET_COPY_H

#include "vector.h"

INLINE int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }
INLINE int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/** Copies n bytes; the two places do not overlap. */
INLINE void copy_bytes(uint8_t *to, const uint8_t *from, int64_t n) {
  int64_t i = 0;
  if (n >= VECTOR_BYTES) {
    for (; i + VECTOR_BYTES <= n; i += VECTOR_BYTES) store_i(to + i, load_i(from + i));
    if (i < n) store_i(to + n - VECTOR_BYTES, load_i(from + n - VECTOR_BYTES)); /* some of them again */
    return;
  }
  for (; i + 4 <= n; i += 4) *(int32_t *)(to + i) = *(const int32_t *)(from + i);
  for (; i < n; i++) to[i] = from[i];
}

/** Repeats the lowest byte of `value` (elements of 1 byte) or all of it (of 4) over n bytes. */
INLINE void fill_bytes(uint8_t *to, int32_t value, int64_t n, int bytes) {
  if (bytes == 1) value = (int32_t)((uint32_t)(value & 255) * 0x01010101u);
  int64_t i = 0;
  for (; i + VECTOR_BYTES <= n; i += VECTOR_BYTES) store_i(to + i, splat_i(value));
  for (; i + 4 <= n; i += 4) *(int32_t *)(to + i) = value;
  for (; i < n; i++) to[i] = (uint8_t)value;
}

#endif
