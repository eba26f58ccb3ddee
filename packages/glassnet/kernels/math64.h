/**
 * Functions of lanes that go through f64, half of the lanes at a time: sine and cosine, whose argument loses its digits
 * to multiples of π; the power, whose exponent multiplies the error of a logarithm; the remainder, which is exact. A rare
 * argument that needs more is done by itself. Nothing is fused here, so the bits are the same on every target.
 */
#ifndef GLASSNET_MATH64_H
#define GLASSNET_MATH64_H

#include "vector.h"

#define HALF_LANES (LANES / 2)

/** Of what works on half of the lanes: WebAssembly's modules, which are sent about, have it once instead of for each half. */
#if defined(__wasm__)
#define HALVES_WORK static __attribute__((noinline, unused))
#else
#define HALVES_WORK INLINE
#endif

typedef double vd __attribute__((vector_size(VECTOR_BYTES)));
typedef int64_t vl __attribute__((vector_size(VECTOR_BYTES)));
typedef float vf_half __attribute__((vector_size(VECTOR_BYTES / 2)));

/** Lanes as f64, the first half and the second. */
typedef struct Halves {
  vd first, second;
} Halves;

typedef union LanesOrHalves {
  vf lanes;
  vf_half halves[2];
} LanesOrHalves;

INLINE Halves widen(vf x) {
  LanesOrHalves both = {.lanes = x};
  return (Halves){__builtin_convertvector(both.halves[0], vd), __builtin_convertvector(both.halves[1], vd)};
}

/** Rounds back to f32. */
INLINE vf narrow(vd first, vd second) {
  LanesOrHalves both = {.halves = {__builtin_convertvector(first, vf_half), __builtin_convertvector(second, vf_half)}};
  return both.lanes;
}

INLINE vd splat_d(double x) { return x - (vd){0}; }
INLINE vl splat_l(int64_t x) { return x - (vl){0}; }
INLINE vd select_d(vl mask, vd a, vd b) { return (vd)((mask & (vl)a) | (~mask & (vl)b)); }
INLINE vd abs_d(vd x) { return (vd)((vl)x & INT64_MAX); }
INLINE vl shift_down(vl x, int bits) {
  typedef uint64_t vul __attribute__((vector_size(VECTOR_BYTES)));
  return (vl)((vul)x >> bits);
}

/** Whether a lane of `mask` is -1. */
INLINE int any_l(vl mask) {
  int64_t any = 0;
  for (int i = 0; i < HALF_LANES; i++) any |= mask[i];
  return any != 0;
}

/** Adding it rounds a number below 2^51 to a whole one, which then stands in the last bits. */
#define ROUNDER64 0x1.8p52
#define EXPONENT_1 ((int64_t)1023 << 52) /* the bits of 1 */
#define SIGN64 INT64_MIN

#define PI_HALF_HIGH 0x1.921fb544p+0 /* 33 bits: its product with a multiple below 2^20 is exact */
#define PI_HALF_LOW 0x1.0b4611a626331p-34

/**
 * Takes multiples of π/2 off an x >= 2^18, or gives NaN: multiplies with those bits of 2/π that decide the quadrant,
 * which is added, and what follows it.
 *
 * @see Payne & Hanek, Radian reduction for trigonometric functions, SIGNUM Newsletter 18 (1983).
 */
static __attribute__((noinline, unused)) double reduce_far(float x, int64_t *quadrant) {
  static const uint32_t two_over_pi[] = {0, /* 32 bits before the point */
                                         0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab};
  const uint32_t bits = ((union { float f; uint32_t i; }){.f = x}).i;
  const uint32_t exponent = bits >> 23;
  if (exponent == 255) return x - x;
  const uint64_t m = (bits & 0x7fffff) | 0x800000; /* x = m · 2^(exponent - 150) */
  /* Modulo 4 the product needs no bit of 2/π whose weight, times 2^(exponent - 150), is a multiple of 4. */
  const uint32_t first = exponent - 150 - 2 + 32;
  const uint32_t *word = two_over_pi + first / 32;
  uint32_t w[3];
  for (int i = 0; i < 3; i++) w[i] = (uint32_t)(((uint64_t)word[i] << 32 | word[i + 1]) >> (32 - first % 32));
  const uint64_t product = (m * w[0] << 32) + m * w[1] + (m * w[2] >> 32); /* in units of 2^-62 */
  const uint64_t nearest = (product + ((uint64_t)1 << 61)) >> 62;
  *quadrant += (int64_t)nearest;
  return (double)(int64_t)(product - (nearest << 62)) * 0x1.921fb54442d18p-62;
}

/** The sine of x + shift · π/2, for x >= 0. */
HALVES_WORK vd sine_shifted(vd x, int64_t shift) {
  vd t = x * 0.6366197723675814 + ROUNDER64;
  vd k = t - ROUNDER64;
  vd r = (x - k * PI_HALF_HIGH) - k * PI_HALF_LOW; /* |r| <= π/4 */
  vl quadrant = (vl)t + shift;
  vl far = ~(x <= splat_d(1e6));
  if (__builtin_expect(any_l(far), 0)) {
    for (int i = 0; i < HALF_LANES; i++) {
      int64_t q = shift;
      if (far[i]) r[i] = reduce_far((float)x[i], &q), quadrant[i] = q;
    }
  }
  vd z = r * r; /* both fits are within 2^-37 */
  vd s = z * (z * (z * 2.718302022579256e-6 - 1.9839333854323245e-4) + 0.008333329382881617) - 0.16666666641601066;
  s = r * z * s + r;
  vd c = z * (z * (z * -2.721014876393205e-7 + 2.4799518945814985e-5) - 0.001388888374944229) + 0.041666666622782816;
  c = z * z * c - 0.5 * z + 1.0;
  vd y = select_d(-(quadrant & 1), c, s);
  return (vd)((vl)y ^ ((quadrant & 2) << 62));
}

/** Sine of x in radians: 0.51 ulp. */
INLINE vf sin_f(vf x) {
  Halves h = widen(abs_f(x));
  vf y = narrow(sine_shifted(h.first, 0), sine_shifted(h.second, 0));
  return (vf)((vi)y ^ ((vi)x & INT32_MIN));
}

/** Cosine of x in radians: 0.51 ulp. */
INLINE vf cos_f(vf x) {
  Halves h = widen(abs_f(x));
  return narrow(sine_shifted(h.first, 1), sine_shifted(h.second, 1));
}

/** Logarithm to base 2 of positive finite numbers: relative error 2^-42. */
INLINE vd log2_d(vd x) {
  const int64_t two_thirds = 0x3fe5555555555555;
  vl e = shift_down((vl)x - two_thirds + EXPONENT_1, 52) - 1023; /* x = 2^e m, with m from 2/3 to 4/3 */
  vd m = (vd)((vl)x - (e << 52));
  vd s = (m - 1.0) / (m + 1.0); /* ln m = 2 artanh s */
  vd z = s * s;
  vd p = z * (z * 0.2908463929905979 + 0.31928350479048023) + 0.4122262279854158;
  p = z * (z * (z * p + 0.5770777547961667) + 0.9617966948295823) + 2.885390081777421;
  vd exponent = (vd)(e + 0x4338000000000000) - ROUNDER64; /* those are the bits of ROUNDER64 */
  return exponent + s * p;
}

/** 2^x for |x| up to 1000: relative error 2^-29. */
INLINE vd exp2_d(vd x) {
  vd t = x + ROUNDER64;
  vd r = x - (t - ROUNDER64); /* |r| <= 1/2 */
  vd p = r * (r * 0.00015445413068788428 + 0.0013401264234846153) + 0.009618097276700998;
  p = r * (r * (r * (r * p + 0.055503251082019145) + 0.24022650729520348) + 0.6931472077100422) + 1.0;
  return (vd)((vl)p + ((vl)t << 52));
}

/** a^b for a >= 0 that is not 1, and b that is not 0; NaN gives anything. */
HALVES_WORK vd power_of_size(vd a, vd b) {
  const double infinity = __builtin_inf();
  vd l = log2_d(a);
  l = select_d(a == splat_d(0), splat_d(-infinity), l);
  l = select_d(a == splat_d(infinity), splat_d(infinity), l);
  vd x = b * l;
  x = select_d(x < splat_d(200), x, splat_d(200)); /* infinite in f32 */
  x = select_d(x > splat_d(-200), x, splat_d(-200)); /* 0 in f32 */
  return exp2_d(x);
}

/** a to the power b, as IEEE 754 has it: 1^b and a^0 are 1 even for NaN, (-1)^±∞ is 1. 0.54 ulp. */
INLINE vf pow_f(vf a, vf b) {
  vf size = abs_f(a);
  Halves base = widen(size), exponent = widen(b);
  vf y = narrow(power_of_size(base.first, exponent.first), power_of_size(base.second, exponent.second));
  y = select_f(size == splat_f(1.0f), splat_f(1.0f), y);
  vf half = b * splat_f(0.5f);
  vi whole = floor_f(b) == b;
  vi odd = whole & (floor_f(half) != half);
  y = (vf)((vi)y | ((vi)a & odd & INT32_MIN));
  vi undefined = (a < splat_f(0.0f)) & ~whole & (size != splat_f(__builtin_inff()));
  y = select_f(undefined | (a != a) | (b != b), splat_f(__builtin_nanf("")), y);
  return select_f((a == splat_f(1.0f)) | (b == splat_f(0.0f)), splat_f(1.0f), y);
}

/** Below this quotient the remainder comes in one step: quotient and product are exact in f64. */
#define MOD_STEP 0x1p26

/** Remainder of any a by any b, with the sign of b. */
static __attribute__((noinline, unused)) double mod_far(double a, double b) {
  const double infinity = __builtin_inf();
  const double size = __builtin_fabs(b);
  if (!(__builtin_fabs(a) < infinity && size > 0)) return __builtin_nan("");
  if (size < infinity) {
    double multiple = size;
    while (multiple * MOD_STEP <= __builtin_fabs(a)) multiple *= MOD_STEP;
    for (; multiple >= size; multiple *= 1 / MOD_STEP) a -= (double)(int32_t)(a / multiple) * multiple;
  }
  if (a == 0) return b < 0 ? -0.0 : 0.0;
  return (a < 0) == (b < 0) ? a : a + b;
}

HALVES_WORK vd mod_d(vd a, vd b) {
  vd q = a / b;
  vd k = (q + ROUNDER64) - ROUNDER64;
  k = k - (vd)((k > q) & EXPONENT_1); /* floor of q */
  vd r = a - k * b;
  r = select_d(r == splat_d(0), (vd)((vl)b & SIGN64), r);
  vl near = (abs_d(q) < splat_d(MOD_STEP)) & (abs_d(b) < splat_d(__builtin_inf()));
  if (__builtin_expect(any_l(~near), 0)) {
    for (int i = 0; i < HALF_LANES; i++) {
      if (!near[i]) r[i] = mod_far(a[i], b[i]);
    }
  }
  return r;
}

/** The remainder of a by b with the sign of b, as in Python; by 0 it is NaN, by an infinite b it is a or b. 0.5 ulp. */
INLINE vf mod_f(vf a, vf b) {
  Halves x = widen(a), y = widen(b);
  return narrow(mod_d(x.first, y.first), mod_d(x.second, y.second));
}

/** The same of whole numbers; by 0 it is 0. For u8 too, as lanes from 0 to 255. */
INLINE vi mod_i(vi a, vi b) {
  vi y;
  for (int i = 0; i < LANES; i++) {
    const int32_t divisor = b[i] == 0 || b[i] == -1 ? 1 : b[i]; /* by 0 and by -1 it is 0, as by 1 */
    const int32_t r = a[i] % divisor;
    y[i] = r != 0 && (r < 0) != (divisor < 0) ? r + divisor : r;
  }
  return y;
}

#endif
