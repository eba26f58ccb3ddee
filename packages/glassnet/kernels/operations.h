/**
 * The operations of blocks: name, and what it makes of the lanes x, y, z, w of its operands. `X_F` works on floats, `X_I` on
 * integers; inside a block booleans are lanes of 0 or -1, u8 are i32 from 0 to 255. The encoder numbers them in this order.
 */
#ifndef GLASSNET_OPERATIONS_H
#define GLASSNET_OPERATIONS_H

#define UNARY_OPERATIONS(F, I) \
  I(COPY, x) \
  F(NEG_F, -x) \
  F(ABS_F, abs_f(x)) \
  F(SIGN_F, sign_f(x)) \
  F(EXP, exp_f(x)) \
  F(LOG, log_f(x)) \
  F(SQRT, sqrt_f(x)) \
  F(TANH, tanh_f(x)) \
  F(ERF, erf_f(x)) \
  F(SIN, sin_f(x)) \
  F(COS, cos_f(x)) \
  F(FLOOR, floor_f(x)) \
  I(NEG_I, -x) \
  I(ABS_I, select_i(x < 0, -x, x)) \
  I(SIGN_I, (x < 0) - (x > 0)) \
  I(NOT, ~x) \
  I(WRAP_U8, x & 255) \
  I(F_TO_I, truncate_i((vf)x)) \
  I(F_TO_U8, truncate_u8((vf)x)) \
  I(F_TO_BOOL, (vf)x != splat_f(0)) \
  I(I_TO_F, (vi)float_of(x)) \
  I(I_TO_BOOL, x != 0) \
  I(BOOL_TO_F, x & (vi)splat_f(1)) \
  I(BOOL_TO_I, x & 1)

#define BINARY_OPERATIONS(F, I) \
  F(ADD_F, x + y) \
  F(SUB_F, x - y) \
  F(MUL_F, x * y) \
  F(DIV_F, x / y) \
  F(POW_F, pow_f(x, y)) \
  F(MOD_F, mod_f(x, y)) \
  F(MAX_F, maximum_f(x, y)) \
  F(MIN_F, minimum_f(x, y)) \
  F(EQ_F, (vf)(x == y)) \
  F(LT_F, (vf)(x < y)) \
  F(LE_F, (vf)(x <= y)) \
  I(ADD_I, x + y) \
  I(SUB_I, x - y) \
  I(MUL_I, x * y) \
  I(MOD_I, mod_i(x, y)) \
  I(MAX_I, select_i(x > y, x, y)) \
  I(MIN_I, select_i(x < y, x, y)) \
  I(EQ_I, x == y) \
  I(LT_I, x < y) \
  I(LE_I, x <= y) \
  I(AND, x & y) \
  I(OR, x | y)

/**
 * WHERE chooses y where x holds, z elsewhere. The others stand for several operations, and round after each of them as these
 * do: they save ways through memory, not roundings.
 */
#define TERNARY_OPERATIONS(F, I) \
  I(WHERE, select_i(x, y, z)) \
  F(MUL_ADD, x * y + z) \
  F(MUL_SUB, x * y - z) \
  F(SUB_MUL, z - x * y) \
  F(ROOT_ADD, sqrt_f(x * y) + z) \
  F(RATIO, x * y / z)

#define QUATERNARY_OPERATIONS(F) F(BLEND, x * y + z * w)

/** From a FULL operand to a ROW, one number for each row. */
#define ROW_OPERATIONS(X) X(ROW_SUM_F) X(ROW_MAX_F) X(ROW_MIN_F) X(ROW_PROD_F) X(ROW_SUM_I) X(ROW_MAX_I) X(ROW_MIN_I) X(ROW_PROD_I)

/** EXPAND repeats a ROW along its row; FINITE raises the program's stop if a lane is infinite or NaN. */
#define OTHER_OPERATIONS(X) X(EXPAND) X(FINITE)

#define NAME_OF_2(name, expression) name,
#define NAME_OF_1(name) name,
enum Operation {
  UNARY_OPERATIONS(NAME_OF_2, NAME_OF_2) BINARY_OPERATIONS(NAME_OF_2, NAME_OF_2) TERNARY_OPERATIONS(NAME_OF_2, NAME_OF_2)
      QUATERNARY_OPERATIONS(NAME_OF_2) ROW_OPERATIONS(NAME_OF_1) OTHER_OPERATIONS(NAME_OF_1)
};
#undef NAME_OF_2
#undef NAME_OF_1

#endif
