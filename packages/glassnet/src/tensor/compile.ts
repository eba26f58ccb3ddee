import type { Device, LoadedProgram } from "../backends/backend.ts";
import type { TypedArray } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import { formatType } from "../core/shape.ts";
import { mapTree, type Tree } from "../core/tree.ts";
import { topologicalOrder, type Value, type ValueOf } from "../ir/graph.ts";
import { buildProgram } from "../program/build.ts";
import type { Program, RunRequest, RunResult, Source } from "../program/program.ts";
import { defaultDevice } from "./device.ts";
import { evaluate, evaluateSync, syncOf } from "./evaluate.ts";
import { Tensor, upcomingId } from "./tensor.ts";
import { record, withFrame } from "./trace.ts";
import type { Variable } from "./variable.ts";

export interface CompileOptions {
  /** Where to run; the default device otherwise. */
  readonly device?: Device | undefined;
  /** How many programs, one for each combination of input shapes, are kept. 16 by default. */
  readonly cacheSize?: number | undefined;
}

/** A function of tensors that was made a program; see `compile`. */
export interface Compiled<Args extends readonly Tree<Tensor>[], R> {
  (...args: Args): Promise<R>;
  /** The blocking form. @throws UnsupportedError on a backend that cannot block. */
  sync(...args: Args): R;
  /** The program for these arguments, for printing. */
  program(...args: Args): Program;
  /** Forgets the programs; they are made again when needed. */
  release(): Promise<void>;
}

/** One traced call: what must be fed, and what comes back. */
interface Traced {
  readonly program: Program;
  /** Variables that are read, by the name of their feed. */
  readonly variables: readonly (readonly [name: string, variable: Variable])[];
  readonly assigned: readonly Variable[];
  /** The result's structure, with positions of outputs as leaves. */
  readonly result: unknown;
  /** Types of the outputs: first the result's tensors, then the assigned values. */
  readonly outputs: readonly Tensor[];
}

const isTensor = (x: unknown): x is Tensor => x instanceof Tensor;
const isPosition = (x: unknown): x is number => typeof x === "number";

/** The tensors of the arguments, in order. */
function leavesOf(args: readonly unknown[]): Tensor[] {
  const leaves: Tensor[] = [];
  mapTree("compile", args, isTensor, (leaf) => leaves.push(leaf));
  return leaves;
}

/** Equal for arguments that can share a program: structure and types. */
function signatureOf(args: readonly unknown[]): string {
  return JSON.stringify(mapTree("compile", args, isTensor, formatType));
}

/** Tensors from outside the trace that are still pending: they are computed once, not in every call. */
function pendingOutside(outputs: readonly Tensor[], startId: number): Tensor[] {
  return topologicalOrder<Tensor>(outputs, (t) => t.stored === undefined).filter(
    (t) => t.id < startId && t.prim !== undefined,
  );
}

interface Recording {
  readonly finish: () => Traced;
  readonly outside: readonly Tensor[];
}

function trace(fn: (...args: never) => unknown, args: readonly unknown[]): Recording {
  const startId = upcomingId();
  const inputs: { tensor: Tensor; name: string; variable?: Variable }[] = [];
  const enter = (type: Tensor | Variable, variable?: Variable): Tensor => {
    const tensor = new Tensor({ dtype: type.dtype, shape: type.shape }, undefined);
    const name = variable === undefined ? `argument${inputs.length}` : `variable${inputs.length}`;
    inputs.push({ tensor, name, ...(variable === undefined ? {} : { variable }) });
    return tensor;
  };
  const variables = new Map<Variable, Tensor>();
  const bind = (variable: Variable): Tensor => {
    const tensor = enter(variable, variable);
    variables.set(variable, tensor);
    return tensor;
  };
  const assignments = new Map<Variable, Tensor>();
  const traced = mapTree("compile", args, isTensor, (leaf) => enter(leaf)) as never[];
  const returned = withFrame({ variables, bind, assignments, startId }, () =>
    (fn as (...args: never[]) => unknown)(...traced),
  );

  const outputs: Tensor[] = [];
  const result = mapTree("compile", returned, isTensor, (leaf) => outputs.push(leaf) - 1);
  const assigned = [...assignments.keys()];
  outputs.push(...assignments.values());

  const finish = (): Traced => {
    const names = new Map(inputs.map(({ tensor, name }) => [tensor, name]));
    const sources = new Map<ValueOf<"input">, Source>();
    const { valueOf } = record(
      outputs,
      (t) => names.get(t),
      (_, input) => sources.set(input, { kind: "feed", name: input.attrs.name }),
    );
    const values: Record<string, Value> = Object.fromEntries(outputs.map((tensor, i) => [i, valueOf(tensor)]));
    return {
      program: buildProgram({ sources, outputs: values }),
      variables: inputs.flatMap(({ name, variable }) => (variable === undefined ? [] : [[name, variable] as const])),
      assigned,
      result,
      outputs,
    };
  };
  return { finish, outside: pendingOutside(outputs, startId) };
}

/** Feeds for a traced call: the arguments and the variables' present values, all computed by now. */
function requestOf({ program, variables }: Traced, leaves: readonly Tensor[]): RunRequest {
  const known: Record<string, TypedArray> = {};
  leaves.forEach((leaf, i) => {
    known[`argument${i}`] = leaf.stored!;
  });
  for (const [name, variable] of variables) known[name] = variable.value.stored!;
  const feeds: Record<string, TypedArray> = {};
  for (const { source } of program.buffers) if (source.kind === "feed") feeds[source.name] = known[source.name]!;
  return { steps: 1, feeds };
}

function resultOf<R>({ result, outputs, assigned }: Traced, run: RunResult): R {
  const tensors = outputs.map(({ dtype, shape }, i) => new Tensor({ dtype, shape }, run.outputs[i]!));
  const firstAssigned = outputs.length - assigned.length;
  assigned.forEach((variable, i) => {
    variable.assign(tensors[firstAssigned + i]!);
  });
  return mapTree("compile", result, isPosition, (i) => tensors[i]!) as R;
}

/**
 * Makes a program of a function of tensors: it is run once with stand-ins to see what it computes, and from then on the
 * program runs in one call, without the function. Arguments and result are tensors in arrays and plain objects.
 *
 * Variables (parameters of layers) that the function reads are inputs: their present values are used at every call.
 * Variables that it assigns change after the call. Other tensors that it closes over are constants. A new combination
 * of input shapes makes a new program.
 *
 * @throws UsageError if an argument or result holds something else; GraphError if the function reads a value.
 * @example
 * const step = compile((w: Tensor, x: Tensor) => w.sub(x.mul(0.1)));
 * await (await step(tensor([1, 2]), tensor([10, 10]))).toArray(); // [0, 1]
 */
export function compile<Args extends readonly Tree<Tensor>[], R extends Tree<Tensor>>(
  fn: (...args: Args) => R,
  { device, cacheSize = 16 }: CompileOptions = {},
): Compiled<Args, R> {
  if (!(Number.isInteger(cacheSize) && cacheSize >= 1)) {
    throw new UsageError("invalid-option", "compile", `cacheSize must be a whole number of at least 1, got ${cacheSize}`);
  }
  const cache = new Map<string, { traced: Traced; loaded: LoadedProgram }>();
  const deviceOf = () => device ?? defaultDevice();

  /** Moves a hit to the end, so the first entry is the one that was unused for longest. */
  const lookUp = (key: string) => {
    const hit = cache.get(key);
    if (hit !== undefined) {
      cache.delete(key);
      cache.set(key, hit);
    }
    return hit;
  };
  const remember = (key: string, entry: { traced: Traced; loaded: LoadedProgram }): LoadedProgram | undefined => {
    cache.set(key, entry);
    const [oldest] = cache;
    if (cache.size <= cacheSize || oldest === undefined) return undefined;
    cache.delete(oldest[0]);
    return oldest[1].loaded;
  };

  const call = async (...args: Args): Promise<R> => {
    const leaves = leavesOf(args);
    const on = deviceOf();
    if (on.sync !== undefined) return callSync(...args);
    await evaluate(leaves, { device: on });
    const key = signatureOf(args);
    let entry = lookUp(key);
    if (entry === undefined) {
      const recording = trace(fn as never, args);
      await evaluate(recording.outside, { device: on });
      const traced = recording.finish();
      entry = { traced, loaded: await on.load(traced.program) };
      const evicted = remember(key, entry);
      if (evicted !== undefined) await on.unload(evicted);
    }
    await evaluate(
      entry.traced.variables.map(([, variable]) => variable.value),
      { device: on },
    );
    return resultOf<R>(entry.traced, await on.run(entry.loaded, requestOf(entry.traced, leaves)));
  };

  const callSync = (...args: Args): R => {
    const leaves = leavesOf(args);
    const on = deviceOf();
    const sync = syncOf(on);
    evaluateSync(leaves, { device: on });
    const key = signatureOf(args);
    let entry = lookUp(key);
    if (entry === undefined) {
      const recording = trace(fn as never, args);
      evaluateSync(recording.outside, { device: on });
      const traced = recording.finish();
      entry = { traced, loaded: sync.load(traced.program) };
      const evicted = remember(key, entry);
      if (evicted !== undefined) sync.unload(evicted);
    }
    evaluateSync(
      entry.traced.variables.map(([, variable]) => variable.value),
      { device: on },
    );
    return resultOf<R>(entry.traced, sync.run(entry.loaded, requestOf(entry.traced, leaves)));
  };

  const program = (...args: Args): Program => {
    const recording = trace(fn as never, args);
    evaluateSync(recording.outside, { device: deviceOf() });
    return recording.finish().program;
  };

  const release = async (): Promise<void> => {
    const entries = [...cache.values()];
    cache.clear();
    for (const { loaded } of entries) await deviceOf().unload(loaded);
  };

  return Object.assign(call, { sync: callSync, program, release });
}
