/**
 * The gradient of a convolution for its kernel: one number for each output channel and tap, the sum over all outputs of all images of
 * gradient times the input that the tap met there. The gradient's planes are copied at the pitch of the input's planes
 * (conv_planes.h), with zeros between rows, so that each number is the product of two rows of floats. Register tiles hold some
 * output channels by some taps, a vector of partial sums each.
 *
 * Images, or bands of rows of large ones, are taken as many at a time (a *block*) as give rows long enough to be worth adding
 * their lanes, and of channels so many (a *chunk*) as stay in cache. How images are divided depends on the sizes alone. Within a
 * block a lane's terms are added in order, then lanes are added, then blocks in order. The zeros of padding and between rows
 * meet numbers of the gradient and of the image; those that are infinite or NaN there make NaN of sums that they are no part of, which
 * are then taken anew (`sum_of_met`).
 */
#include "conv_planes.h"

/** Tiles: output channels by TILE_TAPS taps. Channels beyond a multiple of TILE_ROWS take the smallest tile that holds them. */
#define TILE_TAPS 4
#if VECTOR_BYTES == 64 || defined(__ARM_NEON)
#define TILE_ROWS 6
#define TILES(X) X(6) X(4) X(2) X(1)
#elif VECTOR_BYTES == 32
#define TILE_ROWS 3
#define TILES(X) X(3) X(2) X(1)
#else
#define TILE_ROWS 2
#define TILES(X) X(2) X(1)
#endif


static int64_t least_of(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t tiles_of(int64_t count, int64_t each) { return (count + each - 1) / each; }

typedef float v4 __attribute__((vector_size(16)));
typedef float v4_any __attribute__((vector_size(16), aligned(4), may_alias));

/** Four partial sums of LANES. */
INLINE v4 fold(vf x) {
#if LANES == 16
  typedef float v8 __attribute__((vector_size(32)));
  const v8 half = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7) + __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
  return __builtin_shufflevector(half, half, 0, 1, 2, 3) + __builtin_shufflevector(half, half, 4, 5, 6, 7);
#elif LANES == 8
  return __builtin_shufflevector(x, x, 0, 1, 2, 3) + __builtin_shufflevector(x, x, 4, 5, 6, 7);
#else
  return (v4)x;
#endif
}

/** The sums of the lanes of four vectors. */
INLINE v4 add_lanes(vf a, vf b, vf c, vf d) {
  const v4 e = fold(a), f = fold(b), g = fold(c), h = fold(d);
  const v4 ef = __builtin_shufflevector(e, f, 0, 4, 1, 5) + __builtin_shufflevector(e, f, 2, 6, 3, 7);
  const v4 gh = __builtin_shufflevector(g, h, 0, 4, 1, 5) + __builtin_shufflevector(g, h, 2, 6, 3, 7);
  return __builtin_shufflevector(ef, gh, 0, 1, 4, 5) + __builtin_shufflevector(ef, gh, 2, 3, 6, 7);
}

/** A chunk of a block in cache: `slices` images or bands, some channels of a group of each. */
typedef struct Block {
  int32_t slices, vectors;
  /** Copies of the images' planes, and of the gradient's; floats from slice to slice and from channel to channel. */
  const float *planes, *grads;
  int64_t planes_slice, grads_slice, grads_pitch;
} Block;

/** out[r][t], or what is added to it, for the channels of a tile, of which `kept` are stored, and `taps` taps. */
INLINE void dot_tile(const int rows, const int taps, const Block *block, const float *grads, const int32_t *offsets, int32_t kept,
                     float *out, int64_t out_pitch, int32_t add) {
  vf sums[TILE_ROWS][TILE_TAPS];
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
    for (int t = 0; t < TILE_TAPS; t++) sums[r][t] = (vf){0};
  }
  const int64_t pitch = block->grads_pitch;
  for (int32_t slice = 0; slice < block->slices; slice++, grads += block->grads_slice) {
    const float *from[TILE_TAPS];
#pragma GCC unroll 8
    for (int t = 0; t < taps; t++) from[t] = block->planes + slice * block->planes_slice + offsets[t];
    for (int64_t i = 0; i < (int64_t)block->vectors * LANES; i += LANES) {
      /* The fewer ones are held in registers, the others pass through one. */
      vf held[TILE_TAPS];
      if (rows < taps) {
#pragma GCC unroll 8
        for (int r = 0; r < rows; r++) held[r] = load_f(grads + r * pitch + i);
#pragma GCC unroll 8
        for (int t = 0; t < taps; t++) {
          const vf x = load_f(from[t] + i);
#pragma GCC unroll 8
          for (int r = 0; r < rows; r++) sums[r][t] = fma_f(held[r], x, sums[r][t]);
        }
      } else {
#pragma GCC unroll 8
        for (int t = 0; t < taps; t++) held[t] = load_f(from[t] + i);
#pragma GCC unroll 8
        for (int r = 0; r < rows; r++) {
          const vf grad = load_f(grads + r * pitch + i);
#pragma GCC unroll 8
          for (int t = 0; t < taps; t++) sums[r][t] = fma_f(grad, held[t], sums[r][t]);
        }
      }
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
    if (r >= kept) break;
    float *to = out + r * out_pitch;
    const v4 total = add_lanes(sums[r][0], sums[r][1], sums[r][2], sums[r][3]);
    if (taps < TILE_TAPS) *to = add ? *to + total[0] : total[0];
    else if (add) *(v4_any *)to += total;
    else *(v4_any *)to = total;
  }
}

/** A tile of all its taps, or the last few of a row one by one. */
#define DEFINE_ROW(rows)                                                                                                        \
  static __attribute__((noinline)) void row_##rows(const Block *block, const float *grads, const int32_t *offsets, int32_t taps, int32_t kept, float *out, \
                         int64_t out_pitch, int32_t add) {                                                                      \
    if (taps == TILE_TAPS) {                                                                                                    \
      dot_tile(rows, TILE_TAPS, block, grads, offsets, kept, out, out_pitch, add);                                              \
    } else {                                                                                                                    \
      for (int32_t t = 0; t < taps; t++) dot_tile(rows, 1, block, grads, offsets + t, kept, out + t, out_pitch, add);           \
    }                                                                                                                           \
  }
TILES(DEFINE_ROW)

static void run_tile(const Block *block, const float *grads, const int32_t *offsets, int32_t taps, int32_t kept, float *out,
                     int64_t out_pitch, int32_t add) {
  int32_t rows = TILE_ROWS;
#define FITS(tile) \
  if (kept <= tile) rows = tile;
  TILES(FITS)
#undef FITS
#define RUN(tile) \
  if (rows == tile) row_##tile(block, grads, offsets, taps, kept, out, out_pitch, add);
  TILES(RUN)
#undef RUN
}

/** How many of `count` channels, of `each` floats, to take at a time: all that fit in `floats`, or else a multiple of `unit`. */
static int32_t chunk_of(int32_t count, int32_t unit, int64_t each, int64_t floats) {
  if (count * each <= floats) return count;
  const int64_t whole = floats / each < unit ? unit : floats / each / unit * unit;
  const int64_t even = tiles_of(count, tiles_of(count, whole));
  return (int32_t)least_of(tiles_of(even, unit) * unit, count);
}

/** Copies `count` rows of each of the gradient's planes, zeros after each row up to the pitch and up to `length` floats. */
static void fill_grads(const Planes *planes, const float *source, int32_t channels, int32_t from, int32_t count, float *to,
                       int64_t length) {
  const int32_t height = planes->rows.target, width = planes->columns.target;
  for (int32_t channel = 0; channel < channels; channel++, to += length) {
    const float *rows = source + ((int64_t)channel * height + from) * width;
    float *at = to;
    for (int32_t row = 0; row < count; row++, at += planes->pitch) {
      const int64_t rest = row == count - 1 ? to + length - at : planes->pitch;
      copy_every(at, rows + (int64_t)row * width, width, 1);
      clear(at + width, rest - width);
    }
  }
}

/** The sum for one tap between two channels, from their first image on, term by term. It is over as soon as it is NaN for good. */
RARE float sum_of_met(const int32_t *args, const Planes *planes, const float *x, const float *grad, int32_t tap) {
  const Axis *rows = &planes->rows, *columns = &planes->columns;
  const int64_t plane = (int64_t)rows->source * columns->source, grad_plane = (int64_t)rows->target * columns->target;
  double sum = 0;
  for (int32_t image = 0; image < args[CONV_IMAGES] && sum == sum; image++) {
    for (int32_t i = 0; i < rows->target; i++) {
      const int64_t row = source_of(rows, i, tap / columns->taps);
      for (int32_t j = 0; j < columns->target && row >= 0; j++) {
        const int32_t column = source_of(columns, j, tap % columns->taps);
        if (column >= 0) sum += (double)x[row * columns->source + column] * grad[(int64_t)i * columns->target + j];
      }
    }
    x += args[CONV_GROUPS] * args[CONV_INPUTS] * plane;
    grad += args[CONV_GROUPS] * args[CONV_OUTPUTS] * grad_plane;
  }
  return (float)sum;
}

void conv2d_kernel_grad(const Frame *frame, const int32_t *args) {
  float *out = (float *)frame->buffers[args[0]];
  const float *x = (const float *)frame->buffers[args[1]], *grad = (const float *)frame->buffers[args[2]];
  const int32_t groups = args[CONV_GROUPS], inputs = args[CONV_INPUTS], outputs = args[CONV_OUTPUTS];
  Planes planes;
  axes_of(args, 0, &planes.rows, &planes.columns);
  const Axis *rows = &planes.rows, *columns = &planes.columns;
  const int32_t taps = rows->taps * columns->taps;
  const int64_t terms = (int64_t)inputs * taps;
  int64_t begin, end;
  share(frame, groups * tiles_of(outputs, TILE_ROWS) * tiles_of(terms, TILE_TAPS), &begin, &end);
  if (begin == end) return;

  /* Blocks: bands of an image, then as many of them as are long enough together. */
  const int64_t pitch = planes.pitch = pitch_of(columns);
  const int32_t band = most(1, (int32_t)(CONV_BLOCK_LENGTH / pitch)), bands = (rows->part + band - 1) / band;
  const int32_t band_rows = (rows->part + bands - 1) / bands;
  planes.count = band_rows + rows->reach;
  const int64_t length = (band_rows * pitch + LANES - 1) / LANES * LANES;
  const int64_t slices = (int64_t)args[CONV_IMAGES] * bands;
  const int64_t block_slices = least_of(CONV_BLOCK_LENGTH / length > 1 ? CONV_BLOCK_LENGTH / length : 1, slices);

  /* Chunks: whole tiles, unless a chunk ends with the last channel. */
  const int64_t channel = rows->planes * columns->planes * plane_size(&planes);
  const int32_t some_inputs = chunk_of(inputs, TILE_TAPS, block_slices * channel, CONV_COPY_FLOATS / 2);
  const int32_t some_outputs = chunk_of(outputs, TILE_ROWS, block_slices * length, CONV_COPY_FLOATS / 2);
  const int64_t planes_slice = some_inputs * channel + pitch + 2 * LANES, grads_slice = (some_outputs + TILE_ROWS) * length;
  float *plane_copies = (float *)frame->scratch;
  float *grad_copies = plane_copies + block_slices * planes_slice;
  int32_t *offsets = (int32_t *)(grad_copies + block_slices * grads_slice + LANES);
  int32_t term = 0;
  for (int32_t input = 0; input < some_inputs; input++) {
    for (int32_t i = 0; i < rows->taps; i++) {
      for (int32_t j = 0; j < columns->taps; j++) {
        int32_t row_plane, row_shift, column_plane, column_shift;
        meets(rows, 0, i, &row_plane, &row_shift);
        meets(columns, 0, j, &column_plane, &column_shift);
        const int64_t plane = ((int64_t)input * rows->planes + row_plane) * columns->planes + column_plane;
        offsets[term++] = (int32_t)(plane * plane_size(&planes) + row_shift * pitch + column_shift);
      }
    }
  }

  int64_t chunk_begin = 0; /* tiles before the chunk */
  for (int32_t group = 0; group < groups; group++) {
    for (int32_t output = 0; output < outputs; output += some_outputs) {
      for (int32_t input = 0; input < inputs; input += some_inputs) {
        const int32_t chunk_outputs = least(some_outputs, outputs - output), chunk_terms = least(some_inputs, inputs - input) * taps;
        const int64_t row_tiles = tiles_of(chunk_terms, TILE_TAPS), tiles = tiles_of(chunk_outputs, TILE_ROWS) * row_tiles;
        const int64_t from = begin > chunk_begin ? begin - chunk_begin : 0, to = least_of(end - chunk_begin, tiles);
        chunk_begin += tiles;
        if (from >= to) continue;
        planes.channels = chunk_terms / taps;
        /* Without images there is one block, of nothing: zeros. */
        for (int64_t first = 0; first < slices || first == 0; first += block_slices) {
          const int32_t count = (int32_t)least_of(slices - first, block_slices);
          for (int32_t slice = 0; slice < count; slice++) {
            const int64_t at = (first + slice) / bands * groups + group; /* group of an image */
            const int32_t row = (int32_t)((first + slice) % bands) * band_rows;
            const float *image = x + (at * inputs + input) * rows->source * columns->source;
            fill_planes(&planes, image, row, plane_copies + slice * planes_slice);
            fill_grads(&planes, grad + (at * outputs + output) * rows->target * columns->target, chunk_outputs, row,
                       least(band_rows, rows->target - row), grad_copies + slice * grads_slice, length);
          }
          const Block block = {count, (int32_t)(length / LANES), plane_copies, grad_copies, planes_slice, grads_slice, length};
          for (int64_t tile = from; tile < to; tile++) {
            const int32_t o = (int32_t)(tile / row_tiles) * TILE_ROWS, t = (int32_t)(tile % row_tiles) * TILE_TAPS;
            run_tile(&block, grad_copies + o * length, offsets + t, least(TILE_TAPS, chunk_terms - t), least(TILE_ROWS, chunk_outputs - o),
                     out + ((int64_t)group * outputs + output + o) * terms + (int64_t)input * taps + t, terms, first > 0);
          }
          if (slices == 0) break;
        }
        for (int64_t tile = from; tile < to; tile++) {
          const int32_t o = (int32_t)(tile / row_tiles) * TILE_ROWS, t = (int32_t)(tile % row_tiles) * TILE_TAPS;
          for (int32_t r = o; r < least(o + TILE_ROWS, chunk_outputs); r++) {
            for (int32_t term = t; term < least(t + TILE_TAPS, chunk_terms); term++) {
              const int64_t in_channel = (int64_t)group * inputs + input + term / taps, out_channel = (int64_t)group * outputs + output + r;
              float *sum = out + out_channel * terms + (int64_t)input * taps + term;
              if (*sum == *sum) continue;
              const float met = sum_of_met(args, &planes, x + in_channel * rows->source * columns->source,
                                           grad + out_channel * rows->target * columns->target, term % taps);
              if (met == met) *sum = met;
            }
          }
        }
      }
    }
  }
}
