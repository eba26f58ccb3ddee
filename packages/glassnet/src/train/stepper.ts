import { blockingOf, type LoadedProgram } from "../backends/backend.ts";
import { Pace } from "../backends/pace.ts";
import type { ArrayData } from "../core/array.ts";
import { allocate, type TypedArray } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import { writeStepKeys } from "../core/random.ts";
import type { TensorType } from "../core/shape.ts";
import { describeValue } from "../core/tree.ts";
import { batchSizes } from "../data/batches.ts";
import type { Program, RunResult } from "../program/program.ts";
import { fromArray } from "../tensor/create.ts";
import { type Variable, variablesOf } from "../tensor/variable.ts";
import { BatchTable } from "./batch.ts";
import type { StepRange } from "./batch-schedule.ts";
import { runAll } from "./clean-up.ts";
import { diagnose } from "./diagnose.ts";
import type { Divergence } from "./events.ts";
import type { Residence } from "./residence.ts";
import {
  type StepParts,
  scalarDtypes,
  scalarRow,
  type TracedStep,
  traceStep,
  trainableParams,
} from "./step-program.ts";

/** What variables or slots hold, by path. */
export type Values = Readonly<Record<string, ArrayData>>;

interface StepperOptions {
  readonly batchSize: number;
  readonly seed: number;
  /** The step size at a step, counted from 0. */
  readonly learningRate: (step: number) => number;
}

/** The training step on a device: its programs for each batch size, and the state that it changes. */
export class Stepper {
  /** Variables of the model, and those from outside that the step assigns, by path. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** What the optimizer keeps, by `path/slot`, with the name of its state. */
  readonly slots: ReadonlyMap<string, TensorType & { readonly state: string }>;
  readonly #parts: StepParts;
  readonly #residence: Residence;
  readonly #options: StepperOptions;
  readonly #scalars: readonly (readonly ["f32" | "f64", string])[];
  readonly #traced = new Map<number, TracedStep>();
  readonly #loaded = new Map<number, LoadedProgram>();
  /** The steps as the model's code has them: in what runs, layers may share their work. */
  readonly #asTraced = new Map<number, () => Program>();
  readonly #pace = new Pace();
  readonly #batches: BatchTable;
  /** Tables by their number of steps, filled anew for each run. */
  readonly #tables = new Map<number, Table>();
  /** What the variables hold, while that is known. */
  #present: Values | undefined;

  /** Traces the step. Nothing is computed, and nothing put on the device. */
  constructor(parts: StepParts, residence: Residence, options: StepperOptions) {
    const { model, optimizer, data } = parts;
    this.#parts = parts;
    this.#residence = residence;
    this.#options = options;
    this.#batches = new BatchTable(residence, parts.data);
    const params = trainableParams(model);
    const names = Object.keys(optimizer.scalars(1, 1));
    this.#scalars = scalarDtypes(params).flatMap((dtype) => names.map((name) => [dtype, name] as const));
    const variables = variablesOf(model);
    for (const size of batchSizes(data.size, options.batchSize)) {
      const traced = traceStep(parts, residence, size);
      this.#traced.set(size, traced);
      for (const variable of traced.assigned) variables.set(residence.pathOf(variable), variable);
    }
    this.variables = variables;
    this.slots = new Map(
      [...params].flatMap(([path, { dtype, shape }]) =>
        optimizer.slots.map((slot) => [`${path}/${slot}`, { dtype, shape, state: residence.slotName(path, slot) }]),
      ),
    );
  }

  /** Puts data, variables, slots (zeros if none are given) and programs on the device. */
  async load(slots: Values | undefined): Promise<void> {
    const residence = this.#residence;
    await residence.settle(this.variables.values());
    await residence.settleData(this.#parts.data);
    for (const [path, { state, ...type }] of this.slots) {
      if (slots === undefined) await residence.writeZeros(state, type);
      else await residence.write(state, slots[path]!);
    }
    for (const [size, traced] of this.#traced) {
      this.#loaded.set(size, await residence.load(traced));
      this.#asTraced.set(size, traced.buildAsTraced);
    }
    this.#traced.clear();
  }

  /** How many steps of full batches to run at once, of those that remain. */
  steps(remaining: number): number {
    return this.#pace.steps(remaining);
  }

  /**
   * Runs steps, then lets others run.
   *
   * @param upcoming the rows that probably come next: those of a data set that is fed may be gathered while the device runs
   */
  run(range: StepRange, upcoming: () => Int32Array): Promise<RunResult> {
    const { device } = this.#residence;
    const meanwhile = this.#batches.ahead(upcoming);
    return this.#pace.run(device, this.#loadedFor(range), range.steps, this.#table(range), meanwhile);
  }

  /** Whether steps are best run at once, on the calling thread: not if it has something else to do meanwhile. */
  get isBlocking(): boolean {
    return !this.#batches.isAhead && blockingOf(this.#residence.device) !== undefined;
  }

  /** Runs steps at once, on a device that blocks. Letting others run is left to the caller. */
  runNow(range: StepRange): RunResult {
    return this.#pace.runNow(this.#residence.device.sync!, this.#loadedFor(range), range.steps, this.#table(range));
  }

  #loadedFor({ batch }: StepRange): LoadedProgram {
    this.#present = undefined;
    return this.#loaded.get(batch)!;
  }

  /** Finds out why the one step of a range was not applied. */
  diagnose(range: StepRange): Promise<Divergence> {
    const program = this.#asTraced.get(range.batch)!();
    const table = this.#table(range);
    return diagnose(this.#residence.device, program, table, range.first + 1, (name) => this.#residence.describe(name));
  }

  #table({ first, steps, rows }: StepRange): Record<string, TypedArray> {
    const { seed, learningRate } = this.#options;
    const { optimizer } = this.#parts;
    const table = this.#tables.get(steps) ?? this.#newTable(steps);
    this.#tables.set(steps, table);
    writeStepKeys(seed, first, table.key);
    for (let i = 0; i < steps; i++) {
      const step = first + i;
      const row = optimizer.scalars(step + 1, learningRate(step));
      for (let c = 0; c < table.columns.length; c++) {
        const { name, column } = table.columns[c]!;
        column[i] = checkScalar(optimizer.kind, name, row[name], step);
      }
    }
    return this.#batches.rows(rows, table.rows);
  }

  #newTable(steps: number): Table {
    const key = new Int32Array(2 * steps);
    const columns = this.#scalars.map(([dtype, name]) => ({ dtype, name, column: allocate(dtype, steps) }));
    const scalars = columns.map(({ dtype, name, column }) => [scalarRow(dtype, name), column]);
    return { key, columns, rows: { key, ...Object.fromEntries(scalars) } };
  }

  /** What the variables hold now: shared, for reading only. */
  async read(): Promise<Values> {
    this.#present ??= await this.#readAll(
      [...this.variables].map(([path, variable]) => [path, this.#residence.nameOf(variable), variable]),
    );
    return this.#present;
  }

  /** What the slots hold now. */
  readSlots(): Promise<Values> {
    return this.#readAll([...this.slots].map(([path, { state, ...type }]) => [path, state, type]));
  }

  async #readAll(states: readonly (readonly [string, string, TensorType])[]): Promise<Values> {
    const values: Record<string, ArrayData> = {};
    for (const [path, name, type] of states) values[path] = await this.#residence.read(name, type);
    return values;
  }

  /** Puts other values in place of the present ones. */
  async replace(values: Values): Promise<void> {
    this.#present = undefined;
    for (const [path, variable] of this.variables) {
      await this.#residence.write(this.#residence.nameOf(variable), values[path]!);
    }
    this.#present = values;
  }

  /** Gives the variables the values that they have on the device. */
  async sync(): Promise<void> {
    this.assign(await this.read());
  }

  assign(values: Values): void {
    for (const [path, variable] of this.variables) variable.assign(fromArray(values[path]!));
  }

  async release(): Promise<void> {
    const loaded = [...this.#loaded.values()];
    this.#loaded.clear();
    this.#asTraced.clear();
    await runAll(loaded.map((program) => () => this.#residence.device.unload(program)));
  }
}

/** What a run is given for each step. */
interface Table {
  readonly key: Int32Array;
  readonly columns: readonly { readonly name: string; readonly column: TypedArray }[];
  readonly rows: Record<string, TypedArray>;
}

function checkScalar(kind: string, name: string, value: unknown, step: number): number {
  if (typeof value === "number") return value;
  const what = `the optimizer "${kind}" gave ${describeValue(value)} as ${name} at step ${step}: expected a number`;
  throw new UsageError("invalid-option", "train", what);
}
