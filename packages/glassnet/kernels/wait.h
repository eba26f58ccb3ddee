/** Waiting for another thread: a short spin, because most waits are shorter than a system call, then sleep. */
#ifndef GLASSNET_WAIT_H
#define GLASSNET_WAIT_H

#include <stdint.h>

/** Rounds of the spin that take some 30 µs: a system call and being woken take about as long. */
#if defined(__wasm__)
/* WebAssembly has no instruction to pause, so a round is a load and a jump. */
#define SPINS 40000
#else
#define SPINS 2000
#endif

static inline void pause_cpu(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#if defined(__wasm__) && !defined(__wasm_atomics__)
/* One thread: nobody waits. */
static inline void wake_all(int32_t *word) { (void)word; }
static inline int sleep_while(int32_t *word, int32_t value, int32_t limit_ms) { return (void)word, (void)value, (void)limit_ms, 0; }
#elif defined(__wasm__)
static inline int sleep_while(int32_t *word, int32_t value, int32_t limit_ms) {
  enum { TIMED_OUT = 2 };
  return __builtin_wasm_memory_atomic_wait32(word, value, limit_ms < 0 ? -1 : limit_ms * 1000000ll) != TIMED_OUT;
}
static inline void wake_all(int32_t *word) { __builtin_wasm_memory_atomic_notify(word, UINT32_MAX); }
#else
/* The operating system's part stands with the threads, in the add-on. */
/** Sleeps unless `word` has another value, and may wake early. Returns 0 if `limit_ms` is not negative and has passed. */
int sleep_while(int32_t *word, int32_t value, int32_t limit_ms);
/** Wakes all who sleep on `word`. */
void wake_all(int32_t *word);
#endif

/**
 * Waits until `word` has another value. Who changes it wakes the others only if there are `sleepers`, so that threads that
 * meet while all are awake make no call.
 *
 * @returns 0 if that took longer than `limit_ms`, unless this is negative
 */
static inline int wait_while(int32_t *word, int32_t value, int32_t *sleepers, int32_t limit_ms) {
  for (int i = 0; i < SPINS; i++) {
    if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value) return 1;
    pause_cpu();
  }
  int in_time = 1;
  __atomic_add_fetch(sleepers, 1, __ATOMIC_SEQ_CST);
  while (in_time && __atomic_load_n(word, __ATOMIC_SEQ_CST) == value) in_time = sleep_while(word, value, limit_ms);
  __atomic_sub_fetch(sleepers, 1, __ATOMIC_SEQ_CST);
  return in_time;
}

/** Gives `word` another value and wakes who waits for that. */
static inline void change(int32_t *word, int32_t value, int32_t *sleepers) {
  __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(sleepers, __ATOMIC_SEQ_CST) != 0) wake_all(word);
}

#endif
