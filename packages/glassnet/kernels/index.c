/**
 * Reading and writing by index along one axis. A tensor is seen as [outer, n, inner] around it. Indices come from data:
 * one outside is moved to the nearest that exists, so whatever they hold, nothing else is touched.
 *
 * Sums are taken in the order of the updates. Each output element has one thread, which goes through all updates that may
 * be meant for it.
 */
#include "copy.h"
#include "kernels.h"

static inline int64_t clamp(int32_t index, int32_t n) { return index < 0 ? 0 : index < n ? index : n - 1; }

/**
 * Slices of x [outer, n, inner] → [outer, count, inner].
 *
 * args: output, x, indices (count), bytes of an element, outer, n, count, inner
 */
void gather(const Frame *frame, const int32_t *args) {
  uint8_t *out = frame->buffers[args[0]];
  const uint8_t *x = frame->buffers[args[1]];
  const int32_t *indices = (const int32_t *)frame->buffers[args[2]];
  const int32_t bytes = args[3], n = args[5], count = args[6];
  const int64_t run = (int64_t)args[7] * bytes;
  int64_t begin, end; /* in elements, so that few long slices are divided too */
  share(frame, (int64_t)args[4] * count * args[7], &begin, &end);
  if (begin == end) return;
  begin *= bytes;
  end *= bytes;
  int64_t row = begin / run, offset = begin % run;
  int64_t block = row / count, k = row % count;
  for (int64_t at = begin; at < end;) {
    const uint8_t *from = x + (block * n + clamp(indices[k], n)) * run;
    const int64_t length = lesser(run - offset, end - at);
    if (length == 4) *(word_bytes *)(out + at) = *(const word_bytes *)(from + offset);
    else copy_bytes(out + at, from + offset, length);
    at += length;
    offset = 0;
    if (++k == count) k = 0, block++;
  }
}

/**
 * Elements of x [outer, n, inner] → [outer, count, inner].
 *
 * args: output, x, indices (as output), bytes of an element, outer, n, count, inner
 */
void gather_elements(const Frame *frame, const int32_t *args) {
  uint8_t *out = frame->buffers[args[0]];
  const uint8_t *x = frame->buffers[args[1]];
  const int32_t *indices = (const int32_t *)frame->buffers[args[2]];
  const int32_t bytes = args[3], n = args[5];
  const int64_t count = args[6], inner = args[7];
  int64_t begin, end;
  share(frame, args[4] * count * inner, &begin, &end);
  if (begin == end) return;
  int64_t i = begin % inner, k = begin / inner % count;
  int64_t base = begin / inner / count * n * inner;
  for (int64_t at = begin; at < end; at++) {
    const int64_t from = base + clamp(indices[at], n) * inner + i;
    if (bytes == 4) ((int32_t *)out)[at] = ((const int32_t *)x)[from];
    else out[at] = x[from];
    if (++i < inner) continue;
    i = 0;
    if (++k < count) continue;
    k = 0;
    base += n * inner;
  }
}

/** What is added to is `to`, both `count` elements; integers wrap. */
static void add_run(int32_t dtype, uint8_t *to, const uint8_t *from, int64_t count) {
  int64_t i = 0;
  if (dtype == F32) {
    float *sum = (float *)to;
    const float *x = (const float *)from;
    for (; i + LANES <= count; i += LANES) store_f(sum + i, load_f(sum + i) + load_f(x + i));
    for (; i < count; i++) sum[i] += x[i];
  } else if (dtype == I32) {
    uint32_t *sum = (uint32_t *)to;
    const uint32_t *x = (const uint32_t *)from;
    for (; i < count; i++) sum[i] += x[i];
  } else {
    for (; i < count; i++) to[i] = (uint8_t)(to[i] + from[i]);
  }
}

/** As `add_run`, each element to a slice of its own: i goes to slice indices[i] if that is one of [low, high). */
static void add_elements(int32_t dtype, uint8_t *to, const uint8_t *from, const int32_t *indices, int32_t n, int64_t inner,
                         int64_t count, int64_t low, int64_t high) {
  for (int64_t i = 0; i < count; i++) {
    const int64_t slice = clamp(indices[i], n);
    if (slice < low || slice >= high) continue;
    const int64_t at = slice * inner + i;
    if (dtype == F32) ((float *)to)[at] += ((const float *)from)[i];
    else if (dtype == I32) ((uint32_t *)to)[at] += ((const uint32_t *)from)[i];
    else to[at] = (uint8_t)(to[at] + from[i]);
  }
}

/** Operands of a scatter, and the part of it that one pass over the updates is about. */
typedef struct Scatter {
  uint8_t *out;
  const uint8_t *x, *updates;
  const int32_t *indices;
  int32_t dtype, bytes, n, count;
  int64_t inner;
} Scatter;

static Scatter scatter_of(const Frame *frame, const int32_t *args) {
  return (Scatter){
      .out = frame->buffers[args[0]],
      .x = frame->buffers[args[1]],
      .indices = (const int32_t *)frame->buffers[args[2]],
      .updates = frame->buffers[args[3]],
      .dtype = args[4],
      .bytes = args[4] == F32 || args[4] == I32 ? 4 : 1,
      .n = args[6],
      .count = args[7],
      .inner = args[8],
  };
}

/** Of one block: its slices [low, high), and of each its elements [left, right). */
typedef struct Part {
  int64_t block, low, high, left, right;
} Part;

typedef void Scatterer(const Scatter *s, const Part *part);

static void scatter_slices(const Scatter *s, const Part *part) {
  const int64_t width = part->right - part->left;
  for (int64_t k = 0; k < s->count; k++) {
    const int64_t slice = clamp(s->indices[k], s->n);
    if (slice < part->low || slice >= part->high) continue;
    const int64_t to = (part->block * s->n + slice) * s->inner + part->left;
    const int64_t from = (part->block * s->count + k) * s->inner + part->left;
    add_run(s->dtype, s->out + to * s->bytes, s->updates + from * s->bytes, width);
  }
}

static void scatter_elements(const Scatter *s, const Part *part) {
  uint8_t *to = s->out + (part->block * s->n * s->inner + part->left) * s->bytes;
  for (int64_t k = 0; k < s->count; k++) {
    const int64_t from = (part->block * s->count + k) * s->inner + part->left;
    add_elements(s->dtype, to, s->updates + from * s->bytes, s->indices + from, s->n, s->inner, part->right - part->left,
                 part->low, part->high);
  }
}

/** x itself into the output, unless they are one buffer. */
static void copy_part(const Scatter *s, const Part *part) {
  if (s->out == s->x) return;
  const int64_t first = (part->block * s->n + part->low) * s->inner, slices = part->high - part->low;
  const int64_t width = part->right - part->left;
  if (width == s->inner) {
    copy_bytes(s->out + first * s->bytes, s->x + first * s->bytes, slices * width * s->bytes);
    return;
  }
  for (int64_t k = 0; k < slices; k++) {
    const int64_t at = (first + k * s->inner + part->left) * s->bytes;
    copy_bytes(s->out + at, s->x + at, width * s->bytes);
  }
}

/**
 * Divides the output among the threads: by columns, of which each thread then sees only its own updates, if they are
 * many enough; otherwise by slices, for which each thread reads all indices.
 */
static void scatter(const Frame *frame, const int32_t *args, int64_t columns_each, Scatterer *add) {
  const Scatter s = scatter_of(frame, args);
  const int64_t outer = args[5];
  const int64_t columns = outer * s.inner;
  int64_t begin, end;
  if (columns >= columns_each * frame->threads) {
    share(frame, columns, &begin, &end);
    while (begin < end) {
      const int64_t block = begin / s.inner, left = begin % s.inner;
      const Part part = {block, 0, s.n, left, lesser(s.inner, left + end - begin)};
      copy_part(&s, &part);
      add(&s, &part);
      begin += part.right - left;
    }
  } else if (s.inner > 0) {
    share(frame, outer * s.n, &begin, &end);
    while (begin < end) {
      const int64_t block = begin / s.n, low = begin % s.n;
      const Part part = {block, low, lesser(s.n, low + end - begin), 0, s.inner};
      copy_part(&s, &part);
      add(&s, &part);
      begin += part.high - low;
    }
  }
}

/**
 * x [outer, n, inner] with updates [outer, count, inner] added to its slices. The output may be x itself.
 *
 * args: output, x, indices (count), updates, dtype, outer, n, count, inner
 */
void scatter_add(const Frame *frame, const int32_t *args) { scatter(frame, args, 32, scatter_slices); }

/**
 * x [outer, n, inner] with updates [outer, count, inner] added to its elements. The output may be x itself.
 *
 * args: output, x, indices (as updates), updates, dtype, outer, n, count, inner
 */
void scatter_add_elements(const Frame *frame, const int32_t *args) { scatter(frame, args, 1, scatter_elements); }
