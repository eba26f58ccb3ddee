/** Tells words that the kernels may trust from others, before a program runs. */
#ifndef GLASSNET_CHECK_H
#define GLASSNET_CHECK_H

#include "frame.h"

/** What a program may touch. */
typedef struct Limits {
  /** Bytes of each buffer. */
  const int64_t *bytes;
  int32_t buffers;
  /** Bytes that each thread has for itself. */
  int64_t scratch_bytes;
} Limits;

/**
 * Whether every instruction of a program stays within its buffers and its scratch, whatever numbers the buffers hold, and ends
 * by itself. Returns the place of the first instruction that does not, -1 if there is none. `touched[b]` becomes 1 for the
 * buffers that the program reads or writes; the others need no memory.
 */
int32_t program_check(const int32_t *code, int32_t words, const Limits *limits, uint8_t *touched);

#endif
