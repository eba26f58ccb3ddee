/* Times matrix products on one thread: the least of many runs. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "../gemm.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec * 1e-3;
}

static void *bytes(size_t size) { return aligned_alloc(64, (size + 127) & ~(size_t)63); }
static float *random_floats(size_t count) {
  float *x = bytes(count * 4);
  for (size_t i = 0; i < count; i++) x[i] = (float)(rand() % 2001 - 1000) / 1000.0f;
  return x;
}

int main(int argc, char **argv) {
  static const struct { int m, n, k; const char *layout; } cases[] = {
      {512, 512, 512, "NN"}, {32, 128, 784, "NT"}, {128, 784, 32, "TN"}, {128, 128, 784, "NT"}, {128, 784, 128, "TN"},
      {128, 512, 784, "NT"}, {128, 512, 512, "NT"}, {128, 512, 512, "NN"}, {512, 512, 128, "TN"}, {512, 784, 128, "TN"},
      {512, 2048, 2048, "NT"}, {512, 2048, 2048, "NN"}, {2048, 2048, 512, "TN"}, {1, 128, 784, "NT"}, {1, 128, 784, "NN"},
      {1, 10, 128, "NT"}, {32, 10, 128, "NT"}, {32, 128, 10, "NN"}, {10, 128, 32, "TN"}, {64, 64, 64, "NN"}, {64, 64, 16, "NT"},
      {128, 10, 512, "NT"}, {10, 512, 128, "TN"}, {512, 1, 128, "NN"}, {2048, 2048, 2048, "NN"}};
  const double budget = argc > 1 ? atof(argv[1]) : 50e3;
  const int only = argc > 2 ? atoi(argv[2]) : 0;
  uint8_t *scratch = bytes(GEMM_SCRATCH_BYTES);
  for (size_t s = 0; s < sizeof cases / sizeof *cases; s++) {
    const int m = cases[s].m, n = cases[s].n, k = cases[s].k;
    if (only && only != m) continue;
    const int ta = cases[s].layout[0] == 'T', tb = cases[s].layout[1] == 'T';
    float *a = random_floats((size_t)m * k), *b = random_floats((size_t)k * n), *c = random_floats((size_t)m * n);
    const Gemm g = {.batch = 1, .m = m, .n = n, .k = k, .a = a, .a_row = ta ? 1 : k, .a_column = ta ? m : 1,
                    .b = b, .b_row = tb ? 1 : n, .b_column = tb ? k : 1, .c = c, .c_row = n};
    const Frame frame = {.threads = 1, .scratch = scratch};
    const double flops = 2.0 * m * n * k;
    const int inner = flops < 2e6 ? (int)(2e6 / flops) + 1 : 1;
    double best = 1e30, until = now() + budget;
    for (int run = 0; run < 5 || now() < until; run++) {
      const double start = now();
      for (int i = 0; i < inner; i++) gemm(&g, &frame);
      const double time = (now() - start) / inner;
      if (time < best) best = time;
    }
    printf("%4dx%4dx%4d %s %10.2f us %7.1f GFLOP/s\n", m, n, k, cases[s].layout, best, flops / best * 1e-3);
    free(a); free(b); free(c);
  }
}
