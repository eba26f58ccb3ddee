#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "pool.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "wait.h"

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

int sleep_while(int32_t *word, int32_t value, int32_t limit_ms) {
  const struct timespec limit = {limit_ms / 1000, limit_ms % 1000 * 1000000l};
  const long result = syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, limit_ms < 0 ? NULL : &limit, NULL, 0);
  return !(result != 0 && errno == ETIMEDOUT);
}

void wake_all(int32_t *word) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0); }

#else
/* One condition for all words: who is woken in vain looks again. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

int sleep_while(int32_t *word, int32_t value, int32_t limit_ms) {
  struct timespec limit;
  clock_gettime(CLOCK_REALTIME, &limit);
  const long nanoseconds = limit.tv_nsec + limit_ms % 1000 * 1000000l;
  limit.tv_sec += limit_ms / 1000 + nanoseconds / 1000000000l;
  limit.tv_nsec = nanoseconds % 1000000000l;
  int result = 0;
  pthread_mutex_lock(&lock);
  if (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value) {
    result = limit_ms < 0 ? pthread_cond_wait(&changed, &lock) : pthread_cond_timedwait(&changed, &lock, &limit);
  }
  pthread_mutex_unlock(&lock);
  return result != ETIMEDOUT;
}

void wake_all(int32_t *word) {
  (void)word;
  pthread_mutex_lock(&lock);
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}
#endif

static void *work(void *argument) {
  Worker *worker = argument;
  Pool *pool = worker->pool;
  for (int32_t calls = 0;;) {
    wait_while(&worker->calls, calls, &worker->sleepers, -1);
    calls = __atomic_load_n(&worker->calls, __ATOMIC_ACQUIRE);
    if (!pool->program) return NULL;
    program_run(pool->program, &pool->team, pool->steps, worker->number, pool->sharers);
    __atomic_store_n(&worker->left, calls, __ATOMIC_RELEASE);
  }
}

static void call(Worker *worker) {
  change(&worker->calls, (int32_t)((uint32_t)worker->calls + 1), &worker->sleepers);
}

int start_thread(pthread_t *thread, void *(*run)(void *), void *argument) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 1 << 20); /* some systems give 128 KiB */
  /* Signals are for the threads that know them. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int failed = pthread_create(thread, &attributes, run, argument);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return !failed;
}

static Worker *start_worker(Pool *pool, int32_t number) {
  Worker *worker = NULL;
  if (posix_memalign((void **)&worker, 64, sizeof(Worker)) != 0) return NULL;
  *worker = (Worker){.pool = pool, .number = number};
  if (start_thread(&worker->thread, work, worker)) return worker;
  free(worker);
  return NULL;
}

int32_t pool_share(Pool *pool, int32_t threads) {
  if (threads > MAX_THREADS) threads = MAX_THREADS;
  if (pool->threads == 0) {
    pool->threads = 1;
    pool->team.patience_ms = -1;
  }
  for (; pool->threads < threads; pool->threads++) {
    Worker *worker = start_worker(pool, pool->threads);
    if (!worker) break;
    pool->workers[pool->threads] = worker;
  }
  return pool->threads < threads ? pool->threads : threads;
}

int32_t pool_run(Pool *pool, Program *program, int32_t steps, int32_t threads) {
  if (threads > pool->threads) threads = pool->threads;
  if (threads < 1) threads = 1;
  /* All have met at the end of the last run, but one may not have gone on yet. It would take this run's meetings for its own. */
  for (int32_t i = 1; i < pool->threads; i++) {
    while (__atomic_load_n(&pool->workers[i]->left, __ATOMIC_ACQUIRE) != pool->workers[i]->calls) sched_yield();
  }
  pool->program = program;
  pool->steps = steps;
  pool->sharers = threads;
  /* Nobody meets anybody in a run of no steps. */
  if (steps > 0) for (int32_t i = 1; i < threads; i++) call(pool->workers[i]);
  return program_run(program, &pool->team, steps, 0, threads);
}

void pool_close(Pool *pool) {
  pool->program = NULL;
  for (int32_t i = 1; i < pool->threads; i++) {
    call(pool->workers[i]);
    pthread_join(pool->workers[i]->thread, NULL);
    free(pool->workers[i]);
  }
  pool->threads = 0;
}
