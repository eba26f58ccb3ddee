#if defined(__wasm__)
#include "program.h"
#include "wait.h"

/* What JavaScript calls. */

#define EXPORT(name) __attribute__((export_name(#name))) name

/** Runs a program on the calling thread alone. */
int32_t EXPORT(run)(Program *program, int32_t steps) { return program_run(program, 0, steps, 0, 1); }

#if defined(__wasm_atomics__)
/** How many threads take part in a call is the low byte of its number. */
#define THREADS_BITS 8

/** What the first thread tells the others. All zeros at first but for the team's patience; src/backends/wasm/crew.ts writes it. */
typedef struct Mailbox {
  Team team;
  /** Number of the last call, with how many threads take part in it; 0 before the first. */
  int32_t call;
  int32_t sleepers;
  /** Threads that serve. They are numbered in the order in which they joined, so those that failed to start leave no gap. */
  int32_t joined;
  /** Of the call. Who takes part may read them: the next call is made only when all have left this one. */
  int32_t steps;
  Program *program;
} Mailbox;

/** Makes the calling thread one of those that serve. Returns its number. */
int32_t EXPORT(join)(Mailbox *mailbox) { return __atomic_add_fetch(&mailbox->joined, 1, __ATOMIC_ACQ_REL); }

/** How many threads could take part in a call, the first included. */
int32_t EXPORT(crew)(Mailbox *mailbox) { return __atomic_load_n(&mailbox->joined, __ATOMIC_ACQUIRE) + 1; }

/** Takes part in calls until the team breaks. */
void EXPORT(serve)(Mailbox *mailbox, int32_t thread) {
  /* Calls from before the thread joined have no place for it, whatever their number. */
  int32_t call = 0;
  for (;;) {
    wait_while(&mailbox->call, call, &mailbox->sleepers, -1);
    call = __atomic_load_n(&mailbox->call, __ATOMIC_ACQUIRE);
    const int32_t threads = call & ((1 << THREADS_BITS) - 1);
    if (thread >= threads) continue;
    if (program_run(mailbox->program, &mailbox->team, mailbox->steps, thread, threads) < 0) return;
  }
}

/** Runs a program with `threads` threads that have joined, the calling one included. */
int32_t EXPORT(lead)(Mailbox *mailbox, Program *program, int32_t steps, int32_t threads) {
  const uint32_t number = ((uint32_t)mailbox->call >> THREADS_BITS) + 1;
  mailbox->program = program;
  mailbox->steps = steps;
  change(&mailbox->call, (int32_t)(number << THREADS_BITS | (uint32_t)threads), &mailbox->sleepers);
  return program_run(program, &mailbox->team, steps, 0, threads);
}

/** Has all others stop waiting for the calling thread, which cannot go on. */
void EXPORT(fail)(Mailbox *mailbox) { team_break(&mailbox->team); }
#endif

/* Compilers make calls to these of loops and of copied structs. */
void *memcpy(void *to, const void *from, size_t n) { return __builtin_memcpy(to, from, n); }
void *memset(void *to, int value, size_t n) { return __builtin_memset(to, value, n); }
#endif
