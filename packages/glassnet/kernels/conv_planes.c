#include "conv_planes.h"

static Axis axis_of(const int32_t *args, int32_t which, int32_t transposed, int32_t apart) {
  const int32_t in = args[CONV_HEIGHT + which], out = args[CONV_OUT_HEIGHT + which], taps = args[CONV_KERNEL_HEIGHT + which];
  const int32_t stride = args[CONV_STRIDE_HEIGHT + which], before = args[CONV_TOP + which];
  Axis axis = {.taps = taps, .stride = stride, .dilation = args[CONV_DILATION_HEIGHT + which], .before = before,
               .transposed = transposed};
  axis.source = transposed ? out : in;
  axis.target = transposed ? in : out;
  axis.step = transposed ? 1 : stride;
  axis.apart = !transposed && (apart || taps <= stride);
  axis.planes = axis.apart ? taps : axis.step;
  axis.target_step = transposed ? stride : 1;
  const int32_t parts = least(axis.target_step, axis.target);
  int32_t lowest = INT32_MAX, plane, shift;
  for (int32_t e = 0; transposed && e < parts; e++) {
    for (int32_t tap = 0; tap < taps; tap++) {
      if (meets(&axis, e, tap, &plane, &shift)) lowest = least(lowest, shift);
    }
  }
  axis.lead = !transposed ? before : lowest == INT32_MAX ? 0 : -lowest;
  for (int32_t e = 0; e < parts; e++) {
    axis.part = most(axis.part, part_of(&axis, e));
    for (int32_t tap = 0; tap < taps; tap++) {
      if (!meets(&axis, e, tap, &plane, &shift)) continue;
      axis.reach = most(axis.reach, shift);
      axis.extent = most(axis.extent, part_of(&axis, e) + shift);
    }
  }
  return axis;
}

/** Elements begin … end - 1 of plane p are source elements; those before and after are padding. */
static void filled(const Axis *axis, int32_t p, int32_t *begin, int32_t *end) {
  const int32_t shift = axis->lead - first_of(axis, p);
  *begin = most(0, least(axis->extent, -floor_div(-shift, axis->step)));
  *end = most(*begin, least(axis->extent, floor_div(axis->source - 1 + shift, axis->step) + 1));
}

int32_t pitch_of(const Axis *columns) {
  int32_t pitch = columns->part, before = columns->extent;
  for (int32_t p = 0; p < columns->planes; p++) {
    int32_t begin, end;
    filled(columns, p, &begin, &end);
    pitch = most(pitch, end);
    before = least(before, begin);
  }
  return most(pitch, columns->extent - before);
}

/** Vectors of the products of a plane of outputs. */
static int64_t vectors_of(int32_t rows, int32_t columns, int32_t pitch) {
  return ((int64_t)(rows - 1) * pitch + columns + LANES - 1) / LANES;
}

void axes_of(const int32_t *args, int32_t transposed, Axis *rows, Axis *columns) {
  *rows = axis_of(args, 0, transposed, 0);
  *columns = axis_of(args, 1, transposed, 0);
  if (transposed || columns->apart) return;
  /* A copy for each column of the kernel must spare an eighth of the products, and more than it takes: about 4 cycles a vector. */
  const int64_t together = vectors_of(rows->part, columns->part, pitch_of(columns));
  const int64_t spared = together - vectors_of(rows->part, columns->part, columns->part);
  const int64_t copies = (int64_t)(rows->part + rows->reach) * rows->planes * vectors_of(1, columns->part, 0);
  if (spared * 8 >= together && spared * rows->taps * args[CONV_OUTPUTS] > 4 * copies) *columns = axis_of(args, 1, 0, 1);
}

void fill_planes(const Planes *o, const float *source, int32_t from, float *to) {
  const Axis *rows = &o->rows, *columns = &o->columns;
  for (int32_t channel = 0; channel < o->channels; channel++, source += (int64_t)rows->source * columns->source) {
    for (int32_t a = 0; a < rows->planes; a++) {
      for (int32_t b = 0; b < columns->planes; b++) {
        int32_t begin, end;
        filled(columns, b, &begin, &end);
        const float *first = source + begin * columns->step + first_of(columns, b) - columns->lead;
        for (int32_t i = from; i < from + o->count; i++, to += o->pitch) {
          const int32_t row = i * rows->step + first_of(rows, a) - rows->lead;
          if (row < 0 || row >= rows->source || begin == end) {
            clear(to, o->pitch);
            continue;
          }
          clear(to, begin);
          copy_every(to + begin, first + (int64_t)row * columns->source, end - begin, columns->step);
          clear(to + end, o->pitch - end);
        }
      }
    }
  }
  clear(to, o->pitch + LANES);
}
