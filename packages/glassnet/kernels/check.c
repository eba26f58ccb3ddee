/**
 * Kernels trust their arguments. Here is what they trust: a function for each kernel, which reads the arguments as the kernel
 * does and works out the furthest that it reaches. Sizes are not bounded as such, but must not let the kernels' own arithmetic
 * pass what an i32 holds.
 */
#include "check.h"

#include "block.h"
#include "conv.h"
#include "gemm.h"
#include "kernels.h"
#include "operations.h"
#include "program.h"

/** No memory has so many bytes; products beyond it are cut down to it. */
#define BEYOND ((int64_t)1 << 60)
/** Blocks and planes are counted in i32, sums of two of their sizes too. */
#define LARGEST (1 << 29)
/** As many threads as there may be, when pieces of a product are counted. */
#define MOST_PIECES (INT32_MAX / 256)

/** More floats than convolutions add to a row of a copy. */
#define COPIED_APART 4096

typedef struct Check {
  const Limits *limits;
  uint8_t *touched;
  const int32_t *args;
  int32_t count;
} Check;

/** a · b of numbers that are not negative. */
static int64_t times(int64_t a, int64_t b) { return a != 0 && b > BEYOND / a ? BEYOND : a * b; }
static int64_t times3(int64_t a, int64_t b, int64_t c) { return times(times(a, b), c); }

static int within(const int32_t *numbers, int32_t count, int32_t low, int32_t high) {
  for (int32_t i = 0; i < count; i++) {
    if (numbers[i] < low || numbers[i] > high) return 0;
  }
  return 1;
}
static int are_sizes(const int32_t *numbers, int32_t count) { return within(numbers, count, 0, INT32_MAX); }

static int is_dtype(int32_t dtype) { return dtype >= F32 && dtype <= BOOL; }
static int bytes_of(int32_t dtype) { return dtype == F32 || dtype == I32 ? 4 : 1; }
static int is_element(int32_t bytes) { return bytes == 1 || bytes == 4; }

/** Whether a buffer has so many elements. */
static int holds(const Check *check, int32_t buffer, int64_t elements, int bytes) {
  if (buffer < 0 || buffer >= check->limits->buffers) return 0;
  check->touched[buffer] = 1;
  return times(elements, bytes) <= check->limits->bytes[buffer];
}

static int has_scratch(const Check *check, int64_t bytes) { return bytes <= check->limits->scratch_bytes; }

/* Blocks */

/** The elements from `offset` on that an index within `sizes` leads to, by its strides. */
typedef struct Range {
  int64_t first, last;
} Range;

static int range_of(const int32_t *sizes, const int32_t *strides, int32_t dims, int64_t offset, Range *range) {
  *range = (Range){offset, offset};
  for (int32_t d = 0; d < dims; d++) {
    const int64_t reach = (int64_t)strides[d] * (sizes[d] - 1); /* below 2^62 */
    if (reach > BEYOND / 16 || reach < -BEYOND / 16) return 0;
    if (reach < 0) range->first += reach;
    else range->last += reach;
  }
  return 1;
}

static int holds_range(const Check *check, int32_t buffer, const Range *range, int bytes) {
  return range->first >= 0 && range->last < BEYOND && holds(check, buffer, range->last + 1, bytes);
}

static int is_slot(const BlockHead *head, int32_t slot) { return slot >= 0 && slot < head->slots; }
static int is_extent(int32_t extent) { return extent >= FULL && extent <= UNIFORM; }

static int check_input(const Check *check, const BlockHead *head, const BlockInput *in, int has_product) {
  if (!is_slot(head, in->slot) || !is_extent(in->extent)) return 0;
  if (in->kind == COUNTING) return 1;
  if (in->kind == PRODUCT) return has_product && in->extent == FULL;
  if (!is_dtype(in->kind)) return 0;
  Range range;
  const int32_t dims = in->extent == FULL ? head->dims : in->extent == ROW ? head->dims - 1 : 0;
  return range_of(head->sizes, in->strides, dims, in->offset, &range) && holds_range(check, in->buffer, &range, bytes_of(in->kind));
}

static int check_output(const Check *check, const BlockHead *head, const BlockOutput *out) {
  const int32_t last = head->dims - 1, stride = out->strides[last];
  if (!is_slot(head, out->slot) || !is_dtype(out->dtype)) return 0;
  if (out->extent != FULL && out->extent != ROW) return 0;
  if (out->fold < STORE || out->fold > FOLD_PROD) return 0;
  if (out->fold != STORE && bytes_of(out->dtype) != 4) return 0;
  /* A run is stored as neighbours, or folded into neighbours or into one. */
  if (out->extent == FULL && head->sizes[last] > 1 && stride != 1 && (out->fold == STORE || stride != 0)) return 0;
  Range range;
  const int32_t dims = out->extent == FULL ? head->dims : last;
  return range_of(head->sizes, out->strides, dims, 0, &range) && holds_range(check, out->buffer, &range, bytes_of(out->dtype));
}

/** Operations write to slots that are neither read from memory nor constant. */
static int check_operations(const BlockHead *head, const BlockOp *ops, uint64_t fixed) {
  for (int32_t i = 0; i < head->ops; i++) {
    const BlockOp *op = &ops[i];
    if (op->op < 0 || op->op > FINITE || (op->extent != FULL && op->extent != ROW)) return 0;
    if (!is_slot(head, op->to) || !is_slot(head, op->a) || !is_slot(head, op->b)) return 0;
    if (!is_slot(head, op->c) || !is_slot(head, op->d)) return 0;
    if (op->op != FINITE && (fixed >> op->to & 1)) return 0;
  }
  return 1;
}

/** A block of `count` words; `product` are the sizes of the product that it takes, NULL if it takes none. */
static int check_words(const Check *check, const int32_t *words, int32_t count, const int32_t *product, int64_t scratch) {
  const int32_t head_words = sizeof(BlockHead) / 4;
  const BlockHead *head = (const BlockHead *)words;
  if (count < head_words || head->dims < 1 || head->dims > MAX_DIMS) return 0;
  if (head->row_dims < 0 || head->row_dims > head->dims || head->split < -1 || head->split >= head->dims) return 0;
  if (head->tile < 16 || head->tile > LARGEST || head->tile % 16 != 0) return 0;
  const int32_t counts[] = {head->inputs, head->constants, head->ops, head->outputs};
  if (!within(counts, 4, 0, count) || head->inputs > 64 || head->outputs > 64) return 0;
  if (head->slots < 0 || head->slots > MAX_SLOTS) return 0;
  if (!has_scratch(check, scratch + (int64_t)head->slots * (head->tile + 16) * 4)) return 0;
  const int64_t parts = (int64_t)head->inputs * (sizeof(BlockInput) / 4) + (int64_t)head->constants * (sizeof(BlockConstant) / 4) +
                        (int64_t)head->ops * (sizeof(BlockOp) / 4) + (int64_t)head->outputs * (sizeof(BlockOutput) / 4);
  if (parts != count - head_words || !are_sizes(head->sizes, head->dims)) return 0;
  int64_t volume = 1, row = 1;
  for (int32_t d = 0; d < head->dims; d++) {
    volume = times(volume, head->sizes[d]);
    if (d >= head->row_dims) row = times(row, head->sizes[d]);
  }
  /* Where rows are reduced, a tile holds a whole one. */
  if (head->row_dims < head->dims && row > head->tile) return 0;
  if (volume == BEYOND) return 0;
  if (product) {
    if (head->dims != 3 || head->row_dims != 3) return 0;
    for (int32_t d = 0; d < 3; d++) if (head->sizes[d] != product[d]) return 0;
  }
  if (volume == 0) return 1;

  const BlockInput *inputs = (const BlockInput *)(head + 1);
  const BlockConstant *constants = (const BlockConstant *)(inputs + head->inputs);
  const BlockOp *ops = (const BlockOp *)(constants + head->constants);
  const BlockOutput *outputs = (const BlockOutput *)(ops + head->ops);
  uint64_t fixed = 0;
  for (int32_t i = 0; i < head->inputs; i++) {
    if (!check_input(check, head, &inputs[i], product != 0)) return 0;
    fixed |= 1ull << inputs[i].slot;
  }
  for (int32_t i = 0; i < head->constants; i++) {
    if (!is_slot(head, constants[i].slot)) return 0;
    fixed |= 1ull << constants[i].slot;
  }
  for (int32_t i = 0; i < head->outputs; i++) {
    if (!check_output(check, head, &outputs[i])) return 0;
  }
  return check_operations(head, ops, fixed);
}

static int check_block(const Check *check) { return check_words(check, check->args, check->count, 0, 0); }

/* Products */

enum { MATMUL_A = 4, MATMUL_B = 9, MATMUL_C = 14, MATMUL_BLOCK_WORDS, MATMUL_ARGS };

/** An operand: buffer, offset, strides of three sizes. */
static int check_factor(const Check *check, const int32_t *operand, int32_t batch, int32_t rows, int32_t columns) {
  const int32_t sizes[] = {batch, rows, columns};
  Range range = {0, -1};
  if (batch > 0 && rows > 0 && columns > 0 && !range_of(sizes, operand + 2, 3, operand[1], &range)) return 0;
  return holds_range(check, operand[0], &range, 4);
}

static int check_matmul(const Check *check) {
  const int32_t *args = check->args;
  if (check->count < MATMUL_ARGS || !within(args, 4, 0, LARGEST) || args[0] > MOST_PIECES) return 0;
  const int32_t batch = args[0], m = args[1], n = args[2], k = args[3];
  const int32_t block_words = args[MATMUL_BLOCK_WORDS];
  if (times(times3(batch, m, n), k) >= BEYOND || block_words != check->count - MATMUL_ARGS) return 0;
  if (!has_scratch(check, GEMM_SCRATCH_BYTES)) return 0;
  if (!check_factor(check, args + MATMUL_A, batch, m, k) || !check_factor(check, args + MATMUL_B, batch, k, n)) return 0;
  if (args[MATMUL_C] == -1 ? block_words == 0 : !holds(check, args[MATMUL_C], times3(batch, m, n), 4)) return 0;
  return block_words == 0 || check_words(check, args + MATMUL_ARGS, block_words, args, GEMM_SCRATCH_BYTES);
}

static int check_fill(const Check *check) {
  const int32_t *args = check->args;
  return check->count == 4 && is_dtype(args[1]) && args[2] >= 0 && holds(check, args[0], args[2], bytes_of(args[1]));
}

/* Convolutions: buffers of the image's kind, of the output's kind and of the kernel */

static int check_axis(const int32_t *args, int axis) {
  const int32_t size = args[CONV_HEIGHT + axis], taps = args[CONV_KERNEL_HEIGHT + axis], out = args[CONV_OUT_HEIGHT + axis];
  const int32_t stride = args[CONV_STRIDE_HEIGHT + axis], dilation = args[CONV_DILATION_HEIGHT + axis];
  const int32_t positive[] = {taps, out, stride, dilation};
  if (!within(positive, 4, 1, LARGEST) || !within(&size, 1, 0, LARGEST)) return 0;
  if (!within(&args[CONV_TOP + axis], 1, 0, LARGEST / 8)) return 0;
  return times(taps, dilation) <= LARGEST / 8 && times(out, stride) <= LARGEST / 8 && size <= LARGEST / 8;
}

/** More than the rows, or columns, of a channel's copies, of which there is one for each tap at most. */
static int64_t copied(const int32_t *args, int axis) {
  const int64_t taps = args[CONV_KERNEL_HEIGHT + axis], reach = taps * args[CONV_DILATION_HEIGHT + axis];
  const int64_t in = args[CONV_HEIGHT + axis], out = args[CONV_OUT_HEIGHT + axis];
  return times(taps, (in > out ? in : out) + reach + COPIED_APART);
}

static int check_conv(const Check *check, int32_t images, int32_t outputs, int32_t kernels, int kind) {
  const int32_t *args = check->args;
  if (check->count != CONV_ARGS || !are_sizes(args + CONV_IMAGES, 4) || !check_axis(args, 0) || !check_axis(args, 1)) return 0;
  const int64_t n = args[CONV_IMAGES], groups = args[CONV_GROUPS], ins = args[CONV_INPUTS], outs = args[CONV_OUTPUTS];
  const int64_t plane = times(args[CONV_HEIGHT], args[CONV_WIDTH]), out_plane = times(args[CONV_OUT_HEIGHT], args[CONV_OUT_WIDTH]);
  const int64_t taps = times(args[CONV_KERNEL_HEIGHT], args[CONV_KERNEL_WIDTH]), terms = times(ins > outs ? ins : outs, taps);
  if (times(ins, plane) > INT32_MAX || times(outs, out_plane) > INT32_MAX) return 0;
  if (times3(ins > outs ? ins : outs, copied(args, 0), copied(args, 1)) >= BEYOND / 64) return 0; /* or its bytes could not be counted */
  if (terms > INT32_MAX || times3(groups, (ins > outs ? ins : outs) + 1, terms) > INT32_MAX) return 0;
  if (!has_scratch(check, conv_scratch_bytes(args, kind)) || check->limits->scratch_bytes > (int64_t)1 << 32) return 0;
  return holds(check, args[images], times(times3(n, groups, ins), plane), 4) &&
         holds(check, args[outputs], times(times3(n, groups, outs), out_plane), 4) &&
         holds(check, args[kernels], times(times3(groups, outs, ins), taps), 4);
}

static int check_conv2d(const Check *check) { return check_conv(check, 1, 0, 2, 0); }
static int check_conv2d_input_grad(const Check *check) { return check_conv(check, 0, 1, 2, 1); }
static int check_conv2d_kernel_grad(const Check *check) { return check_conv(check, 1, 2, 0, 2); }

/* Pools: every window holds an element of its plane */

enum { POOL_PLANES = 2, POOL_SIZE = 3, POOL_OUT = 5, POOL_WINDOW = 7, POOL_STRIDE = 9, POOL_BEFORE = 11, POOL_ARGS = 13 };

static int check_planes(const Check *check, int32_t planes, int32_t pooled) {
  const int32_t *args = check->args;
  if (check->count != POOL_ARGS || args[POOL_PLANES] < 0 || !within(args + POOL_SIZE, 4, 0, LARGEST)) return 0;
  if (!within(args + POOL_WINDOW, 4, 1, LARGEST) || !within(args + POOL_BEFORE, 2, 0, LARGEST)) return 0;
  for (int axis = 0; axis < 2; axis++) {
    const int64_t last = times(args[POOL_OUT + axis] - (args[POOL_OUT + axis] > 0), args[POOL_STRIDE + axis]);
    if (args[POOL_BEFORE + axis] >= args[POOL_WINDOW + axis]) return 0;
    if (args[POOL_OUT + axis] > 0 && last - args[POOL_BEFORE + axis] >= args[POOL_SIZE + axis]) return 0;
  }
  const int64_t plane = times(args[POOL_SIZE], args[POOL_SIZE + 1]), out = times(args[POOL_OUT], args[POOL_OUT + 1]);
  return plane <= INT32_MAX && holds(check, args[planes], times(args[POOL_PLANES], plane), 4) &&
         holds(check, args[pooled], times(args[POOL_PLANES], out), 4);
}

static int check_max_pool(const Check *check) { return check_planes(check, 1, 0); }
static int check_argmax_pool(const Check *check) { return check_planes(check, 1, 0); }
static int check_sum_pool(const Check *check) { return check_planes(check, 1, 0); }
static int check_sum_pool_grad(const Check *check) { return check_planes(check, 0, 1); }

/* Numbers from a key, and indices */

static int check_random_bits(const Check *check) {
  const int32_t *args = check->args;
  if (check->count != 5 || args[2] < 0 || args[3] < 1 || args[3] > 32) return 0;
  return holds(check, args[0], args[2], 4) && holds(check, args[1], 2, 4);
}

/** A tensor [outer, n, inner] and another with `count` in place of n, whose elements lead into it. */
static int check_indexed(const Check *check, const int32_t *sizes, int32_t whole, int32_t other, int bytes) {
  const int64_t outer = sizes[0], n = sizes[1], count = sizes[2], inner = sizes[3];
  if (!are_sizes(sizes, 4) || times(outer, inner) > INT32_MAX || (n == 0 && times3(outer, count, inner) > 0)) return 0;
  return holds(check, whole, times3(outer, n, inner), bytes) && holds(check, other, times3(outer, count, inner), bytes);
}

static int check_gather(const Check *check) {
  const int32_t *args = check->args;
  if (check->count != 8 || !is_element(args[3]) || !check_indexed(check, args + 4, args[1], args[0], args[3])) return 0;
  return holds(check, args[2], args[6], 4);
}

static int check_gather_elements(const Check *check) {
  const int32_t *args = check->args;
  if (check->count != 8 || !is_element(args[3]) || !check_indexed(check, args + 4, args[1], args[0], args[3])) return 0;
  return holds(check, args[2], times3(args[4], args[6], args[7]), 4);
}

static int check_scatter(const Check *check, int by_element) {
  const int32_t *args = check->args;
  if (check->count != 9 || !is_dtype(args[4])) return 0;
  const int bytes = bytes_of(args[4]);
  if (!check_indexed(check, args + 5, args[0], args[3], bytes) || !check_indexed(check, args + 5, args[1], args[3], bytes)) return 0;
  return holds(check, args[2], by_element ? times3(args[5], args[7], args[8]) : args[7], 4);
}

static int check_scatter_add(const Check *check) { return check_scatter(check, 0); }
static int check_scatter_add_elements(const Check *check) { return check_scatter(check, 1); }

/* Copies. Each axis has four words. */

enum { AXIS_WORDS = 4 };

static int has_axes(const Check *check, int32_t rank, int32_t before) {
  return rank >= 1 && rank <= check->count && check->count == before + AXIS_WORDS * rank && has_scratch(check, 4 * (int64_t)rank);
}

/** The elements of a block, and how far into the whole it reaches when it has been moved inside; -1 if its axes are no axes. */
static int64_t check_block_axes(const Check *check, const int32_t *axes, int32_t rank, int32_t start, int64_t *whole) {
  int64_t elements = 1, reach = 0;
  for (int32_t d = 0; d < rank; d++, axes += AXIS_WORDS) {
    const int32_t axis = axes[0], size = axes[1], part = axes[2], stride = axes[3];
    if (axis < 0 || axis >= INT32_MAX || part < 0 || part > size || stride < 0) return -1;
    /* Where there is no room to move, a start that does not exist may be read: it lies in the margin, and counts for nothing. */
    if (!holds(check, start, size == part && axis < 16 ? 0 : (int64_t)axis + 1, 4)) return -1;
    const int is_last = d == rank - 1;
    elements = times3(elements, part, is_last ? stride : 1);
    reach += times(is_last || size == 0 ? size : size - 1, stride);
    if (reach > BEYOND / 16) return -1;
  }
  *whole = reach;
  return elements;
}

static int check_dynamic_slice(const Check *check) {
  const int32_t *args = check->args;
  if (check->count < 6 || !has_axes(check, args[5], 6) || !is_element(args[3])) return 0;
  int64_t whole;
  const int64_t elements = check_block_axes(check, args + 6, args[5], args[2], &whole);
  if (elements != args[4] || !holds(check, args[0], elements, args[3])) return 0;
  return holds(check, args[1], elements == 0 ? 0 : whole, args[3]);
}

static int check_dynamic_update_slice(const Check *check) {
  const int32_t *args = check->args;
  if (check->count < 7 || !has_axes(check, args[6], 7) || !is_element(args[4]) || args[5] < 0) return 0;
  int64_t whole;
  const int64_t elements = check_block_axes(check, args + 7, args[6], args[3], &whole);
  if (elements < 0 || !holds(check, args[2], elements, args[4])) return 0;
  return holds(check, args[0], args[5], args[4]) && holds(check, args[1], args[5], args[4]);
}

static int check_pad(const Check *check) {
  const int32_t *args = check->args;
  if (check->count < 6 || !has_axes(check, args[5], 6) || !is_element(args[2]) || args[4] < 0) return 0;
  int64_t inner = 1, outer = 1;
  for (int32_t d = 0; d < args[5]; d++) {
    const int32_t *axis = args + 6 + AXIS_WORDS * d;
    const int32_t size = axis[0], low = axis[1], step = axis[2], whole = axis[3];
    if (size < 0 || step < 1 || whole < 0 || low == INT32_MIN || (int64_t)whole - low > INT32_MAX) return 0;
    inner = times(inner, size);
    outer = times(outer, whole);
  }
  return outer == args[4] && holds(check, args[0], outer, args[2]) && holds(check, args[1], inner, args[2]);
}

static int check_concat(const Check *check) {
  const int32_t *args = check->args;
  if (check->count < 5 || !is_element(args[1]) || !are_sizes(args + 2, 3) || check->count != 5 + 2 * (int64_t)args[4]) return 0;
  int64_t total = 0;
  for (const int32_t *input = args + 5; input < args + check->count; input += 2) {
    if (input[1] < 0 || !holds(check, input[0], times(args[2], input[1]), args[1])) return 0;
    total += input[1];
  }
  return total == args[3] && holds(check, args[0], times(args[2], total), args[1]);
}

/* Order */

static int check_order(const Check *check, int keeps_n) {
  const int32_t *args = check->args;
  if (!is_dtype(args[2]) || !are_sizes(args + 3, 3)) return 0;
  const int64_t lines = times(args[3], args[5]), all = times(lines, args[4]);
  return holds(check, args[1], all, bytes_of(args[2])) && holds(check, args[0], keeps_n ? all : lines, 4);
}

static int check_argmax(const Check *check) {
  const int32_t *args = check->args;
  return check->count == 6 && check_order(check, 0) && (args[4] > 0 || times(args[3], args[5]) == 0);
}

static int check_argsort(const Check *check) {
  return check->count == 7 && check_order(check, 1) && has_scratch(check, 16 * (int64_t)check->args[4]);
}

#define CHECK_ENTRY(name) check_##name,
static int (*const checks[])(const Check *) = {KERNELS(CHECK_ENTRY)};
enum { KERNELS_COUNT = sizeof checks / sizeof *checks };

int32_t program_check(const int32_t *code, int32_t words, const Limits *limits, uint8_t *touched) {
  for (int32_t at = 0; at < words;) {
    if (words - at < 3) return at;
    const int32_t kernel = code[at], count = code[at + 1], flags = code[at + 2];
    if (kernel < 0 || kernel >= KERNELS_COUNT || count < 0 || count > words - at - 3) return at;
    if (flags & ~(MEET | SOLO)) return at;
    const Check check = {limits, touched, code + at + 3, count};
    if (!checks[kernel](&check)) return at;
    at += 3 + count;
  }
  return -1;
}
