import { blockingOf, type Device, type LoadedProgram } from "../backends/backend.ts";
import type { TypedArray } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { formatType, type TensorType } from "../core/shape.ts";
import { mapTree, type Tree } from "../core/tree.ts";
import type { Program, RunRequest, RunResult } from "../program/program.ts";
import { compute, computeSync, syncOf } from "./compute.ts";
import { defaultDevice, deviceOr } from "./device.ts";
import { noteWritten, staleOn, stateName } from "./resident-variable.ts";
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

const compileNames: OptionNames<CompileOptions> = { device: true, cacheSize: true };

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
  /** The tensors of the arguments that the program reads: which one, and the name of its feed. */
  readonly fed: readonly (readonly [argument: number, name: string])[];
  readonly variables: readonly Variable[];
  readonly assigned: readonly Variable[];
  /** The result's structure, with positions of outputs as leaves. */
  readonly result: unknown;
  /** Types of the outputs: first the result's tensors, then the assigned values. */
  readonly outputs: readonly TensorType[];
}

/** A traced call on its device. The promise is kept, so that calls made meanwhile wait for the same program. */
interface Entry {
  readonly traced: Traced;
  readonly loaded: LoadedProgram;
}

interface Recording {
  /** To be computed before `finish`. */
  readonly outside: readonly Tensor[];
  readonly finish: () => Traced;
}

const isTensor = (x: unknown): x is Tensor => x instanceof Tensor;
const isPosition = (x: unknown): x is number => typeof x === "number";

/** The tensors of the arguments, in order. */
function leavesOf(args: readonly unknown[]): readonly Tensor[] {
  if (args.every(isTensor)) return args;
  const leaves: Tensor[] = [];
  mapTree("compile", args, isTensor, (leaf) => leaves.push(leaf));
  return leaves;
}

/** Equal for arguments that can share a program: structure and types. */
function signatureOf(args: readonly unknown[]): string {
  if (args.every(isTensor)) return args.map(formatType).join();
  return JSON.stringify(mapTree("compile", args, isTensor, formatType));
}

const argumentName = (index: number): string => `argument ${index}`;

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
      const writes = [...assignments].map(([variable, value]) => ({ state: variable.value, value }));
      return { writes, outputs: Object.fromEntries(outputs.entries()) };
    },
    (variable) => ({ kind: "state", name: stateName(variable) }),
  );
  const finish = (): Traced => {
    const program = traced.build();
    const names = new Set(program.buffers.flatMap(({ source }) => (source.kind === "feed" ? [source.name] : [])));
    const fed = leavesOf(args).flatMap((_, i) => (names.has(argumentName(i)) ? [[i, argumentName(i)] as const] : []));
    return {
      program,
      fed,
      variables: [...traced.variables.keys()],
      assigned,
      result,
      outputs: outputs.map(({ dtype, shape }) => ({ dtype, shape })),
    };
  };
  return { outside: traced.outside, finish };
}

/** Feeds for a traced call: the arguments, computed by now. */
function requestOf({ fed }: Traced, leaves: readonly Tensor[]): RunRequest {
  const feeds: Record<string, TypedArray> = {};
  for (const [argument, name] of fed) feeds[name] = leaves[argument]!.stored!;
  return { steps: 1, feeds };
}

/** The result's tensors. Variables that were assigned take their values over, on this device and here. */
function takeResult<R>(device: Device, { result, outputs, assigned }: Traced, run: RunResult): R {
  const tensors = outputs.map((type, i) => new Tensor(type, run.outputs[i]!));
  const firstAssigned = outputs.length - assigned.length;
  assigned.forEach((variable, i) => {
    const value = tensors[firstAssigned + i]!;
    variable.assign(value);
    noteWritten(device, variable, value);
  });
  return mapTree("compile", result, isPosition, (i) => tensors[i]!) as R;
}

/** The entries of one compiled function, the one that was unused for longest first. */
class Cache<E> {
  readonly #entries = new Map<string, E>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): E | undefined {
    const hit = this.#entries.get(key);
    if (hit !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, hit);
    }
    return hit;
  }

  /** Returns the entry that has to make room. */
  set(key: string, entry: E): E | undefined {
    this.#entries.set(key, entry);
    const [oldest] = this.#entries;
    if (this.#entries.size <= this.#capacity || oldest === undefined) return undefined;
    this.#entries.delete(oldest[0]);
    return oldest[1];
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): E[] {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    return entries;
  }
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
  options: CompileOptions = {},
): Compiled<Args, R> {
  checkNames("compile", compileNames, options);
  const { device, cacheSize = 16 } = options;
  if (!(Number.isInteger(cacheSize) && cacheSize >= 1)) {
    throw new UsageError(
      "invalid-option",
      "compile",
      `cacheSize must be a whole number of at least 1, got ${cacheSize}`,
    );
  }
  const cache = new Cache<Entry>(cacheSize);
  const waitingCache = new Cache<Promise<Entry>>(cacheSize);

  const callSync = (...args: Args): R => {
    const on = device ?? defaultDevice();
    const sync = syncOf(on);
    const leaves = leavesOf(args);
    computeSync(leaves, { device: on });
    const key = signatureOf(args);
    let entry = cache.get(key);
    if (entry === undefined) {
      const recording = trace(fn as never, args);
      computeSync(recording.outside, { device: on });
      const traced = recording.finish();
      entry = { traced, loaded: sync.load(traced.program) };
      const evicted = cache.set(key, entry);
      if (evicted !== undefined) sync.unload(evicted.loaded);
    }
    const { traced, loaded } = entry;
    const stale = staleOn(on, traced.variables);
    if (stale.length > 0)
      computeSync(
        stale.map(({ value }) => value),
        { device: on },
      );
    for (const { variable, value } of stale) {
      sync.write(stateName(variable), variable, value.stored!);
      noteWritten(on, variable, value);
    }
    return takeResult<R>(on, traced, sync.run(loaded, requestOf(traced, leaves)));
  };

  const load = async (on: Device, args: readonly unknown[]): Promise<Entry> => {
    const recording = trace(fn as never, args);
    await compute(recording.outside, { device: on });
    const traced = recording.finish();
    return { traced, loaded: await on.load(traced.program) };
  };

  const call = async (...args: Args): Promise<R> => {
    const on = await deviceOr(device);
    if (blockingOf(on) !== undefined) return callSync(...args);
    const leaves = leavesOf(args);
    await compute(leaves, { device: on });
    const key = signatureOf(args);
    let loading = waitingCache.get(key);
    if (loading === undefined) {
      loading = load(on, args);
      const evicted = waitingCache.set(key, loading);
      // Queued behind the runs that were asked for before; see `Device`.
      void evicted?.then(
        ({ loaded }) => on.unload(loaded),
        () => undefined, // it never was loaded; its own caller got the error
      );
    }
    let entry: Entry;
    try {
      entry = await loading;
    } catch (error) {
      waitingCache.delete(key);
      throw error;
    }
    const { traced, loaded } = entry;
    // Between looking at the variables and asking for the run nothing may wait: another call could assign them.
    let stale = staleOn(on, traced.variables);
    while (stale.some(({ value }) => value.stored === undefined)) {
      await compute(
        stale.map(({ value }) => value),
        { device: on },
      );
      stale = staleOn(on, traced.variables);
    }
    const pending: Promise<unknown>[] = [];
    for (const { variable, value } of stale) {
      pending.push(on.write(stateName(variable), variable, value.stored!));
      noteWritten(on, variable, value);
    }
    const running = on.run(loaded, requestOf(traced, leaves));
    const [result] = await Promise.all([running, ...pending]);
    return takeResult<R>(on, traced, result);
  };

  const program = (...args: Args): Program => {
    const recording = trace(fn as never, args);
    computeSync(recording.outside);
    return recording.finish().program;
  };

  const release = async (): Promise<void> => {
    const on = await deviceOr(device);
    const waiting = await Promise.all(waitingCache.clear());
    for (const { loaded } of [...cache.clear(), ...waiting]) await on.unload(loaded);
  };

  return Object.assign(call, { sync: callSync, program, release });
}
