import fc from "fast-check";
import { Rng } from "../src/core/random.ts";
import { type ActivationName, activation, activationNames } from "../src/nn/activation.ts";
import { dropout } from "../src/nn/dropout.ts";
import { flatten } from "../src/nn/flatten.ts";
import type { Layer } from "../src/nn/layer.ts";
import { linear } from "../src/nn/linear.ts";
import { Sequential } from "../src/nn/sequential.ts";
import { fromArray } from "../src/tensor/create.ts";
import type { Tensor } from "../src/tensor/tensor.ts";
import { Convolution, Residual } from "./own-layers.ts";

/** @file Random small networks of every layer kind and activation, for what must hold for all of them. */

export interface Network {
  readonly model: Layer;
  readonly inputShape: readonly number[];
  readonly outputs: number;
  /** For the message of a test that fails. */
  readonly name: string;
}

export interface NetworkOptions {
  readonly kind: "linear" | "deep" | "convolution" | "residual" | "dropout";
  readonly activation: ActivationName;
  readonly seed: number;
  readonly width: number;
}

/** Options of random networks. */
export const networkOptions: fc.Arbitrary<NetworkOptions> = fc.record({
  kind: fc.constantFrom("linear", "deep", "convolution", "residual", "dropout"),
  activation: fc.constantFrom(...activationNames),
  seed: fc.integer({ min: 0, max: 1000 }),
  width: fc.integer({ min: 1, max: 9 }),
});

/** A network with three outputs. */
export function networkOf(options: NetworkOptions, dtype: "f32" | "f64" = "f32"): Network {
  const { kind, activation: name, seed, width } = options;
  const rng = Rng.seeded(seed);
  const init = (shape: readonly number[], stream: Rng): Tensor => fromArray(stream.uniform(shape, -0.9, 0.9, dtype));
  const made = (inFeatures: number, outFeatures: number): Layer =>
    linear(inFeatures, outFeatures, { rng, weightInit: init, biasInit: init });
  const act = (): Layer => activation(name);
  const parts = (): { layers: Layer[]; inputShape: number[] } => {
    switch (kind) {
      case "linear":
        return { layers: [made(5, 3)], inputShape: [5] };
      case "deep":
        return { layers: [made(5, width), act(), made(width, 6), act(), made(6, 3)], inputShape: [5] };
      case "convolution": {
        const convolution = new Convolution(2, 2, 2, rng, dtype);
        return { layers: [convolution, act(), flatten(), made(2 * 2 * 3, 3)], inputShape: [2, 3, 4] };
      }
      case "residual":
        return { layers: [new Residual(new Sequential([made(4, 4), act()])), made(4, 3)], inputShape: [4] };
      case "dropout":
        return { layers: [flatten(), made(6, width), act(), dropout(0.4), made(width, 3)], inputShape: [2, 3] };
    }
  };
  const { layers, inputShape } = parts();
  return { model: new Sequential(layers), inputShape, outputs: 3, name: JSON.stringify(options) };
}

/** Inputs of a network, `batch` of them. */
export function inputsFor({ inputShape }: Network, batch: number, seed: number, dtype: "f32" | "f64" = "f32"): Tensor {
  return fromArray(
    Rng.seeded(seed)
      .fold("inputs")
      .normal([batch, ...inputShape], 0, 1, dtype),
  );
}
