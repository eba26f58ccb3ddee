/**
 * What the tests of single kernels share: random numbers, guarded memory, and a run on 1, 2, 3 and 7 threads that must give the
 * same bits and write to nothing else.
 */
#ifndef GLASSNET_TEST_HARNESS_H
#define GLASSNET_TEST_HARNESS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../frame.h"

enum { GUARD = 64, GUARD_BYTE = 0xa5, MOST_REPORTS = 20 };

static uint32_t state = 1;
static uint32_t draw(uint32_t below) {
  state = state * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)state * below) >> 32);
}

/** A number from -1 to 1. */
static inline float draw_float(void) { return (float)draw(2001) / 1000 - 1; }

/** A zero, an infinity, NaN, a subnormal number, or 1. */
static inline float draw_edge(void) {
  static const float edges[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 1.0f, 1e-40f};
  return edges[draw(7)];
}

/** Aligned memory with a guard behind it: kernels may read it, and must not write to it. */
static uint8_t *guarded(size_t bytes) {
  void *memory = NULL;
  if (posix_memalign(&memory, 64, bytes + GUARD) != 0) abort();
  memset((uint8_t *)memory + bytes, GUARD_BYTE, GUARD);
  return memory;
}

/** The first byte of the guard that was written to; -1 if none was. */
static int broken_guard(const uint8_t *memory, size_t bytes) {
  for (int i = 0; i < GUARD; i++) if (memory[bytes + i] != GUARD_BYTE) return i;
  return -1;
}

static int failures = 0;
static long checked = 0;

/** Counts a failure; returns whether it should be printed too. */
static int is_reported(void) { return failures++ < MOST_REPORTS; }

/** How a test says what went wrong with a case of its own kind. */
typedef void Report(const void *about, const char *what, int threads, long at);

/** Runs a kernel on each number of threads, the last thread first; into `first` goes the result, which must always be the same. */
static inline void run_on_threads(Kernel *kernel, const int32_t *args, uint8_t **buffers, int result, size_t bytes, int64_t scratch_bytes,
                                  void *first, Report *fail, const void *about) {
  static const int thread_counts[] = {1, 2, 3, 7};
  for (int t = 0; t < 4; t++) {
    const int threads = thread_counts[t];
    memset(buffers[result], GUARD_BYTE, bytes + GUARD);
    for (int thread = threads - 1; thread >= 0; thread--) {
      uint8_t *scratch = guarded((size_t)scratch_bytes);
      memset(scratch, 0xff, (size_t)scratch_bytes); /* NaN */
      const Frame frame = {.buffers = buffers, .thread = thread, .threads = threads, .scratch = scratch};
      kernel(&frame, args);
      if (broken_guard(scratch, (size_t)scratch_bytes) >= 0) fail(about, "wrote behind its scratch", threads, broken_guard(scratch, (size_t)scratch_bytes));
      free(scratch);
    }
    if (broken_guard(buffers[result], bytes) >= 0) fail(about, "wrote behind its result", threads, broken_guard(buffers[result], bytes));
    if (t == 0) memcpy(first, buffers[result], bytes);
    else if (memcmp(first, buffers[result], bytes) != 0) fail(about, "bits depend on the threads", threads, 0);
  }
}

#endif
