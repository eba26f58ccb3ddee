import type { Device, LoadedProgram } from "../backends/backend.ts";
import { type DType, isFloat } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { Loss } from "../loss/reduction.ts";
import { checkSingleNumber } from "../loss/single-number.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import { compute, elementsOf } from "../tensor/compute.ts";
import { ones } from "../tensor/create.ts";
import { gradientsOf } from "../tensor/grad.ts";
import { ops, type Tensor } from "../tensor/tensor.ts";
import { withFrame } from "../tensor/trace.ts";
import { type TracedProgram, type TracedResults, traceProgram } from "../tensor/trace-program.ts";
import { type Param, paramsOf, type Variable } from "../tensor/variable.ts";
import { behind } from "./with-weights.ts";

/**
 * Steps of central differences in f64. Truncation is about step² and rounding 2⁻⁵³ / step, so the first sees 8 to 12
 * digits. An entry that disagrees is tried again with the second: the first may have crossed the kink of a ReLU.
 */
export const STEPS = [1e-4, 1e-6];

/** Relative difference up to which a gradient agrees with its difference quotient. */
export const TOLERANCE = 1e-6;

/** How far a central difference of losses near `loss` may be off by rounding: a few units in the last place of 1 + |loss|. */
export const noiseOf = (loss: number, step: number): number => (4 * Number.EPSILON * (1 + Math.abs(loss))) / (2 * step);

/** A loss, and the batch of which it is taken. */
interface DoubleLossOptions {
  readonly where: string;
  readonly model: Layer;
  readonly x: Tensor;
  readonly loss: Loss;
  readonly targets: Tensor;
  readonly device: Device;
}

interface Parts {
  readonly states: ReadonlyMap<Variable, Tensor>;
  readonly lossWith: (param?: Param, value?: Tensor) => Tensor;
  readonly row: (name: string, dtype: DType, shape: Shape) => Tensor;
}

let opened = 0;

/** The loss of one batch with all parameters in f64, its gradients, and the loss with a parameter moved. */
export class DoubleLoss {
  /** By path. */
  readonly params: ReadonlyMap<string, Param>;
  readonly #options: DoubleLossOptions;
  readonly #values: ReadonlyMap<Variable, Tensor>;
  readonly #prefix = `gradient check ${++opened}`;
  readonly #loaded: LoadedProgram[] = [];
  readonly #written = new Set<string>();

  private constructor(options: DoubleLossOptions) {
    const { model, values } = behind(options.model);
    this.#options = { ...options, model };
    this.#values = values;
    this.params = paramsOf(model);
  }

  /** Lends one to `work`, and gives back what it put on the device. */
  static async with<T>(options: DoubleLossOptions, work: (loss: DoubleLoss) => Promise<T>): Promise<T> {
    const { x, targets, device } = options;
    await elementsOf([x, targets], { device });
    const opened = new DoubleLoss(options);
    try {
      for (const [path, param] of opened.params) await opened.#write(opened.#nameOf(path), param, "f64");
      return await work(opened);
    } finally {
      for (const program of opened.#loaded) await device.unload(program);
      await device.free([...opened.#written]);
    }
  }

  #nameOf(path: string): string {
    return `${this.#prefix}/${path}`;
  }

  async #write(name: string, variable: Variable, dtype: DType): Promise<void> {
    const { device } = this.#options;
    const value = this.#values.get(variable) ?? variable.value;
    const [data] = await elementsOf([value], { device });
    this.#written.add(name);
    await device.write(name, { dtype, shape: value.shape }, dtype === value.dtype ? data! : Float64Array.from(data!));
  }

  /** A program in which all parameters are f64; `describe` gets them, and the loss with something else in their place. */
  #trace(describe: (parts: Parts) => TracedResults): TracedProgram {
    const { where, model, x, loss, targets } = this.#options;
    return traceProgram(
      ({ input }) => {
        const states = new Map<Variable, Tensor>();
        for (const [path, param] of this.params) {
          states.set(param, input({ dtype: "f64", shape: param.shape }, { kind: "state", name: this.#nameOf(path) }));
        }
        const lossWith = (param?: Param, moved?: Tensor): Tensor => {
          const variables = new Map(states);
          if (param !== undefined && moved !== undefined) variables.set(param, moved);
          const input64 = isFloat(x.dtype) ? ops.cast(x, "f64") : x; // indices stay whole
          const forward = () => loss(model.call(input64, new Run()), targets);
          const value = withFrame({ variables, startId: 0 }, forward);
          checkSingleNumber(where, "loss", value);
          return ops.reshape(ops.cast(value, "f64"), []);
        };
        return describe({
          states,
          lossWith,
          row: (name, dtype, shape) => input({ dtype, shape }, { kind: "row", name }),
        });
      },
      // What is not checked stays as it is: running statistics, parameters of the loss.
      (_, i) => ({ kind: "state", name: this.#nameOf(`other ${i}`) }),
    );
  }

  async #load(describe: (parts: Parts) => TracedResults): Promise<LoadedProgram> {
    const { device } = this.#options;
    const traced = this.#trace(describe);
    await compute(traced.outside, { device });
    for (const [variable, source] of traced.variables) {
      if (source.kind === "state") await this.#write(source.name, variable, variable.dtype);
    }
    const made = await device.load(traced.build());
    this.#loaded.push(made);
    return made;
  }

  /** The loss, and its gradient for each parameter, in their order. */
  async gradients(): Promise<{ loss: number; grads: Float64Array[] }> {
    const program = await this.#load(({ lossWith, states }) => {
      const loss = lossWith();
      const grads = gradientsOf([loss], [ones([], { dtype: "f64" })], [...states.values()]);
      return { outputs: { loss, ...Object.fromEntries(grads.entries()) } };
    });
    const { outputs } = await this.#options.device.run(program, { steps: 1 });
    const grads = [...this.params.keys()].map((_, i) => Float64Array.from(outputs[i]!));
    return { loss: outputs.loss![0]!, grads };
  }

  /** The program that gives the `loss` with the entry "index" of a parameter moved by "delta", rows of its table. */
  entryMoved(param: Param): Promise<LoadedProgram> {
    return this.#load(({ lossWith, states, row }) => {
      const flat = ops.reshape(states.get(param)!, [-1]);
      const moved = ops.scatterAdd(flat, row("index", "i32", [1]), row("delta", "f64", [1]), 0);
      return { perStep: { loss: lossWith(param, ops.reshape(moved, param.shape)) } };
    });
  }

  /** The program that gives the `loss` with a parameter moved by "direction". */
  allMoved(param: Param): Promise<LoadedProgram> {
    return this.#load(({ lossWith, states, row }) => {
      const moved = ops.add(states.get(param)!, row("direction", "f64", param.shape));
      return { perStep: { loss: lossWith(param, moved) } };
    });
  }
}
