import { fromData, linear, type Param, paramsOf, Rng, sequential, sigmoid, type Tensor, valueAndGrad } from "glassnet";
import { describe, expect, test } from "vitest";
import {
  accuracy,
  backward,
  createNetwork,
  draw,
  forward,
  inputOf,
  loss,
  type Network,
  predict,
  randomFrom,
  readDigits,
  targetOf,
  trainEpoch,
} from "./by-hand.ts";

/** One number of the network: weight `input` of a neuron, or its bias. */
interface Place {
  readonly layer: number;
  readonly neuron: number;
  readonly input: number | "bias";
}

const read = (network: Network, { layer, neuron, input }: Place): number =>
  input === "bias" ? network[layer]![neuron]!.bias : network[layer]![neuron]!.weights[input]!;

function write(network: Network, { layer, neuron, input }: Place, value: number): void {
  if (input === "bias") network[layer]![neuron]!.bias = value;
  else network[layer]![neuron]!.weights[input] = value;
}

/** Every bias, and `count` weights of each layer chosen at random. */
function places(network: Network, count: number, random: () => number): Place[] {
  const below = (n: number) => Math.floor(random() * n);
  return network.flatMap((neurons, layer) => [
    ...neurons.map((_, neuron): Place => ({ layer, neuron, input: "bias" })),
    ...Array.from({ length: count }, (): Place => {
      const neuron = below(neurons.length);
      return { layer, neuron, input: below(neurons[neuron]!.weights.length) };
    }),
  ]);
}

/**
 * The largest relative difference between a claimed gradient and central differences (L(p + h) - L(p - h)) / 2h.
 * Slopes under 1e-4 are compared against 1e-4: below it the rounding of L (about 1e-16 / h = 1e-12) would be measured.
 */
function worstDifference(network: Network, input: Float64Array, target: Float64Array, claim: Network, at: Place[]) {
  const h = 1e-4;
  const lossWith = (place: Place, value: number): number => {
    write(network, place, value);
    return loss(forward(network, input).at(-1)!, target);
  };
  return Math.max(
    ...at.map((place) => {
      const here = read(network, place);
      const measured = (lossWith(place, here + h) - lossWith(place, here - h)) / (2 * h);
      write(network, place, here);
      const claimed = read(claim, place);
      return Math.abs(claimed - measured) / Math.max(Math.abs(claimed), Math.abs(measured), 1e-4);
    }),
  );
}

/** A random network and example in which no number is zero, so that no slope hides behind one. */
function example(seed: number, sizes = [784, 30, 10]) {
  const random = randomFrom(seed);
  const network = createNetwork(sizes, random);
  for (const neuron of network.flat()) neuron.bias = random() - 0.5;
  const input = new Float64Array(sizes[0]!).map(() => 0.05 + 0.95 * random());
  const target = new Float64Array(sizes.at(-1)!).map(random);
  const gradient = backward(network, forward(network, input), target);
  return { network, input, target, gradient, at: places(network, 150, random) };
}

describe("backward", () => {
  test.each([1, 2, 3])("equals finite differences of the loss at every bias and 300 weights (seed %i)", (seed) => {
    const { network, input, target, gradient, at } = example(seed);
    expect(at).toHaveLength(340);
    expect(worstDifference(network, input, target, gradient, at)).toBeLessThan(1e-6);
  });

  test("equals finite differences on a real digit and in a deeper network", () => {
    const { network, at } = example(4);
    const { pictures, labels } = readDigits("t10k", 1);
    const [input, target] = [inputOf(pictures[0]!), targetOf(labels[0]!)];
    const gradient = backward(network, forward(network, input), target);
    expect(worstDifference(network, input, target, gradient, at)).toBeLessThan(1e-6);

    const deep = example(5, [6, 5, 4, 3]);
    expect(worstDifference(deep.network, deep.input, deep.target, deep.gradient, deep.at)).toBeLessThan(1e-6);
  });

  test("adds to the gradient it is given, so that a batch can be summed", () => {
    const { network, input, target, gradient } = example(6, [4, 3, 2]);
    const twice = backward(network, forward(network, input), target, structuredClone(gradient));
    for (const place of places(network, 20, randomFrom(6))) {
      expect(read(twice, place)).toBe(2 * read(gradient, place));
    }
  });

  test("the checker sees a planted error: 0.1 % in one slope, a lost factor, a swapped index", () => {
    const { network, input, target, gradient, at } = example(7);
    const worst = (claim: Network) => worstDifference(network, input, target, claim, at);

    const plantedAt = at.reduce((a, b) => (Math.abs(read(gradient, b)) > Math.abs(read(gradient, a)) ? b : a));
    const slightly = structuredClone(gradient);
    write(slightly, plantedAt, 1.001 * read(gradient, plantedAt));
    expect(worst(slightly)).toBeGreaterThan(5e-4);

    const hidden = forward(network, input)[1]!;
    const withoutSigmoid = structuredClone(gradient); // the slope of the hidden sigmoid forgotten
    for (const [n, neuron] of withoutSigmoid[0]!.entries()) neuron.bias /= hidden[n]! * (1 - hidden[n]!);
    expect(worst(withoutSigmoid)).toBeGreaterThan(0.5);

    const swapped = structuredClone(gradient);
    for (const neuron of swapped[1]!) neuron.weights.reverse();
    expect(worst(swapped)).toBeGreaterThan(0.01);
  });
});

/** The same network in the library, in f64, with the same weights. */
function inLibrary(network: Network) {
  const layers = network.map((neurons) => {
    const inputs = neurons[0]!.weights.length;
    const weights = Float64Array.from(neurons.flatMap((neuron) => [...neuron.weights]));
    const biases = Float64Array.from(neurons, (neuron) => neuron.bias);
    return linear(inputs, neurons.length, {
      rng: Rng.seeded(0),
      weightInit: (shape) => fromData(weights, shape),
      biasInit: (shape) => fromData(biases, shape),
    });
  });
  return sequential(...layers.flatMap((layer) => [layer, sigmoid]));
}

test("each gradient of the network by hand equals the library's, to 1e-9 in f64", async () => {
  const { pictures, labels } = readDigits("t10k", 2);
  const random = [1, 2].map((seed) => example(seed));
  const real = pictures.map((picture, i) => {
    return { network: example(3 + i).network, input: inputOf(picture), target: targetOf(labels[i]!) };
  });
  for (const { network, input, target } of [...random, ...real]) {
    const byHand = backward(network, forward(network, input), target);
    const model = inLibrary(network);
    const half = (m: typeof model, x: Tensor, y: Tensor) => m.call(x).sub(y).square().sum().mul(0.5);
    const { value, grads } = valueAndGrad(half)(model, fromData(input, [1, 784]), fromData(target, [1, 10]));
    expect(await value.item()).toBeCloseTo(loss(forward(network, input).at(-1)!, target), 12);
    let compared = 0;
    let worst = 0;
    for (const [path, param] of paramsOf(model) as ReadonlyMap<string, Param>) {
      const [, layer, kind] = path.split(".");
      const neurons = byHand[Number(layer) / 2]!; // a sigmoid stands after each layer
      const expected = neurons.flatMap((neuron) => (kind === "bias" ? [neuron.bias] : [...neuron.weights]));
      const actual = await grads[path]!.data();
      expect(param.dtype).toBe("f64");
      expect(actual.length).toBe(expected.length);
      for (const [k, want] of expected.entries()) {
        const difference = Math.abs(actual[k]! - want);
        if (difference > 0) worst = Math.max(worst, difference / Math.abs(want));
        compared++;
      }
    }
    expect(compared).toBe(784 * 30 + 30 + 30 * 10 + 10);
    expect(worst).toBeLessThan(1e-9);
  }
});

describe("the pieces", () => {
  test("one neuron by hand: inputs 1 and 0.5, weights 2 and -3, bias 1 give sigmoid(1.5)", () => {
    const network: Network = [[{ weights: Float64Array.of(2, -3), bias: 1 }]];
    const [, output] = forward(network, Float64Array.of(1, 0.5));
    expect(output![0]).toBeCloseTo(0.8175744761936437, 15);
  });

  test("the loss is half the sum of squares, the target is 1 at its digit, the prediction is the largest", () => {
    expect(loss(Float64Array.of(0.5, 1), Float64Array.of(1, 0))).toBe(0.625);
    expect(Array.from(targetOf(3))).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect(predict(Float64Array.of(0.1, 0.7, 0.2))).toBe(1);
  });

  test("pictures have 784 intensities from 0 to 1, and are drawn with 28 lines", () => {
    const { pictures, labels } = readDigits("t10k", 3);
    expect(Array.from(labels)).toEqual([7, 2, 1]);
    const input = inputOf(pictures[0]!);
    expect([input.length, Math.min(...input), Math.max(...input)]).toEqual([784, 0, 1]);
    expect(
      draw(pictures[0]!)
        .split("\n")
        .map((line) => line.length),
    ).toEqual(new Array(28).fill(56));
  });
});

describe("training", () => {
  test("three epochs on 2,000 digits read at least 80 % of 2,000 others, twice the same", () => {
    const run = () => {
      const random = randomFrom(1);
      const network = createNetwork([784, 30, 10], random);
      const training = readDigits("train", 2000);
      const losses = [1, 2, 3].map(() => trainEpoch(network, training, random));
      return { network, losses };
    };
    const first = run();
    expect(first.losses[2]).toBeLessThan(first.losses[0]!);
    expect(accuracy(first.network, readDigits("t10k", 2000))).toBeGreaterThan(0.8);
    expect(run()).toEqual(first);
  });
});
