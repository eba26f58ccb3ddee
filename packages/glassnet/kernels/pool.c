/**
 * Pooling over windows of planes [planes, H, W]. A window always holds at least one element of its plane. The work is
 * shared by rows of the output; within a row, the windows that lie inside the plane's width are computed a vector of
 * windows at a time where their stride is 1 or 2, and others one by one.
 */
#include "pool.h"
#include "vector.h"

typedef struct Pool {
  int64_t planes;
  int32_t height, width, out_height, out_width;
  int32_t kernel_height, kernel_width, stride_height, stride_width, top, left;
} Pool;

enum Reduction { MAX, ARGMAX, SUM };

static Pool pool_of(const int32_t *args) {
  return (Pool){args[2], args[3], args[4], args[5], args[6], args[7], args[8], args[9], args[10], args[11], args[12]};
}

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }

/** The larger one: NaN is larger than all, +0 larger than -0. */
INLINE vf larger(vf a, vf b) {
  const vf zeros = (vf)((vi)a & (vi)b); /* equal numbers differ in their bits only as zeros do */
  return select_f((b > a) | (b != b), b, select_f(a == b, zeros, a));
}

INLINE float larger_of(float a, float b) {
  if (b > a || b != b) return b;
  return a == b && b == 0 ? a + b : a; /* -0 + 0 is 0 */
}

/** p[0], p[stride], p[2 stride] … in the first `count` lanes; no more than LANES - 1 floats beyond the last are read. */
INLINE vf every(const float *p, const int stride, int32_t count) {
  if (stride == 1) return load_f(p);
  const vf low = load_f(p);
  return evens_f(low, 2 * count > LANES ? load_f(p + LANES) : low);
}

/** Windows of `rows` rows, LANES of them beginning at p, p + stride …; `index` is where the first begins in its plane. */
INLINE vf windows(const Pool *o, const enum Reduction reduction, const int stride, const float *p, int32_t index,
                  int32_t rows, int32_t count) {
  vf result = reduction == SUM ? (vf){0} : every(p, stride, count);
  vi best = lane_numbers() * stride + index;
  for (int32_t row = 0; row < rows; row++) {
    for (int32_t column = 0; column < o->kernel_width; column++) {
      const int32_t offset = row * o->width + column;
      const vf x = every(p + offset, stride, count);
      if (reduction == SUM) result += x;
      if (reduction == MAX) result = larger(result, x);
      if (reduction == ARGMAX) {
        const vi better = (x > result) | ((x != x) & (result == result));
        result = select_f(better, x, result);
        best = select_i(better, lane_numbers() * stride + (index + offset), best);
      }
    }
  }
  return reduction == ARGMAX ? (vf)best : result;
}

/** Adds or compares `count` neighbours, at least LANES of them. */
INLINE float reduce_run(const enum Reduction reduction, const float *p, int32_t count) {
  vf lanes = load_f(p);
  int32_t i = LANES;
  for (; i + LANES <= count; i += LANES) lanes = reduction == SUM ? lanes + load_f(p + i) : larger(lanes, load_f(p + i));
  float result = lanes[0];
  for (int32_t lane = 1; lane < LANES; lane++) {
    result = reduction == SUM ? result + lanes[lane] : larger_of(result, lanes[lane]);
  }
  for (; i < count; i++) result = reduction == SUM ? result + p[i] : larger_of(result, p[i]);
  return result;
}

/** Rows y0 … y1 - 1 and columns x0 … x1 - 1 of a plane. */
INLINE void one_window(const Pool *o, const enum Reduction reduction, const float *plane, int32_t y0, int32_t y1,
                       int32_t x0, int32_t x1, void *out) {
  int32_t best = y0 * o->width + x0;
  float result = reduction == SUM ? 0 : plane[best];
  for (int32_t y = y0; y < y1; y++) {
    const float *row = plane + (int64_t)y * o->width;
    if (reduction != ARGMAX && x1 - x0 >= 2 * LANES) {
      const float run = reduce_run(reduction, row + x0, x1 - x0);
      result = reduction == SUM ? result + run : larger_of(result, run);
      continue;
    }
    for (int32_t x = x0; x < x1; x++) {
      const float value = row[x];
      if (reduction == SUM) result += value;
      if (reduction == MAX) result = larger_of(result, value);
      if (reduction == ARGMAX && (value > result || (value != value && result == result))) {
        result = value;
        best = y * o->width + x;
      }
    }
  }
  if (reduction == ARGMAX) *(int32_t *)out = best;
  else *(float *)out = result;
}

/** One row of windows. `end` is where the thread's share of the output ends: rows before it are still to come. */
INLINE void pool_row(const Pool *o, const enum Reduction reduction, const float *plane, int32_t out_row, float *out,
                     const float *end) {
  const int32_t top = out_row * o->stride_height - o->top;
  const int32_t y0 = most(top, 0), y1 = least(top + o->kernel_height, o->height);
  /* Windows j0 … j1 - 1 lie inside the width; those beyond the first multiple of the stride do if they end in it. */
  const int32_t room = o->width - o->kernel_width + o->left;
  const int32_t stride = o->stride_width;
  int32_t j0 = o->out_width, j1 = o->out_width;
  if (stride <= 2 && room >= 0) {
    j0 = least((o->left + stride - 1) / stride, o->out_width);
    j1 = most(j0, least(room / stride + 1, o->out_width));
  }
  for (int32_t j = j0; j < j1; j += LANES) {
    if (j1 - j < LANES && j1 - j0 >= LANES) j = j1 - LANES; /* some windows twice rather than half a vector */
    const int32_t count = least(j1 - j, LANES), index = y0 * o->width + j * stride - o->left;
    const vf result = stride == 1 ? windows(o, reduction, 1, plane + index, index, y1 - y0, count)
                                  : windows(o, reduction, 2, plane + index, index, y1 - y0, count);
    if (out + j + LANES <= end) store_f(out + j, result); /* what is too much is overwritten by what comes */
    else for (int32_t lane = 0; lane < count; lane++) out[j + lane] = result[lane];
  }
  for (int32_t j = 0; j < o->out_width; j++) {
    if (j == j0) j = j1;
    if (j == o->out_width) break;
    const int32_t x = j * stride - o->left;
    one_window(o, reduction, plane, y0, y1, most(x, 0), least(x + o->kernel_width, o->width), out + j);
  }
}

INLINE void pool(const Frame *frame, const int32_t *args, const enum Reduction reduction) {
  const Pool o = pool_of(args);
  float *y = (float *)frame->buffers[args[0]];
  const float *x = (const float *)frame->buffers[args[1]];
  int64_t begin, end;
  share(frame, o.planes * o.out_height, &begin, &end);
  for (int64_t row = begin; row < end; row++) {
    const float *plane = x + row / o.out_height * o.height * o.width;
    pool_row(&o, reduction, plane, (int32_t)(row % o.out_height), y + row * o.out_width, y + end * o.out_width);
  }
}

void max_pool(const Frame *frame, const int32_t *args) { pool(frame, args, MAX); }
void argmax_pool(const Frame *frame, const int32_t *args) { pool(frame, args, ARGMAX); }
void sum_pool(const Frame *frame, const int32_t *args) { pool(frame, args, SUM); }

/** row[x] += the gradients of the windows that hold column x, for one row of windows. */
static void spread_row(const Pool *o, const float *grad, float *row) {
  const int32_t stride = o->stride_width;
  if (o->kernel_width >= LANES) { /* window by window, the columns of each side by side */
    for (int32_t j = 0; j < o->out_width; j++) {
      const int32_t x = j * stride - o->left, end = least(x + o->kernel_width, o->width);
      for (int32_t i = most(x, 0); i < end; i++) row[i] += grad[j];
    }
    return;
  }
  for (int32_t tap = 0; tap < o->kernel_width; tap++) {
    const int32_t offset = tap - o->left;
    const int32_t j0 = offset < 0 ? (-offset + stride - 1) / stride : 0;
    const int32_t j1 = offset < o->width ? least((o->width - 1 - offset) / stride + 1, o->out_width) : 0;
    float *to = row + offset;
    if (stride == 1) {
      for (int32_t j = j0; j < j1; j++) to[j] += grad[j];
    } else {
      for (int32_t j = j0; j < j1; j++) to[j * stride] += grad[j];
    }
  }
}

void sum_pool_grad(const Frame *frame, const int32_t *args) {
  const Pool o = pool_of(args);
  float *out = (float *)frame->buffers[args[0]];
  const float *grads = (const float *)frame->buffers[args[1]];
  int64_t begin, end;
  share(frame, o.planes * o.height, &begin, &end);
  for (int64_t i = begin; i < end; i++) {
    const float *plane = grads + i / o.height * o.out_height * o.out_width;
    float *row = out + i * o.width;
    for (int32_t x = 0; x < o.width; x++) row[x] = 0;
    /* Rows of windows that hold row y, those that begin at y - kernel_height + 1 … y, in order. */
    const int32_t y = (int32_t)(i % o.height) + o.top, first = y - o.kernel_height + 1;
    const int32_t r0 = first > 0 ? (first + o.stride_height - 1) / o.stride_height : 0;
    const int32_t r1 = least(y / o.stride_height + 1, o.out_height);
    for (int32_t r = r0; r < r1; r++) spread_row(&o, plane + (int64_t)r * o.out_width, row);
  }
}
