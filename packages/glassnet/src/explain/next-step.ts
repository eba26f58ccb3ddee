import type { Device } from "../backends/backend.ts";
import type { ArrayData } from "../core/array.ts";
import { type DType, isFloat } from "../core/dtype.ts";
import { alternatives, UsageError } from "../core/errors.ts";
import { checkNames, checkOption, type Option, type OptionNames } from "../core/option.ts";
import { formatType, type Shape, sameShape } from "../core/shape.ts";
import type { Loss } from "../loss/reduction.ts";
import { checkLoss } from "../loss/single-number.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { compile } from "../tensor/compile.ts";
import { elementsOf } from "../tensor/compute.ts";
import { fromArray, ones, scalar, zeros } from "../tensor/create.ts";
import { deviceOr } from "../tensor/device.ts";
import { gradientsOf } from "../tensor/grad.ts";
import type { Key } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Param, paramsOf, type Variable } from "../tensor/variable.ts";
import type { Numbers } from "./backpropagation.ts";
import { checkEntry } from "./check-gradient.ts";
import { type UpdateLine, updateLines } from "./update-lines.ts";
import { behind, presentParams, reweighted } from "./with-weights.ts";

export interface NextStepOptions {
  readonly loss: Loss;
  readonly targets: Tensor;
  readonly optimizer: Optimizer;
  /** What the optimizer keeps, by `path/slot`, as in a snapshot of the training; zeros by default, as at its beginning. */
  readonly slots?: Readonly<Record<string, ArrayData>> | undefined;
  /** The step that comes, counted from 1: one more than a snapshot's. 1 by default. */
  readonly step?: number | undefined;
  /** With it, layers behave as in training: `keyOf(seed, step − 1)` for the step that comes. */
  readonly key?: Key | undefined;
  /** Where to compute; the default device otherwise. */
  readonly device?: Device | undefined;
}

/** The coming update of one entry of a parameter. */
export interface EntryUpdate {
  /** The weight as it is. */
  readonly before: number;
  readonly grad: number;
  /** The weight after the step, as the library computes it. */
  readonly after: number;
  readonly change: number;
  /** What the optimizer keeps for this entry. */
  readonly slots: readonly { readonly name: string; readonly before: number; readonly after: number }[];
  /** The rule of `sgd`, `adam` or `adamW` with its numbers, line by line, in f64; nothing for another optimizer. */
  readonly lines: readonly UpdateLine[];
}

/** A step that training would take on a batch, not taken. */
export interface NextStep {
  /** Loss of the batch as it is. */
  readonly loss: number;
  /** Gradient of each parameter, by path. */
  readonly grads: ReadonlyMap<string, Numbers>;
  /** Loss of the same batch after the step. Not finite if the step diverges. */
  lossAfter(learningRate: number): Promise<number>;
  /** What the step would do to one entry of a parameter. */
  update(param: string, index: number, learningRate: number): Promise<EntryUpdate>;
  /** Gives back what it holds on the device. It must not be used after it. */
  release(): Promise<void>;
}

const stepOption = {
  kind: "integer",
  min: 1,
  max: Number.MAX_SAFE_INTEGER,
  default: 1,
  help: "the step that comes",
} as const satisfies Option;

const rateOption = { kind: "number", min: 0, default: 1e-3, help: "step size" } as const satisfies Option;

type Scalars = Record<string, Record<string, Tensor>>;

const optionNames: OptionNames<NextStepOptions> = {
  loss: true,
  targets: true,
  optimizer: true,
  slots: true,
  step: true,
  key: true,
  device: true,
};

/**
 * Looks ahead at the step that training would take on a batch: its gradients, the update of any entry spelled out with
 * the optimizer's own state, and the loss after it for any learning rate. Nothing is changed.
 *
 * @param x inputs as the network sees them: [batch, ...]
 * @throws UsageError if a slot does not fit its parameter; GraphError unless the loss is a single number.
 * @example
 * const step = await nextStep(model, x, { loss: crossEntropy, targets, optimizer: adam() });
 * await step.lossAfter(0.1);
 */
export async function nextStep(model: Layer, x: Tensor, options: NextStepOptions): Promise<NextStep> {
  checkNames("nextStep", optionNames, options);
  const where = "nextStep";
  const { targets, optimizer, step = stepOption.default, key } = options;
  checkOption(where, "step", stepOption, step);
  const device = await deviceOr(options.device);
  const params = paramsOf(behind(model).model);
  const paths = [...params.keys()];
  const slots = slotsOf(where, params, options);
  const lossOf = (which: Layer, input: Tensor, wanted: Tensor): Tensor => {
    const run = new Run({ training: key !== undefined, ...(key && { key }) });
    const value = options.loss(which.call(input, run), wanted);
    checkLoss(where, value);
    return value.reshape([]);
  };
  const updated = (grads: readonly Tensor[], kept: readonly Record<string, Tensor>[], scalars: Scalars) =>
    [...presentParams(model).values()].map((w, i) => optimizer.update(w, grads[i]!, kept[i]!, scalars[w.dtype]!));

  const backward = compile(
    (input: Tensor, wanted: Tensor) => {
      const loss = lossOf(model, input, wanted);
      const weights = [...presentParams(model).values()];
      return { loss, weights, grads: gradientsOf([loss], [ones([], { dtype: loss.dtype })], weights) };
    },
    { device },
  );
  const forward = compile(
    (input: Tensor, wanted: Tensor, grads: Tensor[], kept: Record<string, Tensor>[], scalars: Scalars) => {
      const next = updated(grads, kept, scalars);
      const { model: inner, values } = behind(model);
      const moved = [...params.values()].map((param, i): [Variable, Tensor] => [param, next[i]![0]]);
      return lossOf(reweighted(inner, new Map([...values, ...moved])), input, wanted);
    },
    { device },
  );
  const after = compile(
    (grads: Tensor[], kept: Record<string, Tensor>[], scalars: Scalars) =>
      updated(grads, kept, scalars).map(([weight, slots]) => ({ weight, slots: { ...slots } })),
    { device },
  );
  const release = async (): Promise<void> => {
    await backward.release();
    await forward.release();
    await after.release();
  };
  const scalarsAt = (learningRate: number): Scalars => {
    checkOption(where, "learningRate", rateOption, learningRate);
    const numbers = Object.entries(optimizer.scalars(step, learningRate));
    const dtypes = new Set([...params.values()].map(({ dtype }) => dtype));
    const of = (dtype: DType) => Object.fromEntries(numbers.map(([name, value]) => [name, scalar(value, { dtype })]));
    return Object.fromEntries([...dtypes].map((dtype) => [dtype, of(dtype)]));
  };

  try {
    const now = await backward(x, targets);
    await elementsOf([now.loss, ...now.weights, ...now.grads], { device });
    const grads = new Map(paths.map((path, i) => [path, { shape: now.grads[i]!.shape, data: now.grads[i]!.stored! }]));
    return {
      loss: now.loss.stored![0]!,
      grads,
      release,
      lossAfter: async (learningRate) => {
        const loss = await forward(x, targets, now.grads, slots, scalarsAt(learningRate));
        return loss.item({ device });
      },
      update: async (path, index, learningRate) => {
        const at = paths.indexOf(path);
        if (at < 0) {
          const what = `the model has no parameter "${path}": expected ${alternatives(paths)}`;
          throw new UsageError("invalid-option", where, what);
        }
        checkEntry(where, path, index, now.weights[at]!.size);
        const all = await after(now.grads, slots, scalarsAt(learningRate));
        const next = all[at]!;
        const kept = Object.entries(slots[at]!);
        await elementsOf([next.weight, ...Object.values(next.slots), ...kept.map(([, slot]) => slot)], { device });
        const entry = (tensor: Tensor): number => tensor.stored![index]!;
        const [before, grad] = [entry(now.weights[at]!), entry(now.grads[at]!)];
        return {
          before,
          grad,
          after: entry(next.weight),
          change: entry(next.weight) - before,
          slots: kept.map(([name, slot]) => ({ name, before: entry(slot), after: entry(next.slots[name]!) })),
          lines: updateLines(optimizer, {
            ...{ weight: before, grad, step, learningRate },
            slots: Object.fromEntries(kept.map(([name, slot]) => [name, entry(slot)])),
          }),
        };
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The slots of each parameter. @throws UsageError unless those that are given fit. */
function slotsOf(
  where: string,
  params: ReadonlyMap<string, Param>,
  { optimizer, slots }: NextStepOptions,
): Record<string, Tensor>[] {
  return [...params].map(([path, { dtype, shape }]) => {
    if (!isFloat(dtype)) {
      throw new UsageError("invalid-option", where, `only floats can be trained, got ${formatType({ dtype, shape })}`);
    }
    return Object.fromEntries(
      optimizer.slots.map((name) => [name, slotOf(where, `${path}/${name}`, { dtype, shape }, slots)]),
    );
  });
}

function slotOf(
  where: string,
  name: string,
  type: { readonly dtype: DType; readonly shape: Shape },
  slots: NextStepOptions["slots"],
): Tensor {
  if (slots === undefined) return zeros(type.shape, { dtype: type.dtype });
  const given = slots[name];
  if (given === undefined) {
    const help = "give the slots of a snapshot, or none at the beginning";
    throw new UsageError("invalid-option", where, `the slot "${name}" is missing`, { help });
  }
  if (given.dtype === type.dtype && sameShape(given.shape, type.shape)) return fromArray(given);
  const what = `the slot "${name}" must be ${formatType(type)}, got ${formatType(given)}`;
  throw new UsageError("invalid-option", where, what);
}
