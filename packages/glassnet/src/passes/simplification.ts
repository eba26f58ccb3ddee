import type { Emitter } from "../ir/builder.ts";
import type { Value, ValueOf } from "../ir/graph.ts";
import type { PrimName } from "../ir/prim.ts";
import type { Ops } from "../ops/operations.ts";

/** A value of one of some primitives. */
export type ValueAmong<P extends PrimName> = { readonly [Q in P]: ValueOf<Q> }[P];

/**
 * A simpler value with the same elements, or `undefined` where the rule does not apply. The same means the same bits on
 * the reference backend, for every input: NaN, infinities, both zeros, subnormal numbers, integers that wrap. Only which
 * NaN it is may change: JavaScript does not say, so no value depends on it.
 */
export type Simplification<P extends PrimName> = (
  value: ValueAmong<P>,
  b: Ops<Value>,
  emitter: Emitter<Value>,
) => Value | undefined;
