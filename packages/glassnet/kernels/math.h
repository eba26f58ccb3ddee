/**
 * Functions of lanes. Those in f32 have no branches; those that need more digits on the way are in math64.h.
 *
 * "ulp" is the largest distance from the exact result in units of its last place as f32, over all 2^32 arguments (of two
 * arguments: over 2^26 random pairs), with fused products or without, whichever is worse; half an ulp is what rounding alone
 * costs. test/ulp.c measures it, and test/accuracy.h has both figures. All are right at infinities, at NaN, at both zeros and
 * for subnormals.
 *
 * Coefficients are minimax fits of our own, rounded to f32 one after the other, each time fitting the rest anew.
 */
#ifndef GLASSNET_MATH_H
#define GLASSNET_MATH_H

#include "vector.h"

/** c[0] + c[1] x + … + c[n - 1] x^(n - 1), by Horner's rule. With constants for c and n no loop remains. */
INLINE vf polynomial(vf x, const float *c, int n) {
  vf y = splat_f(c[n - 1]);
  for (int i = n - 2; i >= 0; i--) y = fma_f(y, x, splat_f(c[i]));
  return y;
}

/** y, which is not negative, with the sign of x. */
INLINE vf with_sign_of(vf x, vf y) { return (vf)((vi)y | ((vi)x & INT32_MIN)); }

/** Adding it rounds a number below 2^22 to a whole one, which then stands in the last bits. */
#define ROUNDER 0x1.8p23f
/** ln 2 in two parts; the first has so few bits that its product with an exponent is exact. */
#define LN2_HIGH 0.693359375f
#define LN2_LOW -2.12194440e-4f

/** e^x - 1 for what is left of x after a whole number *n of ln 2 is taken off: e^x = (1 + result) · 2^n. */
INLINE vf exp_remainder(vf x, vi *n) {
  static const float c[] = {0.5f, 0.166665211f, 0.0416663885f, 0.00836868398f, 0.00139418792f};
  vf t = fma_f(x, splat_f(1.44269504f), splat_f(ROUNDER));
  *n = (vi)t - 0x4b400000; /* the bits of ROUNDER */
  vf k = t - splat_f(ROUNDER);
  vf r = fma_f(k, splat_f(-LN2_HIGH), x);
  r = fma_f(k, splat_f(-LN2_LOW), r); /* |r| <= ln 2 / 2 */
  return fma_f(r * r, polynomial(r, c, 5), r);
}

/** e^x where that is a normal number; of NaN it is anything. */
INLINE vf exp_normal(vf x) {
  vi n;
  vf e = exp_remainder(x, &n) + splat_f(1.0f);
  return (vf)((vi)e + (n << 23));
}

/** e^x: 1.04 ulp. */
INLINE vf exp_f(vf x) {
  x = lesser_f(splat_f(89.0f), x); /* already infinite; NaN passes */
  x = greater_f(splat_f(-104.0f), x); /* already 0 */
  vi n;
  vf e = exp_remainder(x, &n) + splat_f(1.0f);
  /* 2^n in two factors: n itself may be below or above the exponents of f32. */
  vi half = n >> 1;
  return e * (vf)((half + 127) << 23) * (vf)((n - half + 127) << 23);
}

/** Natural logarithm: 0.88 ulp. */
INLINE vf log_f(vf x) {
  static const float c[] = {0.333332151f, -0.249998063f, 0.200104266f, -0.166801959f,
                            0.14005734f,  -0.121874809f, 0.139845937f, -0.128800288f};
  /* x = 2^e (1 + f) with 1 + f from 2/3 to 4/3. */
  vi subnormal = x < splat_f(0x1p-126f);
  vi bits = (vi)select_f(subnormal, x * splat_f(0x1p23f), x);
  vi e = (vi)((vu)bits - 0x3f2aaaabu) >> 23;
  vf f = (vf)(vi)((vu)bits - ((vu)e << 23)) - splat_f(1.0f);
  vf k = float_of(e - (subnormal & 23));
  vf ff = f * f;
  vf y = fma_f(ff, splat_f(-0.5f), ff * f * polynomial(f, c, 8));
  y = fma_f(k, splat_f(LN2_LOW), y) + f;
  y = fma_f(k, splat_f(LN2_HIGH), y);
  vf special = select_f(x == splat_f(0.0f), splat_f(-__builtin_inff()), x);
  special = select_f(x < splat_f(0.0f), splat_f(__builtin_nanf("")), special);
  vi ordinary = ((vi)x > 0) & ((vi)x < 0x7f800000);
  return select_f(ordinary, y, special);
}

/** Hyperbolic tangent, as x + x³ P(x²) near 0 and as 1 - 2 / (e^2x + 1) beyond: 1.34 ulp. */
INLINE vf tanh_f(vf x) {
  static const float c[] = {-0.333332807f, 0.133314058f, -0.0537365153f, 0.0206281673f, -0.0056922962f};
  vf size = abs_f(x);
  vf xx = x * x;
  vf near = fma_f(size * xx, polynomial(xx, c, 5), size);
  vf end = lesser_f(size, splat_f(10.0f)); /* where it is 1 to the last bit */
  vf far = splat_f(1.0f) - splat_f(2.0f) / (exp_normal(end + end) + splat_f(1.0f));
  return with_sign_of(x, select_f(size >= splat_f(0.625f), far, near)); /* NaN is near */
}

/**
 * Error function, as x + x P(x²) near 0 and as 1 - e^(-g(x)) beyond, where g(x) = -ln erfc x = x + x P(x) is nearly a
 * parabola: 1.25 ulp, 1.07 with fused products.
 */
INLINE vf erf_f(vf x) {
  static const float c[] = {0.128379151f,   -0.376124889f,  0.112817302f,
                            -0.0267629158f, 0.00498725288f, -0.000595897727f};
  static const float g[] = {0.128514349f,   0.635718346f,   0.105261818f,
                            -0.0228899587f, 0.00321495743f, -0.000213985564f};
  vf size = abs_f(x);
  vf near = fma_f(size, polynomial(x * x, c, 6), size);
  vf end = lesser_f(size, splat_f(4.0f)); /* where it is 1 to the last bit */
  vf far = splat_f(1.0f) - exp_normal(-fma_f(end, polynomial(end, g, 6), end));
  return with_sign_of(x, select_f(size >= splat_f(0.925f), far, near)); /* NaN is near */
}

/** -1, 0 or 1; zeros and NaN stay what they are. */
INLINE vf sign_f(vf x) {
  return select_f(abs_f(x) > splat_f(0.0f), with_sign_of(x, splat_f(1.0f)), x);
}

/** The larger; NaN if either is; 0 is larger than -0. */
INLINE vf maximum_f(vf a, vf b) {
#if defined(__wasm__)
  return (vf)wasm_f32x4_max((v128_t)a, (v128_t)b);
#elif VECTOR_BYTES == 16 && defined(__ARM_NEON)
  return (vf)vmaxq_f32((float32x4_t)a, (float32x4_t)b);
#else
  vi x = (vi)greater_f(a, b), y = (vi)greater_f(b, a); /* these differ for NaN and for zeros of both signs */
  return (vf)(x | y) - (vf)(x ^ y); /* NaN stays NaN, -0 - -0 is 0 */
#endif
}

/** The smaller; NaN if either is; -0 is smaller than 0. */
INLINE vf minimum_f(vf a, vf b) {
#if defined(__wasm__)
  return (vf)wasm_f32x4_min((v128_t)a, (v128_t)b);
#elif VECTOR_BYTES == 16 && defined(__ARM_NEON)
  return (vf)vminq_f32((float32x4_t)a, (float32x4_t)b);
#else
  return (vf)((vi)lesser_f(a, b) | (vi)lesser_f(b, a)); /* these differ for NaN and for zeros of both signs */
#endif
}

#include "math64.h"

#endif
