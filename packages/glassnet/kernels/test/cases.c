/**
 * Runs the calls that cases.ts wrote, on 1, 2, 3 and 7 threads, one thread after the other, and compares with the results
 * in the file. Around each buffer, and around each thread's scratch memory, bytes must stay as they were.
 *
 *   clang -O1 -g -fsanitize=address,undefined -ffp-contract=off kernels/test/cases.c \
 *     kernels/{random,index,move,sort}.c -lm -o cases && ./cases cases.bin
 */
#include "../frame.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNTESTED(X) \
  X(block) X(matmul) X(fill) X(conv2d) X(conv2d_input_grad) X(conv2d_kernel_grad) X(max_pool) X(argmax_pool) X(sum_pool) \
  X(sum_pool_grad)
#define DEFINE(name) \
  __attribute__((weak)) void name(const Frame *frame, const int32_t *args) { (void)frame, (void)args, abort(); }
UNTESTED(DEFINE)

#include "../kernels.h"

#define ENTRY(name) {#name, name},
static const struct {
  const char *name;
  Kernel *kernel;
} kernels[] = {KERNELS(ENTRY)};

enum { MARGIN = 64, MARK = 0xa5, MAX_BUFFERS = 64 };

/** Memory between two margins that nobody may write to. */
static uint8_t *guarded(int64_t bytes, const void *content) {
  const int64_t whole = (bytes + 2 * MARGIN + 63) / 64 * 64;
  uint8_t *memory = aligned_alloc(64, whole);
  memset(memory, MARK, whole);
  if (content && bytes) memcpy(memory + MARGIN, content, bytes);
  return memory + MARGIN;
}

static int is_intact(const uint8_t *p, int64_t bytes) {
  for (int i = 0; i < MARGIN; i++) {
    if (p[-1 - i] != MARK || p[bytes + i] != MARK) return 0;
  }
  return 1;
}

/** The same bits; as f32 also two NaN, and what may differ by rounding of sums. */
static int is_same(const uint8_t *got, const uint8_t *expected, int64_t bytes, int is_float) {
  if (bytes == 0 || memcmp(got, expected, bytes) == 0) return 1;
  if (!is_float) return 0;
  for (int64_t i = 0; i < bytes / 4; i++) {
    const float a = ((const float *)got)[i], b = ((const float *)expected)[i];
    if (!(fabsf(a - b) <= 1e-6f * fmaxf(1, fabsf(b)) || a == b || (isnan(a) && isnan(b)))) return 0;
  }
  return 1;
}

int main(int count, char **argv) {
  FILE *file = count > 1 ? fopen(argv[1], "rb") : NULL;
  if (!file) return fprintf(stderr, "cases: give the file that cases.ts wrote\n"), 2;
  static const int teams[] = {1, 2, 3, 7};
  int32_t head[5];
  int cases = 0, failed = 0;
  for (; fread(head, 4, 5, file) == 5; cases++) {
    int32_t args[head[4]], buffers, length[MAX_BUFFERS];
    uint8_t *content[MAX_BUFFERS];
    if (fread(args, 4, head[4], file) != (size_t)head[4] || fread(&buffers, 4, 1, file) != 1) return 2;
    for (int b = 0; b < buffers; b++) {
      if (fread(&length[b], 4, 1, file) != 1) return 2;
      content[b] = malloc((length[b] + 3) / 4 * 4 + 4);
      if (fread(content[b], 4, (length[b] + 3) / 4, file) != (size_t)(length[b] + 3) / 4) return 2;
    }
    uint8_t *first = NULL;
    for (int run = 0; run < 8; run++) {
      const int threads = teams[run / 2], in_place = run & 1;
      if (in_place && !head[2]) continue;
      uint8_t *memory[MAX_BUFFERS];
      for (int b = 0; b < buffers; b++) memory[b] = guarded(length[b], b == 0 ? NULL : content[b]);
      uint8_t *const own_output = memory[0];
      if (in_place) memory[0] = memory[1];
      int intact = 1;
      for (int t = threads - 1; t >= 0; t--) { /* the last thread first: none may count on another */
        uint8_t *scratch = guarded(head[1], NULL);
        const Frame frame = {.buffers = memory, .thread = t, .threads = threads, .scratch = scratch};
        kernels[head[0]].kernel(&frame, args);
        intact &= is_intact(scratch, head[1]);
        free(scratch - MARGIN);
      }
      for (int b = 0; b < buffers; b++) {
        intact &= is_intact(memory[b], length[b]);
        if (b > 0 && !(in_place && b == 1) && length[b]) intact &= memcmp(memory[b], content[b], length[b]) == 0;
      }
      const int same = is_same(memory[0], content[0], length[0], head[3]);
      if (!first) first = memcpy(malloc(length[0] + 1), memory[0], length[0]);
      const int same_bits = memcmp(first, memory[0], length[0]) == 0;
      if (!intact || !same || !same_bits) {
        failed++;
        printf("case %d, %s on %d threads%s:%s%s%s\n", cases, kernels[head[0]].name, threads, in_place ? " in place" : "",
               same ? "" : " wrong result", same_bits ? "" : " bits depend on the threads", intact ? "" : " wrote elsewhere");
      }
      if (in_place) free(own_output - MARGIN);
      for (int b = in_place; b < buffers; b++) free(memory[b] - MARGIN);
    }
    free(first);
    for (int b = 0; b < buffers; b++) free(content[b]);
  }
  printf("%d cases, %d failures\n", cases, failed);
  return failed != 0;
}
