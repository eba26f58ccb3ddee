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
import { compile } from "../tensor/compile.ts";
import { elementsOf } from "../tensor/compute.ts";
import { fromArray, ones, scalar, zeros } from "../tensor/create.ts";
import { gradientsOf } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { withScope } from "../tensor/trace.ts";
import { paramsOf, visit } from "../tensor/variable.ts";

/** @file What is measured of a model at one moment, on some rows of its data: one program, run once. */

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

export interface CheckupParts {
  readonly model: Layer;
  readonly data: Dataset;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  readonly steps: number;
  readonly slots: Readonly<Record<string, ArrayData>> | undefined;
  readonly rows: number;
  readonly device: Device;
}

const DEAD_SLOPE = 1e-3;
const SATURATED_SLOPE = 0.01;
const SATURATED_SHARE = 0.95;

/** Activations that level off on both sides. Of the others, a unit that is off for most rows is choosy, not saturated. */
const levelsOff: ReadonlySet<ActivationName> = new Set(["sigmoid", "tanh"]);
/** Activations over a whole row: a unit alone has no slope. */
const overRows: ReadonlySet<ActivationName> = new Set(["softmax", "logSoftmax"]);

/** Runs forward, backward and one update on rows that are spread evenly over the data, and keeps what tells of health. */
export async function measureHealth(parts: CheckupParts): Promise<Measurements> {
  const { model, data, loss, optimizer, learningRate, steps, device } = parts;
  const count = Math.min(parts.rows, data.size);
  const indices = Int32Array.from({ length: count }, (_, i) => Math.floor((i * data.size) / count));
  const { inputs, targets } = takeRows(data, indices);
  const params = paramsOf(model);
  const activations = activationsIn(model);
  const found: { readonly path: string; readonly activation: ActivationName }[] = [];
  const scalars = optimizer.scalars(steps + 1, learningRate);
  const slotsOf = (path: string, shape: readonly number[], dtype: ArrayData["dtype"]) =>
    Object.fromEntries(
      optimizer.slots.map((name) => {
        const stored = parts.slots?.[`${path}/${name}`];
        return [name, stored === undefined ? zeros(shape, { dtype }) : fromArray(stored)];
      }),
    );
  const slots = Object.fromEntries([...params].map(([path, { shape, dtype }]) => [path, slotsOf(path, shape, dtype)]));

  const traced = compile(
    (rows: Tensor, answers: Tensor, kept: typeof slots) => {
      const calls: { readonly input: Tensor; readonly output: Tensor }[] = [];
      const counts = new Map<string, number>();
      const onCall = (path: string, input: Tensor, output: Tensor): void => {
        const name = activations.get(path);
        if (name === undefined || overRows.has(name)) return;
        const n = (counts.get(path) ?? 0) + 1;
        counts.set(path, n);
        found.push({ path: n === 1 ? path : `${path}#${n}`, activation: name });
        calls.push({ input, output });
      };
      const x = encode(data.preprocessing, rows);
      const value = withScope("loss", () => loss(model.call(x, new Run({ onCall })), answers));
      const paths = [...params.keys()];
      const weights = [...params.values()].map((param) => param.value);
      const grads = gradientsOf([value], [ones(value.shape, { dtype: value.dtype })], weights);
      const updates = weights.map((w, i) => {
        const numbers = Object.fromEntries(
          Object.entries(scalars).map(([name, number]) => [name, scalar(number, { dtype: w.dtype })]),
        );
        const [next] = optimizer.update(w, grads[i]!, kept[paths[i]!]!, numbers);
        return { norm: lengthOf(w), gradNorm: lengthOf(grads[i]!), updateNorm: lengthOf(next.sub(w)) };
      });
      const features = x.reshape([count, sizeOf(x.shape.slice(1))]);
      const meanSquares =
        features.dtype === "f32" || features.dtype === "f64" ? features.square().mean({ axes: 0 }) : null;
      return {
        loss: value,
        updates,
        slopes: calls.map(slopesOf),
        ...(meanSquares && { inputScale: meanSquares.max().sqrt() }),
      };
    },
    { device },
  );
  try {
    const result = await traced(fromArray(inputs), fromArray(targets), slots);
    const { updates, slopes, inputScale } = result;
    const all = [
      ...updates.flatMap((update) => Object.values(update)),
      ...slopes.flatMap((unit) => Object.values(unit)),
    ];
    await elementsOf([result.loss, ...all, ...(inputScale ? [inputScale] : [])], { device });
    return {
      loss: numberIn(result.loss),
      params: [...params].map(([path, { shape }], i) => {
        const { norm, gradNorm, updateNorm } = updates[i]!;
        const [length, change] = [numberIn(norm), numberIn(updateNorm)];
        return {
          ...{ path, size: sizeOf(shape), rank: shape.length, norm: length, gradNorm: numberIn(gradNorm) },
          updateNorm: change,
          updateRatio: length === 0 ? null : change / length,
        };
      }),
      units: slopes.map(({ greatest, flatShare }, i) => {
        const { path, activation } = found[i]!;
        const isBounded = levelsOff.has(activation);
        const units = greatest.shape[0]!;
        const those = (are: (unit: number) => boolean) => Array.from({ length: units }, (_, unit) => unit).filter(are);
        return {
          ...{ path, activation, units },
          dead: isBounded ? [] : those((unit) => greatest.stored![unit]! < DEAD_SLOPE),
          saturated: isBounded ? those((unit) => flatShare.stored![unit]! >= SATURATED_SHARE) : [],
        };
      }),
      inputScale: inputScale === undefined ? Number.NaN : numberIn(inputScale),
    };
  } finally {
    await traced.release();
  }
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
