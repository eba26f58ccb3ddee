/* Times convolutions on one thread, the least processor time of many runs: conv-bench [microseconds for each] [images, if not 64] [case]. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../conv.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e6 + t.tv_nsec * 1e-3;
}

static float *random_floats(size_t count) {
  float *x = aligned_alloc(64, (count * 4 + 127) & ~(size_t)63);
  for (size_t i = 0; i < count; i++) x[i] = (float)rand() / (float)RAND_MAX - 0.5f;
  return x;
}

int main(int argc, char **argv) {
  static const struct { const char *name; int n, g, i, o, size, k, stride, pad; } cases[] = {
      {"LeNet-5, first", 64, 1, 1, 6, 28, 5, 1, 2},  {"LeNet-5, second", 64, 1, 6, 16, 14, 5, 1, 0},
      {"3x3 32 at 28", 64, 1, 32, 32, 28, 3, 1, 1},  {"3x3 64 at 14", 64, 1, 64, 64, 14, 3, 1, 1},
      {"3x3 64 at 28", 64, 1, 64, 64, 28, 3, 1, 1},  {"3x3/2 32 to 64", 64, 1, 32, 64, 28, 3, 2, 1},
      {"depthwise 64", 64, 64, 1, 1, 28, 3, 1, 1},   {"1x1 64 at 14", 64, 1, 64, 64, 14, 1, 1, 0},
      {"3x3 1 to 32", 64, 1, 1, 32, 28, 3, 1, 1},    {"3x3 512 at 7", 4, 1, 512, 512, 7, 3, 1, 1},
      {"3x3 64 one", 1, 1, 64, 64, 14, 3, 1, 1}};
  static Kernel *const kernels[] = {conv2d, conv2d_input_grad, conv2d_kernel_grad};
  const double budget = argc > 1 ? atof(argv[1]) : 50e3;
  const int images = argc > 2 ? atoi(argv[2]) : 0, only = argc > 3 ? atoi(argv[3]) : -1;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    const int n = images > 0 && images < cases[c].n ? images : cases[c].n;
    if (only >= 0 && (size_t)only != c) continue;
    const int out = (cases[c].size + 2 * cases[c].pad - cases[c].k) / cases[c].stride + 1;
    int32_t args[CONV_ARGS] = {0, 1, 2, n, cases[c].g, cases[c].i, cases[c].o, cases[c].size, cases[c].size, cases[c].k, cases[c].k,
                               out, out, cases[c].stride, cases[c].stride, 1, 1, cases[c].pad, cases[c].pad};
    const size_t x = (size_t)n * cases[c].g * cases[c].i * cases[c].size * cases[c].size;
    const size_t w = (size_t)cases[c].g * cases[c].i * cases[c].o * cases[c].k * cases[c].k;
    const size_t y = (size_t)n * cases[c].g * cases[c].o * out * out;
    float *data[3] = {random_floats(x), random_floats(w), random_floats(y)};
    const double flops = 2.0 * y * cases[c].i * cases[c].k * cases[c].k;
    printf("%-16s %7.1f MFLOP", cases[c].name, flops * 1e-6);
    for (int kind = 0; kind < 3; kind++) {
      static const int operands[3][3] = {{2, 0, 1}, {0, 2, 1}, {1, 0, 2}};
      uint8_t *buffers[3];
      for (int i = 0; i < 3; i++) buffers[i] = (uint8_t *)data[operands[kind][i]];
      uint8_t *scratch = aligned_alloc(64, ((size_t)conv_scratch_bytes(args, kind) + 63) & ~(size_t)63);
      const Frame frame = {.buffers = buffers, .thread = 0, .threads = 1, .scratch = scratch};
      double best = 1e30;
      const double until = now() + budget;
      for (int run = 0; run < 5 || now() < until; run++) {
        const double start = now();
        kernels[kind](&frame, args);
        const double time = now() - start;
        if (time < best) best = time;
      }
      printf("  %s %8.3f ms %6.1f GFLOP/s", (const char *[]){"y", "dx", "dw"}[kind], best * 1e-3, flops / best * 1e-3);
      free(scratch);
    }
    printf("\n");
    for (int i = 0; i < 3; i++) free(data[i]);
  }
}
