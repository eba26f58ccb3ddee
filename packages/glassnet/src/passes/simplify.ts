import type { Emitter } from "../ir/builder.ts";
import type { Value } from "../ir/graph.ts";
import type { PrimName } from "../ir/prim.ts";
import type { Ops } from "../ops/operations.ts";
import type { Simplification } from "./simplification.ts";
import * as arithmetic from "./simplify-arithmetic.ts";
import * as movement from "./simplify-movement.ts";

const { computeBeforeBroadcast } = arithmetic;

/** The rules of each primitive, in the order in which they are tried. */
export const simplifications: { readonly [P in PrimName]?: readonly Simplification<P>[] } = {
  neg: [arithmetic.dropDouble, computeBeforeBroadcast],
  abs: [arithmetic.dropSign, computeBeforeBroadcast],
  sign: [computeBeforeBroadcast],
  exp: [computeBeforeBroadcast],
  log: [computeBeforeBroadcast],
  sqrt: [computeBeforeBroadcast],
  tanh: [computeBeforeBroadcast],
  erf: [computeBeforeBroadcast],
  sin: [computeBeforeBroadcast],
  cos: [computeBeforeBroadcast],
  floor: [computeBeforeBroadcast],
  not: [arithmetic.dropDouble, computeBeforeBroadcast],
  cast: [arithmetic.castDirectly, computeBeforeBroadcast],
  stopGradient: [arithmetic.dropStopGradient],

  add: [arithmetic.dropNeutral, computeBeforeBroadcast, arithmetic.addNegative],
  sub: [arithmetic.dropNeutral, computeBeforeBroadcast, arithmetic.subtractNegative],
  mul: [arithmetic.dropNeutral, computeBeforeBroadcast, arithmetic.negate, arithmetic.cancelSigns],
  div: [arithmetic.dropNeutral, computeBeforeBroadcast, arithmetic.multiplyByReciprocal, arithmetic.cancelSigns],
  pow: [arithmetic.dropNeutral, computeBeforeBroadcast, arithmetic.expandPower],
  mod: [computeBeforeBroadcast],
  maximum: [arithmetic.dropNeutral, arithmetic.dropEqualOperands, computeBeforeBroadcast],
  minimum: [arithmetic.dropNeutral, arithmetic.dropEqualOperands, computeBeforeBroadcast],
  eq: [computeBeforeBroadcast],
  lt: [computeBeforeBroadcast],
  le: [computeBeforeBroadcast],
  and: [arithmetic.dropNeutral, arithmetic.dropDecided, arithmetic.dropEqualOperands, computeBeforeBroadcast],
  or: [arithmetic.dropNeutral, arithmetic.dropDecided, arithmetic.dropEqualOperands, computeBeforeBroadcast],
  where: [arithmetic.choose, computeBeforeBroadcast],

  sum: [movement.reduceNothing],
  prod: [movement.reduceNothing],
  max: [movement.reduceNothing],
  min: [movement.reduceNothing],

  reshape: [movement.reshapeOnce, movement.repeatInPlace],
  transpose: [movement.transposeOnce, movement.repeatInPlace],
  broadcast: [movement.broadcastOnce],
  slice: [movement.dropWholeSlice, movement.repeatInPlace],
  pad: [movement.dropEmptyPad],
  concat: [movement.dropSingleConcat],
  flip: [movement.dropFlip, movement.repeatInPlace],
};

/** What the first rule that applies makes of a value, or `undefined` if none does. */
export function simplify(value: Value, b: Ops<Value>, emitter: Emitter<Value>): Value | undefined {
  const rules: readonly Simplification<never>[] = simplifications[value.prim] ?? [];
  for (const rule of rules) {
    const simpler = rule(value as never, b, emitter); // the table pairs rules with primitives
    if (simpler !== undefined) return simpler;
  }
  return undefined;
}
