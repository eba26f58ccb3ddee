#if defined(__wasm__)
#include "program.h"

/** What JavaScript calls: once with the only thread, or on each thread of a team. */
__attribute__((export_name("run"))) int32_t run(Program *program, Team *team, int32_t steps, int32_t thread,
                                                int32_t threads) {
  return program_run(program, team, steps, thread, threads);
}

/* Compilers make calls to these of loops and of copied structs. */
void *memcpy(void *to, const void *from, size_t n) { return __builtin_memcpy(to, from, n); }
void *memset(void *to, int value, size_t n) { return __builtin_memset(to, value, n); }
#endif
