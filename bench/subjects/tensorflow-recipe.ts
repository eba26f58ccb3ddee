import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { CLASSES } from "../workloads/network.ts";
import type { Workload } from "../workloads/workload.ts";
import type { Task } from "./subject.ts";

type Recipe = Extract<Workload, { readonly kind: "recipe" }>;

interface Digits {
  /** [rows, 784] from 0 to 1. */
  readonly pixels: tf.Tensor2D;
  readonly labels: Uint8Array;
}

/** The digits by the recipe, with operations and an optimizer. */
export function recipeTask(workload: Recipe): Task {
  const { sizes, batch, epochs, learningRate, momentum, seed } = workload;
  const params = sizes.slice(1).flatMap((out, i) => {
    const bound = 1 / Math.sqrt(sizes[i]!);
    const shapes = [[sizes[i]!, out], [out]];
    return shapes.map((shape, k) => tf.variable(tf.randomUniform(shape, -bound, bound, "float32", seed + 2 * i + k)));
  });
  const forward = (x: tf.Tensor2D): tf.Tensor2D =>
    sizes.slice(1).reduce((y, _, i) => {
      const z = tf.add(tf.matMul(y, params[2 * i] as tf.Tensor2D), params[2 * i + 1]!) as tf.Tensor2D;
      return i === sizes.length - 2 ? z : tf.relu(z);
    }, x);
  return {
    async round() {
      const { pixels, labels } = await readDigits(workload, "train");
      const targets = tf.oneHot(tf.tensor1d(labels, "int32"), CLASSES);
      const begin = performance.now();
      const total = epochs * Math.ceil(labels.length / batch);
      const optimizer = tf.train.momentum(learningRate, momentum);
      const order = Int32Array.from(labels, (_, i) => i);
      let step = 0;
      for (let epoch = 0; epoch < epochs; epoch++) {
        tf.util.shuffle(order as unknown as number[]);
        for (let row = 0; row < order.length; row += batch) {
          optimizer.setLearningRate(learningRate * (1 - step++ / total));
          tf.tidy(() => {
            const rows = tf.tensor1d(order.subarray(row, row + batch), "int32");
            const [x, y] = [tf.gather(pixels, rows), tf.gather(targets, rows)];
            optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, forward(x)) as tf.Scalar);
          });
        }
      }
      params[0]!.dataSync();
      return { iterations: 1, ms: performance.now() - begin };
    },
    async check() {
      const { pixels, labels } = await readDigits(workload, "t10k");
      const answers = tf.tidy(() => tf.argMax(forward(pixels), 1).dataSync());
      return [labels.filter((label, i) => label === answers[i]).length / labels.length];
    },
  };
}

async function readDigits({ data }: Recipe, name: string): Promise<Digits> {
  const images = (await readFile(join(data, `${name}-images-idx3-ubyte`))).subarray(16);
  const labels = Uint8Array.from((await readFile(join(data, `${name}-labels-idx1-ubyte`))).subarray(8));
  const pixels = tf.tensor2d(
    Float32Array.from(images, (x) => x / 255),
    [labels.length, 784],
  );
  return { pixels, labels };
}
