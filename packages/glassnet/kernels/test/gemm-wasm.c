/* What gemm-wasm.mjs calls: products on one thread, and the bare multiply-add loop that they are measured against. */
#include "../gemm.h"
#include "../vector.h"

extern uint8_t __heap_base;

/** First address that nothing else uses. */
__attribute__((export_name("heap"))) uint8_t *heap(void) { return &__heap_base; }

__attribute__((export_name("multiply"))) void multiply(int32_t m, int32_t n, int32_t k, int32_t a_transposed, int32_t b_transposed, const float *a,
                                                       const float *b, float *c, uint8_t *scratch, int32_t times) {
  const Gemm g = {.batch = 1, .m = m, .n = n, .k = k, .a = a, .a_row = a_transposed ? 1 : k, .a_column = a_transposed ? m : 1,
                  .b = b, .b_row = b_transposed ? 1 : n, .b_column = b_transposed ? k : 1, .c = c, .c_row = n};
  const Frame frame = {.threads = 1, .scratch = scratch};
  for (int32_t i = 0; i < times; i++) gemm(&g, &frame);
}

#define SUMS 12

/** `times` times SUMS independent multiply-adds of vectors, nothing read or written in between: the limit of any product. */
__attribute__((export_name("multiplyAdds"))) float multiply_adds(int32_t times, float a, float b) {
  vf sums[SUMS];
  for (int i = 0; i < SUMS; i++) sums[i] = splat_f((float)i);
  const vf x = splat_f(a), y = splat_f(b);
  for (int32_t t = 0; t < times; t++) {
    for (int i = 0; i < SUMS; i++) sums[i] = fma_f(sums[i], x, y);
  }
  vf sum = sums[0];
  for (int i = 1; i < SUMS; i++) sum += sums[i];
  return sum[0] + sum[1] + sum[2] + sum[3];
}
