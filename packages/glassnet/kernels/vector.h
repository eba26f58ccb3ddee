/**
 * Lanes of 32 bits, as wide as the target has them: 16 bytes in WebAssembly, SSE2 and NEON, 32 in AVX2, 64 in AVX-512.
 * Arithmetic, comparisons and shifts are the compilers' own operators on vector types; here stands what these lack.
 *
 * The sources are compiled with -ffp-contract=off: a product and a sum are fused where `fma_f` says so, and nowhere else.
 */
#ifndef GLASSNET_VECTOR_H
#define GLASSNET_VECTOR_H

#include <stddef.h>
#include <stdint.h>

#if defined(__wasm__)
#include <wasm_simd128.h>
#define VECTOR_BYTES 16
#elif defined(__AVX512F__)
#include <immintrin.h>
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#include <immintrin.h>
#define VECTOR_BYTES 32
#elif defined(__SSE2__)
#include <emmintrin.h>
#define VECTOR_BYTES 16
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#define VECTOR_BYTES 16
#else
#error "no vector unit that the kernels know"
#endif

#define LANES (VECTOR_BYTES / 4)
#define INLINE static inline __attribute__((always_inline))
/** For what runs seldom: as little code as can be. */
#if defined(__clang__)
#define RARE static __attribute__((noinline, cold, minsize))
#else
#define RARE static __attribute__((noinline, cold))
#endif

typedef float vf __attribute__((vector_size(VECTOR_BYTES)));
typedef int32_t vi __attribute__((vector_size(VECTOR_BYTES)));
typedef uint32_t vu __attribute__((vector_size(VECTOR_BYTES)));
typedef float vf_any __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
typedef int32_t vi_any __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));

INLINE vf load_f(const void *p) { return *(const vf_any *)p; }
INLINE vi load_i(const void *p) { return *(const vi_any *)p; }
INLINE void store_f(void *p, vf x) { *(vf_any *)p = x; }
INLINE void store_i(void *p, vi x) { *(vi_any *)p = x; }
INLINE vf splat_f(float x) { return x - (vf){0}; } /* x - 0 is x, -0 and NaN included */
INLINE vi splat_i(int32_t x) { return x - (vi){0}; }

/** The lanes' numbers, 0 to LANES - 1. */
INLINE vi lane_numbers(void) {
  vi x;
  for (int i = 0; i < LANES; i++) x[i] = i;
  return x;
}

/** a where the lane of `mask` is -1, b where it is 0. */
INLINE vi select_i(vi mask, vi a, vi b) { return (mask & a) | (~mask & b); }
INLINE vf select_f(vi mask, vf a, vf b) { return (vf)select_i(mask, (vi)a, (vi)b); }
INLINE vf abs_f(vf x) { return (vf)((vi)x & 0x7fffffff); }

/** a · b + c, rounded once where the target can, else twice. Which of the two decides bits: it is part of the variant. */
INLINE vf fma_f(vf a, vf b, vf c) {
#if defined(__wasm_relaxed_simd__)
  return (vf)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c);
#elif defined(__AVX512F__)
  return (vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__)
  return (vf)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__ARM_NEON)
  return (vf)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return a * b + c;
#endif
}

/** Correctly rounded square root. */
INLINE vf sqrt_f(vf x) {
#if defined(__wasm__)
  return (vf)wasm_f32x4_sqrt((v128_t)x);
#elif defined(__AVX512F__)
  return (vf)_mm512_sqrt_ps((__m512)x);
#elif defined(__AVX2__)
  return (vf)_mm256_sqrt_ps((__m256)x);
#elif defined(__SSE2__)
  return (vf)_mm_sqrt_ps((__m128)x);
#else
  return (vf)vsqrtq_f32((float32x4_t)x);
#endif
}

/** a where a < b, else b: b too where one of them is NaN. */
INLINE vf lesser_f(vf a, vf b) {
#if defined(__wasm__)
  return (vf)wasm_f32x4_pmin((v128_t)b, (v128_t)a);
#elif defined(__AVX512F__)
  return (vf)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
  return (vf)_mm256_min_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
  return (vf)_mm_min_ps((__m128)a, (__m128)b);
#else
  return select_f(a < b, a, b);
#endif
}

/** a where a > b, else b: b too where one of them is NaN. */
INLINE vf greater_f(vf a, vf b) {
#if defined(__wasm__)
  return (vf)wasm_f32x4_pmax((v128_t)b, (v128_t)a);
#elif defined(__AVX512F__)
  return (vf)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
  return (vf)_mm256_max_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
  return (vf)_mm_max_ps((__m128)a, (__m128)b);
#else
  return select_f(a > b, a, b);
#endif
}

/** Lanes to whole numbers, to the nearest even in a tie; what does not fit is undefined. */
INLINE vi nearest_i(vf x) {
#if defined(__wasm__)
  return (vi)wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest((v128_t)x));
#elif defined(__AVX512F__)
  return (vi)_mm512_cvtps_epi32((__m512)x);
#elif defined(__AVX2__)
  return (vi)_mm256_cvtps_epi32((__m256)x);
#elif defined(__SSE2__)
  return (vi)_mm_cvtps_epi32((__m128)x);
#else
  return (vi)vcvtnq_s32_f32((float32x4_t)x);
#endif
}

/** Largest whole number not above x. */
INLINE vf floor_f(vf x) {
#if defined(__wasm__)
  return (vf)wasm_f32x4_floor((v128_t)x);
#elif defined(__AVX512F__)
  return (vf)_mm512_roundscale_ps((__m512)x, 0x09);
#elif defined(__AVX2__)
  return (vf)_mm256_floor_ps((__m256)x);
#elif defined(__SSE2__)
  /* Beyond 2^23 every float is whole; below, truncation is exact in i32. */
  vf t = (vf)_mm_cvtepi32_ps(_mm_cvttps_epi32((__m128)x));
  vf down = t - (vf)((vi)(t > x) & (vi)splat_f(1.0f));
  vf small = select_f(abs_f(x) < splat_f(8388608.0f), down, x);
  return (vf)((vi)small | ((vi)x & (int32_t)0x80000000)); /* keeps -0 */
#else
  return (vf)vrndmq_f32((float32x4_t)x);
#endif
}

/** A vector's lanes from lane k on, then those before it. */
#define LANE_AT(i, k) (((i) + (k)) % LANES)
#define LANES_4(i, k) LANE_AT(i, k), LANE_AT((i) + 1, k), LANE_AT((i) + 2, k), LANE_AT((i) + 3, k)
#if LANES == 16
#define LANES_FROM(x, k) __builtin_shufflevector(x, x, LANES_4(0, k), LANES_4(4, k), LANES_4(8, k), LANES_4(12, k))
#elif LANES == 8
#define LANES_FROM(x, k) __builtin_shufflevector(x, x, LANES_4(0, k), LANES_4(4, k))
#else
#define LANES_FROM(x, k) __builtin_shufflevector(x, x, LANES_4(0, k))
#endif

/** The lanes of even number of two vectors. */
INLINE vf evens_f(vf low, vf high) {
#if LANES == 16
  return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
#elif LANES == 8
  return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14);
#else
  return __builtin_shufflevector(low, high, 0, 2, 4, 6);
#endif
}

/** As many bytes as there are lanes, as integers from 0 to 255. */
INLINE vi integers_of(const uint8_t *p) {
#if VECTOR_BYTES == 64
  return (vi)_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p));
#elif VECTOR_BYTES == 32
  return (vi)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p));
#else
  typedef uint8_t bytes __attribute__((vector_size(4), aligned(1), may_alias));
  return __builtin_convertvector(*(const bytes *)p, vi);
#endif
}

/** i32 lanes as floats, rounded to nearest. */
INLINE vf float_of(vi x) { return __builtin_convertvector(x, vf); }

/* The first `count` lanes: no memory beyond them is touched. */

INLINE void store_first(float *p, vf x, int32_t count) {
#if VECTOR_BYTES == 64
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)x);
#elif VECTOR_BYTES == 32
  _mm256_maskstore_ps(p, (__m256i)(lane_numbers() < splat_i(count)), (__m256)x);
#else
  for (int32_t lane = 0; lane < LANES; lane++) {
    if (lane < count) p[lane] = x[lane];
  }
#endif
}

INLINE vf load_first(const float *p, int32_t count) {
#if VECTOR_BYTES == 64
  return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#elif VECTOR_BYTES == 32
  return (vf)_mm256_maskload_ps(p, (__m256i)(lane_numbers() < splat_i(count)));
#else
  vf x = {0};
  for (int32_t lane = 0; lane < LANES; lane++) {
    if (lane < count) x[lane] = p[lane];
  }
  return x;
#endif
}

#endif
