/** Waiting for another thread: a short spin, because most waits are shorter than a system call, then sleep. */
#ifndef GLASSNET_WAIT_H
#define GLASSNET_WAIT_H

#include <stdint.h>

#define SPINS 2000

#if defined(__wasm__) && !defined(__wasm_atomics__)
/* One thread: nobody waits. */
static inline void wake_all(int32_t *word) { (void)word; }
static inline void wait_while(int32_t *word, int32_t value) { (void)word, (void)value; }
#else

static inline void pause_cpu(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#if defined(__wasm__)
static inline void sleep_while(int32_t *word, int32_t value) { __builtin_wasm_memory_atomic_wait32(word, value, -1); }
static inline void wake_all(int32_t *word) { __builtin_wasm_memory_atomic_notify(word, UINT32_MAX); }
#else
/* The operating system's part stands with the threads, in the add-on. */
void sleep_while(int32_t *word, int32_t value);
void wake_all(int32_t *word);
#endif

static inline void wait_while(int32_t *word, int32_t value) {
  for (int i = 0; i < SPINS; i++) {
    if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value) return;
    pause_cpu();
  }
  while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value) sleep_while(word, value);
}
#endif

#endif
