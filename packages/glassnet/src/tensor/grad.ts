import { gradients, type VjpTable } from "../autodiff/gradients.ts";
import { isFloat } from "../core/dtype.ts";
import { DtypeError, GraphError, ShapeError } from "../core/errors.ts";
import { formatType } from "../core/shape.ts";
import { mapTree, type Tree } from "../core/tree.ts";
import { topologicalOrder, type Value } from "../ir/graph.ts";
import { ones, zeros } from "./create.ts";
import { Tensor, upcomingId } from "./tensor.ts";
import { deferAssignments, record, withFrame, withScope } from "./trace.ts";
import { Module, Param, paramsOf, type Variable } from "./variable.ts";

/** Tensors in arrays and plain objects. */
export type TensorTree = Tree<Tensor | Param>;

/** Gradients in the structure of what they are for; for a layer or other module, by the path of its parameters. */
export type Grads<T> = T extends Tensor | Param
  ? Tensor
  : T extends Module
    ? Record<string, Tensor>
    : { readonly [K in keyof T]: Grads<T[K]> };

/** What can be differentiated with respect to: tensors, modules (their parameters), or trees of them. */
export type Differentiable = Tree<Tensor | Param | Module>;

export interface ValueAndGrad<T> {
  readonly value: Tensor;
  readonly grads: Grads<T>;
}

/**
 * For each of `wrt`, the gradient of Σᵢ ⟨outputsᵢ, cotangentsᵢ⟩ as a tensor; zeros where nothing depends on it. Operands
 * that are older than `startId` cannot depend on `wrt` and are left alone.
 *
 * @internal
 */
export function gradientsOf(
  outputs: readonly Tensor[],
  cotangents: readonly Tensor[],
  wrt: readonly Tensor[],
  startId = 0,
  rules?: VjpTable,
): Tensor[] {
  const isLeaf = (t: Tensor) => t.id < startId || t.prim === undefined;
  const depends = new Set(wrt);
  for (const t of topologicalOrder<Tensor>(outputs, (x) => !isLeaf(x))) {
    if (t.inputs.some((x) => depends.has(x))) depends.add(t);
  }

  const tensors = new Map<Value, Tensor>();
  // What cannot depend on a target is an input of this graph, whatever made it.
  const { builder, valueFor } = record(
    outputs,
    (t) => (isLeaf(t) || !depends.has(t) ? `t${t.id}` : undefined),
    (t, input) => tensors.set(input, t),
  );
  const seeds = cotangents.map((tensor) => {
    const seed = builder.input(tensor, `seed${tensor.id}`);
    tensors.set(seed, tensor);
    return seed;
  });
  const outputValues = outputs.map(valueFor);
  const targetValues = wrt.map(valueFor);
  for (const t of topologicalOrder<Tensor>(outputs, (x) => depends.has(x) && !isLeaf(x))) tensors.set(valueFor(t), t);
  const grads = gradients(builder, outputValues, seeds, targetValues, rules);

  const found = grads.filter((g) => g !== null);
  // In a frame, so that no gradient on the way evaluates itself: each would compute the forward pass again.
  withFrame({ variables: new Map(), startId }, () => {
    for (const value of topologicalOrder<Value>(found, (v) => !tensors.has(v))) {
      const made = withScope(value.scope, () => emitValue(value, tensors));
      tensors.set(value, made);
    }
  });
  return grads.map((g, i) => (g === null ? zeros(wrt[i]!.shape, { dtype: wrt[i]!.dtype }) : tensors.get(g)!));
}

function emitValue(value: Value, tensors: ReadonlyMap<Value, Tensor>): Tensor {
  if (value.prim === "constant") return new Tensor(value, value.attrs.data);
  const inputs = value.inputs.map((x) => tensors.get(x)!);
  return new Tensor(value, { prim: value.prim, inputs, attrs: value.attrs });
}

/** A tensor of the same value with an identity of its own, so that only uses through it count. */
const alias = (x: Tensor): Tensor => new Tensor(x, { prim: "reshape", inputs: [x], attrs: { shape: x.shape } });

function checkFloat(where: string, x: { dtype: Tensor["dtype"]; shape: Tensor["shape"] }, path: string): void {
  if (isFloat(x.dtype)) return;
  const at = path === "" ? "" : ` at ${path}`;
  throw new DtypeError("dtype-mismatch", where, `only floats have gradients, got ${formatType(x)}${at}`);
}

const isLeafOfTree = (x: unknown): x is Tensor | Param | Module =>
  x instanceof Tensor || x instanceof Param || x instanceof Module;

/**
 * The function that computes `fn` and the gradient of its (rank-0) result for the first argument: a tensor, a tree of
 * tensors, a layer or any module with parameters. It can be differentiated again, and used inside `compile`.
 *
 * @throws ShapeError if the result is not a single number.
 * @example
 * const { value, grads } = valueAndGrad((x: Tensor) => x.square().sum())(tensor([1, 2, 3]));
 * await grads.toArray(); // [2, 4, 6]
 */
export function valueAndGrad<T extends Differentiable, Rest extends readonly unknown[]>(
  fn: (wrt: T, ...rest: Rest) => Tensor,
): (wrt: T, ...rest: Rest) => ValueAndGrad<T> {
  return (wrt, ...rest) => {
    const startId = upcomingId();
    const stand: Tensor[] = [];
    const variables = new Map<Variable, Tensor>();
    const enter = (x: Tensor, path: string): Tensor => {
      checkFloat("grad", x, path);
      const own = alias(x);
      stand.push(own);
      return own;
    };
    const places = new Map<Param, number>(); // one that occurs twice has one gradient, which stands at both places
    const enterParam = (param: Param, path: string): number => {
      const known = places.get(param);
      if (known !== undefined) return known;
      places.set(param, stand.length);
      variables.set(param, enter(param.value, path));
      return stand.length - 1;
    };
    const aliases = new Map<string, Tensor>();
    // Where each gradient belongs: trees of positions in `stand`.
    const positions = mapTree("grad", wrt, isLeafOfTree, (leaf, path): unknown => {
      if (leaf instanceof Param) return enterParam(leaf, path);
      if (leaf instanceof Module) {
        return Object.fromEntries([...paramsOf(leaf)].map(([name, param]) => [name, enterParam(param, name)]));
      }
      aliases.set(path, enter(leaf, path));
      return stand.length - 1;
    });
    const argument = mapTree("grad", wrt, isLeafOfTree, (leaf, path) =>
      leaf instanceof Tensor ? aliases.get(path) : leaf,
    );
    const value = deferAssignments(() => withFrame({ variables, startId }, () => fn(argument as T, ...rest)));
    if (!(value instanceof Tensor)) {
      throw new GraphError("invalid-graph", "grad", "the function must return a tensor", { help: "return the loss" });
    }
    if (value.size !== 1) {
      throw new ShapeError(
        "shape-mismatch",
        "grad",
        `needs a function with a single number as result, got ${formatType(value)}`,
        {
          help: "reduce it by mean() or sum()",
        },
      );
    }
    checkFloat("grad", value, "");
    const all = gradientsOf([value], [ones(value.shape, { dtype: value.dtype })], stand, startId);
    const isPosition = (x: unknown): x is number => typeof x === "number";
    return { value, grads: mapTree("grad", positions, isPosition, (i) => all[i]!) as Grads<T> };
  };
}

/** As `valueAndGrad`, the gradient alone. */
export function grad<T extends Differentiable, Rest extends readonly unknown[]>(
  fn: (wrt: T, ...rest: Rest) => Tensor,
): (wrt: T, ...rest: Rest) => Grads<T> {
  const both = valueAndGrad(fn);
  return (wrt: T, ...rest: Rest) => {
    const { grads }: { grads: unknown } = both(wrt, ...rest); // the compiler would unfold Grads<T> without end
    return grads as Grads<T>;
  };
}
