import { type LayerSpec, type Network, paramSpecs, product } from "./network.ts";

/**
 * @file Arithmetic of a training step: its matrix products and convolutions, where a multiplication and an addition are two
 * operations. Everything else (activations, normalisation, softmax, the update) is far less and does not count, so that the
 * rate of a step can be compared with that of a product.
 */

/** How many times the forward product a layer costs: forward, the gradient of its weights, and of its input if anybody wants it. */
const PASSES = 3;

/** Floating-point operations of the products of one step. */
export function stepFlops({ inputShape, layers }: Network, batch: number): number {
  let shape = inputShape;
  let isFirst = true;
  return layers.reduce((sum, layer) => {
    const forward = batch * forwardFlops(layer, shape);
    shape = shapeAfter(layer, shape);
    if (paramSpecs(layer).length === 0) return sum;
    // Nobody wants the gradient of the data. A transformer's own first layer normalises, so that its products need theirs.
    const passes = isFirst && layer.kind !== "transformer" ? PASSES - 1 : PASSES;
    isFirst = false;
    return sum + passes * forward;
  }, 0);
}

/** Of one example, whose shape enters the layer. */
function forwardFlops(layer: LayerSpec, shape: readonly number[]): number {
  switch (layer.kind) {
    case "linear":
      return 2 * product(shape.slice(0, -1)) * layer.in * layer.out;
    case "conv":
      return 2 * product(shapeAfter(layer, shape)) * layer.in * layer.kernel ** 2;
    case "transformer": {
      const tokens = shape[0]!;
      const { width, hidden } = layer;
      const projections = 4 * width * width + 2 * width * hidden; // query, key, value, output; two of the feed-forward part
      const attention = 2 * tokens * width; // scores, and what they mix
      return 2 * tokens * (projections + attention);
    }
    case "relu":
    case "maxPool":
    case "flatten":
      return 0;
  }
}

function shapeAfter(layer: LayerSpec, shape: readonly number[]): readonly number[] {
  switch (layer.kind) {
    case "linear":
      return [...shape.slice(0, -1), layer.out];
    case "conv": {
      const grown = 2 * layer.padding - layer.kernel + 1;
      return [layer.out, shape[1]! + grown, shape[2]! + grown];
    }
    case "maxPool":
      return [shape[0]!, Math.floor(shape[1]! / 2), Math.floor(shape[2]! / 2)];
    case "flatten":
      return [product(shape)];
    case "relu":
    case "transformer":
      return shape;
  }
}
