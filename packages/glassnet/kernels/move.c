/**
 * Copies in which the operands' places are not simply strides: blocks at a computed start, padding, joining. Threads
 * divide the output by elements, whatever its shape. The encoder merges axes where it can, so that runs are long.
 */
#include "copy.h"
#include "kernels.h"

/** An axis of a block within x: which entry of `start` belongs to it, its size and the block's, the stride in x. */
typedef struct BlockAxis {
  int32_t axis, whole, size, stride;
} BlockAxis;

/** A block [rows, run] of x: `positions` count along all axes but the last. */
typedef struct Block {
  const BlockAxis *axes;
  int32_t rank;
  int32_t *positions;
  int64_t rows, run;
  /** Where the current row begins in x, in elements. */
  int64_t offset;
} Block;

static Block block_at(const int32_t *start, const BlockAxis *axes, int32_t rank, int32_t *positions, int64_t row) {
  const BlockAxis *last = axes + rank - 1;
  Block block = {.axes = axes, .rank = rank, .positions = positions, .rows = 1, .run = (int64_t)last->size * last->stride};
  for (int32_t d = rank - 1; d >= 0; d--) {
    const BlockAxis *axis = axes + d;
    const int32_t wanted = start[axis->axis], room = axis->whole - axis->size;
    block.offset += (int64_t)(wanted < 0 ? 0 : wanted < room ? wanted : room) * axis->stride;
    if (d == rank - 1) continue;
    block.rows *= axis->size;
    positions[d] = axis->size == 0 ? 0 : (int32_t)(row % axis->size);
    row = axis->size == 0 ? 0 : row / axis->size;
    block.offset += (int64_t)positions[d] * axis->stride;
  }
  return block;
}

static void next_row(Block *block) {
  for (int32_t d = block->rank - 2; d >= 0; d--) {
    const BlockAxis *axis = block->axes + d;
    block->offset += axis->stride;
    if (++block->positions[d] < axis->size) return;
    block->positions[d] = 0;
    block->offset -= (int64_t)axis->size * axis->stride;
  }
}

/**
 * The block of x that begins at `start`, moved inside.
 *
 * args: output, x, start, bytes of an element, output's size, rank, rank times BlockAxis
 * scratch: rank words
 */
void dynamic_slice(const Frame *frame, const int32_t *args) {
  uint8_t *out = frame->buffers[args[0]];
  const uint8_t *x = frame->buffers[args[1]];
  const int32_t *start = (const int32_t *)frame->buffers[args[2]];
  const int32_t bytes = args[3];
  const BlockAxis *axes = (const BlockAxis *)(args + 6), *last = axes + args[5] - 1;
  int64_t at, end;
  share(frame, args[4], &at, &end);
  if (at == end) return;
  const int64_t run = (int64_t)last->size * last->stride;
  Block block = block_at(start, axes, args[5], (int32_t *)frame->scratch, at / run);
  for (int64_t skip = at % run; at < end; skip = 0, next_row(&block)) {
    const int64_t count = lesser(run - skip, end - at);
    copy_bytes(out + at * bytes, x + (block.offset + skip) * bytes, count * bytes);
    at += count;
  }
}

/**
 * x with `update` in place of the block that begins at `start`, moved inside. The output may be x itself.
 *
 * args: output, x, update, start, bytes of an element, output's size, rank, rank times BlockAxis
 * scratch: rank words
 */
void dynamic_update_slice(const Frame *frame, const int32_t *args) {
  uint8_t *out = frame->buffers[args[0]];
  const uint8_t *x = frame->buffers[args[1]], *update = frame->buffers[args[2]];
  const int32_t *start = (const int32_t *)frame->buffers[args[3]];
  const int32_t bytes = args[4];
  int64_t begin, end;
  share(frame, args[5], &begin, &end);
  if (out != x) copy_bytes(out + begin * bytes, x + begin * bytes, (end - begin) * bytes);
  Block block = block_at(start, (const BlockAxis *)(args + 7), args[6], (int32_t *)frame->scratch, 0);
  for (int64_t row = 0; row < block.rows && block.offset < end; row++, next_row(&block)) {
    /* Of this row, what lies in this thread's share. */
    const int64_t from = larger(block.offset, begin), to = lesser(block.offset + block.run, end);
    if (from >= to) continue;
    copy_bytes(out + from * bytes, update + (row * block.run + from - block.offset) * bytes, (to - from) * bytes);
  }
}

/**
 * Inputs [outer, row] of several sizes → [outer, sum of rows].
 *
 * args: output, bytes of an element, outer, sum of rows, inputs, then for each: buffer, row
 */
void concat(const Frame *frame, const int32_t *args) {
  uint8_t *out = frame->buffers[args[0]];
  const int32_t bytes = args[1];
  const int64_t total = args[3];
  int64_t begin, end;
  share(frame, args[2] * total, &begin, &end);
  if (begin == end) return;
  for (int64_t row = begin / total; row * total < end; row++) {
    int64_t first = row * total;
    for (const int32_t *input = args + 5, *past = input + 2 * args[4]; input < past; input += 2) {
      const uint8_t *x = frame->buffers[input[0]];
      const int64_t from = larger(first, begin), to = lesser(first + input[1], end);
      if (from < to) copy_bytes(out + from * bytes, x + (row * input[1] + from - first) * bytes, (to - from) * bytes);
      first += input[1];
    }
  }
}

/** An axis to be padded: elements of x, padding before, distance of neighbours in the output, elements of the output. */
typedef struct PadAxis {
  int32_t size, low, step, whole;
} PadAxis;

/** Which row of x belongs to a row of the output; -1 if that is padding alone. */
static int64_t row_of(const PadAxis *axes, int32_t outer_rank, const int32_t *positions) {
  int64_t row = 0;
  for (int32_t d = 0; d < outer_rank; d++) {
    int32_t at = positions[d] - axes[d].low;
    if (at < 0) return -1;
    if (axes[d].step > 1) { /* divisions take longer than the rest */
      if (at % axes[d].step != 0) return -1;
      at /= axes[d].step;
    }
    if (at >= axes[d].size) return -1;
    row = row * axes[d].size + at;
  }
  return row;
}

/** Elements [from, to) of a row of the output, which are written to `out` on; x is the row they come from. */
static void pad_row(uint8_t *out, const uint8_t *x, const PadAxis *axis, int32_t value, int64_t from, int64_t to, int bytes) {
  const int64_t low = axis->low, step = axis->step;
  if (step == 1) {
    const int64_t first = lesser(larger(low, from), to), last = larger(lesser(low + axis->size, to), first);
    fill_bytes(out, value, (first - from) * bytes, bytes);
    copy_bytes(out + (first - from) * bytes, x + (first - low) * bytes, (last - first) * bytes);
    fill_bytes(out + (last - from) * bytes, value, (to - last) * bytes, bytes);
    return;
  }
  fill_bytes(out, value, (to - from) * bytes, bytes);
  for (int64_t k = from > low ? (from - low + step - 1) / step : 0; k < axis->size && low + k * step < to; k++) {
    const int64_t at = low + k * step - from;
    if (bytes == 4) ((int32_t *)out)[at] = ((const int32_t *)x)[k];
    else out[at] = x[k];
  }
}

/**
 * x with a value before, after and between its elements.
 *
 * args: output, x, bytes of an element, value (its bits), output's size, rank, rank times PadAxis
 * scratch: rank words
 */
void pad(const Frame *frame, const int32_t *args) {
  uint8_t *out = frame->buffers[args[0]];
  const uint8_t *x = frame->buffers[args[1]];
  const int32_t bytes = args[2], value = args[3], outer_rank = args[5] - 1;
  const PadAxis *axes = (const PadAxis *)(args + 6), *last = axes + outer_rank;
  int32_t *positions = (int32_t *)frame->scratch;
  int64_t at, end;
  share(frame, args[4], &at, &end);
  if (at == end) return;
  int64_t from = at % last->whole, row = at / last->whole;
  for (int32_t d = outer_rank - 1; d >= 0; d--) {
    positions[d] = (int32_t)(row % axes[d].whole);
    row /= axes[d].whole;
  }
  while (at < end) {
    const int64_t to = lesser(last->whole, from + end - at);
    const int64_t source = row_of(axes, outer_rank, positions);
    if (source < 0) fill_bytes(out + at * bytes, value, (to - from) * bytes, bytes);
    else pad_row(out + at * bytes, x + source * last->size * bytes, last, value, from, to, bytes);
    at += to - from;
    from = 0;
    for (int32_t d = outer_rank - 1; d >= 0 && ++positions[d] == axes[d].whole; d--) positions[d] = 0;
  }
}
