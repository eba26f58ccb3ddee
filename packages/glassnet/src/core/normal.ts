/**
 * @file The one definition of a normally distributed number. It uses only operations that IEEE 754 rounds exactly, in a
 * fixed order, because `Math.log` and `Math.cos` differ in their last bits between engines. Written over an abstract
 * arithmetic, so the same lines run on numbers here and are emitted into graphs.
 */

/** Numbers of some kind: JavaScript's, or nodes of a graph. Every operation rounds once; none may be contracted. */
export interface Arithmetic<T> {
  constant(x: number): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  sqrt(a: T): T;
  /** `a < b ? then : otherwise`. */
  ifLess(a: T, b: T, then: T, otherwise: T): T;
}

export const numberArithmetic: Arithmetic<number> = {
  constant: (x) => x,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  sqrt: Math.sqrt,
  ifLess: (a, b, then, otherwise) => (a < b ? then : otherwise),
};

/** [limit, n, 2^n]: numbers below the limit are scaled by 2^n. The last row centres 1/2 … 1 on 1: 0.707 … 1.415. */
const SCALES = [...[32, 16, 8, 4, 2, 1].map((n) => [2 ** -n, n, 2 ** n] as const), [Math.SQRT1_2, 1, 2] as const];

/** 1, 1/3, 1/5, …, 1/19: ln u = 2 (s + s³/3 + s⁵/5 + …) for s = (u - 1) / (u + 1); |s| <= 0.172, so ten terms do. */
const LN_SERIES = Array.from({ length: 10 }, (_, k) => 1 / (2 * k + 1));

/** 1, -1/3!, 1/5!, …, 1/21!: the series of the sine, to 2e-18 for |x| <= pi/2. */
const SINE_SERIES = [
  1,
  -1 / 6,
  1 / 120,
  -1 / 5040,
  1 / 362880,
  -1 / 39916800,
  1 / 6227020800,
  -1 / 1307674368000,
  1 / 355687428096000,
  -1 / 121645100408832000,
  1 / 51090942171709440000,
];

/** The polynomial c0 + c1 z + c2 z² + …, by Horner's scheme. */
function polynomial<T>(a: Arithmetic<T>, coefficients: readonly number[], z: T): T {
  let sum = a.constant(coefficients.at(-1)!);
  for (let k = coefficients.length - 2; k >= 0; k--) sum = a.add(a.mul(sum, z), a.constant(coefficients[k]!));
  return sum;
}

/** ln u for 2^-64 <= u <= 1. */
export function lnFrom<T>(a: Arithmetic<T>, u: T): T {
  let mantissa = u; // u = mantissa * 2^exponent
  let exponent = a.constant(0);
  for (const [limit, by, factor] of SCALES) {
    const before = mantissa;
    const bound = a.constant(limit);
    mantissa = a.ifLess(before, bound, a.mul(before, a.constant(factor)), before);
    exponent = a.ifLess(before, bound, a.sub(exponent, a.constant(by)), exponent);
  }
  const s = a.div(a.sub(mantissa, a.constant(1)), a.add(mantissa, a.constant(1)));
  const series = a.mul(s, polynomial(a, LN_SERIES, a.mul(s, s)));
  return a.add(a.mul(exponent, a.constant(Math.LN2)), a.add(series, series));
}

/** cos 2πu for 0 <= u < 1, as sin 2π(|u - 1/2| - 1/4): both subtractions are exact for the u that generators make. */
export function cosTurnFrom<T>(a: Arithmetic<T>, u: T): T {
  const half = a.constant(0.5);
  const t = a.ifLess(u, half, a.sub(half, u), a.sub(u, half));
  const x = a.mul(a.sub(t, a.constant(0.25)), a.constant(2 * Math.PI)); // -pi/2 <= x <= pi/2
  return a.mul(x, polynomial(a, SINE_SERIES, a.mul(x, x)));
}

/**
 * A standard normal number from two uniform ones: sqrt(-2 ln u1) cos 2πu2.
 *
 * @param u1 in (0, 1], at least 2^-64
 * @param u2 in [0, 1)
 * @see Box and Muller, A Note on the Generation of Random Normal Deviates, 1958.
 */
export function normalFrom<T>(a: Arithmetic<T>, u1: T, u2: T): T {
  return a.mul(a.sqrt(a.mul(a.constant(-2), lnFrom(a, u1))), cosTurnFrom(a, u2));
}
