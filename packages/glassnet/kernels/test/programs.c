/**
 * Runs the programs that programs.ts wrote, on 1, 2, 3 and 7 threads of the add-on's own pool, and compares with the results in the
 * file. Around a program's memory bytes must stay as they were. For instruction sets that no Node here runs on.
 *
 *   programs FILE
 */
#include "../../../native/src/pool.h"
#include "harness.h"

enum { FRONT = 64, MOST_BUFFERS = 4096, MOST_CHECKS = 64 };

static uint8_t *content; /* of the whole file */
static size_t at, length;

static void *take(size_t bytes) {
  void *start = content + at;
  at += (bytes + 7) & ~(size_t)7;
  if (at > length) fprintf(stderr, "programs: the file is cut short\n"), exit(2);
  return start;
}

/** As programs.ts writes it. */
typedef struct Head {
  int32_t title_bytes, words, buffers, feeds, checks, padding;
  double arena_bytes, thread_bytes;
} Head;

typedef struct Feed {
  int32_t buffer, bytes;
} Feed;

typedef struct Check {
  int32_t buffer, elements;
  /** 0 for f32, then as frame.h has them. */
  int32_t dtype, padding;
} Check;

static double element(const void *data, int32_t dtype, int32_t i) {
  if (dtype == F32) return ((const float *)data)[i];
  return dtype == I32 ? ((const int32_t *)data)[i] : ((const uint8_t *)data)[i];
}

/** Each element may be off by its tolerance; where that is negative, not even the sign of a zero may differ. */
static void compare(const char *title, int threads, const Check *check, const uint8_t *got, const void *expected, const double *tolerances) {
  for (int32_t i = 0; i < check->elements; i++, checked++) {
    const double a = element(got, check->dtype, i), b = element(expected, check->dtype, i);
    if (isnan(a) && isnan(b)) continue;
    if (a == b && (tolerances[i] >= 0 || !signbit(a) == !signbit(b))) continue;
    if (fabs(a - b) <= tolerances[i]) continue;
    if (is_reported()) printf("%s, %d threads: element %d is %.9g, expected %.9g ± %.3g\n", title, threads, i, a, b, tolerances[i]);
    return;
  }
}

int main(int count, char **argv) {
  static Pool pool;
  static uint8_t *buffers[MOST_BUFFERS];
  static const int thread_counts[] = {1, 2, 3, 7};
  FILE *file = count > 1 ? fopen(argv[1], "rb") : NULL;
  if (!file) return fprintf(stderr, "programs: give the file that programs.ts wrote\n"), 2;
  fseek(file, 0, SEEK_END);
  length = (size_t)ftell(file);
  content = malloc(length + 1);
  rewind(file);
  if (fread(content, 1, length, file) != length) return 2;
  int programs = 0;
  for (; at < length; programs++) {
    const Head *head = take(sizeof(Head));
    char title[256] = "";
    memcpy(title, take((size_t)head->title_bytes), head->title_bytes < 255 ? (size_t)head->title_bytes : 255);
    const int32_t *code = take((size_t)head->words * 4);
    const double *offsets = take((size_t)head->buffers * 8);
    const size_t arena_bytes = (size_t)head->arena_bytes, start = at;
    if (head->buffers > MOST_BUFFERS || head->checks > MOST_CHECKS) return 2;
    uint8_t *firsts[MOST_CHECKS];
    for (int t = 0; t < 4; t++) {
      const int threads = pool_share(&pool, thread_counts[t]);
      uint8_t *memory = guarded(FRONT + arena_bytes), *arena = memory + FRONT, *scratch = guarded((size_t)head->thread_bytes * threads);
      memset(memory, GUARD_BYTE, FRONT);
      memset(arena, 0xff, arena_bytes); /* NaN */
      for (int32_t b = 0; b < head->buffers; b++) buffers[b] = arena + (size_t)offsets[b];
      at = start;
      for (int32_t f = 0; f < head->feeds; f++) {
        const Feed *feed = take(sizeof(Feed));
        memcpy(buffers[feed->buffer], take((size_t)feed->bytes), (size_t)feed->bytes);
      }
      Program program = {.code = code, .words = head->words, .buffers = buffers, .scratch = scratch, .scratch_bytes = (int64_t)head->thread_bytes};
      const int32_t applied = pool_run(&pool, &program, 1, threads);
      int intact = applied == 1 && broken_guard(memory, FRONT + arena_bytes) < 0 && broken_guard(scratch, (size_t)head->thread_bytes * threads) < 0;
      for (int i = 0; i < FRONT; i++) intact &= memory[i] == GUARD_BYTE;
      if (!intact && is_reported()) printf("%s, %d threads: did not run, or wrote elsewhere\n", title, threads);
      for (int32_t c = 0; c < head->checks; c++) {
        const Check *check = take(sizeof(Check));
        const size_t bytes = (size_t)check->elements * (check->dtype == F32 || check->dtype == I32 ? 4 : 1);
        const void *expected = take(bytes);
        const double *tolerances = take((size_t)check->elements * sizeof(double));
        const uint8_t *got = buffers[check->buffer];
        compare(title, threads, check, got, expected, tolerances);
        if (t == 0) firsts[c] = memcpy(malloc(bytes + 1), got, bytes);
        else if (memcmp(firsts[c], got, bytes) != 0 && is_reported()) printf("%s: bits depend on the threads\n", title);
        if (t == 3) free(firsts[c]);
      }
      free(memory);
      free(scratch);
    }
  }
  pool_close(&pool);
  free(content);
  fclose(file);
  printf("programs: %d programs, %ld elements checked, %d failures\n", programs, checked, failures);
  return failures != 0 || programs == 0;
}
