/** Order along one axis, of tensors seen as [outer, n, inner] around it. NaN counts as largest. */
#include "kernels.h"
#include "vector.h"

/** A number as a key that compares as whole numbers do: zeros are equal, so are all NaN, which are largest. */
static inline uint32_t key_of(int32_t dtype, const uint8_t *x, int64_t i) {
  if (dtype == U8 || dtype == BOOL) return x[i];
  const uint32_t bits = ((const uint32_t *)x)[i];
  if (dtype == I32) return bits ^ 0x80000000u;
  if ((bits & 0x7fffffff) > 0x7f800000) return 0xffffffff;
  if (bits << 1 == 0) return 0x80000000u;
  return (int32_t)bits < 0 ? ~bits : bits | 0x80000000u;
}

INLINE vi is_larger(vf a, vf b) { return (a > b) | ((a != a) & (b == b)); }

/** LANES neighbouring columns at a time. */
static void argmax_columns(const float *x, int32_t *out, int32_t n, int64_t inner) {
  vf best = load_f(x);
  vi index = splat_i(0);
  for (int32_t k = 1; k < n; k++) {
    vf candidate = load_f(x + k * inner);
    vi larger = is_larger(candidate, best);
    best = select_f(larger, candidate, best);
    index = select_i(larger, splat_i(k), index);
  }
  store_i(out, index);
}

/** A row of neighbours, n >= LANES: the best of every LANES-th element, then the best of these, the first of equals. */
static int32_t argmax_row(const float *x, int32_t n) {
  vf best = load_f(x);
  vi index = lane_numbers();
  for (int32_t k = LANES; k < n; k += LANES) {
    const int32_t at = k + LANES <= n ? k : n - LANES; /* the last ones overlap: an equal does not replace itself */
    vf candidate = load_f(x + at);
    vi larger = is_larger(candidate, best);
    best = select_f(larger, candidate, best);
    index = select_i(larger, lane_numbers() + at, index);
  }
  int32_t first = index[0];
  for (int i = 1; i < LANES; i++) {
    const uint32_t old = key_of(F32, (const uint8_t *)x, first), new = key_of(F32, (const uint8_t *)x, index[i]);
    if (new > old || (new == old && index[i] < first)) first = index[i];
  }
  return first;
}

/**
 * Index of the largest element along an axis, the first of equals.
 *
 * args: output, x, dtype of x, outer, n, inner
 */
void argmax(const Frame *frame, const int32_t *args) {
  int32_t *out = (int32_t *)frame->buffers[args[0]];
  const uint8_t *x = frame->buffers[args[1]];
  const int32_t dtype = args[2], n = args[4];
  const int64_t inner = args[5];
  int64_t begin, end;
  share(frame, args[3] * inner, &begin, &end);
  for (int64_t o = begin; o < end;) {
    const int64_t column = o % inner, start = o / inner * n * inner + column;
    if (dtype == F32 && column + LANES <= inner && o + LANES <= end) {
      argmax_columns((const float *)x + start, out + o, n, inner);
      o += LANES;
      continue;
    }
    if (dtype == F32 && inner == 1 && n >= LANES) {
      out[o++] = argmax_row((const float *)x + start, n);
      continue;
    }
    int32_t best = 0;
    uint32_t largest = key_of(dtype, x, start);
    for (int32_t k = 1; k < n; k++) {
      const uint32_t key = key_of(dtype, x, start + k * inner);
      if (key > largest) largest = key, best = k;
    }
    out[o++] = best;
  }
}

/** Below this many elements, inserting one after the other beats counting digits. */
#define FEW 64

/** Elements are 64 bits: the key above, the index below. As no two are equal, any sorting is stable. */
static void insert_in_order(uint64_t *items, int32_t n) {
  for (int32_t i = 1; i < n; i++) {
    const uint64_t item = items[i];
    int32_t at = i;
    for (; at > 0 && items[at - 1] > item; at--) items[at] = items[at - 1];
    items[at] = item;
  }
}

/** Sorts by the keys' bytes, the lowest first; returns which of the two arrays holds the result. */
static uint64_t *sort_by_digits(uint64_t *items, uint64_t *other, int32_t n, int digits) {
  for (int shift = 32; shift < 32 + 8 * digits; shift += 8) {
    int32_t places[256];
    for (int digit = 0; digit < 256; digit++) places[digit] = 0;
    for (int32_t i = 0; i < n; i++) places[items[i] >> shift & 255]++;
    if (places[items[0] >> shift & 255] == n) continue; /* all have this digit */
    for (int32_t digit = 0, place = 0; digit < 256; digit++) {
      const int32_t count = places[digit];
      places[digit] = place;
      place += count;
    }
    for (int32_t i = 0; i < n; i++) other[places[items[i] >> shift & 255]++] = items[i];
    uint64_t *sorted = other;
    other = items;
    items = sorted;
  }
  return items;
}

/**
 * Indices that sort x along an axis; equal elements keep their order in both directions.
 *
 * args: output, x, dtype of x, outer, n, inner, descending
 * scratch: 16 n bytes
 */
void argsort(const Frame *frame, const int32_t *args) {
  int32_t *out = (int32_t *)frame->buffers[args[0]];
  const uint8_t *x = frame->buffers[args[1]];
  const int32_t dtype = args[2], n = args[4];
  const int digits = dtype == F32 || dtype == I32 ? 4 : 1;
  const uint32_t turned = args[6] ? (digits == 4 ? 0xffffffff : 0xff) : 0;
  const int64_t inner = args[5];
  uint64_t *items = (uint64_t *)frame->scratch;
  int64_t begin, end;
  share(frame, args[3] * inner, &begin, &end);
  if (n == 0) return;
  for (int64_t row = begin; row < end; row++) {
    const int64_t start = row / inner * n * inner + row % inner;
    for (int32_t k = 0; k < n; k++) {
      items[k] = (uint64_t)(key_of(dtype, x, start + k * inner) ^ turned) << 32 | (uint32_t)k;
    }
    const uint64_t *sorted = items;
    if (n < FEW) insert_in_order(items, n);
    else sorted = sort_by_digits(items, items + n, n, digits);
    for (int32_t k = 0; k < n; k++) out[start + k * inner] = (int32_t)sorted[k];
  }
}
