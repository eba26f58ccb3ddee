import { type ActivationName, activation } from "../nn/activation.ts";
import { computeSync } from "../tensor/compute.ts";
import { fromData, ones } from "../tensor/create.ts";
import { plainDevice } from "../tensor/device.ts";
import { gradientsOf } from "../tensor/grad.ts";

/** Values of an activation, and its slopes there. */
export interface ActivationCurve {
  readonly values: Float64Array;
  readonly slopes: Float64Array;
}

/**
 * An activation and its slope at some weighted sums, in f64, by the library's own definition and gradient: to draw the curve
 * with its point and tangent. Those that mix their inputs, softmax and logSoftmax, are taken over all of `z`; their slope
 * is that of each value for its own z.
 *
 * @throws UsageError listing the names there are, for any other.
 * @example activationCurve("sigmoid", [0]); // { values: [0.5], slopes: [0.25] }
 */
export function activationCurve(name: ActivationName, z: ArrayLike<number>): ActivationCurve {
  const device = plainDevice();
  const layer = activation(name);
  const x = fromData(Float64Array.from(z), [z.length]);
  const y = layer.call(x);
  if (name === "softmax" || name === "logSoftmax") {
    const slopes = new Float64Array(z.length);
    for (let k = 0; k < z.length; k++) {
      const [row] = gradientsOf([y.at(k)], [ones([], { dtype: "f64" })], [x]);
      slopes[k] = row!.dataSync({ device })[k]!;
    }
    return { values: Float64Array.from(y.dataSync({ device })), slopes };
  }
  const [slopes] = gradientsOf([y], [ones([z.length], { dtype: "f64" })], [x]);
  computeSync([y, slopes!], { device });
  return { values: Float64Array.from(y.stored!), slopes: Float64Array.from(slopes!.stored!) };
}
