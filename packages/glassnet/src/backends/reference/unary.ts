import { convert, isFloat } from "../../core/dtype.ts";
import { erf as erfOf } from "./erf.ts";
import type { Kernel } from "./kernel.ts";

/** @file Elementwise primitives of one operand. A loop each, so that the engine compiles each for its own function. */

export const neg: Kernel<"neg"> = ({ inputs: [{ data: x }], output: { data: out } }) => {
  for (let i = 0; i < out.length; i++) out[i] = -x[i];
};

export const abs: Kernel<"abs"> = ({ inputs: [{ data: x }], output: { data: out } }) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(x[i]);
};

export const sign: Kernel<"sign"> = ({ inputs: [{ data: x }], output: { data: out } }) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.sign(x[i]);
};

export const exp: Kernel<"exp"> = ({ inputs: [{ data: x }], output: { data: out } }) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(x[i]);
};

export const log: Kernel<"log"> = ({ inputs: [{ data: x }], output: { data: out } }) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.log(x[i]);
};

export const sqrt: Kernel<"sqrt"> = ({ inputs: [{ data: x }], output: { data: out } }) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(x[i]);
};

export const tanh: Kernel<"tanh"> = ({ inputs: [{ data: x }], output: { data: out } }) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.tanh(x[i]);
};

export const erf: Kernel<"erf"> = ({ inputs: [{ data: x }], output: { data: out } }) => {
  for (let i = 0; i < out.length; i++) out[i] = erfOf(x[i]);
};

export const sin: Kernel<"sin"> = ({ inputs: [{ data: x }], output: { data: out } }) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.sin(x[i]);
};

export const cos: Kernel<"cos"> = ({ inputs: [{ data: x }], output: { data: out } }) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.cos(x[i]);
};

export const floor: Kernel<"floor"> = ({ inputs: [{ data: x }], output: { data: out } }) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.floor(x[i]);
};

export const not: Kernel<"not"> = ({ inputs: [{ data: x }], output: { data: out } }) => {
  for (let i = 0; i < out.length; i++) out[i] = 1 - x[i];
};

export const stopGradient: Kernel<"stopGradient"> = ({ inputs: [x], output }) => output.data.set(x.data);

export const cast: Kernel<"cast"> = ({ inputs: [{ dtype: from, data: x }], output: { dtype: to, data: out } }) => {
  // The store alone converts to any number type, except that it wraps a float where a cast saturates it.
  if (to !== "bool" && (isFloat(to) || !isFloat(from))) return out.set(x);
  for (let i = 0; i < out.length; i++) out[i] = convert(from, to, x[i]);
};
