import { isStorageOf } from "../core/dtype.ts";
import { GraphError } from "../core/errors.ts";
import { formatType, sameShape, sizeOf, type TensorType } from "../core/shape.ts";
import type { Infer } from "./builder.ts";
import { type Graph, topologicalOrder, type Value } from "./graph.ts";
import type { Attrs, Inputs, PrimName } from "./prim.ts";

/**
 * Checks that a graph is well formed: every value has the type its contract gives it, every input is declared, every
 * constant has its storage. Run between passes, so that the pass that broke a graph is the one that is named.
 *
 * @throws GraphError naming the value and `after`, the pass that made the graph.
 */
export function verifyGraph(graph: Graph, infer: Infer, after = "construction"): void {
  const declared = new Set<Value>(graph.inputs);
  if (declared.size !== graph.inputs.length) throw broken(after, "an input is declared twice");
  const names = new Set<string>();
  for (const { attrs } of graph.inputs) {
    if (names.has(attrs.name)) throw broken(after, `two inputs are named "${attrs.name}"`);
    names.add(attrs.name);
  }
  for (const value of topologicalOrder<Value>(graph.outputs)) {
    if (value.prim === "input" && !declared.has(value)) {
      throw broken(after, `input "${value.attrs.name}" is used but not declared`);
    }
    if (value.prim === "constant") {
      const { data, dtype } = value.attrs;
      if (!isStorageOf(dtype, data) || data.length !== sizeOf(value.shape)) {
        throw broken(
          after,
          `a constant of type ${formatType(value)} holds a ${data.constructor.name} of ${data.length}`,
        );
      }
    }
    const type = inferValue(value, infer, after);
    if (type.dtype !== value.dtype || !sameShape(type.shape, value.shape)) {
      throw broken(after, `${value.prim} says ${formatType(value)}, its contract says ${formatType(type)}`);
    }
  }
}

function inferValue(value: Value, infer: Infer, after: string): TensorType {
  try {
    return infer(value.prim, value.inputs as Inputs<PrimName, TensorType>, value.attrs as Attrs<PrimName>);
  } catch (cause) {
    throw broken(after, `${value.prim} does not fit its operands`, cause);
  }
}

function broken(after: string, what: string, cause?: unknown): GraphError {
  const text = cause instanceof Error ? `${what}: ${cause.message}` : what;
  return new GraphError("invalid-graph", `graph after ${after}`, text, { details: { after }, cause });
}
