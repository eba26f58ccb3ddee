/** How the integral from 0 to 1 is taken: at the middles of equal intervals, or at the points of Gauss and Legendre. */
export type QuadratureRule = "gauss" | "midpoint";

export interface Quadrature {
  /** Where the function is evaluated, in (0, 1), rising. */
  readonly points: Float64Array;
  /** What each value counts; they sum to 1. */
  readonly weights: Float64Array;
}

/** n points of a rule on [0, 1]. Gauss–Legendre is exact for polynomials up to degree 2n − 1. */
export function quadrature(rule: QuadratureRule, n: number): Quadrature {
  return rule === "gauss" ? gaussLegendre(n) : midpoints(n);
}

function midpoints(n: number): Quadrature {
  return {
    points: Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n),
    weights: new Float64Array(n).fill(1 / n),
  };
}

/**
 * The roots of the Legendre polynomial Pₙ by Newton's method, from Tricomi's approximation; weights 2 / ((1 − x²) P′ₙ(x)²),
 * moved from [−1, 1] to [0, 1].
 *
 * @see Press et al. 2007, Numerical Recipes, section 4.6.
 */
function gaussLegendre(n: number): Quadrature {
  const points = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < Math.ceil(n / 2); i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let round = 0; round < 20; round++) {
      const { value, derivative } = legendre(n, x);
      slope = derivative;
      const step = value / derivative;
      x -= step;
      if (Math.abs(step) <= 1e-15) break;
    }
    const weight = 1 / ((1 - x * x) * slope * slope);
    points[i] = (1 - x) / 2;
    points[n - 1 - i] = (1 + x) / 2;
    weights[i] = weight;
    weights[n - 1 - i] = weight;
  }
  return { points, weights };
}

/** Pₙ(x) and its derivative, by the recurrence (k + 1) Pₖ₊₁ = (2k + 1) x Pₖ − k Pₖ₋₁. */
function legendre(n: number, x: number): { value: number; derivative: number } {
  let [before, value] = [0, 1];
  for (let k = 0; k < n; k++) [before, value] = [value, ((2 * k + 1) * x * value - k * before) / (k + 1)];
  return { value, derivative: (n * (x * value - before)) / (x * x - 1) };
}
