#include "processor.h"

const char *own_variant(void) {
#if defined(__AVX512F__)
  return "avx512";
#elif defined(__AVX2__)
  return "avx2";
#elif defined(__SSE2__)
  return "sse2";
#else
  return "neon";
#endif
}

const char *best_variant(void) {
#if defined(__x86_64__)
  /* These ask the system, too, whether it saves the wider registers. The features are those of binding.gyp. */
  __builtin_cpu_init();
  const int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    return "avx512";
  }
  return has_avx2 ? "avx2" : "sse2";
#else
  return "neon";
#endif
}
