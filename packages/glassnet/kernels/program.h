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

/** Where threads meet. All zeros at first but for the patience. Belongs to the threads, not to a program, and outlives both. */
typedef struct Team {
  int32_t arrived;
  /** Number of the next meeting, or BROKEN for ever. */
  int32_t meeting;
  int32_t sleepers;
  /** Whether a kernel had raised `stop` when a step ended. */
  int32_t stopped;
  /** How much later than the others a thread may come before it counts as lost, in ms; negative: as late as it likes. */
  int32_t patience_ms;
} Team;

/** What a team's `meeting` is once one of its threads has failed. */
#define BROKEN INT32_MIN

/** What is returned instead of a count when a thread failed: before anything was computed, or on the way. */
enum { NOT_BEGUN = -1, NOT_FINISHED = -2 };

/**
 * Runs up to `steps` steps, as thread `thread` of `threads`, all of which call it. Returns how many were applied: fewer
 * only if one raised `stop`. The last step's values stay in the buffers, and its swaps are left to the caller, so states
 * can still be read as that step saw them.
 *
 * When it returns to one thread, no other touches the program any more. A thread that failed is not waited for: the
 * team is then broken, and the program's memory is not safe to use again, unless the run had not begun.
 */
int32_t program_run(Program *program, Team *team, int32_t steps, int32_t thread, int32_t threads);

/** Ends all meetings of a team, from a thread that cannot go on. */
void team_break(Team *team);

#endif
