/**
 * The gradient of a convolution for its kernel: one number for each output channel and tap, the sum over all outputs of all images of
 * gradient times the input that the tap met there. The gradient's planes are copied at the pitch of the input's planes
 * (conv_planes.h), with zeros between rows, so that each number is the product of two rows of floats. Register tiles hold some
 * output channels by some taps, a vector of partial sums each.
 *
 * Images are taken as many at a time as stay in cache (a *block*); which they are depends on the sizes alone. Within a block a lane's
 * terms are added in order, then lanes are added, then blocks in order. The zeros between rows meet numbers of the image, so one that
 * is infinite or NaN can make NaN of taps that do not meet it.
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

/** Floats of each of the gradient's planes in a block, if one row is no larger. */
#define BLOCK_LENGTH 2048

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

/** A block in cache: `slices` pieces of images, each with all channels of a group. */
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

void conv2d_kernel_grad(const Frame *frame, const int32_t *args) {
  float *out = (float *)frame->buffers[args[0]];
  const float *x = (const float *)frame->buffers[args[1]], *grad = (const float *)frame->buffers[args[2]];
  const int32_t images = args[CONV_IMAGES], groups = args[CONV_GROUPS], outputs = args[CONV_OUTPUTS];
  Planes planes = {.rows = axis_of(args[CONV_HEIGHT], args[CONV_OUT_HEIGHT], args[CONV_KERNEL_HEIGHT], args[CONV_STRIDE_HEIGHT],
                                   args[CONV_DILATION_HEIGHT], args[CONV_TOP], 0),
                   .columns = axis_of(args[CONV_WIDTH], args[CONV_OUT_WIDTH], args[CONV_KERNEL_WIDTH], args[CONV_STRIDE_WIDTH],
                                      args[CONV_DILATION_WIDTH], args[CONV_LEFT], 0),
                   .channels = args[CONV_INPUTS]};
  const Axis *rows = &planes.rows, *columns = &planes.columns;
  const int32_t terms = planes.channels * rows->taps * columns->taps;
  const int32_t tiles = (terms + TILE_TAPS - 1) / TILE_TAPS, row_tiles = (outputs + TILE_ROWS - 1) / TILE_ROWS;
  const int64_t each = (int64_t)row_tiles * tiles;
  int64_t begin, end;
  share(frame, groups * each, &begin, &end);
  if (begin == end) return;

  /* Bands of an image, then as many of them as fill a block. */
  const int64_t pitch = planes.pitch = pitch_of(columns);
  const int64_t row_floats = (int64_t)planes.channels * rows->planes * columns->planes * pitch, both = row_floats + outputs * pitch;
  int64_t band = (CONV_COPY_FLOATS - rows->reach * row_floats) / both;
  if (band > BLOCK_LENGTH / pitch) band = BLOCK_LENGTH / pitch;
  if (band < 1) band = 1;
  const int32_t bands = (int32_t)((rows->part + band - 1) / band);
  const int32_t band_rows = (rows->part + bands - 1) / bands;
  planes.count = band_rows + rows->reach;
  const int64_t length = (band_rows * pitch + LANES - 1) / LANES * LANES;
  const int64_t planes_slice = planes_floats(&planes) + LANES, grads_slice = (outputs + TILE_ROWS) * length;
  const int64_t slices = (int64_t)images * bands;
  int64_t block_slices = CONV_COPY_FLOATS / (planes_slice + grads_slice);
  if (block_slices > BLOCK_LENGTH / length) block_slices = BLOCK_LENGTH / length;
  if (block_slices < 1) block_slices = 1;

  float *plane_copies = (float *)frame->scratch;
  float *grad_copies = plane_copies + block_slices * planes_slice;
  int32_t *offsets = (int32_t *)(grad_copies + block_slices * grads_slice + LANES);
  int32_t term = 0;
  for (int32_t input = 0; input < planes.channels; input++) {
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

  for (int64_t unit = begin; unit < end;) {
    const int64_t group = unit / each, next = (group + 1) * each < end ? (group + 1) * each : end;
    /* Without images there is one block, of nothing: zeros. */
    for (int64_t first = 0; first < slices || first == 0; first += block_slices) {
      const int32_t count = (int32_t)(slices - first < block_slices ? slices - first : block_slices);
      for (int32_t slice = 0; slice < count; slice++) {
        const int64_t plane = (first + slice) / bands * groups + group; /* of a group of an image */
        const int32_t row = (int32_t)((first + slice) % bands) * band_rows;
        fill_planes(&planes, x + plane * planes.channels * rows->source * columns->source, row, plane_copies + slice * planes_slice);
        fill_grads(&planes, grad + plane * outputs * rows->target * columns->target, outputs, row, least(band_rows, rows->target - row),
                   grad_copies + slice * grads_slice, length);
      }
      const Block block = {count, (int32_t)(length / LANES), plane_copies, grad_copies, planes_slice, grads_slice, length};
      for (int64_t at = unit; at < next; at++) {
        const int32_t output = (int32_t)(at % each / tiles) * TILE_ROWS, tap = (int32_t)(at % tiles) * TILE_TAPS;
        float *to = out + (group * outputs + output) * terms + tap;
        run_tile(&block, grad_copies + output * length, offsets + tap, least(TILE_TAPS, terms - tap), least(TILE_ROWS, outputs - output),
                 to, terms, first > 0);
      }
    }
    unit = next;
  }
}
