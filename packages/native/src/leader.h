/** A thread that leads runs in the place of the one that calls, which meanwhile does something else. */
#ifndef GLASSNET_LEADER_H
#define GLASSNET_LEADER_H

#include "pool.h"

/** A run that is handed over. */
typedef struct Flight {
  struct Flight *next;
  Program *program;
  int32_t steps, threads;
  /** What `program_run` returned, and how long it took. */
  int32_t applied;
  double ms;
  int has_ended;
} Flight;

/** All zeros at first. Runs are led one after the other, so no two are ever on one pool. */
typedef struct Leader {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  pthread_t thread;
  int has_started, is_closing;
  /** What has not ended, the run that is on first. */
  Flight *first, *last;
  Pool *pool;
  /** Called by the leader's thread when a run has ended, which from then on belongs to who is called. */
  void (*ended)(void *context, Flight *flight);
  void *context;
} Leader;

/** Starts the thread, unless it was. Returns 0 if the system refuses. */
int leader_start(Leader *leader, Pool *pool, void (*ended)(void *context, Flight *flight), void *context);

/** Hands a run over, behind those that were handed over before. */
void leader_take(Leader *leader, Flight *flight);

/** Waits until a run has ended; until all have for NULL. Then nobody touches the pool but who calls, until the next is handed over. */
void leader_wait(Leader *leader, const Flight *flight);

/** Ends the thread when the run that is on has ended. Returns those that had not begun. */
Flight *leader_close(Leader *leader);

#endif
