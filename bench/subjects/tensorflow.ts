import * as tf from "@tensorflow/tfjs";
import type { Setting } from "../driver/protocol.ts";
import { ADAM, comparedParts, comparedRows, operands } from "../workloads/answer.ts";
import { batchesOf, CLASSES, examples, initialParams, type LayerSpec, product } from "../workloads/network.ts";
import type { OptimizerSpec, WorkloadOf } from "../workloads/workload.ts";
import { prepareBy, type Subject, type Task, type TaskMakers } from "./subject.ts";
import { startBackend } from "./tensorflow-backend.ts";
import { repeat } from "./timing.ts";

/** @file TensorFlow.js with its operations and optimizers; layers of `tf.layers` would add to that. */

export async function open({ threads, options }: Setting): Promise<Subject> {
  const backend = options?.backend ?? "cpu";
  const note = await startBackend(backend, threads);
  const makers: TaskMakers = {
    step: stepTask,
    predict: predictTask,
    gemm: gemmTask,
    adam: adamTask,
    recipe: async (recipe) => (await import("./tensorflow-recipe.ts")).recipeTask(recipe),
  };
  return {
    description: { version: `${tf.version.tfjs}${note}` },
    prepare: (workload) => prepareBy(makers, workload),
  };
}

function forward(layers: readonly LayerSpec[], params: readonly (readonly tf.Tensor[])[], x: tf.Tensor): tf.Tensor {
  return layers.reduce((y, layer, i) => apply(layer, y, params[i]!), x);
}

function apply(layer: LayerSpec, x: tf.Tensor, params: readonly tf.Tensor[]): tf.Tensor {
  switch (layer.kind) {
    case "linear":
      return affine(x, params);
    case "conv": {
      // Images are kept as this library wants them, NHWC, and kernels as HWIO: see `paramsOf`.
      const y = tf.conv2d(x as tf.Tensor4D, params[0] as tf.Tensor4D, 1, layer.padding === 0 ? "valid" : "same");
      return tf.add(y, params[1]!);
    }
    case "relu":
      return tf.relu(x);
    case "maxPool":
      return tf.maxPool(x as tf.Tensor4D, 2, 2, "valid");
    case "flatten":
      // In the order of NCHW, as the weights behind expect.
      return tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [x.shape[0]!, -1]);
    case "transformer":
      return transformerBlock(x, params, layer.heads);
  }
}

/** Weights of linear layers are kept as [in, out]. */
function affine(x: tf.Tensor, [weight, bias]: readonly tf.Tensor[]): tf.Tensor {
  const rows = tf.reshape(x, [-1, x.shape.at(-1)!]) as tf.Tensor2D;
  const y = tf.add(tf.matMul(rows, weight as tf.Tensor2D), bias!);
  return tf.reshape(y, [...x.shape.slice(0, -1), weight!.shape[1]!]);
}

function layerNorm(x: tf.Tensor, [scale, shift]: readonly tf.Tensor[]): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), scale!), shift!);
}

function gelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

function transformerBlock(x: tf.Tensor, params: readonly tf.Tensor[], heads: number): tf.Tensor {
  const [batch, tokens, width] = x.shape as [number, number, number];
  const part = (from: number) => params.slice(from, from + 2);
  const normed = layerNorm(x, part(0));
  const split = (from: number) =>
    tf.transpose(tf.reshape(affine(normed, part(from)), [batch, tokens, heads, width / heads]), [0, 2, 1, 3]);
  const [query, key, value] = [split(2), split(4), split(6)];
  const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(width / heads));
  const mixed = tf.reshape(tf.transpose(tf.matMul(tf.softmax(scores), value), [0, 2, 1, 3]), [batch, tokens, width]);
  const attended = tf.add(x, affine(mixed, part(8)));
  return tf.add(attended, affine(gelu(affine(layerNorm(attended, part(10)), part(12))), part(14)));
}

function paramsOf(workload: WorkloadOf<"step"> | WorkloadOf<"predict">): tf.Variable[][] {
  return initialParams(workload.network).map((layer) =>
    layer.map(({ shape, values }) => {
      const param = tf.tensor(values, [...shape]);
      const order = shape.length === 4 ? [2, 3, 1, 0] : shape.length === 2 ? [1, 0] : [0];
      return tf.variable(tf.transpose(param, order));
    }),
  );
}

const isImage = (shape: readonly number[]): boolean => shape.length === 3;

function optimizerOf({ kind, learningRate }: OptimizerSpec): tf.Optimizer {
  return kind === "sgd"
    ? tf.train.sgd(learningRate)
    : tf.train.adam(learningRate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
}

function stepTask(workload: WorkloadOf<"step">): Task {
  const { network, batch, checkedSteps } = workload;
  const batches = batchesOf(network, batch);
  const perBatch = batch * product(network.targetShape);
  const xs = batches.map(({ inputs }) => {
    const x = tf.tensor(inputs, [batch, ...network.inputShape]);
    return isImage(network.inputShape) ? tf.keep(tf.transpose(x, [0, 2, 3, 1])) : x;
  });
  const ys = batches.map(({ targets }) => tf.cast(tf.oneHot(tf.tensor1d(targets, "int32"), CLASSES), "float32"));
  let params = paramsOf(workload);
  let optimizer = optimizerOf(workload.optimizer);
  const step = (i: number, returnCost: boolean): tf.Scalar | null =>
    optimizer.minimize(() => {
      const logits = tf.reshape(forward(network.layers, params, xs[i]!), [perBatch, CLASSES]);
      return tf.losses.softmaxCrossEntropy(ys[i]!, logits) as tf.Scalar;
    }, returnCost);
  let position = 0;
  return {
    async check() {
      const losses: number[] = [];
      for (let i = 0; i < checkedSteps; i++) losses.push(step(0, true)!.dataSync()[0]!);
      tf.dispose(params);
      params = paramsOf(workload);
      optimizer = optimizerOf(workload.optimizer);
      return losses;
    },
    round: repeat((): undefined => {
      step(position, false);
      position = (position + 1) % batches.length;
    }),
  };
}

function predictTask(workload: WorkloadOf<"predict">): Task {
  const { network } = workload;
  const params = paramsOf(workload);
  const { inputs } = examples(network, 1);
  const predict = (): ArrayLike<number> =>
    tf.tidy(() => forward(network.layers, params, tf.tensor(inputs, [1, ...network.inputShape])).dataSync());
  return {
    check: async () => Array.from(predict()),
    round: repeat(
      (): undefined => {
        predict();
      },
      { each: true },
    ),
  };
}

function gemmTask({ n }: WorkloadOf<"gemm">): Task {
  const [a, b] = operands(n * n).map((values) => tf.tensor2d(values, [n, n])) as [tf.Tensor2D, tf.Tensor2D];
  return {
    async check() {
      const c = tf.matMul(a, b).dataSync();
      return comparedRows(c, n);
    },
    round: repeat((): undefined => {
      tf.matMul(a, b).dispose();
    }),
  };
}

function adamTask({ size }: WorkloadOf<"adam">): Task {
  const [params, grads] = operands(size);
  const variable = tf.variable(tf.tensor1d(params), true, "w");
  const gradient = tf.tensor1d(grads);
  const optimizer = optimizerOf({ kind: "adam", learningRate: ADAM.learningRate });
  const step = (): undefined => {
    optimizer.applyGradients({ w: gradient });
  };
  return {
    async check() {
      for (let i = 0; i < ADAM.checkedSteps; i++) step();
      const updated = variable.dataSync();
      return comparedParts(updated);
    },
    round: repeat(step),
  };
}
