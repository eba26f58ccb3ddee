/** What a gradient check measured, along one random direction. */
export interface GradientFacts {
  /** The function that was checked. */
  readonly where: string;
  /** 1 for the gradient, 2 for the gradient of the gradient. */
  readonly order: number;
  /** The derivative along the direction, by the gradient. */
  readonly analytic: number;
  /** The same by differences of values. */
  readonly numeric: number;
  /** How far the numeric one may be off, by its own estimate; large near a kink. */
  readonly uncertainty: number;
  /** |analytic − numeric| in units of the larger one. */
  readonly relativeError: number;
  /** Operands that show the error when only they move, counted from 0. */
  readonly operands: readonly number[];
  /** Give this seed again to see the same directions. */
  readonly seed: number;
}

/** A gradient that is not the derivative of its function. */
export class GradientError extends Error {
  override readonly name = "GradientError";
  readonly facts: GradientFacts;

  constructor(facts: GradientFacts) {
    const { where, order, analytic, numeric, uncertainty, relativeError, operands, seed } = facts;
    const which = order === 1 ? "the gradient" : `the gradient of order ${order}`;
    super(
      [
        `${where}: ${which} differs from the numerical derivative`,
        `  analytic: ${analytic}`,
        `  numeric: ${numeric} ± ${uncertainty.toExponential(1)}`,
        `  relative error: ${relativeError.toExponential(1)}`,
        `  operands: ${operands.length === 0 ? "only together" : operands.join(", ")}`,
        `  seed: ${seed}`,
      ].join("\n"),
    );
    this.facts = facts;
  }
}
