import type { Device, LoadedProgram } from "../backends/backend.ts";
import type { TypedArray } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import { formatType, type TensorType } from "../core/shape.ts";
import { mapTree, type Tree } from "../core/tree.ts";
import type { Program, RunRequest, RunResult } from "../program/program.ts";
import { compute, computeSync, syncOf } from "./compute.ts";
import { defaultDevice } from "./device.ts";
import { Tensor } from "./tensor.ts";
import { refuseAsync } from "./trace.ts";
import { traceProgram } from "./trace-program.ts";
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
  readonly variables: readonly Variable[];
  readonly assigned: readonly Variable[];
  /** The result's structure, with positions of outputs as leaves. */
  readonly result: unknown;
  /** Types of the outputs: first the result's tensors, then the assigned values. */
  readonly outputs: readonly TensorType[];
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

interface Recording {
  /** To be computed before `finish`. */
  readonly outside: readonly Tensor[];
  readonly finish: () => Traced;
}

const argumentName = (index: number): string => `argument ${index}`;
const variableName = (index: number): string => `variable ${index}`;

function trace(fn: (...args: never[]) => unknown, args: readonly unknown[]): Recording {
  const outputs: Tensor[] = [];
  const assigned: Variable[] = [];
  let result: unknown;
  const traced = traceProgram(
    ({ input, assignments }) => {
      let count = 0;
      const standIns = mapTree("compile", args, isTensor, (leaf) =>
        input(leaf, { kind: "feed", name: argumentName(count++) }),
      );
      const returned = fn(...(standIns as never[]));
      refuseAsync(returned);
      result = mapTree("compile", returned, isTensor, (leaf) => outputs.push(leaf) - 1);
      assigned.push(...assignments.keys());
      outputs.push(...assignments.values());
      return { outputs: Object.fromEntries(outputs.entries()) };
    },
    (_, index) => ({ kind: "feed", name: variableName(index) }),
  );
  const finish = (): Traced => ({
    program: traced.build(),
    variables: [...traced.variables.keys()],
    assigned,
    result,
    outputs: outputs.map(({ dtype, shape }) => ({ dtype, shape })),
  });
  return { outside: traced.outside, finish };
}

/** Feeds for a traced call: the arguments and the variables' present values, all computed by now. */
function requestOf({ program, variables }: Traced, leaves: readonly Tensor[]): RunRequest {
  const known = new Map<string, Tensor>();
  leaves.forEach((leaf, i) => {
    known.set(argumentName(i), leaf);
  });
  variables.forEach((variable, i) => {
    known.set(variableName(i), variable.value);
  });
  const feeds: Record<string, TypedArray> = {};
  for (const { source } of program.buffers) {
    if (source.kind === "feed") feeds[source.name] = known.get(source.name)!.stored!;
  }
  return { steps: 1, feeds };
}

function resultOf<R>({ result, outputs, assigned }: Traced, run: RunResult): R {
  const tensors = outputs.map((type, i) => new Tensor(type, run.outputs[i]!));
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
    throw new UsageError(
      "invalid-option",
      "compile",
      `cacheSize must be a whole number of at least 1, got ${cacheSize}`,
    );
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
    await compute(leaves, { device: on });
    const key = signatureOf(args);
    let entry = lookUp(key);
    if (entry === undefined) {
      const recording = trace(fn as never, args);
      await compute(recording.outside, { device: on });
      const traced = recording.finish();
      entry = { traced, loaded: await on.load(traced.program) };
      const evicted = remember(key, entry);
      if (evicted !== undefined) await on.unload(evicted);
    }
    await compute(
      entry.traced.variables.map(({ value }) => value),
      { device: on },
    );
    return resultOf<R>(entry.traced, await on.run(entry.loaded, requestOf(entry.traced, leaves)));
  };

  const callSync = (...args: Args): R => {
    const leaves = leavesOf(args);
    const on = deviceOf();
    const sync = syncOf(on);
    computeSync(leaves, { device: on });
    const key = signatureOf(args);
    let entry = lookUp(key);
    if (entry === undefined) {
      const recording = trace(fn as never, args);
      computeSync(recording.outside, { device: on });
      const traced = recording.finish();
      entry = { traced, loaded: sync.load(traced.program) };
      const evicted = remember(key, entry);
      if (evicted !== undefined) sync.unload(evicted);
    }
    computeSync(
      entry.traced.variables.map(({ value }) => value),
      { device: on },
    );
    return resultOf<R>(entry.traced, sync.run(entry.loaded, requestOf(entry.traced, leaves)));
  };

  const program = (...args: Args): Program => {
    const recording = trace(fn as never, args);
    computeSync(recording.outside, { device: deviceOf() });
    return recording.finish().program;
  };

  const release = async (): Promise<void> => {
    const entries = [...cache.values()];
    cache.clear();
    for (const { loaded } of entries) await deviceOf().unload(loaded);
  };

  return Object.assign(call, { sync: callSync, program, release });
}
