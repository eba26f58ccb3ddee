import { UsageError } from "../core/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { activationOf } from "./activation.ts";
import { type Features, Layer, type LayerConfig } from "./layer.ts";
import type { Run } from "./run.ts";

/** A layer, or a function that keeps the shape, such as `relu`. */
export type Part = Layer | ((x: Tensor) => Tensor);

type InOf<P> = P extends Layer<infer In, Features> ? In : number;
type OutOf<P, F extends number> = P extends Layer<number, infer Out> ? (Out extends number ? Out : F) : F;

/** What the compiler shows where layers do not fit. */
export interface WiringError<Message extends string> {
  readonly "~wiring": Message;
}

/** The part itself if it takes F features, an explanation otherwise. */
type Accept<P, F extends number> = number extends F
  ? P
  : number extends InOf<P>
    ? P
    : F extends InOf<P>
      ? P
      : WiringError<`expected ${F} features, this layer takes ${InOf<P>}`>;

/** Each part checked against the features that arrive at it. */
export type Wired<Parts extends readonly unknown[], F extends number = number> = Parts extends readonly [
  infer First,
  ...infer Rest,
]
  ? readonly [Accept<First, F>, ...Wired<Rest, OutOf<First, F>>]
  : Parts;

type FirstIn<Parts extends readonly unknown[]> = Parts extends readonly [infer First, ...infer Rest]
  ? First extends Layer<number, "same"> | ((x: Tensor) => Tensor)
    ? FirstIn<Rest>
    : InOf<First>
  : number;

type LastOut<Parts extends readonly unknown[], F extends number = number> = Parts extends readonly [
  infer First,
  ...infer Rest,
]
  ? LastOut<Rest, OutOf<First, F>>
  : F;

/** Layers one after the other. */
export class Sequential<In extends number = number, Out extends Features = Features> extends Layer<In, Out> {
  readonly layers: readonly Layer[];

  constructor(layers: readonly Layer[]) {
    super();
    this.layers = layers;
  }

  protected override forward(x: Tensor, run: Run): Tensor {
    return this.layers.reduce((y, layer) => layer.call(y, run), x);
  }

  override config(): LayerConfig {
    return { kind: "sequential", layers: this.layers.map((layer) => layer.config()) };
  }
}

/**
 * Wires layers one after the other; a function such as `relu` stands for the layer that applies it. Feature counts that
 * do not fit are a compile-time error.
 *
 * @throws UsageError if a part is neither a layer nor a function.
 * @example sequential(linear(784, 128, { rng }), relu, linear(128, 10, { rng }));
 */
export function sequential<const Parts extends readonly Part[]>(
  ...parts: Parts & Wired<Parts>
): Sequential<FirstIn<Parts>, LastOut<Parts>> {
  const layers = (parts as readonly unknown[]).map((part, i) => {
    if (part instanceof Layer) return part;
    if (typeof part === "function") return activationOf(part as (x: Tensor) => Tensor);
    throw new UsageError(
      "invalid-option",
      "sequential",
      `part ${i} is neither a layer nor a function: ${String(part)}`,
    );
  });
  return new Sequential(layers);
}
