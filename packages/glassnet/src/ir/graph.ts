import type { DType } from "../core/dtype.ts";
import type { Shape, TensorType } from "../core/shape.ts";
import type { Attrs, Inputs, PrimName } from "./prim.ts";

/** One computed tensor: the primitive that makes it, from what, and its type. Immutable. */
export interface ValueOf<P extends PrimName> extends TensorType {
  readonly prim: P;
  readonly inputs: Inputs<P, Value>;
  readonly attrs: Attrs<P>;
  readonly dtype: DType;
  readonly shape: Shape;
  /** Where the user's code made it, such as `layers.0`; names the layer when something goes wrong. */
  readonly scope: string;
}

/** Any value; `switch (value.prim)` narrows its inputs and attributes. */
export type Value = { readonly [P in PrimName]: ValueOf<P> }[PrimName];

/** A function of `inputs` that computes `outputs`. What lies between is reached through the operands. */
export interface Graph {
  readonly inputs: readonly ValueOf<"input">[];
  readonly outputs: readonly Value[];
}

/** Something with operands: a `Value`, or a tensor that is not computed yet. */
interface HasInputs<N> {
  readonly inputs: readonly N[];
}

/**
 * Everything that `outputs` need, operands before users, each once. Iterative, so depth is bounded by memory alone.
 * `enter` may prune: a node for which it answers false is left out, with whatever only it needs.
 */
export function topologicalOrder<N extends HasInputs<N>>(
  outputs: readonly N[],
  enter: (node: N) => boolean = () => true,
): N[] {
  const order: N[] = [];
  const seen = new Set<N>();
  const stack: { node: N; next: number }[] = [];
  for (const output of outputs) {
    if (seen.has(output) || !enter(output)) continue;
    seen.add(output);
    stack.push({ node: output, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const operand = top.node.inputs[top.next++];
      if (operand === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!seen.has(operand) && enter(operand)) {
        seen.add(operand);
        stack.push({ node: operand, next: 0 });
      }
    }
  }
  return order;
}
