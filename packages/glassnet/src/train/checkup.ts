import type { Device } from "../backends/backend.ts";
import type { ArrayData } from "../core/array.ts";
import { sizeOf } from "../core/shape.ts";
import { type Dataset, takeRows } from "../data/dataset.ts";
import { encode } from "../data/encode.ts";
import type { Loss } from "../loss/reduction.ts";
import { Activation, type ActivationName } from "../nn/activation.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { type Compiled, compile } from "../tensor/compile.ts";
import { elementsOf } from "../tensor/compute.ts";
import { fromArray, ones, scalar, zeros } from "../tensor/create.ts";
import { gradientsOf } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { withScope } from "../tensor/trace.ts";
import { type Param, paramsOf, visit } from "../tensor/variable.ts";

/** @file What is measured of a model at one moment, on some rows of its data, as one program. */

/** A parameter, its gradient, and what the optimizer would do with it. Norms are Euclidean, over all numbers of the parameter. */
export interface ParamHealth {
  /** Such as `layers.0.weight`. */
  readonly path: string;
  readonly size: number;
  /** 2 for the weights of a linear layer, 1 for biases. */
  readonly rank: number;
  readonly norm: number;
  /** ‖∂L/∂w‖ of the mean loss of the measured rows. */
  readonly gradNorm: number;
  /** ‖w′ − w‖, where w′ is what the optimizer's next step would make of w with this gradient. */
  readonly updateNorm: number;
  /** ‖w′ − w‖ / ‖w‖; `null` while the parameter is all zeros. */
  readonly updateRatio: number | null;
}

/** The units behind an activation, over the measured rows. */
export interface UnitHealth {
  /** Path of the activation, such as `layers.1`. */
  readonly path: string;
  readonly activation: ActivationName;
  readonly units: number;
  /** Units whose slope is below 0.001 for every row: no gradient comes through, so nothing before them learns from them. */
  readonly dead: readonly number[];
  /** Of sigmoid and tanh: units whose slope is below 0.01 for 95 % of the rows at least. */
  readonly saturated: readonly number[];
}

export interface Measurements {
  /** Mean loss of the measured rows, as in evaluation. */
  readonly loss: number;
  readonly params: readonly ParamHealth[];
  readonly units: readonly UnitHealth[];
  /** Greatest root mean square of a feature over the rows, as the network sees it. */
  readonly inputScale: number;
}

/** What is examined, and with what. */
export interface CheckupParts {
  readonly model: Layer;
  readonly data: Dataset;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly rows: number;
  readonly device: Device;
}

/** Where the training stands. */
export interface CheckupMoment {
  readonly learningRate: number;
  /** Steps that the optimizer has done. */
  readonly steps: number;
  /** What it keeps, by `path/slot`; zeros otherwise. */
  readonly slots: Readonly<Record<string, ArrayData>> | undefined;
}

const DEAD_SLOPE = 1e-3;
const SATURATED_SLOPE = 0.01;
const SATURATED_SHARE = 0.95;

/** Activations that level off on both sides. Of the others, a unit that is off for most rows is choosy, not saturated. */
const levelsOff: ReadonlySet<ActivationName> = new Set(["sigmoid", "tanh"]);
/** Activations over a whole row: a unit alone has no slope. */
const overRows: ReadonlySet<ActivationName> = new Set(["softmax", "logSoftmax"]);

type SlotsByPath = Readonly<Record<string, Readonly<Record<string, Tensor>>>>;
type Scalars = Readonly<Record<string, Readonly<Record<string, Tensor>>>>;

interface Traced {
  readonly loss: Tensor;
  readonly updates: readonly { readonly norm: Tensor; readonly gradNorm: Tensor; readonly updateNorm: Tensor }[];
  readonly slopes: readonly { readonly greatest: Tensor; readonly flatShare: Tensor }[];
  /** One number; none if the inputs are whole numbers. */
  readonly inputScale: readonly Tensor[];
}

/** Forward, backward and one update on rows that are spread evenly over the data: made once, run as often as needed. */
export class CheckupProgram {
  readonly #parts: CheckupParts;
  readonly #params: ReadonlyMap<string, Param>;
  readonly #rows: readonly [inputs: Tensor, targets: Tensor];
  readonly #compiled: Compiled<[Tensor, Tensor, SlotsByPath, Scalars], Traced>;
  #activations: { readonly path: string; readonly activation: ActivationName }[] = [];

  constructor(parts: CheckupParts) {
    const { model, data, device } = parts;
    this.#parts = parts;
    this.#params = paramsOf(model);
    const count = Math.min(parts.rows, data.size);
    const indices = Int32Array.from({ length: count }, (_, i) => Math.floor((i * data.size) / count));
    const { inputs, targets } = takeRows(data, indices);
    this.#rows = [fromArray(inputs), fromArray(targets)];
    const run = (rows: Tensor, answers: Tensor, slots: SlotsByPath, scalars: Scalars): Traced =>
      this.#trace(rows, answers, slots, scalars);
    this.#compiled = compile(run as never, { device }) as never;
  }

  #trace(rows: Tensor, answers: Tensor, slots: SlotsByPath, scalars: Scalars): Traced {
    const { model, data, loss, optimizer } = this.#parts;
    const activations = activationsIn(model);
    const calls: { readonly input: Tensor; readonly output: Tensor }[] = [];
    const counts = new Map<string, number>();
    this.#activations = [];
    const onCall = (path: string, input: Tensor, output: Tensor): void => {
      const name = activations.get(path);
      if (name === undefined || overRows.has(name)) return;
      const n = (counts.get(path) ?? 0) + 1;
      counts.set(path, n);
      this.#activations.push({ path: n === 1 ? path : `${path}#${n}`, activation: name });
      calls.push({ input, output });
    };
    const x = encode(data.preprocessing, rows);
    const value = withScope("loss", () => loss(model.call(x, new Run({ onCall })), answers));
    const weights = [...this.#params.values()].map((param) => param.value);
    const grads = gradientsOf([value], [ones(value.shape, { dtype: value.dtype })], weights);
    const updates = [...this.#params.keys()].map((path, i) => {
      const w = weights[i]!;
      const [next] = optimizer.update(w, grads[i]!, slots[path]!, scalars[w.dtype]!);
      return { norm: lengthOf(w), gradNorm: lengthOf(grads[i]!), updateNorm: lengthOf(next.sub(w)) };
    });
    const isFraction = x.dtype === "f32" || x.dtype === "f64";
    const features = x.reshape([x.shape[0]!, sizeOf(x.shape.slice(1))]);
    const inputScale = isFraction ? [features.square().mean({ axes: 0 }).max().sqrt()] : [];
    return { loss: value, updates, slopes: calls.map(slopesOf), inputScale };
  }

  async measure({ learningRate, steps, slots }: CheckupMoment): Promise<Measurements> {
    const { optimizer, device } = this.#parts;
    const kept = Object.fromEntries(
      [...this.#params].map(([path, { shape, dtype }]) => [
        path,
        Object.fromEntries(
          optimizer.slots.map((name) => {
            const stored = slots?.[`${path}/${name}`];
            return [name, stored === undefined ? zeros(shape, { dtype }) : fromArray(stored)];
          }),
        ),
      ]),
    );
    const numbers = Object.entries(optimizer.scalars(steps + 1, learningRate));
    const scalars = Object.fromEntries(
      [...new Set([...this.#params.values()].map(({ dtype }) => dtype))].map((dtype) => [
        dtype,
        Object.fromEntries(numbers.map(([name, x]) => [name, scalar(x, { dtype })])),
      ]),
    );
    const { loss, updates, slopes, inputScale } = await this.#compiled(...this.#rows, kept, scalars);
    const all = [
      ...updates.flatMap((update) => Object.values(update)),
      ...slopes.flatMap((unit) => Object.values(unit)),
    ];
    await elementsOf([loss, ...all, ...inputScale], { device });
    return {
      loss: numberIn(loss),
      params: [...this.#params].map(([path, { shape }], i) => {
        const { norm, gradNorm, updateNorm } = updates[i]!;
        const [length, change] = [numberIn(norm), numberIn(updateNorm)];
        return {
          ...{ path, size: sizeOf(shape), rank: shape.length, norm: length, gradNorm: numberIn(gradNorm) },
          updateNorm: change,
          updateRatio: length === 0 ? null : change / length,
        };
      }),
      units: slopes.map((slope, i) => ({
        ...this.#activations[i]!,
        ...unitsOff(slope, this.#activations[i]!.activation),
      })),
      inputScale: inputScale[0] === undefined ? Number.NaN : numberIn(inputScale[0]),
    };
  }

  release(): Promise<void> {
    return this.#compiled.release();
  }
}

function unitsOff({ greatest, flatShare }: Traced["slopes"][number], activation: ActivationName) {
  const units = greatest.shape[0]!;
  const those = (are: (unit: number) => boolean) => Array.from({ length: units }, (_, unit) => unit).filter(are);
  const isBounded = levelsOff.has(activation);
  return {
    units,
    dead: isBounded ? [] : those((unit) => greatest.stored![unit]! < DEAD_SLOPE),
    saturated: isBounded ? those((unit) => flatShare.stored![unit]! >= SATURATED_SHARE) : [],
  };
}

const lengthOf = (x: Tensor): Tensor => x.square().sum().sqrt();

const numberIn = (x: Tensor): number => x.stored![0]!;

function activationsIn(model: Layer): Map<string, ActivationName> {
  const found = new Map<string, ActivationName>();
  visit(model, "", (part, path) => {
    if (part instanceof Activation) found.set(path, part.name);
  });
  return found;
}

/** Of each unit, over the rows: the greatest slope, and the share of rows in which it is nearly flat. Both [units]. */
function slopesOf({ input, output }: { readonly input: Tensor; readonly output: Tensor }) {
  const [gradient] = gradientsOf([output], [ones(output.shape, { dtype: output.dtype })], [input]);
  const batch = output.shape[0]!;
  const slope = gradient!.abs().reshape([batch, sizeOf(output.shape.slice(1))]);
  return {
    greatest: slope.max({ axes: 0 }),
    flatShare: slope.lt(SATURATED_SLOPE).cast("f32").mean({ axes: 0 }),
  };
}
