import { assert } from "../core/errors.ts";
import { type Emitter, GraphBuilder } from "../ir/builder.ts";
import type { Value } from "../ir/graph.ts";
import { infer } from "../ops/all.ts";
import { Ops } from "../ops/operations.ts";
import { mergeEqualValues } from "./common-subexpressions.ts";
import { type Evaluate, foldConstants } from "./fold-constants.ts";
import { type Rewrite, rewriteGraph } from "./rewrite.ts";
import { simplify } from "./simplify.ts";
import { transposedProducts, transposeFactors } from "./transposed-products.ts";

/** Far more than any chain of rules needs: each gives something with less to compute. */
const MAX_DEPTH = 64;

/** A product of products that are transposed in turn may need a sweep for each; beyond this many, some stay as they are. */
const MAX_TURNS = 4;

/**
 * Makes of a graph one with the same results and less to compute: equal values are merged, small constants folded,
 * algebra that is exact is done, and what nothing needs any more is gone. On the reference backend no bit of a result
 * changes; see `Simplification`. Others may add up a product that was transposed in another order.
 *
 * One sweep reaches the fixed point. Rules look at a value and what is behind it, never at its users; operands come
 * first; and what a rule makes goes through all rules before it is used. So nothing that was looked at changes later.
 * Only for transposed products it counts who uses them, and so takes another sweep.
 *
 * @returns what each output became; inputs are themselves
 */
export function optimize(outputs: readonly Value[], evaluate: Evaluate): Value[] {
  const builder = new GraphBuilder(infer);
  const merge = mergeEqualValues();
  let depth = 0;
  const emitter: Emitter<Value> = {
    emit: (prim, inputs, attrs) => {
      assert(depth < MAX_DEPTH, `rules for ${prim} go round in circles`);
      depth++;
      const value = normalize(builder.emit(prim, inputs, attrs));
      depth--;
      return value;
    },
  };
  const ops = new Ops(emitter);
  const normalize = (value: Value): Value => simplify(value, ops, emitter) ?? merge(foldConstants(value, evaluate));
  const sweep = (values: readonly Value[], rewrite: Rewrite): Value[] =>
    rewriteGraph(values, (value, original) => {
      builder.scope = value.scope;
      return rewrite(value, original);
    });

  let values = sweep(outputs, normalize);
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const transposed = transposedProducts(values);
    if (transposed.size === 0) break;
    values = sweep(values, (value, original) =>
      transposed.has(original) ? transposeFactors(value, ops) : normalize(value),
    );
  }
  return values;
}
