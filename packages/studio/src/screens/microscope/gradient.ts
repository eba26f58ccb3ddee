import {
  type ArrayData,
  backpropagation,
  compute,
  type EntryUpdate,
  fromArray,
  fromData,
  nextStep,
  paramsOf,
  scalar,
  type Tensor,
  tensor,
} from "glassnet";
import { give } from "../../worker/handler.ts";
import { lossOf, optimizerOf } from "../../worker/network.ts";
import type { Session } from "../../worker/session.ts";
import { StudioError } from "../../worker/trouble.ts";
import type { LossName, OptimizerSettings } from "../../workspace/settings.ts";
import { modelAt } from "./model-at.ts";
import { layerOf, type NeuronParams } from "./neuron.ts";

export interface GradientParams extends NeuronParams {
  /** The class to compare with, for a drawing, which has no answer. */
  readonly target: number | null;
}

/** How the next step moves a weight. */
export interface Coming {
  readonly optimizer: OptimizerSettings["kind"];
  readonly learningRate: number;
  /** The step that comes, as the optimizer counts. */
  readonly t: number;
  /** Change of each weight, and of the bias, if this example alone were the next batch. */
  readonly weights: Float32Array<ArrayBuffer>;
  readonly bias: number;
}

/** What comes back to a neuron. */
export interface Gradient {
  readonly layer: string;
  readonly unit: number;
  readonly loss: number;
  readonly lossName: LossName;
  /** The class that the loss compares with; `null` for other targets. */
  readonly target: number | null;
  /** δ: ∂loss/∂z. */
  readonly atSum: number;
  /** ∂loss/∂f(z): what arrives from the layer behind. `null` without an activation. */
  readonly atValue: number | null;
  /** ∂loss/∂wᵢ = δ · xᵢ. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** ∂loss/∂b = δ · 1; `null` without a bias. */
  readonly bias: number | null;
  /** `null` for weights of an earlier step: the optimizer's memory is that of now. */
  readonly coming: Coming | null;
  readonly isFrozen: boolean;
  readonly step: number;
}

function targetsOf(session: Session, { example, target }: GradientParams): { targets: Tensor; index: number | null } {
  const { targets } = session.stored(example);
  if (targets === null) {
    const { classNames } = session.info().model;
    if (target === null || classNames === null || !(target >= 0 && target < classNames.length)) {
      throw new StudioError("not-there", "a drawing has no answer to compare with: choose a class");
    }
    return { targets: tensor([target], { dtype: "i32" }), index: target };
  }
  const isClass = targets.dtype !== "f32" && targets.shape.length === 1;
  return { targets: fromArray(targets), index: isClass ? targets.data[0]! : null };
}

/** The gradient that arrives at a neuron for one example, those of its weights, and the step that would follow. */
export async function gradient(session: Session, params: GradientParams): Promise<Gradient> {
  const { layer: path, unit, example, step } = params;
  const layer = layerOf(session, path, unit);
  const at = await modelAt(session, step);
  const { targets, index } = targetsOf(session, params);
  const { settings } = session;
  const loss = lossOf(settings.loss, session.data.training);
  const { device } = session;
  const back = await backpropagation(at.model, session.input(example), { loss, targets, device });
  const call = back.calls.find((made) => made.path === path)!;
  const behind = back.calls.find((made) => made.path === layer.activationPath);
  const n = layer.inFeatures;
  const grads = Object.fromEntries(call.params.map(({ name, grad }) => [name, grad]));
  const weights = Float32Array.from(grads.weight!.subarray(unit * n, (unit + 1) * n));
  const bias = grads.bias?.[unit] ?? null;
  const isFrozen = layer.frozen.includes(unit);
  const coming = at.isNow ? await comingOf(session, params, weights, bias, isFrozen) : null;
  return {
    ...{ layer: path, unit, loss: back.loss, lossName: settings.loss, target: index, bias, coming, isFrozen },
    atSum: call.outputGrad.data[unit]!,
    atValue: behind === undefined ? null : behind.outputGrad.data[unit]!,
    weights: give(weights),
    step: at.step,
  };
}

/** The optimizer's own rule on the weights of one unit: what the next step would change. */
async function comingOf(
  session: Session,
  { layer: path, unit }: NeuronParams,
  grads: Float32Array,
  biasGrad: number | null,
  isFrozen: boolean,
): Promise<Coming> {
  const { teacher, settings, device } = session;
  const n = grads.length;
  const kept = await teacher.slots();
  const rowOf = (data: ArrayLike<number> | undefined, biasData: ArrayLike<number> | undefined): Float32Array => {
    const row = new Float32Array(n + 1);
    for (let i = 0; data !== undefined && i < n; i++) row[i] = data[unit * n + i]!;
    row[n] = biasData?.[unit] ?? 0;
    return row;
  };
  const params = paramsOf(session.project.model);
  const stored = (name: string): ArrayLike<number> | undefined => params.get(`${path}.${name}`)?.value.stored;
  const before = rowOf(stored("weight"), stored("bias"));
  const rule = optimizerOf(settings.optimizer);
  const slots = Object.fromEntries(
    rule.slots.map((name) => [
      name,
      fromData(rowOf(kept[`${path}.weight/${name}`]?.data, kept[`${path}.bias/${name}`]?.data), [n + 1]),
    ]),
  );
  const t = teacher.stepsOfRule + 1;
  const { learningRate } = teacher;
  const numbers = Object.entries(rule.scalars(t, learningRate)).map(([name, value]) => [name, scalar(value)] as const);
  const grad = fromData(Float32Array.from([...grads, biasGrad ?? 0]), [n + 1]);
  const w = fromData(before, [n + 1]);
  const [next] = rule.update(w, grad, slots, Object.fromEntries(numbers));
  const change = next.sub(w);
  await compute([change], { device });
  const changes = isFrozen ? new Float32Array(n + 1) : Float32Array.from(change.stored!);
  return {
    ...{ optimizer: settings.optimizer.kind, learningRate, t },
    weights: give(changes.slice(0, n)),
    bias: biasGrad === null ? 0 : changes[n]!,
  };
}

/** One weight's coming update, with the optimizer's state spelled out. */
export interface WeightUpdate extends EntryUpdate {
  readonly layer: string;
  readonly unit: number;
  /** Which weight; `null` for the bias. */
  readonly index: number | null;
  readonly optimizer: OptimizerSettings["kind"];
  readonly learningRate: number;
  readonly t: number;
  readonly isFrozen: boolean;
  readonly step: number;
}

/** What the next step would do to one weight, or to the bias, if this example alone were the next batch. */
export async function update(
  session: Session,
  params: GradientParams & { readonly index: number | null },
): Promise<WeightUpdate> {
  const { layer: path, unit, example, index } = params;
  const layer = layerOf(session, path, unit);
  if (index !== null && !(Number.isInteger(index) && index >= 0 && index < layer.inFeatures)) {
    throw new StudioError("not-there", `the unit has weights 0 to ${layer.inFeatures - 1}, got ${index}`);
  }
  if (index === null && !layer.hasBias) throw new StudioError("not-there", `${path} has no bias`);
  const { model } = await session.current();
  const { targets } = targetsOf(session, params);
  const { teacher, settings, device } = session;
  const kept: Readonly<Record<string, ArrayData>> = await teacher.slots();
  const t = teacher.stepsOfRule + 1;
  const { learningRate } = teacher;
  const coming = await nextStep(model, session.input(example), {
    ...{ loss: lossOf(settings.loss, session.data.training), targets, optimizer: teacher.optimizer(), step: t, device },
    ...(Object.keys(kept).length > 0 && { slots: kept }),
  });
  try {
    const [name, place] = index === null ? ["bias", unit] : ["weight", unit * layer.inFeatures + index];
    const found = await coming.update(`${path}.${name}`, place as number, learningRate);
    return {
      ...found,
      ...{ layer: path, unit, index, optimizer: settings.optimizer.kind, learningRate, t, step: teacher.step },
      isFrozen: layer.frozen.includes(unit),
    };
  } finally {
    await coming.release();
  }
}
