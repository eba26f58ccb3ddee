import { type Arithmetic, normalFrom } from "../core/normal.ts";
import { stepKey } from "../core/random.ts";
import type { Shape } from "../core/shape.ts";
import * as composite from "../ops/composite.ts";
import { ops, Tensor } from "./tensor.ts";

/**
 * @file Random tensors inside traces: a function of a key and a stream alone, the same bits on every backend. A compiled
 * step gets a new key for each step as an input (`stepKey`), so nothing random is ever a constant of a program.
 */

/** Where random numbers come from: two words, and the number of an independent stream under them. */
export interface Key {
  /** i32[2] */
  readonly words: Tensor;
  readonly stream: number;
}

/** The key of step `step` of a run with this seed. */
export const keyOf = (seed: number, step: number): Key => ({
  words: new Tensor({ dtype: "i32", shape: [2] }, stepKey(seed, step)),
  stream: 0,
});

/** Uniform in [0, 1). */
export const randomUniform = (key: Key, shape: Shape, dtype: "f32" | "f64" = "f32"): Tensor =>
  composite.randomUniform(ops, key.words, shape, key.stream, dtype);

const tensorArithmetic = (dtype: "f32" | "f64"): Arithmetic<Tensor> => ({
  constant: (x) => ops.scalar(x, dtype),
  add: (a, b) => ops.add(a, b),
  sub: (a, b) => ops.sub(a, b),
  mul: (a, b) => ops.mul(a, b),
  div: (a, b) => ops.div(a, b),
  sqrt: (a) => ops.sqrt(a),
  ifLess: (a, b, then, otherwise) => ops.where(ops.lt(a, b), then, otherwise),
});

/** Standard normal. In f32 each number comes from 2 × 24 bits: the tails end at 5.77 standard deviations. */
export function randomNormal(key: Key, shape: Shape, dtype: "f32" | "f64" = "f32"): Tensor {
  const uniform = composite.randomUniform(ops, key.words, [...shape, 2], key.stream, dtype);
  const [low, u2] = composite.split(ops, uniform, 2, -1) as [Tensor, Tensor];
  const tiny = dtype === "f32" ? 2 ** -24 : 2 ** -53;
  return ops.reshape(normalFrom(tensorArithmetic(dtype), ops.add(low, tiny), u2), shape);
}
