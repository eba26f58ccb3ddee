import { type ActivationName, activation, activationCurve, fromData, grad, logSumExp, type Tensor } from "glassnet";
import { give } from "../../worker/handler.ts";
import type { LayerInfo } from "../../worker/protocol.ts";
import type { Session } from "../../worker/session.ts";

/** The curve on which a neuron's point lies. */
export interface Curve {
  /**
   * Its function: an activation, or "softmaxOfLogits" where the network ends in logits of classes and softmax is part of the loss,
   * or `null` where the sum itself is what the neuron gives.
   */
  readonly kind: ActivationName | "softmaxOfLogits" | null;
  /** Weighted sums from left to right, evenly spread. */
  readonly z: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  readonly slopes: Float64Array<ArrayBuffer>;
  /** At the neuron's own z, in f64. */
  readonly value: number;
  readonly slope: number;
}

const POINTS = 161;

/** How far the curve reaches to both sides: it shows z, and changes seldom as z moves. */
export function reachOf(z: number): number {
  const wanted = Number.isFinite(z) ? 1.15 * Math.abs(z) : 4;
  return wanted <= 4 ? 4 : 2 ** Math.ceil(Math.log2(wanted));
}

const pointsOf = (reach: number): Float64Array<ArrayBuffer> =>
  Float64Array.from({ length: POINTS }, (_, i) => -reach + (2 * reach * i) / (POINTS - 1));

const isMixing = (kind: Curve["kind"]): boolean =>
  kind === "softmax" || kind === "logSoftmax" || kind === "softmaxOfLogits";

interface Place {
  readonly layer: LayerInfo;
  readonly sums: Float32Array;
  readonly unit: number;
  readonly z: number;
  readonly isSilenced: boolean;
}

/** The curve of a neuron, by the library's own functions and gradients. */
export async function curveOf(session: Session, { layer, sums, unit, z, isSilenced }: Place): Promise<Curve> {
  const kind = kindOf(session, layer);
  const points = pointsOf(reachOf(z));
  if (isSilenced) return { kind, ...alongCurve(session, kind, points), value: 0, slope: 0 };
  if (!Number.isFinite(z)) return { kind, ...alongCurve(session, kind, points), value: Number.NaN, slope: Number.NaN };
  if (!isMixing(kind)) {
    const own = kind === null ? { values: [z], slopes: [1] } : activationCurve(kind as ActivationName, [z]);
    return { kind, ...alongCurve(session, kind, points), value: own.values[0]!, slope: own.slopes[0]! };
  }
  const all = await alongMixing(session, kind === "logSoftmax" ? kind : "softmax", sums, unit, [...points, z]);
  return {
    kind,
    z: give(points),
    values: give(all.values.slice(0, -1)),
    slopes: give(all.slopes.slice(0, -1)),
    value: all.values.at(-1)!,
    slope: all.slopes.at(-1)!,
  };
}

function kindOf(session: Session, { activation: name, isOutput }: LayerInfo): Curve["kind"] {
  if (name !== null) return name;
  const { classNames, outputs } = session.info().model;
  const isLogits = isOutput && classNames !== null && outputs === "logits" && session.settings.loss === "crossEntropy";
  return isLogits ? "softmaxOfLogits" : null;
}

/** Curves that depend on nothing but z; each is computed once. */
function alongCurve(session: Session, kind: Curve["kind"], points: Float64Array<ArrayBuffer>) {
  if (kind === null || isMixing(kind)) {
    return { z: give(points), values: give(points.slice()), slopes: give(points.slice().fill(1)) };
  }
  const known = session.own(
    "microscope/curves",
    () => new Map<string, { values: Float64Array; slopes: Float64Array }>(),
  );
  const key = `${kind} ${points.at(-1)}`;
  let found = known.get(key);
  if (found === undefined) {
    found = activationCurve(kind as ActivationName, points);
    known.set(key, found);
  }
  return {
    z: give(points),
    values: give(Float64Array.from(found.values)),
    slopes: give(Float64Array.from(found.slopes)),
  };
}

/**
 * A function of all units of the layer: this unit's z moves, the others stay. Of those only log Σ exp matters, so it stands for them.
 */
async function alongMixing(
  session: Session,
  name: "softmax" | "logSoftmax",
  sums: Float32Array,
  unit: number,
  points: readonly number[],
): Promise<{ values: Float64Array<ArrayBuffer>; slopes: Float64Array<ArrayBuffer> }> {
  const { device } = session;
  const others = Float64Array.from(sums.filter((_, i) => i !== unit));
  const rest =
    others.length === 0
      ? Number.NEGATIVE_INFINITY
      : await logSumExp(fromData(others, [others.length])).item({ device });
  const rows = fromData(Float64Array.from(points.flatMap((z) => [z, rest])), [points.length, 2]);
  const along = (x: Tensor): Tensor => activation(name).call(x).at(undefined, 0);
  const values = await along(rows).data({ device });
  const slopes = await grad((x: Tensor) => along(x).sum())(rows)
    .at(undefined, 0)
    .data({ device });
  return { values: Float64Array.from(values), slopes: Float64Array.from(slopes) };
}
