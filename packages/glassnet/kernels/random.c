#include "random.h"
#include "kernels.h"

typedef uint64_t vul __attribute__((vector_size(VECTOR_BYTES)));
typedef uint64_t vul_any __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
typedef uint32_t vu_half __attribute__((vector_size(VECTOR_BYTES / 2)));

typedef union WordHalves {
  vu lanes;
  vu_half halves[2];
} WordHalves;

/** Vectors of counters that are worked on side by side: a round waits for the one before, another vector does not. */
#define TOGETHER 3

/** Stores x[0], y[0], x[1], y[1] …: 2 · LANES words. */
INLINE void store_alternating(uint32_t *to, vu x, vu y) {
  const WordHalves first = {.lanes = x}, second = {.lanes = y};
  for (int i = 0; i < 2; i++) {
    vul low = __builtin_convertvector(first.halves[i], vul), high = __builtin_convertvector(second.halves[i], vul);
    *(vul_any *)(to + i * LANES) = low | high << 32;
  }
}

/**
 * Element i is word i & 1 of the block with counter [i >> 1, stream], its upper `bits` bits.
 *
 * args: output, key (i32[2]), size, bits, stream
 */
void random_bits(const Frame *frame, const int32_t *args) {
  uint32_t *out = (uint32_t *)frame->buffers[args[0]];
  const uint32_t *key = (const uint32_t *)frame->buffers[args[1]];
  const int64_t size = args[2];
  const int down = 32 - args[3];
  const uint32_t k0 = key[0], k1 = key[1];
  const int64_t words = 2 * TOGETHER * LANES; /* of one go */
  int64_t begin, end;
  share(frame, (size + words - 1) / words, &begin, &end);
  for (int64_t go = begin; go < end; go++) {
    vu x[TOGETHER], y[TOGETHER];
    for (int i = 0; i < TOGETHER; i++) {
      x[i] = (vu)lane_numbers() + (uint32_t)((go * TOGETHER + i) * LANES);
      y[i] = (vu)splat_i(args[4]);
    }
    threefry(k0, k1, x, y, TOGETHER);
    uint32_t rest[2 * TOGETHER * LANES];
    const int64_t left = size - go * words;
    uint32_t *to = left >= words ? out + go * words : rest;
    for (int i = 0; i < TOGETHER; i++) store_alternating(to + 2 * i * LANES, x[i] >> down, y[i] >> down);
    if (to == rest) for (int64_t i = 0; i < left; i++) out[go * words + i] = rest[i];
  }
}
