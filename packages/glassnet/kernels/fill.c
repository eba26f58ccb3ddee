#include "kernels.h"

/** The arguments: buffer, dtype, number of elements, and their bits. */
void fill(const Frame *frame, const int32_t *args) {
  int64_t begin, end;
  share(frame, args[2], &begin, &end);
  if (args[1] == F32 || args[1] == I32) {
    int32_t *to = (int32_t *)frame->buffers[args[0]];
    for (int64_t i = begin; i < end; i++) to[i] = args[3];
  } else {
    uint8_t *to = frame->buffers[args[0]];
    for (int64_t i = begin; i < end; i++) to[i] = (uint8_t)args[3];
  }
}
