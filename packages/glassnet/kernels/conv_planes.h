/**
 * How convolutions read a plane: without a matrix of patches, by offsets.
 *
 * A plane is copied with its padding, row behind row, into cache. For each place of the kernel (a *tap*) the elements that
 * meet the outputs (0, 0), (0, 1) … (1, 0) … then lie one after the other at a fixed offset, so LANES outputs are LANES
 * neighbours and a row of the matrix of patches is a pointer. The outputs are counted along rows of the copy, whose pitch exceeds the
 * output's width; what falls in between is computed and dropped. With a stride s the copy is split into s · s planes of every
 * s-th row and column, in each of which the same holds. Where too much would be dropped, each column of the kernel has a copy of its own,
 * as wide as the output.
 *
 * The gradient for the input reads the output's gradient in the same way. There it is the target that is split: inputs
 * whose row and column have the same rest by the stride meet the same taps.
 */
#ifndef GLASSNET_CONV_PLANES_H
#define GLASSNET_CONV_PLANES_H

#include "conv.h"
#include "vector.h"

/** Rows or columns of source and target. */
typedef struct Axis {
  int32_t source, target, taps, stride, dilation, before;
  /** For the gradient for the input, whose source is the output's gradient. */
  int32_t transposed;
  /** Whether each tap has a plane of its own, or taps with the same rest by the stride share one. */
  int32_t apart;
  /** Every `step`-th source element belongs to a plane; planes; every `target_step`-th target element to a part. */
  int32_t step, planes, target_step;
  /** Element i of plane p is source element i · step + first_of(p) - lead. */
  int32_t lead;
  /** Largest shift of a tap, elements of a plane that are read, elements of the largest part. */
  int32_t reach, extent, part;
} Axis;

INLINE int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
INLINE int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }
INLINE int32_t floor_div(int32_t a, int32_t b) { return a / b - (a % b < 0); }

INLINE int32_t first_of(const Axis *axis, int32_t plane) { return axis->apart ? plane * axis->dilation : plane; }

/** Target elements e, e + target_step … */
INLINE int32_t part_of(const Axis *axis, int32_t e) {
  return e < axis->target ? (axis->target - 1 - e) / axis->target_step + 1 : 0;
}

/** Whether part e of the target meets the tap; if so its element i meets element i + shift of the plane. */
INLINE int32_t meets(const Axis *axis, int32_t e, int32_t tap, int32_t *plane, int32_t *shift) {
  const int32_t at = tap * axis->dilation;
  *plane = 0;
  if (axis->transposed) {
    const int32_t distance = e + axis->before - at;
    *shift = floor_div(distance, axis->stride) + axis->lead;
    return distance % axis->stride == 0;
  }
  if (axis->apart) {
    *plane = tap;
    *shift = 0;
  } else {
    *plane = at % axis->step;
    *shift = at / axis->step;
  }
  return 1;
}

/** The source element that a target element meets through a tap; negative where that is padding, or between two elements. */
INLINE int32_t source_of(const Axis *axis, int32_t target, int32_t tap) {
  const int32_t at = tap * axis->dilation;
  int32_t source = target * axis->stride + at - axis->before;
  if (axis->transposed) {
    const int32_t distance = target + axis->before - at;
    source = distance % axis->stride == 0 ? distance / axis->stride : -1;
  }
  return source < axis->source ? source : -1;
}

INLINE int32_t taps_of(const Axis *axis, int32_t e) {
  int32_t count = 0, plane, shift;
  for (int32_t tap = 0; tap < axis->taps; tap++) count += meets(axis, e, tap, &plane, &shift);
  return count;
}

/** Rows and columns of a convolution, from the arguments of its kernel. */
void axes_of(const int32_t *args, int32_t transposed, Axis *rows, Axis *columns);

/**
 * Floats from one row of a plane to the next. The padding after a row may be the padding before the next one, so rows are closer
 * than `extent` where both have some.
 */
int32_t pitch_of(const Axis *columns);

/** Whether the source itself is laid out as its copy would be. */
INLINE int32_t lies_ready(const Axis *rows, const Axis *columns) {
  return rows->planes == 1 && columns->planes == 1 && rows->step == 1 && columns->step == 1 && rows->lead == 0 && columns->lead == 0 &&
         rows->extent <= rows->source && columns->extent <= columns->source;
}

/** Planes of `channels` channels: rows `from` … `from + count - 1` of each, `pitch` floats apart. */
typedef struct Planes {
  Axis rows, columns;
  int32_t channels, count, pitch;
} Planes;

INLINE int64_t plane_size(const Planes *o) { return (int64_t)o->count * o->pitch; }

INLINE int64_t planes_size(const Planes *o) {
  return (int64_t)o->channels * o->rows.planes * o->columns.planes * plane_size(o);
}

/** Beyond the last plane the padding before its next row is read, and up to a vector. */
INLINE int64_t planes_floats(const Planes *o) { return planes_size(o) + o->pitch + LANES; }

/** Zeros `count` floats and up to LANES - 1 more. */
INLINE void clear(float *to, int64_t count) {
  for (int64_t i = 0; i < count; i += LANES) store_f(to + i, (vf){0});
}

/** Copies every step-th of `count` floats, and up to LANES - 1 floats more. */
INLINE void copy_every(float *to, const float *from, int32_t count, int32_t step) {
  if (step == 1) {
    for (int32_t i = 0; i < count; i += LANES) store_f(to + i, load_f(from + i));
  } else {
    int32_t i = 0;
    if (step == 2) {
      for (; i + LANES <= count; i += LANES) store_f(to + i, evens_f(load_f(from + 2 * i), load_f(from + 2 * i + LANES)));
    }
    for (; i < count; i++) to[i] = from[(int64_t)i * step];
  }
}

/** Copies rows from `from` on, into planes_floats() + LANES floats. `source` is the first channel. */
void fill_planes(const Planes *o, const float *source, int32_t from, float *to);

#endif
