import { NeuralNetwork } from "brain.js";
import { SubjectFault } from "../driver/protocol.ts";
import manifest from "../node_modules/brain.js/package.json" with { type: "json" };
import { batchCount, CLASSES, examples, initialParams, type Network, product } from "../workloads/network.ts";
import type { Subject } from "./subject.ts";
import { repeat } from "./timing.ts";

/**
 * @file brain.js, which trains by single examples with a sigmoid in every layer and a squared error. A step is an epoch
 * over the examples of a batch. Its numbers cannot be compared; its error has to fall.
 */

export async function open(): Promise<Subject> {
  return {
    description: { version: manifest.version },
    async prepare(workload) {
      if (
        workload.kind !== "step" ||
        workload.network.layers.some(({ kind }) => kind !== "linear" && kind !== "relu")
      ) {
        throw new SubjectFault("unsupported", "trains plain networks only");
      }
      const { network, batch, optimizer, checkedSteps } = workload;
      const batches = Math.min(16, batchCount(network, batch)); // copied into objects, one an example
      const data = rowsOf(network, batches * batch);
      const net = build(network);
      // Zero is refused for either.
      const options = { learningRate: optimizer.learningRate, momentum: 1e-9, errorThresh: 1e-9 };
      if (optimizer.kind === "adam") net.updateTrainingOptions({ ...options, praxis: "adam" });
      else net.updateTrainingOptions(options);
      if (optimizer.kind === "adam") net._setupAdam();
      let position = 0;
      const epoch = (i: number) => data.slice(i * batch, (i + 1) * batch);
      return {
        async check() {
          const errors: number[] = [];
          for (let i = 0; i < checkedSteps; i++) {
            errors.push(net.calculateTrainingError(epoch(0)));
            net.trainPatterns(epoch(0));
          }
          return errors;
        },
        round: repeat((): undefined => {
          net.trainPatterns(epoch(position));
          position = (position + 1) % batches;
        }),
      };
    },
  };
}

type Net = InstanceType<typeof NeuralNetwork<Float32Array, Float32Array>>;

function build(network: Network): Net {
  const sizes = network.layers.flatMap((layer) => (layer.kind === "linear" ? [layer.out] : []));
  const net: Net = new NeuralNetwork({
    inputSize: product(network.inputShape),
    hiddenLayers: sizes.slice(0, -1),
    outputSize: CLASSES,
  });
  net.sizes = [product(network.inputShape), ...sizes];
  net.initialize();
  initialParams(network)
    .filter((layer) => layer.length > 0)
    .forEach(([weight, bias], i) => {
      const width = weight!.shape[1]!;
      net.weights[i + 1] = Array.from(bias!.values, (_, j) => weight!.values.slice(j * width, (j + 1) * width));
      net.biases[i + 1] = bias!.values.slice();
    });
  return net;
}

function rowsOf(network: Network, rows: number): { input: Float32Array; output: Float32Array }[] {
  const { inputs, targets } = examples(network, rows);
  const size = product(network.inputShape);
  return Array.from({ length: rows }, (_, i) => {
    const output = new Float32Array(CLASSES);
    output[targets[i]!] = 1;
    return { input: inputs.slice(i * size, (i + 1) * size), output };
  });
}
