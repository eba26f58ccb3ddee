/** Threads that run programs along with the one that calls, of which there is one at a time. They sleep between runs. */
#ifndef GLASSNET_POOL_H
#define GLASSNET_POOL_H

#include <pthread.h>

#include "program.h"

/** As many as the encoder's arithmetic allows for, and more than the library asks for. */
enum { MAX_THREADS = 256 };

typedef struct Pool Pool;

/** One thread and its mailbox, in a cache line of its own. */
typedef struct Worker {
  /** Counts runs; the thread sleeps while it stays the same. */
  _Alignas(64) int32_t calls;
  int32_t sleepers;
  /** The last run that it has left. */
  int32_t left;
  int32_t number;
  Pool *pool;
  pthread_t thread;
} Worker;

/** All zeros at first. */
struct Pool {
  /** Number 0 is the thread that calls, and has no entry. */
  Worker *workers[MAX_THREADS];
  int32_t threads;
  Team team;
  /* The run that is on; no program means that threads are to end. */
  Program *program;
  int32_t steps, sharers;
};

/** Starts a thread that gets no signals. Returns 0 if the system refuses. */
int start_thread(pthread_t *thread, void *(*run)(void *), void *argument);

/** Starts what is missing of `threads` threads, the calling one included. Returns how many of them there are: fewer if the
 *  system refuses, and never fewer than 1. */
int32_t pool_share(Pool *pool, int32_t threads);

/** Runs a program on `threads` threads, at most as many as there are. Returns what `program_run` does. */
int32_t pool_run(Pool *pool, Program *program, int32_t steps, int32_t threads);

/** Ends all threads. */
void pool_close(Pool *pool);

#endif
