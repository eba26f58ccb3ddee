import {
  type ArrayData,
  decodeModel,
  encodeModel,
  fromArray,
  type Layer,
  Linear,
  linear,
  paramsOf,
  Rng,
  type SavedModel,
  Sequential,
  type Tensor,
} from "glassnet";
import { chainOf } from "./network.ts";

/** The numbers of a parameter outside of training: they are always there. */
export function storedOf({ dtype, shape, stored }: Tensor): ArrayData {
  if (stored === undefined) throw new Error("bug in the studio: a weight that is not computed");
  return { dtype, shape, data: stored };
}

const copied = (x: Tensor): Tensor => fromArray({ ...storedOf(x), data: storedOf(x).data.slice() });

/** A model with weights of its own. Layers without any are shared; silenced units stay silenced. */
export function copyOfModel(saved: SavedModel): Layer {
  const { model } = saved;
  const chain = chainOf(model);
  const isPlain = chain.every((layer) => layer instanceof Linear || paramsOf(layer).size === 0);
  if (!(model instanceof Sequential && isPlain)) return decodeModel(encodeModel(saved)).model;
  return new Sequential(chain.map(copyOf));
}

function copyOf(layer: Layer): Layer {
  if (!(layer instanceof Linear)) return layer;
  const { inFeatures, outFeatures, bias, weight } = layer as Linear<number, number>;
  return linear(inFeatures, outFeatures, {
    rng: Rng.seeded(0),
    bias: bias !== undefined,
    weightInit: () => copied(weight.value),
    biasInit: () => copied(bias!.value),
  });
}
