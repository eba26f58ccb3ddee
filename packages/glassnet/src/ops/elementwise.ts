import { broadcastShapes, type TensorType } from "../core/shape.ts";
import { type Contract, commonDtype, dtypeError, formatOperands } from "./contract.ts";

type Accepts = "any" | "numeric" | "float" | "bool";

const unary = (prim: string, [x]: readonly [TensorType], accepts: Accepts): TensorType => ({
  dtype: commonDtype(prim, [x], accepts),
  shape: x.shape,
});

function binary(prim: string, inputs: readonly [TensorType, TensorType], accepts: Accepts): TensorType {
  const dtype = commonDtype(prim, inputs, accepts);
  return {
    dtype,
    shape: broadcastShapes(prim, inputs[0].shape, inputs[1].shape, { operands: formatOperands(inputs) }),
  };
}

const comparison = (prim: string, inputs: readonly [TensorType, TensorType], accepts: Accepts): TensorType => ({
  dtype: "bool",
  shape: binary(prim, inputs, accepts).shape,
});

export const neg: Contract<"neg"> = { summary: "-x", infer: (x) => unary("neg", x, "numeric") };
export const abs: Contract<"abs"> = { summary: "|x|", infer: (x) => unary("abs", x, "numeric") };
export const sign: Contract<"sign"> = {
  summary: "-1, 0 or 1 with the sign of x; NaN stays NaN.",
  infer: (x) => unary("sign", x, "numeric"),
};
export const exp: Contract<"exp"> = { summary: "eˣ", infer: (x) => unary("exp", x, "float") };
export const log: Contract<"log"> = { summary: "Natural logarithm of x.", infer: (x) => unary("log", x, "float") };
export const sqrt: Contract<"sqrt"> = { summary: "√x, correctly rounded.", infer: (x) => unary("sqrt", x, "float") };
export const tanh: Contract<"tanh"> = { summary: "Hyperbolic tangent of x.", infer: (x) => unary("tanh", x, "float") };
export const erf: Contract<"erf"> = {
  summary: "Error function 2/√π ∫₀ˣ e^(−t²) dt.",
  infer: (x) => unary("erf", x, "float"),
};
export const sin: Contract<"sin"> = { summary: "Sine of x in radians.", infer: (x) => unary("sin", x, "float") };
export const cos: Contract<"cos"> = { summary: "Cosine of x in radians.", infer: (x) => unary("cos", x, "float") };
export const floor: Contract<"floor"> = {
  summary: "Largest whole number not above x.",
  infer: (x) => unary("floor", x, "float"),
};
export const not: Contract<"not"> = { summary: "Logical negation.", infer: (x) => unary("not", x, "bool") };
export const cast: Contract<"cast"> = {
  summary: "x as another dtype; floats to integers truncate towards zero and saturate, NaN becomes 0.",
  infer: ([x], { dtype }) => ({ dtype, shape: x.shape }),
};
export const stopGradient: Contract<"stopGradient"> = {
  summary: "x itself, with no gradient through it.",
  infer: (x) => unary("stopGradient", x, "any"),
};

export const add: Contract<"add"> = { summary: "a + b", infer: (ab) => binary("add", ab, "numeric") };
export const sub: Contract<"sub"> = { summary: "a - b", infer: (ab) => binary("sub", ab, "numeric") };
export const mul: Contract<"mul"> = { summary: "a · b", infer: (ab) => binary("mul", ab, "numeric") };
export const div: Contract<"div"> = { summary: "a / b", infer: (ab) => binary("div", ab, "float") };
export const pow: Contract<"pow"> = {
  summary: "aᵇ; 1 to any power is 1, even to NaN, as IEEE 754 and NumPy have it.",
  infer: (ab) => binary("pow", ab, "float"),
};
export const mod: Contract<"mod"> = {
  summary:
    "The remainder of a by b with the sign of b, as in Python; by an infinite b it is a or b; of integers by 0 it is 0.",
  infer: (ab) => binary("mod", ab, "numeric"),
};
export const maximum: Contract<"maximum"> = {
  summary: "The larger of a and b; NaN if either is NaN; 0 is larger than −0.",
  infer: (ab) => binary("maximum", ab, "numeric"),
};
export const minimum: Contract<"minimum"> = {
  summary: "The smaller of a and b; NaN if either is NaN; −0 is smaller than 0.",
  infer: (ab) => binary("minimum", ab, "numeric"),
};
export const eq: Contract<"eq"> = { summary: "a = b; NaN equals nothing.", infer: (ab) => comparison("eq", ab, "any") };
export const lt: Contract<"lt"> = { summary: "a < b", infer: (ab) => comparison("lt", ab, "numeric") };
export const le: Contract<"le"> = { summary: "a ≤ b", infer: (ab) => comparison("le", ab, "numeric") };
export const and: Contract<"and"> = { summary: "Logical and.", infer: (ab) => binary("and", ab, "bool") };
export const or: Contract<"or"> = { summary: "Logical or.", infer: (ab) => binary("or", ab, "bool") };
export const where: Contract<"where"> = {
  summary: "a where the condition holds, b elsewhere.",
  infer: (inputs) => {
    const [condition, a, b] = inputs;
    if (condition.dtype !== "bool")
      throw dtypeError("where", `the condition must be bool, got ${condition.dtype}`, inputs);
    if (a.dtype !== b.dtype) throw dtypeError("where", "the branches have different dtypes", inputs);
    const shown = { operands: formatOperands(inputs) };
    const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", a.shape, b.shape, shown), shown);
    return { dtype: a.dtype, shape };
  },
};
