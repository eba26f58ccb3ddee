import type { ArrayData } from "../core/array.ts";
import { isFloat, type TypedArray } from "../core/dtype.ts";
import { sizeOf } from "../core/shape.ts";
import type { Value, ValueOf } from "../ir/graph.ts";
import type { PrimName } from "../ir/prim.ts";

/** Computes one value from its operands, as the definition of its primitive has it. */
export type Evaluate = (value: Value, operands: readonly ArrayData[]) => TypedArray;

const MAX_FOLDED_ELEMENTS = 1024;

/**
 * Primitives whose last bit, for floats, is a backend's own affair: functions that are not rounded exactly, and sums in
 * an order of its choice. They are left to the backend that runs the program, so that a constant that was folded has the
 * bits that it would have had. All others are exact, or rounded once.
 */
const roundedByBackend: ReadonlySet<PrimName> = new Set([
  "exp",
  "log",
  "tanh",
  "erf",
  "sin",
  "cos",
  "pow",
  "sum",
  "prod",
  "matmul",
  "conv2d",
  "conv2dInputGrad",
  "conv2dKernelGrad",
  "sumPool",
  "sumPoolGrad",
  "scatterAdd",
  "scatterAddElements",
]);

const isConstant = (x: Value): x is ValueOf<"constant"> => x.prim === "constant";

/**
 * A value of which every operand is a constant becomes a constant, if it is small and not larger than what it was
 * computed from: the broadcast of one number stays a broadcast.
 */
export function foldConstants(value: Value, evaluate: Evaluate): Value {
  const operands: readonly Value[] = value.inputs;
  if (operands.length === 0 || !operands.every(isConstant)) return value;
  if (isFloat(value.dtype) && roundedByBackend.has(value.prim)) return value;
  const { dtype, shape, scope } = value;
  const size = sizeOf(shape);
  if (size > MAX_FOLDED_ELEMENTS || size > operands.reduce((sum, x) => sum + sizeOf(x.shape), 0)) return value;
  const data = evaluate(
    value,
    operands.map(({ attrs }) => attrs),
  );
  return { prim: "constant", inputs: [], attrs: { dtype, shape, data }, dtype, shape, scope };
}
