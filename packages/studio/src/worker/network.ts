import {
  Activation,
  type ActivationName,
  activation,
  adam,
  adamW,
  binaryCrossEntropy,
  crossEntropy,
  type Dataset,
  dropout,
  fitStandardize,
  flatten,
  type Initializer,
  init,
  type Layer,
  type LayerConfig,
  type Linear,
  type Loss,
  linear,
  linearLayers,
  meanAbsoluteError,
  meanSquaredError,
  type Optimizer,
  oneHot,
  type Preprocessing,
  pixelEncodings,
  Rng,
  Sequential,
  sgd,
  type Tensor,
} from "glassnet";
import type { InitName, InputCard, LossName, OptimizerSettings, Settings } from "../workspace/settings.ts";
import type { LayerInfo } from "./protocol.ts";

/** @file From settings to what the library trains: model, loss, optimizer, preprocessing. */

function weightInitOf(name: InitName): Initializer | undefined {
  return name === "default" ? undefined : init[name]();
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

/** How many numbers the model gives for one example. */
export function outputsOf({ classNames, targets }: Dataset): number {
  return classNames?.length ?? sizeOf(targets.shape.slice(1));
}

/** Flatten if the examples have axes, the hidden layers, and one output for each class or target. */
export function modelOf(settings: Settings, data: Dataset): Sequential {
  const rng = Rng.seeded(settings.seed);
  const layers: Layer[] = data.inputShape.length > 1 ? [flatten()] : [];
  let features = sizeOf(data.inputShape);
  for (const hidden of settings.hidden) {
    layers.push(linear(features, hidden.units, { rng, weightInit: weightInitOf(hidden.init) }));
    layers.push(activation(hidden.activation));
    if (hidden.dropout > 0) layers.push(dropout(hidden.dropout));
    features = hidden.units;
  }
  layers.push(linear(features, outputsOf(data), { rng, weightInit: weightInitOf(settings.outputInit) }));
  return new Sequential(layers);
}

/**
 * The loss on a data set. Losses of real values compare classes with 1 for the true one and 0 for the others; binary
 * cross-entropy asks of each class on its own.
 */
export function lossOf(name: LossName, data: Dataset): Loss {
  const isIndexed = data.classNames !== undefined && data.targets.shape.length === 1;
  if (name === "crossEntropy") return crossEntropy;
  const loss = { meanSquaredError, meanAbsoluteError, binaryCrossEntropy }[name];
  if (!isIndexed) return loss;
  return (output, targets, options) => loss(output, oneHot(targets, output.shape.at(-1)!, output.dtype), options);
}

export function optimizerOf(settings: OptimizerSettings): Optimizer {
  const { momentum, nesterov, beta1, beta2, epsilon, decay } = settings;
  switch (settings.kind) {
    case "sgd":
      return sgd({ momentum, nesterov, decay });
    case "adam":
      return adam({ beta1, beta2, epsilon, decay });
    case "adamW":
      return adamW({ beta1, beta2, epsilon, decay });
  }
}

/** How the stored numbers of a training set become inputs. Pixels share one mean and deviation; columns have their own. */
export function preprocessingOf({ encoding, scaling }: InputCard, data: Dataset): Preprocessing {
  const isPixels = data.inputs.dtype === "u8";
  if (isPixels && encoding === "binary") return pixelEncodings.binary;
  if (scaling === "plain") return isPixels ? pixelEncodings.intensity : { kind: "none" };
  if (!isPixels) {
    const fitted = fitStandardize(data.inputs);
    if (scaling === "standardised" || fitted.kind !== "standardize") return fitted;
    return { ...fitted, std: fitted.std.map(() => 1) };
  }
  const all = { ...data.inputs, shape: [data.inputs.data.length, 1] };
  const fitted = fitStandardize(all);
  if (scaling === "standardised" || fitted.kind !== "standardize") return fitted;
  return { ...fitted, std: [255] };
}

/** An activation some of whose units are silenced: they give 0, whatever their sum. The others are as before, bit for bit. */
export class Silencing extends Activation {
  readonly #keep: Tensor;

  /** @param keep 1 for units that speak, 0 for silenced ones: f32[units] */
  constructor(name: ActivationName, keep: Tensor) {
    super(name);
    this.#keep = keep;
  }

  protected override forward(x: Tensor): Tensor {
    return super.forward(x).mul(this.#keep);
  }

  override config(): LayerConfig {
    return { kind: "activation", name: this.name };
  }
}

/** What was done to units of a layer by hand, beside their weights. */
export interface UnitMarks {
  readonly silenced: ReadonlySet<number>;
  readonly frozen: ReadonlySet<number>;
}

const none: UnitMarks = { silenced: new Set(), frozen: new Set() };

/** The layers of a chain, as they are run. A model that is no chain has itself alone. */
export const chainOf = (model: Layer): readonly Layer[] => (model instanceof Sequential ? model.layers : [model]);

/** The linear layers of a model in their order, each with the activation right behind it. */
export function describeLayers(model: Layer, marks: ReadonlyMap<string, UnitMarks>): LayerInfo[] {
  const chain = chainOf(model);
  const found = [...linearLayers(model)] as [string, Linear<number, number>][];
  return found.map(([path, layer], i) => {
    const at = chain.indexOf(layer);
    const next = at < 0 ? undefined : chain[at + 1];
    const behind = next instanceof Activation ? next : undefined;
    const { silenced, frozen } = marks.get(path) ?? none;
    return {
      path,
      inFeatures: layer.inFeatures,
      outFeatures: layer.outFeatures,
      hasBias: layer.bias !== undefined,
      activation: behind?.name ?? null,
      activationPath: behind === undefined ? null : `layers.${at + 1}`,
      isOutput: i === found.length - 1,
      silenced: [...silenced].sort((a, b) => a - b),
      frozen: [...frozen].sort((a, b) => a - b),
    };
  });
}
