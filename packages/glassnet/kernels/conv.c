/**
 * Convolution, and its gradient for the input: each output channel is a sum of shifted planes (conv_planes.h), each times a
 * weight. Register tiles hold some output channels by some vectors of neighbouring outputs.
 *
 * An output is a sum over channels, then rows, then columns of the kernel, in this order and from 0, wherever in a tile it lies.
 * Padding counts as 0 times the weight, which is nothing unless the weight is infinite or NaN; see `skip_padding`.
 */
#include "conv_planes.h"

/** Tiles: rows (output channels) and vectors. Channels are taken TILE_ROWS at a time, the rest by the smallest tile that holds it. */
#if VECTOR_BYTES == 64 || defined(__ARM_NEON)
#define TILE_ROWS 8
#define TILES(X) X(8, 3) X(6, 4) X(4, 4) X(2, 6) X(1, 8)
#elif VECTOR_BYTES == 32
#define TILE_ROWS 6
#define TILES(X) X(6, 2) X(4, 2) X(2, 4) X(1, 6)
#else
#define TILE_ROWS 4
#define TILES(X) X(4, 2) X(2, 4) X(1, 6)
#endif

typedef struct Correlation {
  Planes planes;
  int32_t images, groups, outputs;
  /** Floats between the weights of neighbouring groups, outputs and inputs. */
  int64_t weight_group, weight_output, weight_input;
  const float *source, *weights;
  float *target;
} Correlation;

/** out[row][i] = Σ weights[p][row] · planes[offsets[p] + i], for `vectors` vectors. */
INLINE void sum_tile(const int rows, const int vectors, const float *planes, const int32_t *offsets, const float *weights,
                     int32_t depth, float *out, int64_t pitch) {
  vf sums[8][8];
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) sums[r][v] = (vf){0};
  }
  for (int32_t p = 0; p < depth; p++, weights += rows) {
    const float *from = planes + offsets[p];
    vf x[8];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) x[v] = load_f(from + v * LANES);
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
      const vf weight = splat_f(weights[r]);
#pragma GCC unroll 8
      for (int v = 0; v < vectors; v++) sums[r][v] = fma_f(weight, x[v], sums[r][v]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) store_f(out + r * pitch + v * LANES, sums[r][v]);
  }
}

/** All vectors of a block of channels: tiles as wide as they can be, then vector by vector. */
#define DEFINE_BLOCK(rows, vectors)                                                                                             \
  static __attribute__((noinline)) void block_##rows(const float *planes, const int32_t *offsets, const float *weights, int32_t depth, float *out,        \
                           int64_t pitch, int32_t count) {                                                                      \
    int32_t v = 0;                                                                                                              \
    for (; v + vectors <= count; v += vectors) {                                                                                \
      sum_tile(rows, vectors, planes + v * LANES, offsets, weights, depth, out + v * LANES, pitch);                             \
    }                                                                                                                           \
    for (; v < count; v++) sum_tile(rows, 1, planes + v * LANES, offsets, weights, depth, out + v * LANES, pitch);              \
  }
TILES(DEFINE_BLOCK)

/** Rows of the tile that computes a block of `rows` channels. */
static int32_t tile_rows(int32_t rows) {
  int32_t least_rows = TILE_ROWS;
#define FITS(tile, vectors) \
  if (rows <= tile) least_rows = tile;
  TILES(FITS)
#undef FITS
  return least_rows;
}

static void run_block(int32_t rows, const float *planes, const int32_t *offsets, const float *weights, int32_t depth, float *out,
                      int64_t pitch, int32_t count) {
#define RUN(tile, vectors) \
  if (rows == tile) block_##tile(planes, offsets, weights, depth, out, pitch, count);
  TILES(RUN)
#undef RUN
}

static int32_t rows_of_block(const Correlation *o, int32_t block) { return least(TILE_ROWS, o->outputs - block * TILE_ROWS); }

/** Calls for each product of an output in part (e, f): input channel, tap, plane and shift. */
#define EACH_TERM(o, e, f, ...)                                                                             \
  for (int32_t input = 0; input < (o)->planes.channels; input++) {                                          \
    for (int32_t i = 0; i < (o)->planes.rows.taps; i++) {                                                   \
      int32_t row_plane, row_shift, column_plane, column_shift;                                             \
      if (!meets(&(o)->planes.rows, e, i, &row_plane, &row_shift)) continue;                                \
      for (int32_t j = 0; j < (o)->planes.columns.taps; j++) {                                              \
        if (!meets(&(o)->planes.columns, f, j, &column_plane, &column_shift)) continue;                     \
        __VA_ARGS__                                                                                         \
      }                                                                                                     \
    }                                                                                                       \
  }

/** Where the plane of each term begins. */
static int32_t list_offsets(const Correlation *o, int32_t e, int32_t f, int64_t size, int32_t *offsets) {
  const Planes *planes = &o->planes;
  int32_t count = 0;
  EACH_TERM(o, e, f, {
    const int64_t plane = ((int64_t)input * planes->rows.planes + row_plane) * planes->columns.planes + column_plane;
    offsets[count++] = (int32_t)(plane * size + row_shift * planes->pitch + column_shift);
  })
  return count;
}

/** The weights of a block, term by term, as many as the tile has rows. Returns whether one of them is infinite or NaN. */
static int32_t pack_weights(const Correlation *o, int32_t group, int32_t block, int32_t e, int32_t f, float *packed) {
  const int32_t rows = rows_of_block(o, block), tile = tile_rows(rows);
  const float *first = o->weights + group * o->weight_group + block * TILE_ROWS * o->weight_output;
  int32_t are_finite = 1;
  EACH_TERM(o, e, f, {
    (void)row_plane, (void)row_shift, (void)column_plane, (void)column_shift;
    const float *from = first + input * o->weight_input + i * o->planes.columns.taps + j;
    for (int32_t r = 0; r < tile; r++, packed++) {
      *packed = r < rows ? from[r * o->weight_output] : 0;
      are_finite &= *packed - *packed == 0;
    }
  })
  return !are_finite;
}

/** Copies rows of results to part (e, f) of one channel of the target. */
static void store_rows(const Correlation *o, const float *from, int32_t rows, int32_t columns, float *to, int32_t row,
                       int32_t e, int32_t f) {
  const int32_t row_step = o->planes.rows.target_step, step = o->planes.columns.target_step, width = o->planes.columns.target;
  const float *end = to + (int64_t)o->planes.rows.target * width;
  for (int32_t i = 0; i < rows; i++, from += o->planes.pitch) {
    float *out = to + (int64_t)((row + i) * row_step + e) * width + f;
    int32_t j = 0;
    if (step == 1) {
      /* What a vector writes beyond the row is overwritten by the next one, unless that was there before or is another channel's. */
      const float *last = row_step == 1 ? end : out + columns;
      for (; j < columns && out + j + LANES <= last; j += LANES) store_f(out + j, load_f(from + j));
    }
    for (; j < columns; j++) out[(int64_t)j * step] = from[j];
  }
}

/**
 * Where one channel of the target is NaN, its terms are added anew without those of padding, which an infinite weight has made
 * NaN. The sum is taken in the same order with the same roundings, and is over as soon as it is NaN for good.
 */
RARE void skip_padding(const Correlation *o, int64_t plane, int32_t output) {
  const Axis *rows = &o->planes.rows, *columns = &o->planes.columns;
  const int32_t inputs = o->planes.channels;
  const float *planes = o->source + plane * inputs * rows->source * columns->source;
  const float *weights = o->weights + plane % o->groups * o->weight_group + output * o->weight_output;
  float *out = o->target + (plane * o->outputs + output) * rows->target * columns->target;
  for (int32_t y = 0; y < rows->target; y++) {
    for (int32_t x = 0; x < columns->target; x++, out++) {
      if (*out == *out) continue;
      vf sum = {0};
      for (int32_t input = 0; input < inputs && sum[0] == sum[0]; input++) {
        const float *weight = weights + input * o->weight_input;
        for (int32_t i = 0; i < rows->taps; i++) {
          for (int32_t j = 0; j < columns->taps; j++, weight++) {
            const int64_t row = source_of(rows, y, i), column = source_of(columns, x, j);
            if (row < 0 || column < 0) continue;
            sum = fma_f(splat_f(*weight), splat_f(planes[(input * rows->source + row) * columns->source + column]), sum);
          }
        }
      }
      if (sum[0] == sum[0]) *out = sum[0];
    }
  }
}

static void correlate(const Frame *frame, Correlation *o) {
  Planes *planes = &o->planes;
  const Axis *rows = &planes->rows, *columns = &planes->columns;
  const int32_t blocks = (o->outputs + TILE_ROWS - 1) / TILE_ROWS;
  const int64_t each = (int64_t)o->groups * blocks; /* blocks of an image */
  int64_t begin, end;
  share(frame, o->images * each, &begin, &end);
  if (begin == end || rows->part == 0 || columns->part == 0) return;

  const int32_t ready = lies_ready(rows, columns);
  planes->pitch = ready ? columns->source : pitch_of(columns);
  const int64_t row_floats = (int64_t)planes->channels * rows->planes * columns->planes * planes->pitch;
  int64_t band = CONV_RESULT_FLOATS / ((int64_t)TILE_ROWS * planes->pitch);
  if (!ready && row_floats > 0 && CONV_COPY_FLOATS / row_floats - rows->reach < band) band = CONV_COPY_FLOATS / row_floats - rows->reach;
  if (band < 1) band = 1;
  const int32_t bands = (int32_t)((rows->part + band - 1) / band);
  const int32_t band_rows = (rows->part + bands - 1) / bands;
  planes->count = ready ? rows->source : band_rows + rows->reach;

  const int64_t depth = (int64_t)planes->channels * rows->taps * columns->taps;
  const int64_t result_pitch = ((int64_t)band_rows * planes->pitch + LANES - 1) / LANES * LANES;
  float *results = (float *)frame->scratch;
  float *copies = results + TILE_ROWS * result_pitch;
  float *packed = copies + (ready ? 0 : planes_floats(planes) + LANES);
  int32_t *offsets = (int32_t *)(packed + o->groups * (o->outputs + 1) * depth);
  const int32_t parts = least(rows->target_step, rows->target), column_parts = least(columns->target_step, columns->target);

  int64_t listed = 0;
  int32_t skips = 0; /* whether padding matters */
  for (int32_t e = 0; e < parts; e++) {
    for (int32_t f = 0; f < column_parts; f++) {
      const int32_t count = list_offsets(o, e, f, plane_size(planes), offsets + listed);
      for (int64_t unit = begin; unit < end && unit < begin + each; unit++) {
        const int32_t group = (int32_t)(unit % each / blocks), block = (int32_t)(unit % blocks);
        float *place = packed + (group * depth + listed) * (o->outputs + 1) + (int64_t)block * TILE_ROWS * count;
        skips |= pack_weights(o, group, block, e, f, place);
      }
      listed += count;
    }
  }

  for (int64_t unit = begin; unit < end;) {
    const int64_t plane = unit / blocks; /* of a group of an image */
    const int64_t next = (plane + 1) * blocks < end ? (plane + 1) * blocks : end;
    const float *source = o->source + plane * planes->channels * rows->source * columns->source;
    for (int32_t row = 0; row < rows->part; row += band_rows) {
      if (!ready) fill_planes(planes, source, row, copies);
      const float *from = ready ? source + (int64_t)row * planes->pitch : copies;
      listed = 0;
      for (int32_t e = 0; e < parts; e++) {
        const int32_t out_rows = least(part_of(rows, e) - row, band_rows);
        for (int32_t f = 0; f < column_parts; f++) {
          const int32_t out_columns = part_of(columns, f), count = taps_of(rows, e) * taps_of(columns, f) * planes->channels;
          const int32_t vectors = out_rows > 0 ? ((out_rows - 1) * planes->pitch + out_columns + LANES - 1) / LANES : 0;
          for (int64_t at = unit; at < next && vectors > 0; at++) {
            const int32_t block = (int32_t)(at % blocks), channels = rows_of_block(o, block);
            const float *weights = packed + (plane % o->groups * depth + listed) * (o->outputs + 1) + (int64_t)block * TILE_ROWS * count;
            run_block(tile_rows(channels), from, offsets + listed, weights, count, results, result_pitch, vectors);
            for (int32_t r = 0; r < channels; r++) {
              float *to = o->target + (plane * o->outputs + block * TILE_ROWS + r) * rows->target * columns->target;
              store_rows(o, results + r * result_pitch, out_rows, out_columns, to, row, e, f);
            }
          }
          listed += count;
        }
      }
    }
    for (; unit < next; unit++) {
      const int32_t block = (int32_t)(unit % blocks), channels = ready || !skips ? 0 : rows_of_block(o, block);
      for (int32_t r = 0; r < channels; r++) skip_padding(o, plane, block * TILE_ROWS + r);
    }
  }
}

static void start(const Frame *frame, const int32_t *args, int32_t transposed) {
  const int32_t taps = args[CONV_KERNEL_HEIGHT] * args[CONV_KERNEL_WIDTH];
  const int32_t inputs = args[CONV_INPUTS], outputs = args[CONV_OUTPUTS];
  Correlation o = {
      .planes = {.channels = transposed ? outputs : inputs},
      .images = args[CONV_IMAGES],
      .groups = args[CONV_GROUPS],
      .outputs = transposed ? inputs : outputs,
      .weight_group = (int64_t)outputs * inputs * taps,
      .weight_output = transposed ? taps : (int64_t)inputs * taps,
      .weight_input = transposed ? (int64_t)inputs * taps : taps,
      .target = (float *)frame->buffers[args[0]],
      .source = (const float *)frame->buffers[args[1]],
      .weights = (const float *)frame->buffers[args[2]],
  };
  axes_of(args, transposed, &o.planes.rows, &o.planes.columns);
  correlate(frame, &o);
}

void conv2d(const Frame *frame, const int32_t *args) { start(frame, args, 0); }
void conv2d_input_grad(const Frame *frame, const int32_t *args) { start(frame, args, 1); }
