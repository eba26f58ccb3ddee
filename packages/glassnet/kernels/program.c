#include "program.h"
#include "kernels.h"
#include "wait.h"

#define KERNEL_ENTRY(name) name,
static Kernel *const kernel_table[] = {KERNELS(KERNEL_ENTRY)};

void team_break(Team *team) { change(&team->meeting, BROKEN, &team->sleepers); }

/** How a meeting ended: all came; it never took place; or a thread failed, perhaps after all had come. */
enum { MET, NOT_MET, FAILED };

/**
 * All threads wait for the last one, which notes `stop`, if given. That is the others' copy to read: the program itself may
 * be changed as soon as the first of them leaves.
 */
static int meet(Team *team, int32_t threads, const int32_t *stop) {
  if (threads == 1) return MET;
  const int32_t meeting = __atomic_load_n(&team->meeting, __ATOMIC_RELAXED);
  if (meeting == BROKEN) return NOT_MET;
  int32_t here = meeting;
  if (__atomic_add_fetch(&team->arrived, 1, __ATOMIC_ACQ_REL) == threads) {
    if (stop) team->stopped = *stop;
    __atomic_store_n(&team->arrived, 0, __ATOMIC_RELAXED);
    /* Either this happens or somebody gave up waiting, never both. */
    const int32_t next = (int32_t)(((uint32_t)meeting + 1) & INT32_MAX);
    if (!__atomic_compare_exchange_n(&team->meeting, &here, next, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) return NOT_MET;
    if (__atomic_load_n(&team->sleepers, __ATOMIC_SEQ_CST) != 0) wake_all(&team->meeting);
    return MET;
  }
  if (!wait_while(&team->meeting, meeting, &team->sleepers, team->patience_ms) &&
      __atomic_compare_exchange_n(&team->meeting, &here, BROKEN, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
    wake_all(&team->meeting);
    return NOT_MET;
  }
  return __atomic_load_n(&team->meeting, __ATOMIC_ACQUIRE) == BROKEN ? FAILED : MET;
}

static void begin_step(Program *program, int32_t step) {
  if (step > 0) {
    for (int32_t i = 0; i < program->swaps_count; i++) {
      const Swap *swap = &program->swaps[i];
      uint8_t *state = program->buffers[swap->state];
      program->buffers[swap->state] = program->buffers[swap->next];
      program->buffers[swap->next] = state;
    }
  }
  for (int32_t i = 0; i < program->tables_count; i++) {
    const Table *table = &program->tables[i];
    program->buffers[table->buffer] = table->base + (int64_t)step * table->bytes;
  }
}

int32_t program_run(Program *program, Team *team, int32_t steps, int32_t thread, int32_t threads) {
  const Frame frame = {
      .buffers = program->buffers,
      .thread = thread,
      .threads = threads,
      .scratch = program->scratch + program->scratch_bytes * thread,
      .stop = &program->stop,
  };
  Frame alone = frame;
  alone.threads = 1;
  for (int32_t step = 0; step < steps; step++) {
    if (thread == 0) begin_step(program, step);
    const int met = meet(team, threads, 0);
    if (met != MET) return step == 0 && met == NOT_MET ? NOT_BEGUN : NOT_FINISHED;
    for (const int32_t *at = program->code, *end = at + program->words; at < end; at += 3 + at[1]) {
      if (at[2] & MEET && meet(team, threads, 0) != MET) return NOT_FINISHED;
      if (!(at[2] & SOLO)) kernel_table[at[0]](&frame, at + 3);
      else if (thread == 0) kernel_table[at[0]](&alone, at + 3);
    }
    if (meet(team, threads, &program->stop) != MET) return NOT_FINISHED;
    if (threads == 1 ? program->stop : team->stopped) return step;
  }
  return steps;
}
