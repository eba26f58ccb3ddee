/* Convolution and its gradients against plain loops in double: strides, dilation, padding of all kinds, groups, guards round the
 * result, the same bits on any number of threads. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../conv.h"

#define GUARD 64

static uint32_t state = 1;
static uint32_t draw(uint32_t below) {
  state = state * 1664525u + 1013904223u;
  return (uint32_t)(((uint64_t)state * below) >> 32);
}

static void *bytes(size_t size) {
  void *p = NULL;
  return posix_memalign(&p, 64, size) ? NULL : p;
}

static int failures = 0;
static long checked = 0;
static double worst[3];

static void fail(const char *what, const int32_t *a, int kind, int threads, long at, double got, double wanted) {
  if (failures++ >= 20) return;
  printf("%s: %s threads %d at %ld: %g, not %g; images %d groups %d inputs %d outputs %d [%d, %d] kernel [%d, %d] out [%d, %d] stride "
         "[%d, %d] dilation [%d, %d] before [%d, %d]\n",
         what, (const char *[]){"conv2d", "input grad", "kernel grad"}[kind], threads, at, got, wanted, a[3], a[4], a[5], a[6], a[7], a[8],
         a[9], a[10], a[11], a[12], a[13], a[14], a[15], a[16], a[17], a[18]);
}

/** Sizes of x, kernel and y. */
static void sizes(const int32_t *a, long size[3]) {
  const long channels = (long)a[CONV_GROUPS] * a[CONV_INPUTS], outputs = (long)a[CONV_GROUPS] * a[CONV_OUTPUTS];
  size[0] = a[CONV_IMAGES] * channels * a[CONV_HEIGHT] * a[CONV_WIDTH];
  size[1] = outputs * a[CONV_INPUTS] * a[CONV_KERNEL_HEIGHT] * a[CONV_KERNEL_WIDTH];
  size[2] = a[CONV_IMAGES] * outputs * a[CONV_OUT_HEIGHT] * a[CONV_OUT_WIDTH];
}

/** The sum of products read into data[result], and the sum of their magnitudes. */
static void expect(const int32_t *a, int result, float *const data[3], double *sum, double *magnitude) {
  const int G = a[CONV_GROUPS], I = a[CONV_INPUTS], O = a[CONV_OUTPUTS], kh = a[CONV_KERNEL_HEIGHT], kw = a[CONV_KERNEL_WIDTH];
  for (int n = 0; n < a[CONV_IMAGES]; n++)
    for (int o = 0; o < G * O; o++)
      for (int i = 0; i < I; i++)
        for (int r = 0; r < kh; r++)
          for (int c = 0; c < kw; c++)
            for (int y = 0; y < a[CONV_OUT_HEIGHT]; y++)
              for (int x = 0; x < a[CONV_OUT_WIDTH]; x++) {
                const int h = y * a[CONV_STRIDE_HEIGHT] + r * a[CONV_DILATION_HEIGHT] - a[CONV_TOP];
                const int w = x * a[CONV_STRIDE_WIDTH] + c * a[CONV_DILATION_WIDTH] - a[CONV_LEFT];
                if (h < 0 || w < 0 || h >= a[CONV_HEIGHT] || w >= a[CONV_WIDTH]) continue;
                const long at[3] = {(((long)n * G * I + o / O * I + i) * a[CONV_HEIGHT] + h) * a[CONV_WIDTH] + w,
                                    (((long)o * I + i) * kh + r) * kw + c,
                                    (((long)n * G * O + o) * a[CONV_OUT_HEIGHT] + y) * a[CONV_OUT_WIDTH] + x};
                const int p = result == 0 ? 2 : 0, q = result == 1 ? 2 : 1;
                const double product = (double)data[p][at[p]] * data[q][at[q]];
                sum[at[result]] += product;
                magnitude[at[result]] += fabs(product);
              }
}

static void check(const int32_t *sizes_of, int kind) {
  static Kernel *const kernels[] = {conv2d, conv2d_input_grad, conv2d_kernel_grad};
  static const int operands[3][3] = {{2, 0, 1}, {0, 2, 1}, {1, 0, 2}};
  int32_t args[CONV_ARGS];
  memcpy(args, sizes_of, sizeof args);
  long size[3];
  sizes(args, size);
  const int result = operands[kind][0];
  float *data[3];
  uint8_t *buffers[3];
  for (int i = 0; i < 3; i++) {
    data[i] = bytes((size_t)size[i] * 4 + GUARD); /* kernels may read 64 bytes too far */
    buffers[i] = (uint8_t *)data[i];
    args[i] = operands[kind][i];
    for (long j = 0; j < size[i]; j++) data[i][j] = (float)draw(2001) / 1000 - 1;
    memset(data[i] + size[i], 0xff, GUARD); /* NaN */
  }
  const size_t count = (size_t)size[result];
  double *sum = calloc(count + 1, 8), *magnitude = calloc(count + 1, 8);
  expect(args, result, data, sum, magnitude);
  float *first = malloc(count * 4 + 4);
  const int64_t scratch_bytes = conv_scratch_bytes(args, kind);
  static const int thread_counts[] = {1, 2, 3, 7};
  for (int t = 0; t < 4; t++) {
    const int threads = thread_counts[t];
    memset(buffers[result], 0xa5, count * 4 + GUARD);
    for (int thread = threads - 1; thread >= 0; thread--) {
      uint8_t *scratch = bytes((size_t)scratch_bytes + GUARD);
      memset(scratch, 0xff, (size_t)scratch_bytes); /* NaN */
      memset(scratch + scratch_bytes, 0xa5, GUARD);
      const Frame frame = {.buffers = buffers, .thread = thread, .threads = threads, .scratch = scratch};
      kernels[kind](&frame, args);
      for (int i = 0; i < GUARD; i++) {
        if (scratch[scratch_bytes + i] != 0xa5) fail("scratch", args, kind, threads, i, 0, 0);
      }
      free(scratch);
    }
    for (int i = 0; i < GUARD; i++) {
      if (buffers[result][count * 4 + i] != 0xa5) fail("guard", args, kind, threads, i, 0, 0);
    }
    if (t == 0) memcpy(first, data[result], count * 4);
    else if (memcmp(first, data[result], count * 4)) fail("threads", args, kind, threads, 0, 0, 0);
  }
  for (size_t i = 0; i < count; i++, checked++) {
    const double error = fabs(first[i] - sum[i]) / (magnitude[i] + 1e-30);
    if (first[i] != sum[i] && !(error <= 4e-6)) fail("value", args, kind, 1, (long)i, first[i], sum[i]);
    if (first[i] != sum[i] && error > worst[kind]) worst[kind] = error;
  }
  for (int i = 0; i < 3; i++) free(data[i]);
  free(sum); free(magnitude); free(first);
}

static int odd_one(void) { return draw(3) ? 1 : 1 + (int)draw(3); }

int main(int argc, char **argv) {
  const int rounds = argc > 1 ? atoi(argv[1]) : 4000;
  for (int round = 0; round < rounds; round++) {
    int32_t a[CONV_ARGS] = {0};
    a[CONV_IMAGES] = draw(20) ? 1 + (int)draw(4) : 0;
    a[CONV_GROUPS] = draw(3) ? 1 : 1 + (int)draw(5);
    a[CONV_INPUTS] = draw(40) ? 1 + (int)draw(7) : 0;
    a[CONV_OUTPUTS] = 1 + (int)draw(20);
    if (draw(6) == 0) a[CONV_INPUTS] = a[CONV_OUTPUTS] = 1;
    int before[2], after[2];
    for (int axis = 0; axis < 2; axis++) {
      a[CONV_HEIGHT + axis] = (int)draw(round % 8 ? 10 : 60) + (draw(20) != 0);
      a[CONV_KERNEL_HEIGHT + axis] = 1 + (int)draw(draw(4) ? 4 : 7);
      a[CONV_STRIDE_HEIGHT + axis] = odd_one();
      a[CONV_DILATION_HEIGHT + axis] = odd_one();
      const uint32_t most = draw(3) ? 2 : 9;
      before[axis] = (int)draw(most);
      after[axis] = (int)draw(most);
    }
    if (draw(4) == 0) for (int axis = 0; axis < 2; axis++) before[axis] = after[axis] = 0;
    if (round % 50 == 0) {
      a[CONV_HEIGHT] = a[CONV_WIDTH] = 90 + (int)draw(60); /* several bands */
      a[CONV_GROUPS] = 1;
    }
    if (round % 90 == 0) a[CONV_OUTPUTS] = 150; /* several chunks */
    if (round % 70 == 0) {
      a[CONV_GROUPS] = 1;
      a[CONV_INPUTS] = 200;
      a[CONV_IMAGES] = 1;
      a[CONV_WIDTH] = a[CONV_HEIGHT] % 20;
    }
    int fits = 1;
    for (int axis = 0; axis < 2; axis++) {
      const int span = (a[CONV_KERNEL_HEIGHT + axis] - 1) * a[CONV_DILATION_HEIGHT + axis] + 1;
      const int rest = a[CONV_HEIGHT + axis] + before[axis] + after[axis] - span;
      fits &= rest >= 0;
      a[CONV_OUT_HEIGHT + axis] = rest / a[CONV_STRIDE_HEIGHT + axis] + 1;
      a[CONV_TOP + axis] = before[axis];
    }
    if (fits) for (int kind = 0; kind < 3; kind++) check(a, kind);
  }
  printf("convolution: %ld elements checked, %d failures; largest errors relative to the sum of magnitudes %.1e %.1e %.1e\n", checked,
         failures, worst[0], worst[1], worst[2]);
  return failures != 0;
}
