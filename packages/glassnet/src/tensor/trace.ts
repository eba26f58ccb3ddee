import { GraphError } from "../core/errors.ts";
import { formatType } from "../core/shape.ts";
import { GraphBuilder } from "../ir/builder.ts";
import { topologicalOrder, type Value, type ValueOf } from "../ir/graph.ts";
import { infer } from "../ops/all.ts";
import type { Tensor } from "./tensor.ts";
import type { Variable } from "./variable.ts";

/**
 * @file What is going on while a user's function runs under `compile`, `grad` or `train`: which tensor stands for a
 * variable, on whose behalf operations are recorded, which assignments wait for the end. Functions are traced
 * synchronously, so a stack is enough; outside of any trace it is empty.
 */

export interface Frame {
  /** What stands for a variable while the frame lasts. */
  readonly variables: Map<Variable, Tensor>;
  /** Makes a stand-in for a variable that has none yet; without it, outer frames are asked. */
  readonly bind?: (variable: Variable) => Tensor;
  /** Values that variables take at the end. Without it, outer frames collect them. */
  readonly assignments?: Map<Variable, Tensor>;
  /** Tensors with a smaller id were there before the frame. */
  readonly startId: number;
  /** Whether computation goes on as ever: the frame only keeps assignments back. */
  readonly isEager?: boolean;
}

const frames: Frame[] = [];
let scope = "";

/** Runs `fn` with `frame` as the innermost one. */
export function withFrame<R>(frame: Frame, fn: () => R): R {
  frames.push(frame);
  try {
    const result = fn();
    refuseAsync(result);
    return result;
  } finally {
    frames.pop();
  }
}

/** @throws GraphError for a promise: when it settles, the trace is over. */
export function refuseAsync(result: unknown): void {
  if (!(result instanceof Promise)) return;
  result.catch(() => undefined); // whatever it fails of, the async function is what is to be mended
  const what = "the function is async; a traced function must return tensors at once";
  throw new GraphError("invalid-graph", "trace", what);
}

/** Runs `fn` so that what it computes belongs to `name`, such as the path of a layer. */
export function withScope<R>(name: string, fn: () => R): R {
  const outer = scope;
  scope = name;
  try {
    return fn();
  } finally {
    scope = outer;
  }
}

export const currentScope = (): string => scope;
const outermostTrace = (): Frame | undefined => frames.find(({ isEager }) => isEager !== true);
export const isTracing = (): boolean => outermostTrace() !== undefined;

/** The first id of the outermost trace: what is older is a value like any other. */
export const traceStart = (): number => outermostTrace()?.startId ?? Number.POSITIVE_INFINITY;

/** What stands for a variable here, or `undefined` outside of traces. */
export function standIn(variable: Variable): Tensor | undefined {
  for (let i = frames.length - 1; i >= 0; i--) {
    const frame = frames[i]!;
    const known = frame.variables.get(variable) ?? frame.bind?.(variable);
    if (known !== undefined) return known;
  }
  return undefined;
}

/**
 * Notes an assignment for the end of the trace or of the pass; false outside of both.
 *
 * @throws GraphError if the variable has been assigned already: the first value would be lost without a trace.
 */
export function noteAssignment(variable: Variable, value: Tensor): boolean {
  for (let i = frames.length - 1; i >= 0; i--) {
    const assignments = frames[i]!.assignments;
    if (assignments !== undefined) {
      if (assignments.has(variable)) {
        throw new GraphError("invalid-graph", "assign", `${formatType(variable)} is assigned twice in one step`, {
          help: "assignments take effect at the end of a step, so only one can count: combine the two values",
        });
      }
      assignments.set(variable, value);
      return true;
    }
  }
  return false;
}

/**
 * Runs `fn` so that assignments take effect at its end, as they do in a compiled step: whoever reads a variable in
 * between gets the old value. Inside a trace that keeps assignments, it only runs `fn`.
 */
export function deferAssignments<R>(fn: () => R): R {
  if (frames.some(({ assignments }) => assignments !== undefined)) return fn();
  const assignments = new Map<Variable, Tensor>();
  const frame = { variables: new Map(), assignments, startId: Number.POSITIVE_INFINITY, isEager: true };
  const result = withFrame(frame, fn);
  for (const [variable, value] of assignments) variable.assign(value);
  return result;
}

/** A graph in which tensors were written down, and which value each became. */
export interface Recorded {
  readonly builder: GraphBuilder;
  readonly valueFor: (tensor: Tensor) => Value;
}

/**
 * Writes the pending computations behind `outputs` down as a graph. `leaf` decides what is an input: it gets every
 * tensor on the way and answers with a name to stop there, or `undefined` to go on to its operands.
 */
export function record(
  outputs: readonly Tensor[],
  leaf: (tensor: Tensor) => string | undefined,
  onInput: (tensor: Tensor, input: ValueOf<"input">) => void,
): Recorded {
  const builder = new GraphBuilder(infer);
  const values = new Map<Tensor, Value>();
  const inputNames = new Map<Tensor, string>();
  const isInside = (tensor: Tensor) => {
    const name = leaf(tensor);
    if (name !== undefined) inputNames.set(tensor, name);
    return name === undefined;
  };
  const addInput = (tensor: Tensor): Value => {
    const input = builder.input(tensor, inputNames.get(tensor) ?? `t${tensor.id}`);
    values.set(tensor, input);
    onInput(tensor, input);
    return input;
  };
  const valueFor = (tensor: Tensor): Value => values.get(tensor) ?? addInput(tensor);
  for (const tensor of topologicalOrder<Tensor>(outputs, isInside)) {
    if (tensor.stored !== undefined) {
      const { dtype, shape, stored } = tensor;
      values.set(tensor, builder.emit("constant", [], { dtype, shape, data: stored }));
    } else if (tensor.prim === undefined) {
      throw new GraphError(
        "not-concrete",
        "read",
        `${formatType(tensor)} has no value: it stands for an input in a trace`,
        {
          help: "return it from the compiled or differentiated function, and read it there",
        },
      );
    } else {
      builder.scope = tensor.scope;
      values.set(tensor, builder.emit(tensor.prim, tensor.inputs.map(valueFor) as never, tensor.attrs as never));
    }
  }
  builder.scope = "";
  for (const output of outputs) valueFor(output);
  return { builder, valueFor };
}
