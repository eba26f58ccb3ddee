/* Pooling against plain loops: strides, borders, NaN, infinities and zeros. */
#include "../pool.h"
#include "harness.h"

typedef struct Case {
  int planes, h, w, oh, ow, kh, kw, sh, sw, top, left;
} Case;

static void fail(const void *about, const char *what, int threads, long at) {
  const Case *c = about;
  if (!is_reported()) return;
  printf("%s: planes %d [%d, %d] -> [%d, %d] window [%d, %d] stride [%d, %d] before [%d, %d] threads %d at %ld\n", what, c->planes, c->h,
         c->w, c->oh, c->ow, c->kh, c->kw, c->sh, c->sw, c->top, c->left, threads, at);
}

static float element(int special) {
  if (special && draw(3) == 0) return draw_edge();
  return special == 2 ? -INFINITY : draw_float();
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
  uint8_t *x = guarded((size_t)from * 4), *y = guarded((size_t)to * 4), *buffers[] = {x, y};
  uint8_t *first = malloc((size_t)to * 4 + 1);
  double *wanted = malloc((size_t)to * 8 + 8);
  int32_t *at = malloc((size_t)to * 4 + 4);
  for (long i = 0; i < from; i++) ((float *)x)[i] = element(special);
  expect(c, kind, (float *)x, wanted, at);
  const int32_t args[] = {1, 0, c->planes, c->h, c->w, c->oh, c->ow, c->kh, c->kw, c->sh, c->sw, c->top, c->left};
  run_on_threads(kernels[kind], args, buffers, 1, (size_t)to * 4, 0, first, fail, c);
  for (long i = 0; i < to; i++, checked++) {
    const float got = ((float *)first)[i];
    if (kind == 0 && !same(got, (float)wanted[i])) fail(c, "max", 1, i);
    if (kind == 1 && ((int32_t *)first)[i] != at[i]) fail(c, "argmax", 1, i);
    if (kind >= 2) {
      const double error = fabs(got - wanted[i]);
      if (isfinite(wanted[i]) ? !(error <= 1e-6 * (1 + c->kh * c->kw)) : isnan(wanted[i]) ? got == got : got != wanted[i]) {
        fail(c, kind == 2 ? "sum" : "grad", 1, i);
      }
    }
  }
  free(x); free(y); free(first); free(wanted); free(at);
}

int main(int argc, char **argv) {
  const int rounds = argc > 1 ? atoi(argv[1]) : 20000;
  for (int round = 0; round < rounds; round++) {
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
