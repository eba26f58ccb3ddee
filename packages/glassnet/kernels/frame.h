/** What every kernel is given, apart from its own arguments. */
#ifndef GLASSNET_FRAME_H
#define GLASSNET_FRAME_H

#include <stddef.h>
#include <stdint.h>

/** Dtypes as the encoder numbers them. Booleans are bytes that hold 0 or 1. */
enum { F32 = 0, I32 = 1, U8 = 2, BOOL = 3 };

/**
 * All threads call the same kernel with the same arguments, and each does its share: which elements of the output are
 * whose may depend on `threads`, but how an element comes about must not, so that results are the same bits on any
 * number of threads. Between two kernels all threads meet; within one they do not wait for each other.
 */
typedef struct Frame {
  /** Where each buffer of the program lies. Every buffer starts at a multiple of 64 bytes and may be read, but not
   *  written, up to 64 bytes beyond its end. */
  uint8_t *const *buffers;
  int32_t thread;
  int32_t threads;
  /** Memory of this thread alone, 64-byte aligned, as much as the encoder asked for. */
  uint8_t *scratch;
  /** Set to 1 by whoever meets a number that is not finite where the program wants them all finite. */
  int32_t *stop;
} Frame;

typedef void Kernel(const Frame *frame, const int32_t *args);

/** This thread's share [*begin, *end) of `count` equal pieces of work. */
static inline void share(const Frame *frame, int64_t count, int64_t *begin, int64_t *end) {
  *begin = count * frame->thread / frame->threads;
  *end = count * (frame->thread + 1) / frame->threads;
}

#endif
