import type { DType } from "../../core/dtype.ts";
import type { PrimName } from "../../ir/prim.ts";

/** The operations of blocks, in the order of `kernels/operations.h`, which says what each does. A test compares the two. */
export const operations = [
  ...["COPY", "NEG_F", "ABS_F", "SIGN_F", "EXP", "LOG", "SQRT", "TANH", "ERF", "SIN", "COS", "FLOOR"],
  ...["NEG_I", "ABS_I", "SIGN_I", "NOT", "WRAP_U8", "F_TO_I", "F_TO_U8", "F_TO_BOOL"],
  ...["I_TO_F", "I_TO_BOOL", "BOOL_TO_F", "BOOL_TO_I"],
  ...["ADD_F", "SUB_F", "MUL_F", "DIV_F", "POW_F", "MOD_F", "MAX_F", "MIN_F", "EQ_F", "LT_F", "LE_F"],
  ...["ADD_I", "SUB_I", "MUL_I", "MOD_I", "MAX_I", "MIN_I", "EQ_I", "LT_I", "LE_I", "AND", "OR"],
  ...["WHERE", "MUL_ADD", "MUL_SUB", "SUB_MUL", "ROOT_ADD", "RATIO", "BLEND"],
  ...["ROW_SUM_F", "ROW_MAX_F", "ROW_MIN_F", "ROW_PROD_F", "ROW_SUM_I", "ROW_MAX_I", "ROW_MIN_I", "ROW_PROD_I"],
  ...["EXPAND", "FINITE"],
] as const;

export type Operation = (typeof operations)[number];

/** Primitives that blocks compute element by element. */
export const elementwise = [
  ...(["neg", "abs", "sign", "exp", "log", "sqrt", "tanh", "erf", "sin", "cos", "floor", "not", "cast"] as const),
  ...([
    "add",
    "sub",
    "mul",
    "div",
    "pow",
    "mod",
    "maximum",
    "minimum",
    "eq",
    "lt",
    "le",
    "and",
    "or",
    "where",
  ] as const),
] as const satisfies readonly PrimName[];

export type ElementwisePrim = (typeof elementwise)[number];

/** Primitives that blocks compute by folding rows. */
export const reductions = ["sum", "max", "min", "prod"] as const satisfies readonly PrimName[];

export type ReductionPrim = (typeof reductions)[number];

const isFloat = (dtype: DType): boolean => dtype === "f32";

/** Which operation each primitive is: of floats, and of everything else, which a block holds as i32 lanes. */
const OPERATION: {
  readonly [P in Exclude<ElementwisePrim, "cast">]: readonly [
    floats: Operation | undefined,
    others: Operation | undefined,
  ];
} = {
  neg: ["NEG_F", "NEG_I"],
  abs: ["ABS_F", "ABS_I"],
  sign: ["SIGN_F", "SIGN_I"],
  exp: ["EXP", undefined],
  log: ["LOG", undefined],
  sqrt: ["SQRT", undefined],
  tanh: ["TANH", undefined],
  erf: ["ERF", undefined],
  sin: ["SIN", undefined],
  cos: ["COS", undefined],
  floor: ["FLOOR", undefined],
  not: [undefined, "NOT"],
  add: ["ADD_F", "ADD_I"],
  sub: ["SUB_F", "SUB_I"],
  mul: ["MUL_F", "MUL_I"],
  div: ["DIV_F", undefined],
  pow: ["POW_F", undefined],
  mod: ["MOD_F", "MOD_I"],
  maximum: ["MAX_F", "MAX_I"],
  minimum: ["MIN_F", "MIN_I"],
  eq: ["EQ_F", "EQ_I"],
  lt: ["LT_F", "LT_I"],
  le: ["LE_F", "LE_I"],
  and: [undefined, "AND"],
  or: [undefined, "OR"],
  where: ["WHERE", "WHERE"],
};

function castOperation(from: DType, to: DType): Operation {
  if (from === to) return "COPY";
  switch (to) {
    case "bool":
      return isFloat(from) ? "F_TO_BOOL" : "I_TO_BOOL";
    case "u8":
      return isFloat(from) ? "F_TO_U8" : from === "bool" ? "BOOL_TO_I" : "WRAP_U8";
    case "i32":
      return isFloat(from) ? "F_TO_I" : from === "bool" ? "BOOL_TO_I" : "COPY";
    case "f32":
    case "f64":
      return from === "bool" ? "BOOL_TO_F" : "I_TO_F";
  }
}

/** Results of these leave the range of u8 and must be brought back. */
const LEAVES_U8: ReadonlySet<string> = new Set(["neg", "add", "sub", "mul"]);

/** The operations, one after the other, that compute an elementwise primitive. */
export function operationsOf(prim: ElementwisePrim, operand: DType, result: DType): readonly Operation[] {
  if (prim === "cast") return [castOperation(operand, result)];
  const [floats, others] = OPERATION[prim];
  const operation = (prim === "where" ? "WHERE" : isFloat(operand) ? floats : others)!;
  return result === "u8" && LEAVES_U8.has(prim) ? [operation, "WRAP_U8"] : [operation];
}

const FOLD: { readonly [P in ReductionPrim]: "SUM" | "MAX" | "MIN" | "PROD" } = {
  sum: "SUM",
  max: "MAX",
  min: "MIN",
  prod: "PROD",
};

export const rowOperation = (prim: ReductionPrim, dtype: DType): Operation =>
  `ROW_${FOLD[prim]}_${isFloat(dtype) ? "F" : "I"}`;

/** How an output is folded, numbered as in `kernels/block.h`; 0 stores. */
export const foldNumber: { readonly [P in ReductionPrim]: number } = { sum: 1, max: 2, min: 3, prod: 4 };
