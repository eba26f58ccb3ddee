import {
  type ActivationName,
  activation,
  activationNames,
  adam,
  adamW,
  crossEntropy,
  dropout,
  dropoutRate,
  flatten,
  type Initializer,
  init,
  type Layer,
  type Loss,
  linear,
  meanSquaredError,
  type Optimizer,
  oneHot,
  type PixelEncoding,
  pixelEncodings,
  Rng,
  Sequential,
  sgd,
  sgdOptions,
  trainOptions,
} from "glassnet";
import type { FlagTable, Values } from "./flag.ts";
import type { Messages } from "./messages/index.ts";
import { checkValue } from "./option.ts";

/** Pixels of a digit: 28 rows of 28. */
export const PIXELS = 784;
export const CLASSES = 10;
/** More neurons than this in one layer are a slip of the keyboard. */
const MAX_LAYER_SIZE = 65_536;
/** Of the optimizer that is called so; descent without one is `sgd`. */
const USUAL_MOMENTUM = 0.9;

const hiddenActivations = activationNames.filter((name) => name !== "softmax" && name !== "logSoftmax");
const encodings = Object.keys(pixelEncodings) as readonly PixelEncoding[];

/** What is trained and how: flags, checks, defaults and help in one. */
export const recipeFlags = {
  layers: {
    kind: "text",
    default: "128",
    placeholder: "SIZES",
    help: 'neurons of the hidden layers, such as 128, "256,128" or none',
    zh: "各隐藏层的神经元数，如 128、256,128，或 none（无隐藏层）",
  },
  activation: {
    kind: "choice",
    of: hiddenActivations,
    default: "relu",
    placeholder: "NAME",
    help: "activation of the hidden layers",
    zh: "隐藏层的激活函数",
  },
  loss: {
    kind: "choice",
    of: ["cross-entropy", "mse"],
    default: "cross-entropy",
    help: "cross-entropy of the softmax, or mean squared error of sigmoid outputs",
    zh: "softmax 的交叉熵，或 sigmoid 输出的均方误差",
  },
  epochs: { ...trainOptions.epochs, default: 8, zh: "把训练集过多少遍" },
  batchSize: { ...trainOptions.batchSize, default: 64, zh: "每一步用多少个样本" },
  learningRate: {
    ...trainOptions.learningRate,
    isOptional: true,
    help: "step size; by default what suits the optimizer and the loss",
    zh: "步长；默认取适合优化器和损失的值",
  },
  schedule: {
    kind: "choice",
    of: ["linear", "constant"],
    default: "linear",
    help: "whether the learning rate falls evenly to 0, or stays",
    zh: "学习率匀速降到 0（linear），还是不变（constant）",
  },
  optimizer: {
    kind: "choice",
    of: ["sgd", "momentum", "adam", "adamW"],
    default: "momentum",
    help: "rule that turns gradients into steps",
    zh: "由梯度得出每一步的规则",
  },
  momentum: {
    ...sgdOptions.momentum,
    default: USUAL_MOMENTUM,
    isOptional: true,
    help: `${sgdOptions.momentum.help} (for sgd and momentum)`,
    zh: "上一步再走一次的比例（用于 sgd 和 momentum）",
  },
  dropout: {
    ...dropoutRate,
    default: 0,
    placeholder: "RATE",
    help: "share of hidden neurons that each step leaves out",
    zh: "每一步随机略去的隐藏神经元比例",
  },
  decay: {
    ...sgdOptions.decay,
    isOptional: true,
    help: "pull of the weights towards 0; 0.01 for adamW, else 0",
    zh: "把权重拉向 0 的力度；adamW 默认 0.01，其他默认 0",
  },
  seed: { ...trainOptions.seed, zh: "一切随机性的来源" },
  encoding: {
    kind: "choice",
    of: encodings,
    default: "intensity",
    help: "pixels as shades from 0 to 1, or as black 0 and white 1 (white from 128 of 255)",
    zh: "像素取 0 到 1 的灰度（intensity），或黑 0 白 1（binary，255 级中 128 起为白）",
  },
} as const satisfies FlagTable;

export type RecipeValues = Values<typeof recipeFlags>;

/** A training in full: nothing is left to defaults, so that a saved recipe says everything. */
export interface Recipe {
  readonly layers: readonly number[];
  readonly activation: ActivationName;
  readonly loss: "cross-entropy" | "mse";
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly schedule: "linear" | "constant";
  readonly optimizer: "sgd" | "momentum" | "adam" | "adamW";
  readonly momentum: number;
  readonly decay: number;
  readonly dropout: number;
  readonly seed: number;
  readonly encoding: PixelEncoding;
}

/** Step sizes that suit an optimizer: the mean squared error over ten outputs has far smaller gradients. */
const learningRates = {
  "cross-entropy": { sgd: 0.1, momentum: 0.1, adam: 0.001, adamW: 0.001 },
  mse: { sgd: 5, momentum: 1, adam: 0.002, adamW: 0.002 },
} as const;

/** @throws UsageFailure or UsageError unless it is "none" or whole numbers of at least 1 with commas. */
export function parseLayers(text: string, m: Messages): number[] {
  if (text.trim() === "none") return [];
  return text.split(",").map((part) => {
    const size = /^\s*[-+]?\d*\.?\d+\s*$/.test(part) ? Number(part) : Number.NaN; // in decimal, as other numbers
    const row = { kind: "integer", min: 1, max: MAX_LAYER_SIZE, default: 1, help: "" } as const;
    checkValue("train", m.usage.layerSize, row, Number.isNaN(size) ? part : size, m);
    return size;
  });
}

export function usualLearningRate(loss: Recipe["loss"], optimizer: Recipe["optimizer"]): number {
  return learningRates[loss][optimizer];
}

export function recipeOf(values: RecipeValues, m: Messages): Recipe {
  const { optimizer, loss } = values;
  const hasMomentum = optimizer === "sgd" || optimizer === "momentum";
  return {
    layers: parseLayers(values.layers, m),
    activation: values.activation,
    loss,
    epochs: values.epochs,
    batchSize: values.batchSize,
    learningRate: values.learningRate ?? usualLearningRate(loss, optimizer),
    schedule: values.schedule,
    optimizer,
    momentum: hasMomentum ? (values.momentum ?? (optimizer === "momentum" ? USUAL_MOMENTUM : 0)) : 0,
    decay: values.decay ?? (optimizer === "adamW" ? 0.01 : 0),
    dropout: values.dropout,
    seed: values.seed,
    encoding: values.encoding,
  };
}

/** Start values that keep signals at one strength: He's where half of them are cut off, else Glorot's. */
function weightInitOf(name: ActivationName): Initializer {
  const cutsOff: readonly ActivationName[] = ["relu", "leakyRelu", "elu", "silu", "gelu"];
  return cutsOff.includes(name) ? init.heUniform() : init.glorotUniform();
}

/** Flatten, the hidden layers, and ten outputs: logits, or for the squared error sigmoids. */
export function modelOf(recipe: Recipe): Sequential {
  const rng = Rng.seeded(recipe.seed);
  const layers: Layer[] = [flatten()];
  let inFeatures = PIXELS;
  for (const size of recipe.layers) {
    const options = { rng, weightInit: weightInitOf(recipe.activation), biasInit: init.zeros() };
    layers.push(linear(inFeatures, size, options), activation(recipe.activation));
    if (recipe.dropout > 0) layers.push(dropout(recipe.dropout));
    inFeatures = size;
  }
  layers.push(linear(inFeatures, CLASSES, { rng, weightInit: init.glorotUniform(), biasInit: init.zeros() }));
  if (recipe.loss === "mse") layers.push(activation("sigmoid"));
  return new Sequential(layers);
}

/** The loss of class indices: the squared error compares with 1 for the true class and 0 for the others. */
export function lossOf(name: Recipe["loss"]): Loss {
  if (name === "cross-entropy") return crossEntropy;
  return (output, targets, options) =>
    meanSquaredError(output, oneHot(targets, output.shape.at(-1)!, output.dtype), options);
}

export function optimizerOf({ optimizer, momentum, decay }: Recipe): Optimizer {
  switch (optimizer) {
    case "sgd":
    case "momentum":
      return sgd({ momentum, decay });
    case "adam":
      return adam({ decay });
    case "adamW":
      return adamW({ decay });
  }
}

/** The network in short: `784-128-10`. */
export function sizesOf({ layers }: Pick<Recipe, "layers">): string {
  return [PIXELS, ...layers, CLASSES].join("-");
}
