import { runPrimitive } from "../backends/reference/kernels.ts";
import { withoutDrawing } from "../core/random.ts";
import type { TensorType } from "../core/shape.ts";
import { topologicalOrder, type Value, type ValueOf } from "../ir/graph.ts";
import { verifyGraph } from "../ir/verify.ts";
import { infer } from "../ops/all.ts";
import type { Evaluate } from "../passes/fold-constants.ts";
import { optimize } from "../passes/optimize.ts";
import { buildProgram } from "../program/build.ts";
import type { Program, Source } from "../program/program.ts";
import { Tensor, upcomingId } from "./tensor.ts";
import { record, withFrame } from "./trace.ts";
import type { Variable } from "./variable.ts";

/** What a traced computation may use. */
export interface Tracing {
  /** A stand-in for something that comes from `source` when the program runs. */
  input(type: TensorType, source: Source): Tensor;
  /** What has been assigned to variables so far; by the end, everything. */
  readonly assignments: ReadonlyMap<Variable, Tensor>;
}

/** What becomes of the tensors; see `Program`. */
export interface TracedResults {
  readonly writes?: readonly { readonly state: Tensor; readonly value: Tensor }[];
  readonly guard?: readonly Tensor[];
  readonly perStep?: Readonly<Record<string, Tensor>>;
  readonly outputs?: Readonly<Record<string, Tensor>>;
}

export interface TracedProgram {
  /** Tensors from before the trace that are still pending. They must be computed before `build`: once, not every run. */
  readonly outside: readonly Tensor[];
  /** The variables that were read, and where the program finds them. */
  readonly variables: ReadonlyMap<Variable, Source>;
  /** The program to run: the same bits with less to compute. */
  build(): Program;
  /** What was traced, operation by operation, each in the scope that made it: to count, and to find what went wrong. */
  buildAsTraced(): Program;
}

/** Constants are folded by the definition, whichever backend runs the rest. */
const evaluate: Evaluate = ({ prim, attrs }, operands) => runPrimitive(prim, operands as never, attrs as never).data;

/**
 * Runs `describe` once with stand-ins for its inputs, and makes a program of what it computes. Variables that it reads
 * are inputs too, from where `sourceOf` says; other tensors from outside are constants.
 */
export function traceProgram(
  describe: (tracing: Tracing) => TracedResults,
  sourceOf: (variable: Variable, index: number) => Source,
): TracedProgram {
  const startId = upcomingId();
  const inputs = new Map<Tensor, { readonly name: string; readonly source: Source }>();
  const input = (type: TensorType, source: Source): Tensor => {
    const tensor = new Tensor({ dtype: type.dtype, shape: type.shape }, undefined);
    const label = "name" in source ? source.name : source.kind;
    inputs.set(tensor, { name: `${inputs.size}:${label}`, source });
    return tensor;
  };
  const standIns = new Map<Variable, Tensor>();
  const variables = new Map<Variable, Source>();
  const bind = (variable: Variable): Tensor => {
    const source = sourceOf(variable, variables.size);
    const tensor = input(variable, source);
    variables.set(variable, source);
    standIns.set(variable, tensor);
    return tensor;
  };
  const assignments = new Map<Variable, Tensor>();
  const frame = { variables: standIns, bind, assignments, startId };
  const results = withoutDrawing(() => withFrame(frame, () => describe({ input, assignments })));
  const { writes = [], guard = [], perStep = {}, outputs = {} } = results;
  const wanted = [...writes.flatMap(({ state, value }) => [state, value]), ...guard, ...Object.values(perStep)];
  wanted.push(...Object.values(outputs));

  const write = (rewrite: (values: readonly Value[]) => readonly Value[]): Program => {
    const sources = new Map<ValueOf<"input">, Source>();
    const { valueFor } = record(
      wanted,
      (tensor) => inputs.get(tensor)?.name,
      (tensor, value) => sources.set(value, inputs.get(tensor)!.source),
    );
    const recorded = wanted.map(valueFor);
    verifyGraph({ inputs: [...sources.keys()], outputs: recorded }, infer, "tracing");
    const rewritten = rewrite(recorded);
    const become = new Map(wanted.map((tensor, i) => [tensor, rewritten[i]!]));
    const named = (tensors: Readonly<Record<string, Tensor>>): Record<string, Value> =>
      Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, become.get(tensor)!]));
    return buildProgram({
      sources,
      writes: writes.map(({ state, value }) => ({
        state: valueFor(state) as ValueOf<"input">,
        value: become.get(value)!,
      })),
      guard: guard.map((tensor) => become.get(tensor)!),
      perStep: named(perStep),
      outputs: named(outputs),
    });
  };
  const build = (): Program => write((values) => optimize(values, evaluate));
  const buildAsTraced = (): Program => write((values) => values);
  const outside = topologicalOrder<Tensor>(wanted, ({ stored }) => stored === undefined).filter(
    ({ id, prim }) => id < startId && prim !== undefined,
  );
  return { outside, variables, build, buildAsTraced };
}
