import { type ActivationName, capture, contributions, type LayerCapture } from "glassnet";
import { numbersOf } from "../../worker/core/example.ts";
import { checkUnits, linearAt } from "../../worker/core/weights.ts";
import type { ExampleParams } from "../../worker/example.ts";
import { give } from "../../worker/handler.ts";
import type { LayerInfo } from "../../worker/protocol.ts";
import type { Session } from "../../worker/session.ts";
import { type Curve, curveOf } from "./curve.ts";
import { modelAt } from "./model-at.ts";

/** Which neuron, for which example, with the weights of which step. */
export interface NeuronParams {
  readonly layer: string;
  readonly unit: number;
  readonly example: ExampleParams;
  /** `null` for the weights of now. */
  readonly step: number | null;
}

/** A neuron taken apart: z = Σ wᵢ xᵢ + b · 1, what the activation makes of it, and the layer that it stands in. */
export interface Neuron {
  readonly layer: string;
  readonly unit: number;
  /** What the layer reads: one number for each of its inputs. */
  readonly inputs: Float32Array<ArrayBuffer>;
  readonly weights: Float32Array<ArrayBuffer>;
  /** wᵢ · xᵢ, exact in f64. */
  readonly products: Float64Array<ArrayBuffer>;
  /** 0 if the layer has none. */
  readonly bias: number;
  /** All terms and the bias, added in f64. */
  readonly sum: number;
  /** The same number as the network computed it. */
  readonly z: number;
  /** How far the two may be apart by rounding: n · 2⁻²⁴ · Σ|terms|. */
  readonly bound: number;
  readonly activation: ActivationName | null;
  /** What the neuron gives: f(z), or z without an activation. */
  readonly value: number;
  readonly curve: Curve;
  /** Weighted sums of all units of the layer, and what they give. */
  readonly sums: Float32Array<ArrayBuffer>;
  readonly values: Float32Array<ArrayBuffer>;
  /** Units that give more, plus one. */
  readonly rank: number;
  /** The layer whose units are the inputs, if it is one. */
  readonly source: string | null;
  readonly isOutput: boolean;
  readonly isSilenced: boolean;
  readonly isFrozen: boolean;
  readonly step: number;
}

/** The layer as the session tells of it. @throws StudioError "not-there" unless there is such a unit. */
export function layerOf(session: Session, path: string, unit: number): LayerInfo {
  checkUnits(linearAt(session, path), [unit]);
  return session.info().model.layers.find((layer) => layer.path === path)!;
}

/** The layer that the inputs of a layer come from, if their numbers fit. */
function sourceOf(session: Session, { path, inFeatures }: LayerInfo): string | null {
  const { layers } = session.info().model;
  const before = layers[layers.findIndex((layer) => layer.path === path) - 1];
  return before !== undefined && before.outFeatures === inFeatures ? before.path : null;
}

/** Everything that the sum, the picture, the curve and the forms show of a neuron. */
export async function neuron(session: Session, { layer: path, unit, example, step }: NeuronParams): Promise<Neuron> {
  const layer = layerOf(session, path, unit);
  const { device } = session;
  const at = await modelAt(session, step);
  const x = session.input(example);
  const { terms, bias, sum, z, bound, activation } = await contributions(at.model, x, { layer: path, unit, device });
  const calls = at.isNow
    ? (await (await session.insight()).look(x)).layers
    : (await capture(at.model, x, { device })).layers;
  const call = calls.get(path) as Pick<LayerCapture, "input" | "output">;
  const behind = layer.activationPath === null ? undefined : calls.get(layer.activationPath);
  const sums = await numbersOf(call.output, session);
  const values = behind === undefined ? give(sums.slice()) : await numbersOf(behind.output, session);
  const value = activation?.value ?? z;
  const isSilenced = layer.silenced.includes(unit);
  return {
    ...{ layer: path, unit, bias, sum, z, bound, value, sums, values, isSilenced },
    inputs: give(Float32Array.from(terms, ({ input }) => input)),
    weights: give(Float32Array.from(terms, ({ weight }) => weight)),
    products: give(Float64Array.from(terms, ({ product }) => product)),
    activation: layer.activation,
    curve: await curveOf(session, { layer, sums, unit, z, isSilenced }),
    rank: values.reduce((above, other) => (other > value ? above + 1 : above), 1),
    source: sourceOf(session, layer),
    isOutput: layer.isOutput,
    isFrozen: layer.frozen.includes(unit),
    step: at.step,
  };
}
