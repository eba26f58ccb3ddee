import {
  conv2d,
  fromData,
  gelu,
  Layer,
  type LayerConfig,
  layerNorm,
  matmul,
  maxPool,
  Param,
  relu,
  type Tensor,
} from "glassnet";
import { initialParams, type LayerSpec, type Network } from "../workloads/network.ts";

/** A network of the benchmark as a layer, written with the functional operations. */
export class SpecModel extends Layer {
  readonly params: readonly (readonly Param[])[];
  readonly #layers: readonly LayerSpec[];

  constructor(network: Network) {
    super();
    this.#layers = network.layers;
    this.params = initialParams(network).map((layer) =>
      layer.map(({ shape, values }) => new Param(fromData(values, shape))),
    );
  }

  protected override forward(x: Tensor): Tensor {
    return this.#layers.reduce(
      (y, layer, i) =>
        apply(
          layer,
          y,
          this.params[i]!.map(({ value }) => value),
        ),
      x,
    );
  }

  override config(): LayerConfig {
    return { kind: "bench" };
  }
}

function apply(layer: LayerSpec, x: Tensor, params: readonly Tensor[]): Tensor {
  switch (layer.kind) {
    case "linear":
      return affine(x, params);
    case "conv": {
      const [weight, bias] = params;
      return conv2d(x, weight!, { padding: layer.padding }).add(bias!.reshape([layer.out, 1, 1]));
    }
    case "relu":
      return relu(x);
    case "maxPool":
      return maxPool(x, { kernel: 2 });
    case "flatten":
      return x.reshape([x.shape[0]!, -1]);
    case "transformer":
      return transformerBlock(x, params, layer.heads);
  }
}

function affine(x: Tensor, [weight, bias]: readonly Tensor[]): Tensor {
  return matmul(x, weight!.transpose()).add(bias!);
}

/** x [batch, tokens, width] → the same */
function transformerBlock(x: Tensor, params: readonly Tensor[], heads: number): Tensor {
  const [batch, tokens, width] = x.shape as readonly [number, number, number];
  const part = (from: number) => params.slice(from, from + 2);
  const norm = (y: Tensor, from: number) => {
    const [scale, shift] = part(from);
    return layerNorm(y, { scale: scale!, shift: shift! });
  };
  const normed = norm(x, 0);
  const split = (from: number) =>
    affine(normed, part(from))
      .reshape([batch, tokens, heads, width / heads])
      .transpose([0, 2, 1, 3]);
  const [query, key, value] = [split(2), split(4), split(6)]; // [batch, heads, tokens, width / heads]
  const scores = matmul(query, key.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(width / heads));
  const mixed = matmul(scores.softmax(), value); // [batch, heads, tokens, width / heads]
  const attended = x.add(affine(mixed.transpose([0, 2, 1, 3]).reshape([batch, tokens, width]), part(8)));
  return attended.add(affine(gelu(affine(norm(attended, 10), part(12))), part(14)));
}
