#include "program.h"
#include "kernels.h"
#include "wait.h"

#define KERNEL_ENTRY(name) name,
static Kernel *const kernel_table[] = {KERNELS(KERNEL_ENTRY)};

/** All threads wait for the last one. Sense by generation: a thread may arrive at the next meeting before others left this. */
static void meet(Team *team, int32_t threads) {
  if (threads == 1) return;
  const int32_t generation = __atomic_load_n(&team->generation, __ATOMIC_RELAXED);
  if (__atomic_add_fetch(&team->arrived, 1, __ATOMIC_ACQ_REL) == threads) {
    __atomic_store_n(&team->arrived, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&team->generation, generation + 1, __ATOMIC_RELEASE);
    wake_all(&team->generation);
    return;
  }
  wait_while(&team->generation, generation);
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
    meet(team, threads);
    for (const int32_t *at = program->code, *end = at + program->words; at < end; at += 3 + at[1]) {
      if (at[2] & MEET) meet(team, threads);
      if (!(at[2] & SOLO)) kernel_table[at[0]](&frame, at + 3);
      else if (thread == 0) kernel_table[at[0]](&alone, at + 3);
    }
    meet(team, threads);
    if (program->stop) return step;
  }
  return steps;
}
