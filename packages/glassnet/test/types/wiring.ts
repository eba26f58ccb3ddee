import { Rng } from "../../src/core/random.ts";
import { activation } from "../../src/nn/activation.ts";
import { dropout } from "../../src/nn/dropout.ts";
import { flatten } from "../../src/nn/flatten.ts";
import { type Features, Layer, type LayerConfig } from "../../src/nn/layer.ts";
import { linear } from "../../src/nn/linear.ts";
import { Sequential, sequential } from "../../src/nn/sequential.ts";
import { gelu, relu, tanh } from "../../src/tensor/functions.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

/**
 * @file Networks that must compile, and networks that must not: the compiler complains about a `@ts-expect-error` with
 * nothing wrong below it. `types.test.ts` runs the compiler on this file; nothing here runs.
 */

const rng = Rng.seeded(0);
declare const someSize: number;

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type InOf<L> = L extends Layer<infer In, Features> ? In : never;
type OutOf<L> = L extends Layer<number, infer Out> ? Out : never;

/** Compiles if the layer takes In features and gives Out. */
type Expect<L, In, Out> = [Equal<InOf<L>, In>, Equal<OutOf<L>, Out>] extends [true, true] ? true : never;
const holds = <L, In, Out>(_: Expect<L, In, Out>): void => undefined;

// Sizes that meet

export const plain = sequential(linear(784, 128, { rng }), relu, linear(128, 10, { rng }));
holds<typeof plain, 784, 10>(true);

export const single = sequential(linear(3, 2, { rng }));
holds<typeof single, 3, 2>(true);

export const kept = sequential(
  linear(784, 128, { rng }),
  activation("gelu"),
  dropout(0.2),
  tanh,
  (x: Tensor) => x.mul(2),
  (x) => gelu(x, "tanh"),
  linear(128, 10, { rng }),
  activation("softmax"),
);
holds<typeof kept, 784, 10>(true);

export const afterDropout = sequential(dropout(0.1), relu, linear(784, 10, { rng }));
holds<typeof afterDropout, 784, 10>(true);

export const withoutSizes = sequential(relu, dropout(0.5));
holds<typeof withoutSizes, number, number>(true);

export const nested = sequential(plain, sequential(relu, linear(10, 5, { rng })), sequential(linear(5, 2, { rng })));
holds<typeof nested, 784, 2>(true);

export const flattened = sequential(flatten(), linear(784, 10, { rng }));
holds<typeof flattened, number, 10>(true);

export const flattenedLater = sequential(linear(28, 14, { rng }), flatten(), linear(100, 10, { rng }));
holds<typeof flattenedLater, 28, 10>(true);

// Sizes that only running can tell

export const unknown = sequential(linear(784, someSize, { rng }), relu, linear(someSize, 10, { rng }));
holds<typeof unknown, 784, 10>(true);

export const unknownIn = sequential(linear(784, 128, { rng }), linear(someSize, 10, { rng }), linear(10, 2, { rng }));
holds<typeof unknownIn, 784, 2>(true);

export const list: readonly Layer[] = [linear(4, 3, { rng }), dropout(0.5), plain];
export const listed = new Sequential(list);

// Layers of one's own

class Scale<N extends number> extends Layer<N, N> {
  readonly features: N;
  constructor(features: N) {
    super();
    this.features = features;
  }
  protected override forward(x: Tensor): Tensor {
    return x.mul(this.features);
  }
  override config(): LayerConfig {
    return { kind: "scale", features: this.features };
  }
}

export const own = sequential(linear(4, 8, { rng }), new Scale(8), linear(8, 2, { rng }));
holds<typeof own, 4, 2>(true);

// Sizes that do not meet

// @ts-expect-error expected 128 features, this layer takes 100
sequential(linear(784, 128, { rng }), relu, linear(100, 10, { rng }));

// @ts-expect-error expected 128 features, this layer takes 10
sequential(linear(784, 128, { rng }), linear(10, 128, { rng }));

// @ts-expect-error functions, activations and dropout keep the 128 features
sequential(linear(784, 128, { rng }), activation("relu"), dropout(0.5), relu, linear(100, 10, { rng }));

// @ts-expect-error the network inside gives 10 features
sequential(plain, relu, linear(128, 10, { rng }));

// @ts-expect-error the network inside takes 784 features
sequential(linear(784, 10, { rng }), plain);

// @ts-expect-error the network inside takes 784 features, though it begins with dropout
sequential(linear(784, 10, { rng }), afterDropout);

// @ts-expect-error the last two do not meet, though the first sizes are not known
sequential(linear(someSize, 8, { rng }), linear(4, 2, { rng }));

// @ts-expect-error a layer of one's own is checked like any other
sequential(linear(4, 8, { rng }), new Scale(6));

// @ts-expect-error a number is not a layer
sequential(linear(784, 128, { rng }), 5);

// @ts-expect-error a function of two tensors is not an activation
sequential(linear(784, 128, { rng }), (x: Tensor, y: Tensor) => x.add(y));

// @ts-expect-error there is no such activation
activation("rellu");

// @ts-expect-error start values come from somewhere
linear(784, 128);

// @ts-expect-error this network gives 10 features
export const wrong: Layer<784, 12> = plain;
