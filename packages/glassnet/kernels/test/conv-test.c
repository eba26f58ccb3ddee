/* Convolution and its gradients against plain loops in double: strides, dilation, padding of all kinds, groups, numbers that are not
 * finite. */
#include "../conv.h"
#include "harness.h"

static double worst[3];

typedef struct Case {
  const int32_t *args;
  int kind;
} Case;

static void fail(const void *about, const char *what, int threads, long at) {
  const Case *c = about;
  const int32_t *a = c->args;
  if (!is_reported()) return;
  printf("%s: %s threads %d at %ld; images %d groups %d inputs %d outputs %d [%d, %d] kernel [%d, %d] out [%d, %d] stride [%d, %d] "
         "dilation [%d, %d] before [%d, %d]\n",
         what, (const char *[]){"conv2d", "input grad", "kernel grad"}[c->kind], threads, at, a[3], a[4], a[5], a[6], a[7], a[8], a[9],
         a[10], a[11], a[12], a[13], a[14], a[15], a[16], a[17], a[18]);
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

/** Some numbers of an operand, if it is to be `special`: few enough that most sums stay finite. */
static void fill(float *data, long count, int special) {
  for (long j = 0; j < count; j++) data[j] = draw_float();
  for (int i = 0; special && i < 3 && count > 0; i++) data[draw((uint32_t)count)] = draw_edge();
}

static void check(const int32_t *sizes_of, int kind, int special) {
  static Kernel *const kernels[] = {conv2d, conv2d_input_grad, conv2d_kernel_grad};
  static const int operands[3][3] = {{2, 0, 1}, {0, 2, 1}, {1, 0, 2}};
  int32_t args[CONV_ARGS];
  memcpy(args, sizes_of, sizeof args);
  const Case about = {args, kind};
  long size[3];
  sizes(args, size);
  const int result = operands[kind][0];
  float *data[3];
  uint8_t *buffers[3];
  for (int i = 0; i < 3; i++) {
    buffers[i] = guarded((size_t)size[i] * 4);
    data[i] = (float *)buffers[i];
    args[i] = operands[kind][i];
    fill(data[i], size[i], special && draw(2));
    memset(data[i] + size[i], 0xff, GUARD); /* NaN */
  }
  const size_t count = (size_t)size[result];
  double *sum = calloc(count + 1, 8), *magnitude = calloc(count + 1, 8);
  expect(args, result, data, sum, magnitude);
  float *first = malloc(count * 4 + 4);
  run_on_threads(kernels[kind], args, buffers, result, count * 4, conv_scratch_bytes(args, kind), first, fail, &about);
  for (size_t i = 0; i < count; i++, checked++) {
    if (!isfinite(sum[i])) {
      if (isnan(sum[i]) ? !isnan(first[i]) : first[i] != sum[i]) fail(&about, "not finite, or not so", 1, (long)i);
      continue;
    }
    const double error = fabs(first[i] - sum[i]) / (magnitude[i] + 1e-30);
    if (first[i] != sum[i] && !(error <= 4e-6)) fail(&about, "value", 1, (long)i);
    if (first[i] != sum[i] && error > worst[kind]) worst[kind] = error;
  }
  for (int i = 0; i < 3; i++) free(buffers[i]);
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
    if (fits) for (int kind = 0; kind < 3; kind++) check(a, kind, draw(3) == 0);
  }
  printf("convolution: %ld elements checked, %d failures; largest errors relative to the sum of magnitudes %.1e %.1e %.1e\n", checked,
         failures, worst[0], worst[1], worst[2]);
  return failures != 0;
}
