/**
 * Blocks: a list of elementwise operations, with reductions of rows among them, carried out over a box of an index
 * space in one pass over memory. Operations work on *slots*, tiles of some hundred elements that stay in the first cache.
 *
 * The index space has up to MAX_DIMS dimensions; the innermost is a *run*. A value is FULL (one number an index), ROW (one
 * for each index of the first `row_dims` dimensions: what a reduction of the others leaves) or UNIFORM (one number).
 */
#ifndef GLASSNET_BLOCK_H
#define GLASSNET_BLOCK_H

#include "frame.h"

#define MAX_DIMS 6
#define MAX_SLOTS 64

enum { FULL = 0, ROW = 1, UNIFORM = 2 };

/** Where an input's numbers come from, beside the dtypes of memory: they count up, or a matrix product hands them over. */
enum { COUNTING = 4, PRODUCT = 5 };

/** How an output takes its numbers: one each, or folded along the dimensions in which its strides are 0. */
enum { STORE = 0, FOLD_SUM = 1, FOLD_MAX = 2, FOLD_MIN = 3, FOLD_PROD = 4 };

typedef struct BlockHead {
  int32_t dims, row_dims;
  /** The dimension along which threads divide the work; -1 if one thread does it all. */
  int32_t split;
  /** Elements of a slot: a multiple of 16 that holds a whole row where there are reductions of rows. */
  int32_t tile;
  int32_t inputs, constants, ops, outputs, slots;
  int32_t sizes[MAX_DIMS];
} BlockHead;

typedef struct BlockInput {
  int32_t kind; /* F32, I32, U8, BOOL, COUNTING, PRODUCT */
  int32_t buffer, slot, extent; /* extent: FULL, ROW, UNIFORM */
  int32_t offset; /* in elements; of COUNTING the first number */
  int32_t strides[MAX_DIMS];
} BlockInput;

typedef struct BlockConstant {
  int32_t slot, bits;
} BlockConstant;

typedef struct BlockOp {
  int32_t op; /* of operations.h */
  int32_t extent; /* FULL or ROW: how many elements the result has */
  int32_t to, a, b, c, d; /* slots */
} BlockOp;

/** Each output is the result of one operation, in a slot of its own. */
typedef struct BlockOutput {
  int32_t dtype, buffer, slot, extent, fold;
  int32_t strides[MAX_DIMS];
} BlockOutput;

/** The part of the index space to go through: lo <= index < hi. Rows that are reduced must be whole. */
typedef struct Box {
  int32_t lo[MAX_DIMS], hi[MAX_DIMS];
} Box;

/** Numbers of the matrix product for the box: run after run, `ld` elements apart. */
typedef struct Product {
  const float *tile;
  int64_t ld;
} Product;

/** Goes through a box. `scratch` holds (tile + 16) · slots elements. */
void block_box(const Frame *frame, const int32_t *block, const Box *box, const Product *product, uint8_t *scratch);

#endif
