import type { Support } from "./data-support.ts";

/**
 * Why a search ended:
 *
 * - "flat": along every knob that may still move the slope is (nearly) 0; an inner optimum, or a plain without slope
 * - "bound": as "flat", but one knob at least is held by its bound, and the loss would fall beyond it
 * - "target": the target is predicted, to as many digits as `tolerance` says
 * - "precision": no step makes the loss smaller any more, because the digits end
 * - "steps": `maxSteps` steps were made
 * - "stopped": the signal was given
 * - "diverged": prediction, slope or inputs are no longer finite numbers: the rate is too large, or there is no optimum
 */
export type InputStopReason = "flat" | "bound" | "target" | "precision" | "steps" | "stopped" | "diverged";

/** One point of the way, with all that was computed there, in the units of the data. */
export interface InputStep {
  /** Which start the point belongs to, counted from 0. */
  readonly start: number;
  /** How many steps were made before it. */
  readonly step: number;
  /** All inputs, in order. */
  readonly inputs: Float64Array;
  readonly prediction: number;
  /** What descent makes small: −predicted to maximize, predicted to minimize, (target − predicted)² for a target. */
  readonly loss: number;
  /** ∂predicted/∂xᵢ for every input, the fixed ones too, with the weights as they are. */
  readonly partials: Float64Array;
  /** ∂loss/∂xᵢ = ∂loss/∂predicted · ∂predicted/∂xᵢ for every input. */
  readonly gradient: Float64Array;
  /**
   * η of the step from here, xᵢ ← clip(xᵢ − η · scaleᵢ² · ∂loss/∂xᵢ) with the `scales` of the result; 0 at the last point.
   */
  readonly stepSize: number;
  /** What this step adds to each input; zeros at the last point. */
  readonly move: Float64Array;
  /** How well the data know such inputs, if data were given. */
  readonly support?: Support;
}
