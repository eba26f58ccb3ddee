/* Matrix products against sums in double: all layouts, odd sizes, guards round the result, the same bits on any number of threads. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gemm.h"

#define GUARD 64
#define BATCHES 3

static uint32_t state = 1;
static uint32_t draw(uint32_t below) {
  state = state * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)state * below) >> 32);
}

static int failures = 0;
static void fail(const Gemm *g, const char *what, int layout, int mode, int threads, int i, int j) {
  if (failures++ < 20) {
    printf("%s: batch %d m %d n %d k %d layout %d mode %d threads %d at (%d, %d)\n", what, g->batch, g->m, g->n, g->k, layout, mode,
           threads, i, j);
  }
}

/** What the epilogue checks and leaves behind. */
typedef struct Seen {
  const Gemm *g;
  int *times;
  float *values;
  int misplaced;
} Seen;

static void look(void *context, int32_t batch, int32_t i0, int32_t i1, int32_t j0, int32_t j1, float *tile, int64_t tile_row) {
  Seen *seen = context;
  const Gemm *g = seen->g;
  if (i0 < 0 || i1 > g->m || j0 < 0 || j1 > g->n || i0 >= i1 || j0 >= j1) {
    seen->misplaced++;
    return;
  }
  for (int i = i0; i < i1; i++) {
    for (int j = j0; j < j1; j++) {
      const size_t at = ((size_t)batch * g->m + i) * g->n + j;
      seen->times[at]++;
      seen->values[at] = tile[(i - i0) * tile_row + (j - j0)];
      tile[(i - i0) * tile_row + (j - j0)] += 1;
    }
  }
}

static void make_a(const void *context, int32_t batch, int32_t p0, int32_t p1, int32_t x0, int32_t count, int32_t width, float *panel) {
  const Gemm *g = context;
  for (int p = p0; p < p1; p++) {
    for (int x = 0; x < count; x++) panel[(p - p0) * width + x] = g->a[batch * g->a_batch + (x0 + x) * g->a_row + p * g->a_column];
  }
}
static void make_b(const void *context, int32_t batch, int32_t p0, int32_t p1, int32_t x0, int32_t count, int32_t width, float *panel) {
  const Gemm *g = context;
  for (int p = p0; p < p1; p++) {
    for (int x = 0; x < count; x++) panel[(p - p0) * width + x] = g->b[batch * g->b_batch + p * g->b_row + (x0 + x) * g->b_column];
  }
}

static int size_of(void) {
  const uint32_t kind = draw(16);
  if (kind < 2) return 1;
  if (kind < 3) return 127 + (int)draw(4);
  return 1 + (int)draw(70);
}

/** Strides of an operand of `rows` by `columns`, and how far from the buffer's start its first element is. */
static int64_t lay(int layout, int rows, int columns, int64_t *row, int64_t *column) {
  switch (layout) {
    case 0: *row = columns; *column = 1; return 0;
    case 1: *row = 1; *column = rows; return 0;
    case 2: *row = columns + 3; *column = 1; return 1;
    case 3: *row = 2 * columns; *column = 2; return 0;
    case 4: *row = -columns; *column = 1; return (int64_t)(rows > 0 ? rows - 1 : 0) * columns;
    case 5: *row = columns; *column = -1; return columns > 0 ? columns - 1 : 0;
    case 6: *row = 0; *column = 1; return 0;
    default: *row = 1; *column = 0; return 0;
  }
}

/** A buffer that ends with the operand's last element, but for 64 bytes which may be read and must not matter. */
static float *fill(int batch, int rows, int columns, int64_t first, int64_t step, int64_t row, int64_t column) {
  const int64_t down = row > 0 && rows ? (rows - 1) * row : 0, across = column > 0 && columns ? (columns - 1) * column : 0;
  const int64_t size = first + (batch - 1) * step + down + across + 1;
  float *floats = malloc((size_t)(size + 16) * 4);
  for (int64_t i = 0; i < size; i++) floats[i] = (float)((int)draw(2001) - 1000) / 1000.0f;
  for (int64_t i = size; i < size + 16; i++) floats[i] = NAN;
  return floats;
}

static void test(int m, int n, int k, int batch, int layout_a, int layout_b, int mode) {
  static const int thread_counts[] = {1, 2, 3, 7};
  Gemm plain = {.batch = batch, .m = m, .n = n, .k = k};
  const int64_t first_a = lay(layout_a, m, k, &plain.a_row, &plain.a_column);
  const int64_t first_b = lay(layout_b, k, n, &plain.b_row, &plain.b_column);
  plain.a_batch = (int64_t)m * k + 5;
  plain.b_batch = (mode & 8) ? 0 : (int64_t)n * k;
  float *a = fill(batch, m, k, first_a, plain.a_batch, plain.a_row, plain.a_column);
  float *b = fill(batch, k, n, first_b, plain.b_batch, plain.b_row, plain.b_column);
  plain.a = a + first_a;
  plain.b = b + first_b;
  Gemm g = plain;
  const int gap = (mode & 1) ? 5 : 0;
  g.c_row = n + gap;
  g.c_batch = m * g.c_row + gap;
  const size_t size_c = (size_t)(batch * g.c_batch + 2 * GUARD);
  float *c = malloc(size_c * 4), *first = malloc(size_c * 4);
  Seen seen = {&g, calloc((size_t)batch * m * n, sizeof(int)), calloc((size_t)batch * m * n, 4), 0};
  if (mode & 2) g.epilogue = look, g.epilogue_context = &seen;
  if (!((mode & 2) && (mode & 4))) g.c = c + GUARD;
  if (mode & 16) g.pack_a = make_a, g.pack_a_context = &plain, g.a = NULL;
  if (mode & 32) g.pack_b = make_b, g.pack_b_context = &plain, g.b = NULL;
  uint8_t *scratch = aligned_alloc(64, GEMM_SCRATCH_BYTES + 64);

  for (int t = 0; t < 4; t++) {
    const int threads = thread_counts[t];
    memset(c, 0xff, size_c * 4);
    memset(seen.times, 0, sizeof(int) * batch * m * n);
    for (int thread = 0; thread < threads; thread++) {
      memset(scratch, 0xff, GEMM_SCRATCH_BYTES + 64);
      const Frame frame = {.thread = thread, .threads = threads, .scratch = scratch};
      gemm(&g, &frame);
      for (int i = 0; i < 64; i++) {
        if (scratch[GEMM_SCRATCH_BYTES + i] != 0xff) fail(&g, "scratch overrun", layout_a * 10 + layout_b, mode, threads, i, 0);
      }
    }
    if (seen.misplaced) fail(&g, "region outside", layout_a * 10 + layout_b, mode, threads, 0, 0);
    /* Guards, gaps between rows, values. */
    for (size_t at = 0; at < size_c; at++) {
      const int64_t inside = (int64_t)at - GUARD;
      const int64_t in_batch = inside >= 0 ? inside % g.c_batch : 0;
      const int i = (int)(in_batch / g.c_row), j = (int)(in_batch % g.c_row), which = (int)(inside / g.c_batch);
      uint32_t bits;
      memcpy(&bits, c + at, 4);
      if (inside < 0 || which >= batch || i >= m || j >= n) {
        if (bits != 0xffffffffu) fail(&g, "written outside", layout_a * 10 + layout_b, mode, threads, i, j);
        continue;
      }
      float value = c[at];
      if (mode & 2) {
        const size_t dense = ((size_t)which * m + i) * n + j;
        if (seen.times[dense] != 1) fail(&g, "not seen once", layout_a * 10 + layout_b, mode, threads, i, j);
        if (g.c && c[at] != seen.values[dense] + 1) fail(&g, "epilogue's change lost", layout_a * 10 + layout_b, mode, threads, i, j);
        if (!g.c && bits != 0xffffffffu) fail(&g, "written without C", layout_a * 10 + layout_b, mode, threads, i, j);
        value = seen.values[dense];
      }
      if (t == 0) {
        double sum = 0, size = 0;
        for (int p = 0; p < k; p++) {
          const double term = (double)plain.a[which * plain.a_batch + i * plain.a_row + p * plain.a_column] *
                              plain.b[which * plain.b_batch + p * plain.b_row + j * plain.b_column];
          sum += term;
          size += fabs(term);
        }
        /* Rounding errors of equal terms agree; others cancel like a random walk. */
        const double growth = layout_a == 7 && layout_b == 6 ? k : sqrt(k);
        if (!(fabs(value - sum) <= 1.2e-7 * (3 + growth) * size)) fail(&g, "wrong value", layout_a * 10 + layout_b, mode, threads, i, j);
        first[at] = value;
      } else if (memcmp(&first[at], &value, 4)) {
        fail(&g, "other bits", layout_a * 10 + layout_b, mode, threads, i, j);
      }
    }
  }
  free(a); free(b); free(c); free(first); free(seen.times); free(seen.values); free(scratch);
}

int main(int argc, char **argv) {
  const int count = argc > 1 ? atoi(argv[1]) : 4000;
  state = argc > 2 ? (uint32_t)atoi(argv[2]) : 1;
  int cases = 0;
  for (int size = 1; size <= 70; size++) {
    for (int layouts = 0; layouts < 4; layouts++) {
      test(size, 33, 17, 1, layouts & 1, layouts >> 1, 0);
      test(33, size, 17, 1, layouts & 1, layouts >> 1, 1);
      test(19, 33, size, 1, layouts & 1, layouts >> 1, 2);
      test(1, size, 70, 1, layouts & 1, layouts >> 1, 0);
      test(size, 1, 70, 1, layouts & 1, layouts >> 1, 0);
      test(size, size, size, 1, layouts & 1, layouts >> 1, 3);
      cases += 6;
    }
  }
  for (int i = 0; i < count; i++, cases++) {
    const int m = size_of(), n = size_of(), depth = size_of(), kind = (int)draw(12), batch = 1 + (int)draw(BATCHES);
    const int k = kind == 0 ? 0 : kind == 1 ? 250 + (int)draw(600) : depth;
    const int layout_a = (int)draw(draw(2) ? 2 : 8);
    const int layout_b = (int)draw(draw(2) ? 2 : 8);
    const int mode = (int)draw(draw(2) ? 8 : 64);
    test(m, n, k, batch, layout_a, layout_b, mode);
  }
  for (int i = 0; i < 6; i++, cases++) test(130, 1100, 600, 1, i & 1, i >> 1 & 1, i * 2 + 2);
  printf("%d cases, %d failures\n", cases, failures);
  return failures != 0;
}
