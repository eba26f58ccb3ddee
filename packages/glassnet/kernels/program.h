/** Encoded programs and the interpreter that walks them. */
#ifndef GLASSNET_PROGRAM_H
#define GLASSNET_PROGRAM_H

#include "frame.h"

/** A buffer that is another piece of memory at each step: row k of a table for step k. */
typedef struct Table {
  int32_t buffer, bytes;
  uint8_t *base;
} Table;

/** A state and the memory that takes its next value; the two change places after a step that was applied. */
typedef struct Swap {
  int32_t state, next;
} Swap;

/**
 * A program ready to run. `code` is a sequence of instructions: kernel, number of arguments, flags, arguments.
 */
typedef struct Program {
  const int32_t *code;
  int32_t words;
  int32_t tables_count, swaps_count;
  uint8_t **buffers;
  const Table *tables;
  const Swap *swaps;
  /** Of each thread, one after the other. */
  uint8_t *scratch;
  int64_t scratch_bytes;
  /** Raised by a kernel: the step is not applied. */
  int32_t stop;
} Program;

/** Flags of an instruction: threads must have met before it; the first thread does it alone. */
enum { MEET = 1, SOLO = 2 };

/** Where threads meet. All zeros at first. */
typedef struct Team {
  int32_t arrived;
  int32_t generation;
} Team;

/**
 * Runs up to `steps` steps, as thread `thread` of `threads`, all of which call it. Returns how many were applied: fewer
 * only if one raised `stop`. The last step's values stay in the buffers, and its swaps are left to the caller, so states
 * can still be read as that step saw them.
 */
int32_t program_run(Program *program, Team *team, int32_t steps, int32_t thread, int32_t threads);

#endif
