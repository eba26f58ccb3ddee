/**
 * Threefry-2x32 with 20 rounds, a counter in each lane: 64 random bits that are a function of key and counter alone. The
 * same bits as src/core/random.ts.
 *
 * @see Salmon, Moraes, Dror, Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, 2011.
 */
#ifndef GLASSNET_RANDOM_H
#define GLASSNET_RANDOM_H

#include "vector.h"

INLINE vu rotate(vu x, int bits) { return x << bits | x >> (32 - bits); }

/** The bits of n vectors of counters (x, y) under the key (k0, k1), in place. */
INLINE void threefry(uint32_t k0, uint32_t k1, vu *x, vu *y, int n) {
  static const int turns[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
  const uint32_t key[3] = {k0, k1, 0x1bd11bda ^ k0 ^ k1}; /* turned by one word each four rounds */
  for (int i = 0; i < n; i++) x[i] += key[0], y[i] += key[1];
  for (uint32_t group = 0; group < 5; group++) {
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < n; i++) {
        x[i] += y[i];
        y[i] = rotate(y[i], turns[group & 1][round]) ^ x[i];
      }
    }
    for (int i = 0; i < n; i++) {
      x[i] += key[(group + 1) % 3];
      y[i] += key[(group + 2) % 3] + (group + 1);
    }
  }
}

#endif
