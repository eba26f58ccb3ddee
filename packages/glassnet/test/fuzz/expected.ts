import type { ArrayData } from "../../src/core/array.ts";
import { isFloat, type TypedArray } from "../../src/core/dtype.ts";
import { sizeOf } from "../../src/core/shape.ts";
import type { Program, RunRequest } from "../../src/program/program.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import { type Bounded, exactly, runBounded } from "./slack.ts";

/** What a run gives, every number with its slack. */
export interface ExpectedRun {
  readonly steps: number;
  readonly stopped: boolean;
  /** For each name one value a step. */
  readonly perStep: Readonly<Record<string, readonly Bounded[]>>;
  readonly outputs: Readonly<Record<string, Bounded>>;
  /** After the run, what each state holds. */
  readonly states: ReadonlyMap<string, Bounded>;
}

const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/** Whether a guard lets a value through; undefined if that is a matter of rounding. */
function passes({ dtype, data, slack }: Bounded): boolean | undefined {
  if (!isFloat(dtype)) return true;
  let isOpen = false;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i]!) && slack[i] === 0) return false;
    if (!(Math.abs(data[i]!) + slack[i]! <= LARGEST)) isOpen = true;
  }
  return isOpen ? undefined : true;
}

/** The values of all buffers at one step. */
export function stepValues(
  program: Program,
  states: ReadonlyMap<string, Bounded>,
  { feeds = {}, rows = {} }: RunRequest,
  step: number,
): Bounded[] {
  const values: Bounded[] = program.buffers.map(({ dtype, shape, source }): Bounded => {
    const size = sizeOf(shape);
    const given = (data: TypedArray) => exactly({ dtype, shape, data } as ArrayData);
    switch (source.kind) {
      case "state":
        return { ...states.get(source.name)!, shape };
      case "feed":
        return given(feeds[source.name]!);
      case "row":
        return given(rows[source.name]!.slice(step * size, (step + 1) * size));
      case "constant":
        return given(source.data);
      case "scratch":
        break; // computed below
    }
    return { dtype, shape, data: new Uint8Array(0), slack: new Float64Array(0) } as Bounded;
  });
  for (const { prim, inputs, output, attrs } of program.instructions) {
    values[output] = runBounded(
      prim,
      inputs.map((i) => values[i]!),
      attrs,
    );
  }
  return values;
}

/** Runs a program by the definition. Undefined if it depends on rounding whether the guard ends the run. */
function expectedRun(
  program: Program,
  before: ReadonlyMap<string, Bounded>,
  request: RunRequest,
): ExpectedRun | undefined {
  const states = new Map(before);
  const perStep: Record<string, Bounded[]> = Object.fromEntries(program.perStep.map(({ name }) => [name, []]));
  const outputs: Record<string, Bounded> = {};
  for (let step = 0; step < request.steps; step++) {
    const values = stepValues(program, states, request, step);
    const verdicts = program.guard.map((buffer) => passes(values[buffer]!));
    const stopped = verdicts.includes(false);
    if (!stopped && verdicts.includes(undefined)) return undefined;
    for (const { name, buffer } of program.perStep) perStep[name]!.push(values[buffer]!);
    for (const { name, buffer } of program.outputs) outputs[name] = values[buffer]!;
    if (stopped) return { steps: step, stopped, perStep, outputs, states };
    for (const { state, value } of program.writes) {
      const { source } = program.buffers[state]!;
      if (source.kind === "state") states.set(source.name, values[value]!);
    }
  }
  return { steps: request.steps, stopped: false, perStep, outputs, states };
}

const known = new WeakMap<FuzzCase, readonly (ExpectedRun | undefined)[]>();

/** What the requests of a case give, one after the other: up to the first that depends on rounding, which is undefined. */
export function expectedRuns(fuzzCase: FuzzCase): readonly (ExpectedRun | undefined)[] {
  const before = known.get(fuzzCase);
  if (before !== undefined) return before;
  const { program, states, requests } = fuzzCase;
  const runs: (ExpectedRun | undefined)[] = [];
  let held: ReadonlyMap<string, Bounded> = new Map([...states].map(([name, value]) => [name, exactly(value)]));
  for (const request of requests) {
    const run = expectedRun(program, held, request);
    runs.push(run);
    if (run === undefined) break;
    held = run.states;
  }
  known.set(fuzzCase, runs);
  return runs;
}
