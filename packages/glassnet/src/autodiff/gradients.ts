import { isFloat } from "../core/dtype.ts";
import { assert, GraphError } from "../core/errors.ts";
import { formatType, sameShape } from "../core/shape.ts";
import type { GraphBuilder } from "../ir/builder.ts";
import { topologicalOrder, type Value, type ValueOf } from "../ir/graph.ts";
import type { PrimName } from "../ir/prim.ts";
import { Ops } from "../ops/operations.ts";
import { type Vjp, vjp } from "./vjp.ts";

/** The gradient rules that a sweep uses; tests replace one to see that the checker notices. */
export type VjpTable = { readonly [P in PrimName]: Vjp<P> };

/**
 * Reverse-mode differentiation: for each of `wrt`, the gradient of Σᵢ ⟨outputsᵢ, cotangentsᵢ⟩, or `null` where the
 * outputs do not depend on it. One sweep, users before operands, over an explicit order, so depth cannot overflow.
 *
 * @throws GraphError if a cotangent's type is not that of its output.
 */
export function gradients(
  builder: GraphBuilder,
  outputs: readonly Value[],
  cotangents: readonly Value[],
  wrt: readonly Value[],
  rules: VjpTable = vjp,
): (Value | null)[] {
  const ops = new Ops(builder);
  const targets = new Set(wrt);
  const order = topologicalOrder(outputs);

  // A value takes part if a gradient can flow through it from an output to a target.
  const takesPart = new Set<Value>();
  for (const value of order) {
    const flows = isFloat(value.dtype) && value.prim !== "stopGradient" && value.inputs.some((x) => takesPart.has(x));
    if (flows || targets.has(value)) takesPart.add(value);
  }

  const grads = new Map<Value, Value>();
  const accumulate = (value: Value, g: Value) => {
    const sum = grads.get(value);
    grads.set(value, sum === undefined ? g : ops.add(sum, g));
  };

  const outerScope = builder.scope;
  outputs.forEach((output, i) => {
    const g = cotangents[i]!;
    if (g.dtype !== output.dtype || !sameShape(g.shape, output.shape)) {
      throw new GraphError("invalid-graph", "gradients", "a cotangent must have the type of its output", {
        operands: { output: formatType(output), cotangent: formatType(g) },
      });
    }
    if (takesPart.has(output)) accumulate(output, g);
  });

  for (const value of order.reverse()) {
    const g = grads.get(value);
    if (g === undefined || value.inputs.length === 0) continue;
    builder.scope = value.scope === "" ? outerScope : `${value.scope} (gradient)`;
    const flowing = applyRule(rules, ops, g, value);
    value.inputs.forEach((x, i) => {
      const into = flowing[i];
      if (into === undefined || into === null || !takesPart.has(x)) return;
      assert(
        into.dtype === x.dtype && sameShape(into.shape, x.shape),
        `gradient of ${value.prim} is ${formatType(into)} for an operand ${formatType(x)}`,
      );
      accumulate(x, into);
    });
  }
  builder.scope = outerScope;
  return wrt.map((value) => grads.get(value) ?? null);
}

function applyRule<P extends PrimName>(
  rules: VjpTable,
  ops: Ops<Value>,
  g: Value,
  value: Value,
): readonly (Value | null)[] {
  const rule = rules[value.prim] as unknown as Vjp<P>;
  return rule(ops, g, value as unknown as ValueOf<P>);
}
