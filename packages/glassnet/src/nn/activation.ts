import { alternatives, UsageError } from "../core/errors.ts";
import * as f from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { FunctionLayer } from "./function-layer.ts";
import { Layer, type LayerConfig } from "./layer.ts";

/** The activations that have a name, and so can be saved. */
export const activations = {
  relu: f.relu,
  leakyRelu: f.leakyRelu,
  elu: f.elu,
  silu: f.silu,
  gelu: f.gelu,
  sigmoid: f.sigmoid,
  tanh: f.tanh,
  softplus: f.softplus,
  softmax: f.softmax,
  logSoftmax: f.logSoftmax,
} as const satisfies Record<string, (x: Tensor) => Tensor>;

export type ActivationName = keyof typeof activations;

/** The names of the activations that can be saved. */
export const activationNames = Object.keys(activations) as readonly ActivationName[];

/**
 * One of the known activations as a layer. It has no parameters.
 *
 * @throws UsageError listing the names there are, for any other.
 */
export class Activation extends Layer<number, "same"> {
  readonly name: ActivationName;

  constructor(name: ActivationName) {
    super();
    if (!Object.hasOwn(activations, name)) {
      const what = `unknown activation "${name}": expected ${alternatives(activationNames)}`;
      throw new UsageError("invalid-option", "activation", what);
    }
    this.name = name;
  }

  protected override forward(x: Tensor): Tensor {
    return activations[this.name](x);
  }

  override config(): LayerConfig {
    return { kind: "activation", name: this.name };
  }
}

/** The activation of that name as a layer. @throws UsageError listing the names there are. */
export const activation = (name: ActivationName): Activation => new Activation(name);

/** A function as a layer: an `Activation` if it is one of `activations`, which can be saved, else a `FunctionLayer`. */
export function activationOf(apply: (x: Tensor) => Tensor): Activation | FunctionLayer {
  const known = activationNames.find((name) => activations[name] === apply);
  return known === undefined ? new FunctionLayer(apply) : new Activation(known);
}
