import { type Shape, sizeOf } from "../core/shape.ts";
import type { Attrs, PrimName } from "../ir/prim.ts";
import type { Instruction, Program } from "./program.ts";

/** Floating-point operations of one call, from the shapes of its operands and of its result. */
type Cost<P extends PrimName> = (inputs: readonly Shape[], output: Shape, attrs: Attrs<P>) => number;

const nothing = (): number => 0;
const eachOutput = (_: readonly Shape[], output: Shape): number => sizeOf(output);
const eachInput = ([x]: readonly Shape[]): number => sizeOf(x!);
const eachUpdate = ([, , updates]: readonly Shape[]): number => sizeOf(updates!);

/** An element of each window, for each output. */
const eachWindow = (output: Shape, [height, width]: readonly [number, number]): number =>
  sizeOf(output) * height * width;

/**
 * What every primitive costs: a multiplication and an addition counted as two, any function of one number (an
 * exponential, a comparison) as one, and moving numbers about as nothing.
 */
export const flops: { readonly [P in PrimName]: Cost<P> } = {
  input: nothing,
  constant: nothing,
  iota: nothing,
  randomBits: nothing,

  neg: eachOutput,
  abs: eachOutput,
  sign: eachOutput,
  exp: eachOutput,
  log: eachOutput,
  sqrt: eachOutput,
  tanh: eachOutput,
  erf: eachOutput,
  sin: eachOutput,
  cos: eachOutput,
  floor: eachOutput,
  not: eachOutput,
  cast: nothing,
  stopGradient: nothing,

  add: eachOutput,
  sub: eachOutput,
  mul: eachOutput,
  div: eachOutput,
  pow: eachOutput,
  mod: eachOutput,
  maximum: eachOutput,
  minimum: eachOutput,
  eq: eachOutput,
  lt: eachOutput,
  le: eachOutput,
  and: eachOutput,
  or: eachOutput,
  where: eachOutput,

  sum: eachInput,
  max: eachInput,
  min: eachInput,
  prod: eachInput,
  argmax: eachInput,

  reshape: nothing,
  transpose: nothing,
  broadcast: nothing,
  slice: nothing,
  pad: nothing,
  concat: nothing,
  flip: nothing,

  matmul: ([a], output) => 2 * sizeOf(output) * a!.at(-1)!,
  conv2d: ([, kernel], output) => 2 * sizeOf(output) * sizeOf(kernel!.slice(1)),
  conv2dInputGrad: ([grad, kernel]) => 2 * sizeOf(grad!) * sizeOf(kernel!.slice(1)),
  conv2dKernelGrad: ([, grad], kernel) => 2 * sizeOf(grad!) * sizeOf(kernel.slice(1)),
  maxPool: (_, output, { kernel }) => eachWindow(output, kernel),
  argmaxPool: (_, output, { kernel }) => eachWindow(output, kernel),
  sumPool: (_, output, { kernel }) => eachWindow(output, kernel),
  sumPoolGrad: ([grad], _, { kernel }) => eachWindow(grad!, kernel),

  gather: nothing,
  scatterAdd: eachUpdate,
  gatherElements: nothing,
  scatterAddElements: eachUpdate,
  dynamicSlice: nothing,
  dynamicUpdateSlice: nothing,
  argsort: eachInput,
};

/** Floating-point operations of one instruction of a program. */
export function flopsOf<P extends PrimName>(
  { buffers }: Program,
  { prim, inputs, output, attrs }: Instruction,
): number {
  const cost = flops[prim] as Cost<P>;
  return cost(
    inputs.map((i) => buffers[i]!.shape),
    buffers[output]!.shape,
    attrs as Attrs<P>,
  );
}

/** Floating-point operations of one step of a program. */
export const totalFlops = (program: Program): number =>
  program.instructions.reduce((sum, instruction) => sum + flopsOf(program, instruction), 0);
