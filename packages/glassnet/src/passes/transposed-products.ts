import { topologicalOrder, type Value, type ValueOf } from "../ir/graph.ts";
import type { Ops } from "../ops/operations.ts";

/**
 * The transposes of products that are worth turning into products of transposes, (A B)ᵀ → Bᵀ Aᵀ. A gradient for the
 * weights y = x Wᵀ is one: (xᵀ g)ᵀ → gᵀ x, which a backend computes in place of the weights, row by row.
 *
 * Worth it means that A or B is transposed already, so that its two transposes cancel, and that nothing else needs the
 * product as it was, because then it would be computed twice.
 */
export function transposedProducts(outputs: readonly Value[]): ReadonlySet<Value> {
  const uses = new Map<Value, number>();
  const use = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  const order = topologicalOrder<Value>(outputs);
  for (const value of order) value.inputs.forEach(use);
  outputs.forEach(use);
  return new Set(
    order.filter((value) => {
      if (value.prim !== "transpose" || !swapsLast(value.attrs.perm)) return false;
      const [product] = value.inputs;
      return product.prim === "matmul" && uses.get(product) === 1 && product.inputs.some(isTransposed);
    }),
  );
}

/**
 * (A B)ᵀ → Bᵀ Aᵀ: each element is a sum of the same products in the same order, and a · b is b · a.
 *
 * @param value one of `transposedProducts`, its operands rewritten
 */
export function transposeFactors(value: Value, b: Ops<Value>): Value {
  const [x, y] = (value as ValueOf<"transpose">).inputs[0].inputs as readonly [Value, Value];
  return b.matmul(b.swapLast(y), b.swapLast(x));
}

/** The transpose of a matrix, or something that is transposed by a reshape. */
function isTransposed(x: Value): boolean {
  if (x.shape.at(-1) === 1 || x.shape.at(-2) === 1) return true;
  return x.prim === "transpose" && swapsLast(x.attrs.perm);
}

function swapsLast(perm: readonly number[]): boolean {
  const rank = perm.length;
  return rank >= 2 && perm.every((axis, i) => axis === (i < rank - 2 ? i : 2 * rank - 3 - i));
}
