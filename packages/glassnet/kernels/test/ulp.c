/**
 * Measures math.h against the C library in double precision, and fails if a function is further off than accuracy.h says.
 *
 *   clang -O3 -march=native -ffp-contract=off -fno-math-errno kernels/test/ulp.c -lm -o ulp && ./ulp
 *
 * All 2^32 arguments take some minutes; `./ulp 4099` takes each 4099th and a second, `./ulp 1 exp` measures exp alone.
 * Without -march=native products are not fused. Functions of two arguments get all pairs of special numbers and 2^26
 * random ones. `./ulp 4099 all bits` prints a number for the bits of all results instead: builds that fuse alike agree in it.
 */
#include "../math.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy.h"

#if defined(__FMA__) || defined(__ARM_NEON)
#define IS_FUSED 1
#else
#define IS_FUSED 0
#endif

static double bound_of(const char *name) {
#define BOUND(f, fused, unfused) \
  if (strcmp(name, #f) == 0) return IS_FUSED ? fused : unfused;
  ACCURACY(BOUND)
  abort();
}

typedef vf Unary(vf);
typedef vf Binary(vf, vf);

static float float_from(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

/** The power of 2 at or below a normal number of at least 0. */
static double binade_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, 8);
  bits &= 0x7ff0000000000000u;
  memcpy(&x, &bits, 8);
  return x;
}

/** An infinity stands where the next number would. */
static double bounded(double x) { return fabs(x) > 0x1p128 ? copysign(0x1p128, x) : x; }

/** Distance in units of the last place of `exact` as f32; infinite if one of the two is NaN or the signs differ. */
static double ulps(float got, double exact) {
  if (isnan(got) || isnan(exact)) return isnan(got) && isnan(exact) ? 0 : INFINITY;
  if (!signbit(got) != !signbit(exact)) return INFINITY;
  double size = fabs(exact);
  double binade = size < 0x1p-126 ? 0x1p-126 : size >= 0x1p128 ? 0x1p127 : binade_of(size);
  return fabs(bounded(got) - bounded(exact)) / (binade * 0x1p-23);
}

typedef struct Worst {
  double ulp;
  float x, y, got;
  double exact;
} Worst;

static void note(Worst *worst, float x, float y, float got, double exact) {
  double ulp = ulps(got, exact);
  if (ulp > worst->ulp) *worst = (Worst){ulp, x, y, got, exact};
}

static int report(const char *name, const Worst *w) {
  const double bound = bound_of(name);
  printf("%-8s %8.4f ulp, bound %.2f   at %.9g %.9g: %.9g, exact %.17g\n", name, w->ulp, bound, w->x, w->y, w->got, w->exact);
  fflush(stdout);
  return !(w->ulp <= bound);
}

/** Mixes a result into what stands for all of them. There are many NaN, which are all one here. */
static uint64_t mix(uint64_t sum, float y) {
  uint32_t bits;
  memcpy(&bits, &y, 4);
  return (sum ^ (isnan(y) ? 0x7fc00000 : bits)) * 0x100000001b3u;
}

static int report_bits(const char *name, uint64_t sum) {
  printf("%-8s %016llx\n", name, (unsigned long long)sum);
  return 0;
}

/** The function to measure; all if it is NULL. */
static const char *only;
/** Whether bits are told and nothing is measured. */
static int only_bits;

static const float special[] = {0,        1,       2,         3,        0.5f,      0.3333333f, 1.5f,       5,      7,     10,
                                16777215, 16777216, 16777217e1f, 2147483648.0f, 1e10f, 0x1p-126f, 0x1p-149f, 0x1.8p-140f, 1e-10f,
                                0x1.fffffep127f, 1e38f, 0x1.fffffep-1f, 0x1.000002p0f, INFINITY, NAN};

#define SPECIALS ((int)(sizeof special / sizeof *special))

static int measure(const char *name, Unary *f, double exact(double), uint64_t step) {
  if (only && strcmp(only, name) != 0) return 0;
  Worst worst = {.ulp = -1};
  uint64_t sum = 0xcbf29ce484222325u;
  float x[LANES], y[LANES];
  for (int k = 0; k < 2 * SPECIALS; k++) {
    x[0] = copysignf(special[k / 2], k & 1 ? -1 : 1);
    note(&worst, x[0], 0, f(splat_f(x[0]))[LANES - 1], exact(x[0]));
  }
  const uint64_t end = (uint64_t)1 << 32;
  for (uint64_t at = 0; at < end; at += step * LANES) {
    for (int i = 0; i < LANES; i++) x[i] = float_from((uint32_t)(at + i * step));
    store_f(y, f(load_f(x)));
    for (int i = 0; i < LANES && at + i * step < end; i++) {
      if (only_bits) sum = mix(sum, y[i]);
      else note(&worst, x[i], 0, y[i], exact(x[i]));
    }
  }
  return only_bits ? report_bits(name, sum) : report(name, &worst);
}

static uint64_t state;
static uint32_t random_bits(void) { /* xorshift */
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 32);
}

static int measure_pairs(const char *name, Binary *f, double exact(double, double), uint64_t step) {
  if (only && strcmp(only, name) != 0) return 0;
  state = 88172645463325252u;
  Worst worst = {.ulp = -1};
  uint64_t sum = 0xcbf29ce484222325u;
  float x[LANES], y[LANES], z[LANES];
  const uint64_t n = SPECIALS;
  const uint64_t end = 4 * n * n + ((uint64_t)1 << 26) / step;
  for (uint64_t at = 0; at < end; at += LANES) {
    for (int i = 0; i < LANES; i++) {
      uint64_t k = at + i;
      if (k < 4 * n * n) {
        x[i] = copysignf(special[k / 4 / n], k & 1 ? -1 : 1);
        y[i] = copysignf(special[k / 4 % n], k & 2 ? -1 : 1);
      } else if (k & 1) { /* of any size */
        x[i] = float_from(random_bits());
        y[i] = float_from(random_bits());
      } else { /* of middling size */
        x[i] = (float)random_bits() * 0x1p-28f;
        y[i] = (float)(int32_t)random_bits() * 0x1p-27f;
      }
    }
    store_f(z, f(load_f(x), load_f(y)));
    for (int i = 0; i < LANES && at + i < end; i++) {
      if (only_bits) sum = mix(sum, z[i]);
      else note(&worst, x[i], y[i], z[i], exact(x[i], y[i]));
    }
  }
  return only_bits ? report_bits(name, sum) : report(name, &worst);
}

static double sigmoid_exact(double x) { return 1 / (1 + exp(-x)); }
static double add_exact(double a, double b) { return a + b; }
static double mul_exact(double a, double b) { return a * b; }
static double div_exact(double a, double b) { return a / b; }
static double sign_exact(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
static double maximum_exact(double a, double b) { return isnan(a) || isnan(b) ? NAN : a == b ? (signbit(a) ? b : a) : fmax(a, b); }
static double minimum_exact(double a, double b) { return isnan(a) || isnan(b) ? NAN : a == b ? (signbit(a) ? a : b) : fmin(a, b); }
static double mod_exact(double a, double b) { /* as src/backends/reference/binary.ts */
  double r = fmod(a, b);
  if (r == 0) return b < 0 ? -0.0 : 0.0;
  return (r < 0) == (b < 0) ? r : r + b;
}

/** Functions that lanes call are inline; these are what a pointer can point to. */
static vf sigmoid_lanes(vf x) { /* as src/ops/composite.ts composes it */
  vi positive = x >= splat_f(0.0f);
  vf e = exp_f(select_f(positive, -x, x));
  return select_f(positive, splat_f(1.0f), e) / (e + splat_f(1.0f));
}
static vf add_lanes(vf x, vf y) { return x + y; }
static vf mul_lanes(vf x, vf y) { return x * y; }
static vf div_lanes(vf x, vf y) { return x / y; }
#define LANES_OF(f) static vf f##_lanes(vf x) { return f(x); }
#define LANES_OF_2(f) static vf f##_lanes(vf x, vf y) { return f(x, y); }
LANES_OF(exp_f) LANES_OF(log_f) LANES_OF(sqrt_f) LANES_OF(tanh_f) LANES_OF(erf_f) LANES_OF(sin_f) LANES_OF(cos_f) LANES_OF(floor_f) LANES_OF(sign_f)
LANES_OF_2(pow_f) LANES_OF_2(mod_f) LANES_OF_2(maximum_f) LANES_OF_2(minimum_f)

static int check_mod_i(void) {
  int wrong = 0;
  static const int32_t some[] = {0, 1, -1, 2, -2, 3, -3, 7, 255, 65536, INT32_MAX, INT32_MIN, INT32_MIN + 1};
  const int n = sizeof some / sizeof *some;
  for (int k = 0; k < n * n; k++) {
    const int64_t a = some[k / n], b = some[k % n];
    const int64_t r = b == 0 ? 0 : a % b;
    const int32_t exact = (int32_t)(r != 0 && (r < 0) != (b < 0) ? r + b : r);
    const int32_t got = mod_i(splat_i((int32_t)a), splat_i((int32_t)b))[LANES - 1];
    if (got != exact) wrong += printf("mod_i: %lld by %lld: %d, exact %d\n", (long long)a, (long long)b, got, exact);
  }
  return wrong;
}

int main(int count, char **words) {
  const uint64_t step = count > 1 ? strtoull(words[1], 0, 10) : 1;
  only = count > 2 && strcmp(words[2], "all") != 0 ? words[2] : NULL;
  only_bits = count > 3 && strcmp(words[3], "bits") == 0;
  int failed = only ? 0 : check_mod_i();
  failed |= measure("sign", sign_f_lanes, sign_exact, step);
  failed |= measure("floor", floor_f_lanes, floor, step);
  failed |= measure("sqrt", sqrt_f_lanes, sqrt, step);
  failed |= measure_pairs("maximum", maximum_f_lanes, maximum_exact, step);
  failed |= measure_pairs("minimum", minimum_f_lanes, minimum_exact, step);
  failed |= measure_pairs("add", add_lanes, add_exact, step);
  failed |= measure_pairs("mul", mul_lanes, mul_exact, step);
  failed |= measure_pairs("div", div_lanes, div_exact, step);
  failed |= measure_pairs("mod", mod_f_lanes, mod_exact, step);
  failed |= measure_pairs("pow", pow_f_lanes, pow, step);
  failed |= measure("exp", exp_f_lanes, exp, step);
  failed |= measure("log", log_f_lanes, log, step);
  failed |= measure("tanh", tanh_f_lanes, tanh, step);
  failed |= measure("erf", erf_f_lanes, erf, step);
  failed |= measure("sigmoid", sigmoid_lanes, sigmoid_exact, step);
  failed |= measure("sin", sin_f_lanes, sin, step);
  failed |= measure("cos", cos_f_lanes, cos, step);
  return failed != 0;
}
