#include "block.h"
#include "fold.h"
#include "kernels.h"
#include "math.h"
#include "operations.h"
#include "vector.h"

/** A run shorter than this shares its tile with the next ones; a longer one is worked on where it lies. */
#define LONG_RUN 256

/* Conversions */

INLINE vi truncate_i(vf x) {
#if defined(__wasm__)
  return (vi)wasm_i32x4_trunc_sat_f32x4((v128_t)x);
#else
  vi inside = x < splat_f(2147483648.0f); /* false for NaN, which becomes 0 */
  vi low = x <= splat_f(-2147483648.0f);
  vi safe = inside & ~low;
  vi whole = __builtin_convertvector((vf)((vi)x & safe), vi);
  vi large = x >= splat_f(2147483648.0f);
  return whole | (large & 0x7fffffff) | (low & (int32_t)0x80000000);
#endif
}

INLINE vi truncate_u8(vf x) {
  vi i = truncate_i(x);
  i = select_i(i < 0, splat_i(0), i);
  return select_i(i > 255, splat_i(255), i);
}

/* Operations on slots */

#define EACH_LANES for (int64_t i = 0; i < n; i += LANES)
#define UNARY_F(name, expression) \
  case name: \
    EACH_LANES { vf x = load_f(a + i); store_f(to + i, expression); } \
    break;
#define UNARY_I(name, expression) \
  case name: \
    EACH_LANES { vi x = load_i(a + i); store_i(to + i, (vi)(expression)); } \
    break;
#define BINARY_F(name, expression) \
  case name: \
    EACH_LANES { vf x = load_f(a + i), y = load_f(b + i); store_f(to + i, expression); } \
    break;
#define BINARY_I(name, expression) \
  case name: \
    EACH_LANES { vi x = load_i(a + i), y = load_i(b + i); store_i(to + i, (vi)(expression)); } \
    break;
#define TERNARY_F(name, expression) \
  case name: \
    EACH_LANES { vf x = load_f(a + i), y = load_f(b + i), z = load_f(c + i); store_f(to + i, expression); } \
    break;
#define TERNARY_I(name, expression) \
  case name: \
    EACH_LANES { vi x = load_i(a + i), y = load_i(b + i), z = load_i(c + i); store_i(to + i, (vi)(expression)); } \
    break;

#define QUATERNARY_F(name, expression) \
  case name: \
    EACH_LANES { \
      vf x = load_f(a + i), y = load_f(b + i), z = load_f(c + i), w = load_f(d + i); \
      store_f(to + i, expression); \
    } \
    break;

/** Over n elements; up to a vector beyond them is read and written, as slots allow. */
static void apply(int32_t op, float *to, const float *a, const float *b, const float *c, const float *d, int64_t n) {
  switch (op) {
    UNARY_OPERATIONS(UNARY_F, UNARY_I)
    BINARY_OPERATIONS(BINARY_F, BINARY_I)
    TERNARY_OPERATIONS(TERNARY_F, TERNARY_I)
    QUATERNARY_OPERATIONS(QUATERNARY_F)
  }
}

/* Folds of rows */

#define FOLD_ROWS(OP, FOLD, SCALAR) \
  case OP: \
    for (int64_t row = 0; row < rows; row++) ((SCALAR *)to)[row] = FOLD(from + row * columns, columns); \
    break;

static void fold_rows(int32_t op, float *to, const float *from, int64_t rows, int64_t columns) {
  switch (op) {
    FOLD_ROWS(ROW_SUM_F, sum_f, float)
    FOLD_ROWS(ROW_MAX_F, max_f, float)
    FOLD_ROWS(ROW_MIN_F, min_f, float)
    FOLD_ROWS(ROW_PROD_F, prod_f, float)
    FOLD_ROWS(ROW_SUM_I, sum_i, int32_t)
    FOLD_ROWS(ROW_MAX_I, max_i, int32_t)
    FOLD_ROWS(ROW_MIN_I, min_i, int32_t)
    FOLD_ROWS(ROW_PROD_I, prod_i, int32_t)
  }
}

static void fill_bits(float *to, int32_t bits, int64_t n) {
  for (int64_t i = 0; i < n; i += LANES) store_i(to + i, splat_i(bits));
}

/** An exponent of ones is an infinity or a NaN. */
static int all_finite(const float *p, int64_t n) {
  vi bad = splat_i(0);
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) bad |= (load_i(p + i) & 0x7f800000) == 0x7f800000;
  if (i < n) bad |= ((load_i(p + i) & 0x7f800000) == 0x7f800000) & (lane_numbers() < splat_i((int32_t)(n - i)));
  int32_t any = 0;
  for (int lane = 0; lane < LANES; lane++) any |= bad[lane];
  return any == 0;
}

/* Loads and stores between memory and slots */

/** Copies a run into a slot; up to a vector beyond it is written, as slots allow, so runs come in the order of the slot. */
static void load_run(float *to, const uint8_t *base, int32_t kind, int64_t at, int64_t stride, int64_t n) {
  int32_t *to_i = (int32_t *)to;
  switch (kind) {
    case F32:
    case I32: {
      const int32_t *p = (const int32_t *)base + at;
      if (stride == 1) {
        int64_t i = 0;
        for (; i + LANES <= n; i += LANES) store_i(to_i + i, load_i(p + i));
        if (i < n) store_f(to + i, load_first((const float *)(p + i), (int32_t)(n - i)));
      } else if (stride == 0) {
        for (int64_t i = 0; i < n; i += LANES) store_i(to_i + i, splat_i(*p));
      } else {
        for (int64_t i = 0; i < n; i++) to_i[i] = p[i * stride];
      }
      break;
    }
    case U8:
    case BOOL: {
      const int32_t sign = kind == BOOL ? -1 : 0; /* (x ^ sign) - sign is -x, or x */
      const uint8_t *p = base + at;
      int64_t i = 0;
      if (stride == 1) {
        for (; i + LANES <= n; i += LANES) store_i(to_i + i, (integers_of(p + i) ^ sign) - sign);
      }
      for (; i < n; i++) to_i[i] = (p[i * stride] ^ sign) - sign;
      break;
    }
    case COUNTING: {
      const vi steps = lane_numbers() * splat_i((int32_t)stride);
      for (int64_t i = 0; i < n; i += LANES) store_i(to_i + i, splat_i((int32_t)(at + i * stride)) + steps);
      break;
    }
  }
}

/** Repeats the numbers of rows along them. Nothing is written beyond, where there may be memory of another thread. */
static void expand(float *to, const float *from, int64_t rows, int64_t columns) {
  const int64_t size = rows * columns;
  for (int64_t row = 0; row < rows; row++) {
    const vf x = splat_f(from[row]);
    const int64_t end = (row + 1) * columns;
    int64_t i = end - columns;
    for (; i < end && i + LANES <= size; i += LANES) store_f(to + i, x); /* the next row takes its own back */
    for (; i < end; i++) to[i] = from[row];
  }
}

static void store_run(uint8_t *base, int32_t dtype, int64_t at, const float *from, int64_t n) {
  const int32_t *from_i = (const int32_t *)from;
  switch (dtype) {
    case F32:
    case I32: {
      int32_t *p = (int32_t *)base + at;
      int64_t i = 0;
      for (; i + LANES <= n; i += LANES) store_i(p + i, load_i(from_i + i));
      for (; i < n; i++) p[i] = from_i[i];
      break;
    }
    case U8:
      for (int64_t i = 0; i < n; i++) base[at + i] = (uint8_t)from_i[i];
      break;
    case BOOL:
      for (int64_t i = 0; i < n; i++) base[at + i] = (uint8_t)(from_i[i] & 1);
      break;
  }
}

/** Folds a run into memory: into one number, or into as many as it has. */
static void fold_run(const BlockOutput *out, uint8_t *base, int64_t at, const float *from, int64_t n, int64_t stride) {
  float *f = (float *)base + at;
  int32_t *i = (int32_t *)base + at;
#define FOLD_CASE(FOLD, TO, COMBINE, V) \
  if (stride != 0) FOLD##_into(TO, from, n); \
  else *TO = COMBINE(V(*TO), V(FOLD(from, n)))[0];
  if (out->dtype == F32) {
    switch (out->fold) {
      case FOLD_SUM: FOLD_CASE(sum_f, f, SUM_OF, splat_f) break;
      case FOLD_MAX: FOLD_CASE(max_f, f, MAX_OF, splat_f) break;
      case FOLD_MIN: FOLD_CASE(min_f, f, MIN_OF, splat_f) break;
      case FOLD_PROD: FOLD_CASE(prod_f, f, PROD_OF, splat_f) break;
    }
  } else {
    switch (out->fold) {
      case FOLD_SUM: FOLD_CASE(sum_i, i, SUM_OF, splat_i) break;
      case FOLD_MAX: FOLD_CASE(max_i, i, MAX_OF_I, splat_i) break;
      case FOLD_MIN: FOLD_CASE(min_i, i, MIN_OF_I, splat_i) break;
      case FOLD_PROD: FOLD_CASE(prod_i, i, PROD_OF, splat_i) break;
    }
  }
}

/* The walk over a box */

/** The runs of a box: all dimensions but the innermost, in row-major order. */
typedef struct Walk {
  int32_t dims; /* of the index space; the last is the run */
  int32_t index[MAX_DIMS];
} Walk;

static void walk_to(Walk *walk, const Box *box, int32_t dims, int64_t run) {
  walk->dims = dims;
  walk->index[dims - 1] = 0;
  for (int32_t d = dims - 2; d >= 0; d--) {
    int64_t size = box->hi[d] - box->lo[d];
    walk->index[d] = box->lo[d] + (int32_t)(run % size);
    run /= size;
  }
}

static void walk_on(Walk *walk, const Box *box) {
  for (int32_t d = walk->dims - 2; d >= 0; d--) {
    if (++walk->index[d] < box->hi[d]) return;
    walk->index[d] = box->lo[d];
  }
}

static int64_t offset_at(const Walk *walk, const int32_t *strides) {
  int64_t offset = 0;
  for (int32_t d = 0; d < walk->dims - 1; d++) offset += (int64_t)walk->index[d] * strides[d];
  return offset;
}

/** A tile: `runs` runs from number `run` of the box on, of each the `length` elements from `from` on. */
typedef struct Tile {
  int64_t run, runs, from, length;
  int64_t rows, row_runs;
} Tile;

typedef struct Block {
  const BlockHead *head;
  const BlockInput *inputs;
  const BlockConstant *constants;
  const BlockOp *ops;
  const BlockOutput *outputs;
} Block;

static Block block_of(const int32_t *words) {
  Block block;
  block.head = (const BlockHead *)words;
  block.inputs = (const BlockInput *)(block.head + 1);
  block.constants = (const BlockConstant *)(block.inputs + block.head->inputs);
  block.ops = (const BlockOp *)(block.constants + block.head->constants);
  block.outputs = (const BlockOutput *)(block.ops + block.head->ops);
  return block;
}

/** Whether the runs of the whole index space lie one after the other without gaps. */
static int is_dense(const BlockHead *head, const int32_t *strides) {
  int64_t expected = 1;
  for (int32_t d = head->dims - 1; d >= 0; d--) {
    if (head->sizes[d] != 1 && strides[d] != expected) return 0;
    expected *= head->sizes[d];
  }
  return 1;
}

/** Copies the part of an input that a tile needs into its slot. */
static void load_tile(const BlockHead *head, const BlockInput *in, const uint8_t *base, const Box *box,
                      const Tile *tile, const Product *product, float *slot) {
  Walk walk;
  walk_to(&walk, box, head->dims, tile->run);
  if (in->extent == ROW) {
    for (int64_t row = 0; row < tile->rows; row++) {
      load_run(slot + row, base, in->kind, in->offset + offset_at(&walk, in->strides), 0, 1);
      for (int64_t k = 0; k < tile->row_runs; k++) walk_on(&walk, box);
    }
    return;
  }
  const int64_t stride = in->strides[head->dims - 1];
  for (int64_t k = 0; k < tile->runs; k++, walk_on(&walk, box)) {
    float *to = slot + k * tile->length;
    if (in->kind == PRODUCT) {
      load_run(to, (const uint8_t *)product->tile, F32, (tile->run + k) * product->ld + tile->from, 1, tile->length);
    } else {
      const int64_t at = in->offset + offset_at(&walk, in->strides) + (box->lo[head->dims - 1] + tile->from) * stride;
      load_run(to, base, in->kind, at, stride, tile->length);
    }
  }
}

static void store_tile(const BlockHead *head, const BlockOutput *out, uint8_t *base, const Box *box, const Tile *tile,
                       const float *slot) {
  Walk walk;
  walk_to(&walk, box, head->dims, tile->run);
  const int32_t last = head->dims - 1;
  if (out->extent == ROW) {
    for (int64_t row = 0; row < tile->rows; row++) {
      const int64_t at = offset_at(&walk, out->strides);
      if (out->fold == STORE) store_run(base, out->dtype, at, slot + row, 1);
      else fold_run(out, base, at, slot + row, 1, 0);
      for (int64_t k = 0; k < tile->row_runs; k++) walk_on(&walk, box);
    }
    return;
  }
  const int64_t stride = out->strides[last];
  for (int64_t k = 0; k < tile->runs; k++, walk_on(&walk, box)) {
    const float *from = slot + k * tile->length;
    const int64_t at = offset_at(&walk, out->strides) + (box->lo[last] + tile->from) * stride;
    if (out->fold == STORE) store_run(base, out->dtype, at, from, tile->length);
    else fold_run(out, base, at, from, tile->length, stride);
  }
}

/** What is decided once for a box. */
typedef struct Plan {
  /** Whether a tile of several runs is one piece of each dense input and output. */
  int flat;
  int64_t run_length;
  uint64_t dense_inputs, dense_outputs;
} Plan;

static Plan plan_of(const Block *block, const Box *box) {
  const BlockHead *head = block->head;
  const int32_t last = head->dims - 1;
  Plan plan = {.flat = 1, .run_length = box->hi[last] - box->lo[last]};
  for (int32_t d = 1; d <= last; d++) plan.flat &= box->lo[d] == 0 && box->hi[d] == head->sizes[d];
  for (int32_t i = 0; i < head->inputs; i++) {
    const BlockInput *in = &block->inputs[i];
    const int is_wide = in->kind == F32 || in->kind == I32;
    if (is_wide && in->extent == FULL && is_dense(head, in->strides)) plan.dense_inputs |= 1ull << i;
  }
  for (int32_t i = 0; i < head->outputs; i++) {
    const BlockOutput *out = &block->outputs[i];
    const int is_wide = out->dtype == F32 || out->dtype == I32;
    if (is_wide && out->fold == STORE && out->extent == FULL && is_dense(head, out->strides)) {
      plan.dense_outputs |= 1ull << i;
    }
  }
  return plan;
}

/** One pass: inputs to slots (or slots to where they lie), all operations, outputs to memory. */
static void run_tile(const Frame *frame, const Block *block, const Plan *plan, const Box *box, const Tile *tile,
                     const Product *product, float *const *own, float **slots) {
  const BlockHead *head = block->head;
  const int32_t last = head->dims - 1;
  const int64_t full = tile->runs * tile->length;
  const int in_place = tile->runs == 1 || plan->flat;
  Walk walk;
  walk_to(&walk, box, head->dims, tile->run);

  for (int32_t i = 0; i < head->inputs; i++) {
    const BlockInput *in = &block->inputs[i];
    if (in->extent == UNIFORM) continue;
    const int64_t column = box->lo[last] + tile->from;
    if (in->kind == PRODUCT && tile->runs == 1) {
      slots[in->slot] = (float *)product->tile + tile->run * product->ld + tile->from;
      continue;
    }
    const uint8_t *base = in->kind < COUNTING ? frame->buffers[in->buffer] : 0;
    const int is_wide = in->kind == F32 || in->kind == I32;
    const int dense = (plan->dense_inputs >> i) & 1;
    if (in->extent == FULL && is_wide && (in_place ? dense : 0)) {
      slots[in->slot] = (float *)base + in->offset + offset_at(&walk, in->strides) + column;
    } else if (in->extent == FULL && is_wide && tile->runs == 1 && in->strides[last] == 1) {
      slots[in->slot] = (float *)base + in->offset + offset_at(&walk, in->strides) + column;
    } else {
      slots[in->slot] = own[in->slot];
      load_tile(head, in, base, box, tile, product, own[in->slot]);
    }
  }
  uint64_t direct = 0; /* outputs whose slot is the memory that they belong into */
  for (int32_t i = 0; i < head->outputs; i++) {
    const BlockOutput *out = &block->outputs[i];
    if (out->fold != STORE) continue;
    slots[out->slot] = own[out->slot];
    if (((plan->dense_outputs >> i) & 1) && in_place && full % LANES == 0) {
      direct |= 1ull << i;
      slots[out->slot] = (float *)frame->buffers[out->buffer] + offset_at(&walk, out->strides) + box->lo[last] + tile->from;
    }
  }
  for (int32_t i = 0; i < head->ops; i++) {
    const BlockOp *op = &block->ops[i];
    const int64_t n = op->extent == ROW ? tile->rows : full;
    float *to = slots[op->to];
    const float *a = slots[op->a];
    if (op->op < ROW_SUM_F) apply(op->op, to, a, slots[op->b], slots[op->c], slots[op->d], n);
    else if (op->op == FINITE) *frame->stop |= !all_finite(a, n);
    else if (op->op == EXPAND) expand(to, a, tile->rows, full / tile->rows);
    else fold_rows(op->op, to, a, tile->rows, full / tile->rows);
  }
  for (int32_t i = 0; i < head->outputs; i++) {
    const BlockOutput *out = &block->outputs[i];
    if ((direct >> i) & 1) continue;
    if (((plan->dense_outputs >> i) & 1) && in_place) {
      const int64_t at = offset_at(&walk, out->strides) + box->lo[last] + tile->from;
      store_run(frame->buffers[out->buffer], out->dtype, at, own[out->slot], full);
    } else {
      store_tile(head, out, frame->buffers[out->buffer], box, tile, slots[out->slot]);
    }
  }
}

void block_box(const Frame *frame, const int32_t *words, const Box *box, const Product *product, uint8_t *scratch) {
  const Block block = block_of(words);
  const BlockHead *head = block.head;
  const Plan plan = plan_of(&block, box);
  int64_t runs = 1, row_runs = 1;
  for (int32_t d = 0; d < head->dims - 1; d++) {
    const int64_t size = box->hi[d] - box->lo[d];
    runs *= size;
    if (d >= head->row_dims) row_runs *= size;
  }
  if (runs <= 0 || plan.run_length <= 0) return;

  float *own[MAX_SLOTS], *slots[MAX_SLOTS];
  for (int32_t s = 0; s < head->slots; s++) {
    own[s] = slots[s] = (float *)scratch + (int64_t)s * (head->tile + 16);
  }
  for (int32_t i = 0; i < head->constants; i++) {
    fill_bits(own[block.constants[i].slot], block.constants[i].bits, head->tile);
  }
  for (int32_t i = 0; i < head->inputs; i++) {
    const BlockInput *in = &block.inputs[i];
    if (in->extent != UNIFORM) continue;
    load_run(own[in->slot], in->kind == COUNTING ? 0 : frame->buffers[in->buffer], in->kind, in->offset, 0, head->tile);
  }

  if (head->row_dims == head->dims && plan.run_length > head->tile) {
    for (int64_t run = 0; run < runs; run++) {
      for (int64_t from = 0; from < plan.run_length; from += head->tile) {
        const int64_t rest = plan.run_length - from;
        const Tile tile = {run, 1, from, rest < head->tile ? rest : head->tile, 1, 1};
        run_tile(frame, &block, &plan, box, &tile, product, own, slots);
      }
    }
    return;
  }
  const int64_t in_row = row_runs * plan.run_length;
  int64_t rows_a_tile = head->tile / in_row;
  if (rows_a_tile < 1) rows_a_tile = 1;
  if (plan.run_length >= LONG_RUN && row_runs == 1) rows_a_tile = 1;
  const int64_t rows = runs / row_runs;
  for (int64_t row = 0; row < rows; row += rows_a_tile) {
    const int64_t n = rows - row < rows_a_tile ? rows - row : rows_a_tile;
    const Tile tile = {row * row_runs, n * row_runs, 0, plan.run_length, n, row_runs};
    run_tile(frame, &block, &plan, box, &tile, product, own, slots);
  }
}

/** The whole index space, each thread its part of dimension `split`. */
void block(const Frame *frame, const int32_t *args) {
  const BlockHead *head = (const BlockHead *)args;
  Box box;
  for (int32_t d = 0; d < head->dims; d++) {
    box.lo[d] = 0;
    box.hi[d] = head->sizes[d];
  }
  if (head->split < 0) {
    if (frame->thread != 0) return;
  } else {
    const int32_t d = head->split;
    /* Whole vectors of the innermost dimension, so that no two threads write into one cache line. */
    const int64_t grain = d == head->dims - 1 ? 16 : 1;
    int64_t begin, end;
    share(frame, (head->sizes[d] + grain - 1) / grain, &begin, &end);
    box.lo[d] = (int32_t)(begin * grain);
    box.hi[d] = (int32_t)(end * grain < head->sizes[d] ? end * grain : head->sizes[d]);
  }
  block_box(frame, args, &box, 0, frame->scratch);
}
