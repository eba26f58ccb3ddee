import { alternatives, UsageError } from "../core/errors.ts";
import * as f from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
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

/** A function that keeps the shape, as a layer. It has no parameters. */
export class Activation extends Layer<number, "same"> {
  readonly name: string;
  readonly #apply: (x: Tensor) => Tensor;

  constructor(name: string, apply: (x: Tensor) => Tensor) {
    super();
    this.name = name;
    this.#apply = apply;
  }

  protected override forward(x: Tensor): Tensor {
    return this.#apply(x);
  }

  override config(): LayerConfig {
    if (this.name in activations) return { kind: "activation", name: this.name };
    throw new UsageError("unsupported", "save", "a function of one's own cannot be saved", {
      help: "wrap it in a class that extends Layer, and pass the class to load()",
    });
  }
}

/** The names of the activations that can be saved. */
export const activationNames = Object.keys(activations) as readonly ActivationName[];

/** The activation of that name as a layer. @throws UsageError listing the names there are. */
export function activation(name: ActivationName): Activation {
  if (!Object.hasOwn(activations, name)) {
    const expected = alternatives(activationNames);
    throw new UsageError("invalid-option", "activation", `unknown activation "${name}": expected ${expected}`);
  }
  return new Activation(name, (x) => activations[name](x));
}

/** A function as a layer; one of `activations` keeps its name. */
export function activationOf(apply: (x: Tensor) => Tensor): Activation {
  const known = activationNames.find((name) => activations[name] === apply);
  return new Activation(known ?? "function", (x) => apply(x));
}
