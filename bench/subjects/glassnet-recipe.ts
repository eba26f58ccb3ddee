import {
  accuracy,
  activation,
  crossEntropy,
  evaluate,
  flatten,
  type Layer,
  Linear,
  Rng,
  Sequential,
  sgd,
  train,
} from "glassnet";
import type { Device } from "glassnet/engine";
import type { Workload } from "../workloads/workload.ts";
import type { Task } from "./subject.ts";

/** The digits by the recipe. Files are read in Node only, so what reads them is not loaded before. */
export function recipeTask(device: Device, workload: Extract<Workload, { readonly kind: "recipe" }>): Task {
  const { sizes, batch, epochs, learningRate, momentum, seed, data: directory } = workload;
  const rng = Rng.seeded(seed);
  const linears = sizes.slice(1).map((out, i) => new Linear(sizes[i]!, out, { rng }));
  const layers = linears.flatMap((linear, i): Layer[] =>
    i === 0 ? [flatten(), linear] : [activation("relu"), linear],
  );
  const model = new Sequential(layers);
  const digits = import("glassnet/node").then(({ loadMnist }) => loadMnist({ directory }));
  return {
    async round() {
      const { train: data } = await digits;
      const total = epochs * Math.ceil(data.size / batch);
      const begin = performance.now();
      const training = train(model, data, {
        loss: crossEntropy,
        optimizer: sgd({ momentum }),
        learningRate: (step) => learningRate * (1 - step / total),
        batchSize: batch,
        epochs,
        seed,
        empiricalLoss: "never",
        device,
      });
      for await (const _ of training); // nobody watches
      return { iterations: 1, ms: performance.now() - begin };
    },
    async check() {
      const scores = await evaluate(model, (await digits).test, { loss: crossEntropy, metrics: { accuracy }, device });
      return [scores.accuracy!];
    },
  };
}
