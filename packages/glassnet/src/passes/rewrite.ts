import { assert } from "../core/errors.ts";
import { sameShape } from "../core/shape.ts";
import { topologicalOrder, type Value } from "../ir/graph.ts";

/**
 * Gives what is to stand for `value`, whose operands have been rewritten already: something equal, or `value` itself.
 * `original` is the value of the old graph.
 */
export type Rewrite = (value: Value, original: Value) => Value;

/**
 * Rewrites everything behind `outputs`, operands before users, each once. Inputs stay what they are: their identity says
 * where they come from. What nothing needs any more is not reached from the new outputs, and so is gone.
 *
 * @returns what each output became
 */
export function rewriteGraph(outputs: readonly Value[], rewrite: Rewrite): Value[] {
  const rewritten = new Map<Value, Value>();
  for (const value of topologicalOrder<Value>(outputs)) {
    if (value.prim === "input") {
      rewritten.set(value, value);
      continue;
    }
    const next = rewrite(withOperands(value, rewritten), value);
    assert(
      next.dtype === value.dtype && sameShape(next.shape, value.shape),
      `a rewrite of ${value.prim} changed its type`,
    );
    rewritten.set(value, next);
  }
  return outputs.map((value) => rewritten.get(value)!);
}

function withOperands(value: Value, rewritten: ReadonlyMap<Value, Value>): Value {
  if (value.inputs.every((x) => rewritten.get(x) === x)) return value;
  const inputs = value.inputs.map((x) => rewritten.get(x)!);
  return { ...value, inputs } as Value; // the number of operands is the same, but the tuple is lost
}
