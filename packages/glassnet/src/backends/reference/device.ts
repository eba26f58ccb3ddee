import { allocate, isFloat, type TypedArray } from "../../core/dtype.ts";
import { sameShape, sizeOf, type TensorType } from "../../core/shape.ts";
import type { Instruction, Program, RunRequest, RunResult } from "../../program/program.ts";
import { asDevice, type Backend, type BlockingDevice, type LoadedProgram, type SyncDevice } from "../backend.ts";
import { checkData, checkRequest, checkState, missingState, notLoaded } from "../request.ts";
import type { Buffer } from "./kernel.ts";
import { kernels } from "./kernels.ts";
import { placeScratch } from "./scratch.ts";

/** The definition of every primitive, run as it stands: plain TypeScript on the calling thread. */
export const reference: Backend = {
  name: "reference",
  gaps: {},
  open: async () => openReference(),
};

/** A device of the reference backend, opened at once. */
export function openReference(): BlockingDevice {
  return asDevice(new ReferenceDevice(), { backend: "reference", variant: "typescript", threads: 1, notices: [] });
}

/** A buffer whose memory is bound anew: state and feeds at every run, rows at every step. */
interface Bound extends TensorType {
  data: TypedArray;
}

interface Step {
  readonly kernel: (call: { inputs: readonly Buffer[]; output: Buffer; attrs: Instruction["attrs"] }) => void;
  readonly call: Parameters<Step["kernel"]>[0];
}

interface Write {
  readonly state: Bound;
  readonly value: Bound;
  /** Where the value waits until all are read, if it is a state that is written itself. */
  readonly staged: TypedArray | undefined;
}

interface Lowered {
  readonly program: Program;
  readonly buffers: readonly Bound[];
  readonly steps: readonly Step[];
  readonly writes: readonly Write[];
}

class ReferenceDevice implements SyncDevice {
  readonly threads = 1;
  readonly #states = new Map<string, Buffer>();
  /** Weak, so that a compiled function which nobody uses any more takes its programs along. */
  readonly #loaded = new WeakMap<LoadedProgram, Lowered>();

  load(program: Program): LoadedProgram {
    const loaded = { program };
    this.#loaded.set(loaded, lower(program));
    return loaded;
  }

  unload(loaded: LoadedProgram): void {
    this.#loaded.delete(loaded);
  }

  write(name: string, type: TensorType, data: TypedArray): void {
    checkData("write", `state "${name}"`, type, data, sizeOf(type.shape));
    const state = this.#states.get(name);
    if (state !== undefined && state.dtype === type.dtype && sameShape(state.shape, type.shape)) {
      state.data.set(data);
    } else {
      this.#states.set(name, { dtype: type.dtype, shape: [...type.shape], data: data.slice() });
    }
  }

  read(name: string): TypedArray {
    const state = this.#states.get(name);
    if (state === undefined) throw missingState("read", name);
    return state.data.slice();
  }

  free(names: readonly string[]): void {
    for (const name of names) this.#states.delete(name);
  }

  run(loaded: LoadedProgram, request: RunRequest): RunResult {
    const lowered = this.#loaded.get(loaded);
    if (lowered === undefined) throw notLoaded();
    checkRequest(lowered.program, request);
    try {
      this.#bind(lowered, request);
      return execute(lowered, request);
    } finally {
      release(lowered);
    }
  }

  #bind({ program, buffers }: Lowered, { feeds = {} }: RunRequest): void {
    program.buffers.forEach((buffer, i) => {
      const { source } = buffer;
      if (source.kind === "state") buffers[i].data = this.#stateFor(source.name, buffer).data;
      else if (source.kind === "feed") buffers[i].data = feeds[source.name];
    });
  }

  #stateFor(name: string, expected: TensorType): Buffer {
    const state = this.#states.get(name);
    if (state === undefined) throw missingState("run", name);
    checkState(name, state, expected);
    return state;
  }
}

function lower(program: Program): Lowered {
  const scratch = placeScratch(program);
  const buffers = program.buffers.map(({ dtype, shape, source }, i): Bound => {
    if (source.kind === "constant") return { dtype, shape, data: source.data };
    if (source.kind === "row") return { dtype, shape, data: allocate(dtype, sizeOf(shape)) };
    return { dtype, shape, data: scratch.get(i) ?? allocate(dtype, 0) };
  });
  const steps = program.instructions.map(({ prim, inputs, output, attrs }): Step => {
    const kernel = kernels[prim] as Step["kernel"]; // the union over primitives ties kernel and attributes together
    return { kernel, call: { inputs: inputs.map((i) => buffers[i]), output: buffers[output], attrs } };
  });
  const written = new Set(program.writes.map(({ state }) => stateName(program, state)));
  const writes = program.writes.map(({ state, value }): Write => {
    const { dtype, shape } = program.buffers[value];
    const name = stateName(program, value);
    const staged = name !== undefined && written.has(name) ? allocate(dtype, sizeOf(shape)) : undefined;
    return { state: buffers[state], value: buffers[value], staged };
  });
  return { program, buffers, steps, writes };
}

function stateName({ buffers }: Program, buffer: number): string | undefined {
  const { source } = buffers[buffer];
  return source.kind === "state" ? source.name : undefined;
}

function execute(lowered: Lowered, { steps, rows = {} }: RunRequest): RunResult {
  const { program, buffers } = lowered;
  const perStep = emptyResults(lowered, program.perStep, steps);
  const outputs = emptyResults(lowered, program.outputs, 1);
  let applied = 0;
  let stopped = false;
  while (applied < steps && !stopped) {
    bindRows(lowered, rows, applied);
    for (const { kernel, call } of lowered.steps) kernel(call);
    stopped = !program.guard.every((i) => allFinite(buffers[i]));
    for (const { name, buffer } of program.perStep) copyTo(perStep[name], applied, buffers[buffer].data);
    // Before the writes: an output that is a state has the value that the step saw, as everywhere in the program.
    if (stopped || applied === steps - 1) {
      for (const { name, buffer } of program.outputs) copyTo(outputs[name], 0, buffers[buffer].data);
    }
    if (stopped) break;
    applyWrites(lowered.writes);
    applied++;
  }
  if (applied + 1 < steps && stopped) {
    for (const { name, buffer } of program.perStep) {
      perStep[name] = perStep[name].slice(0, (applied + 1) * sizeOf(program.buffers[buffer].shape));
    }
  }
  return { steps: applied, stopped, perStep, outputs };
}

function emptyResults({ buffers }: Lowered, list: Program["outputs"], steps: number): Record<string, TypedArray> {
  return Object.fromEntries(
    list.map(({ name, buffer }) => {
      const { dtype, shape } = buffers[buffer];
      return [name, allocate(dtype, steps * sizeOf(shape))];
    }),
  );
}

function bindRows({ program, buffers }: Lowered, rows: NonNullable<RunRequest["rows"]>, step: number): void {
  program.buffers.forEach(({ source }, i) => {
    if (source.kind !== "row") return;
    const row = buffers[i].data;
    const table = rows[source.name];
    for (let k = 0, from = step * row.length; k < row.length; k++, from++) row[k] = table[from];
  });
}

function copyTo(table: TypedArray, row: number, data: TypedArray): void {
  table.set(data, row * data.length);
}

function allFinite({ dtype, data }: Buffer): boolean {
  if (!isFloat(dtype)) return true;
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false;
  return true;
}

/** All values are read before the first state changes, so states may be swapped. */
function applyWrites(writes: readonly Write[]): void {
  for (const { value, staged } of writes) staged?.set(value.data);
  for (const { state, value, staged } of writes) state.data.set(staged ?? value.data);
}

/** Lets go of the caller's arrays and of states that may be freed. */
function release({ program, buffers }: Lowered): void {
  program.buffers.forEach(({ dtype, source }, i) => {
    if (source.kind === "feed" || source.kind === "state") buffers[i].data = allocate(dtype, 0);
  });
}
