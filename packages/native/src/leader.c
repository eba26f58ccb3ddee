#include "leader.h"

#include <time.h>

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static void *lead(void *argument) {
  Leader *leader = argument;
  pthread_mutex_lock(&leader->lock);
  for (;;) {
    while (!leader->first && !leader->is_closing) pthread_cond_wait(&leader->changed, &leader->lock);
    if (leader->is_closing) break;
    Flight *flight = leader->first;
    pthread_mutex_unlock(&leader->lock);
    const double begin = now_ms();
    flight->applied = pool_run(leader->pool, flight->program, flight->steps, flight->threads);
    flight->ms = now_ms() - begin;
    pthread_mutex_lock(&leader->lock);
    leader->first = flight->next;
    flight->has_ended = 1;
    pthread_cond_broadcast(&leader->changed);
    pthread_mutex_unlock(&leader->lock);
    leader->ended(leader->context, flight);
    pthread_mutex_lock(&leader->lock);
  }
  pthread_mutex_unlock(&leader->lock);
  return NULL;
}

int leader_start(Leader *leader, Pool *pool, void (*ended)(void *context, Flight *flight), void *context) {
  if (leader->has_started) return 1;
  leader->pool = pool;
  leader->ended = ended;
  leader->context = context;
  pthread_mutex_init(&leader->lock, NULL);
  pthread_cond_init(&leader->changed, NULL);
  leader->has_started = start_thread(&leader->thread, lead, leader);
  return leader->has_started;
}

void leader_take(Leader *leader, Flight *flight) {
  pthread_mutex_lock(&leader->lock);
  flight->next = NULL;
  if (leader->first) leader->last->next = flight;
  else leader->first = flight;
  leader->last = flight;
  pthread_cond_broadcast(&leader->changed);
  pthread_mutex_unlock(&leader->lock);
}

void leader_wait(Leader *leader, const Flight *flight) {
  if (!leader->has_started) return;
  pthread_mutex_lock(&leader->lock);
  while (flight ? !flight->has_ended : leader->first != NULL) pthread_cond_wait(&leader->changed, &leader->lock);
  pthread_mutex_unlock(&leader->lock);
}

Flight *leader_close(Leader *leader) {
  if (!leader->has_started) return NULL;
  pthread_mutex_lock(&leader->lock);
  leader->is_closing = 1;
  pthread_cond_broadcast(&leader->changed);
  pthread_mutex_unlock(&leader->lock);
  pthread_join(leader->thread, NULL);
  return leader->first;
}
