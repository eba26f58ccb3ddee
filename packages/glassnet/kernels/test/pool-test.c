/* Pooling against plain loops: strides, borders, NaN, infinities and zeros, guards round the result, the same bits on any number
 * of threads. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../pool.h"

#define GUARD 64

typedef struct Case {
  int planes, h, w, oh, ow, kh, kw, sh, sw, top, left;
} Case;

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
static void fail(const char *what, const Case *c, int threads, long at) {
  if (failures++ < 20) {
    printf("%s: planes %d [%d, %d] -> [%d, %d] window [%d, %d] stride [%d, %d] before [%d, %d] threads %d at %ld\n", what, c->planes,
           c->h, c->w, c->oh, c->ow, c->kh, c->kw, c->sh, c->sw, c->top, c->left, threads, at);
  }
}

static float element(int special) {
  static const float edges[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 1.0f, 1e-40f};
  if (special && draw(3) == 0) return edges[draw(7)];
  return special == 2 ? -INFINITY : (float)draw(2001) / 1000 - 1;
}

static int same(float a, float b) { return (a != a && b != b) || (a == b && signbit(a) == signbit(b)); }

/** The plain loops, in double. */
static void expect(const Case *c, int kind, const float *x, double *y, int32_t *at) {
  const long in = (long)c->h * c->w, out = (long)c->oh * c->ow;
  if (kind == 3) for (long i = 0; i < c->planes * in; i++) y[i] = 0;
  for (long o = 0; o < c->planes * out; o++) {
    const long plane = o / out, r = o % out / c->ow, q = o % c->ow;
    double sum = 0;
    long best = -1;
    for (int a = 0; a < c->kh; a++) {
      for (int b = 0; b < c->kw; b++) {
        const long i = r * c->sh - c->top + a, j = q * c->sw - c->left + b, place = i * c->w + j;
        if (i < 0 || j < 0 || i >= c->h || j >= c->w) continue;
        if (kind == 3) {
          y[plane * in + place] += x[o];
          continue;
        }
        const float v = x[plane * in + place];
        sum += v;
        const float old = best < 0 ? 0 : x[plane * in + best];
        if (best < 0 || v > old || (v != v && old == old)) best = place;
        if (kind == 0 && best >= 0 && v == 0 && x[plane * in + best] == 0 && !signbit(v)) best = place; /* +0 is larger than -0 */
      }
    }
    if (kind == 3) continue;
    if (kind == 1) at[o] = (int32_t)best;
    else y[o] = kind == 2 ? sum : x[plane * in + best];
  }
}

static void check(const Case *c, int kind, int special) {
  static Kernel *const kernels[] = {max_pool, argmax_pool, sum_pool, sum_pool_grad};
  const long in = (long)c->planes * c->h * c->w, out = (long)c->planes * c->oh * c->ow;
  const long from = kind == 3 ? out : in, to = kind == 3 ? in : out;
  uint8_t *x = bytes((size_t)from * 4 + 64), *y = bytes((size_t)to * 4 + GUARD); /* kernels may read 64 bytes too far */
  uint8_t *first = malloc((size_t)to * 4 + 1);
  double *wanted = malloc((size_t)to * 8 + 8);
  int32_t *at = malloc((size_t)to * 4 + 4);
  for (long i = 0; i < from; i++) ((float *)x)[i] = element(special);
  expect(c, kind, (float *)x, wanted, at);
  static const int thread_counts[] = {1, 2, 3, 7};
  for (int t = 0; t < 4; t++) {
    const int threads = thread_counts[t];
    memset(y, 0xa5, (size_t)to * 4 + GUARD);
    uint8_t *buffers[] = {x, y};
    const int32_t args[] = {1, 0, c->planes, c->h, c->w, c->oh, c->ow, c->kh, c->kw, c->sh, c->sw, c->top, c->left};
    for (int thread = threads - 1; thread >= 0; thread--) {
      const Frame frame = {.buffers = buffers, .thread = thread, .threads = threads};
      kernels[kind](&frame, args);
    }
    for (int i = 0; i < GUARD; i++) if (y[to * 4 + i] != 0xa5) fail("guard", c, threads, i);
    if (t == 0) memcpy(first, y, (size_t)to * 4);
    else if (memcmp(first, y, (size_t)to * 4)) fail("threads", c, threads, kind);
  }
  for (long i = 0; i < to; i++, checked++) {
    const float got = ((float *)first)[i];
    if (kind == 0 && !same(got, (float)wanted[i])) fail("max", c, 1, i);
    if (kind == 1 && ((int32_t *)first)[i] != at[i]) fail("argmax", c, 1, i);
    if (kind >= 2) {
      const double error = fabs(got - wanted[i]);
      if (isfinite(wanted[i]) ? !(error <= 1e-6 * (1 + c->kh * c->kw)) : isnan(wanted[i]) ? got == got : got != wanted[i]) {
        fail(kind == 2 ? "sum" : "grad", c, 1, i);
      }
    }
  }
  free(x); free(y); free(first); free(wanted); free(at);
}

int main(void) {
  for (int round = 0; round < 20000; round++) {
    Case c = {.planes = (int)draw(4), .kh = 1 + (int)draw(5), .kw = 1 + (int)draw(5), .sh = 1 + (int)draw(4), .sw = 1 + (int)draw(4)};
    if (draw(2)) c.sw = c.kw;
    c.h = 1 + (int)draw(9);
    c.w = 1 + (int)draw(round % 4 ? 12 : 90);
    if (draw(8) == 0) {
      c.kw = c.w; /* wide windows */
      c.kh = 1 + (int)draw((uint32_t)c.h);
    }
    c.top = (int)draw((uint32_t)c.kh);
    c.left = (int)draw((uint32_t)c.kw);
    const int bottom = (int)draw((uint32_t)c.kh), right = (int)draw((uint32_t)c.kw);
    if (c.h + c.top + bottom < c.kh || c.w + c.left + right < c.kw) continue;
    c.oh = (c.h + c.top + bottom - c.kh) / c.sh + 1;
    c.ow = (c.w + c.left + right - c.kw) / c.sw + 1;
    for (int kind = 0; kind < 4; kind++) check(&c, kind, (int)draw(3));
  }
  printf("pool: %ld elements checked, %d failures\n", checked, failures);
  return failures != 0;
}
