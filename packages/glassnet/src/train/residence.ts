import type { Device, LoadedProgram } from "../backends/backend.ts";
import type { ArrayData } from "../core/array.ts";
import { allocate } from "../core/dtype.ts";
import { sizeOf, type TensorType } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { compute } from "../tensor/compute.ts";
import type { TracedProgram } from "../tensor/trace-program.ts";
import { type Variable, variablesOf } from "../tensor/variable.ts";

let residences = 0;

/** Larger data sets stay where they are, and their batches are fed: a device has little more than a gigabyte for sure. */
export const MAX_RESIDENT_BYTES = 2 ** 30;

/**
 * A model's variables, and data sets, as state on a device, so that all programs of a training or an evaluation share
 * one copy. Names are unique to the residence; `free` gives everything back.
 */
export class Residence {
  readonly device: Device;
  readonly #prefix = `${++residences}`;
  readonly #paths: Map<Variable, string>;
  readonly #inModel: number;
  readonly #written = new Set<string>();
  readonly #data = new Map<Dataset, string>();
  readonly #resident = new Set<Variable>();
  readonly #maxDataBytes: number;

  /** @param maxDataBytes how large a data set may be to lie on the device */
  constructor(device: Device, model: unknown, maxDataBytes = MAX_RESIDENT_BYTES) {
    this.device = device;
    this.#maxDataBytes = maxDataBytes;
    this.#paths = new Map([...variablesOf(model)].map(([path, variable]) => [variable, path]));
    this.#inModel = this.#paths.size;
  }

  /** Path of a variable in the model; those from outside are counted, in the order in which they turn up. */
  pathOf(variable: Variable): string {
    const known = this.#paths.get(variable);
    if (known !== undefined) return known;
    const path = `outside ${this.#paths.size - this.#inModel + 1}`;
    this.#paths.set(variable, path);
    return path;
  }

  /** Name of a variable's state. */
  nameOf(variable: Variable): string {
    return `${this.#prefix}/variables/${this.pathOf(variable)}`;
  }

  slotName(path: string, slot: string): string {
    return `${this.#prefix}/slots/${path}/${slot}`;
  }

  /** Names of the states of a data set's inputs and targets. */
  dataNames(data: Dataset): { inputs: string; targets: string } {
    const known = this.#data.get(data) ?? `${this.#prefix}/data/${this.#data.size}`;
    this.#data.set(data, known);
    return { inputs: `${known}/inputs`, targets: `${known}/targets` };
  }

  /** Whether a data set is too large for the device, so that its batches must be fed. */
  isFed({ inputs, targets }: Dataset): boolean {
    return inputs.data.byteLength + targets.data.byteLength > this.#maxDataBytes;
  }

  /** What a state holds, in words: a variable or slot by its path; nothing for a data set. */
  describe(name: string): string | undefined {
    const [, kind, ...parts] = name.split("/");
    if (kind === "data") return undefined;
    const path = parts.join("/");
    const isOutside = [...this.#paths.values()].indexOf(path) >= this.#inModel;
    return kind === "variables" && isOutside ? "a state outside the model" : path;
  }

  async write(name: string, { dtype, shape, data }: ArrayData): Promise<void> {
    this.#written.add(name);
    await this.device.write(name, { dtype, shape }, data);
  }

  /** Writes variables that are not on the device yet. */
  async settle(variables: Iterable<Variable>): Promise<void> {
    for (const variable of variables) {
      if (this.#resident.has(variable)) continue;
      const { value } = variable;
      await compute([value], { device: this.device });
      await this.write(this.nameOf(variable), { dtype: value.dtype, shape: value.shape, data: value.stored! });
      this.#resident.add(variable);
    }
  }

  async settleData(data: Dataset): Promise<void> {
    if (this.isFed(data)) return;
    const names = this.dataNames(data);
    if (this.#written.has(names.inputs)) return;
    await this.write(names.inputs, data.inputs);
    await this.write(names.targets, data.targets);
  }

  async writeZeros(name: string, { dtype, shape }: TensorType): Promise<void> {
    await this.write(name, { dtype, shape, data: allocate(dtype, sizeOf(shape)) });
  }

  async read(name: string, { dtype, shape }: TensorType): Promise<ArrayData> {
    return { dtype, shape, data: await this.device.read(name) };
  }

  /** Loads a traced program, with the variables that it reads made resident. */
  async load(traced: TracedProgram): Promise<LoadedProgram> {
    await compute(traced.outside, { device: this.device });
    await this.settle(traced.variables.keys());
    return this.device.load(traced.build());
  }

  async free(): Promise<void> {
    const written = [...this.#written];
    this.#written.clear();
    this.#resident.clear();
    await this.device.free(written);
  }
}
