/** @file Descent within bounds, as pure arithmetic on a function that is asked for its value and slope. */

/** A function at a point. */
export interface Evaluation {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/** Where one may go, and how it is measured. */
export interface Box {
  /** Limits of each coordinate; equal ones hold it where it is. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** The natural size of each coordinate: slopes and steps are measured in it. */
  readonly scales: Float64Array;
}

export interface DescentProblem<E extends Evaluation> extends Box {
  readonly evaluate: (point: Float64Array) => Promise<E>;
  /** η of plain gradient descent; found at each step if it is not given. */
  readonly learningRate?: number | undefined;
  /** How small the slope must be, against the steepest that was seen. */
  readonly tolerance: number;
  readonly maxSteps: number;
  /** Rounding of the loss, relative to it: smaller differences say nothing. */
  readonly epsilon: number;
  /** The slope by which flatness is told; the gradient, if there is no better one. */
  readonly slopeOf: (here: E) => Float64Array;
  /** Whether the goal is reached, apart from the slope. */
  readonly isReached: (here: E) => boolean;
  readonly isStopped: () => boolean;
}

/** A point on the way and the step that leads on from it; at the last one the reason why it is the last. */
export interface DescentPoint<E extends Evaluation> {
  readonly point: Float64Array;
  readonly here: E;
  readonly stepSize: number;
  readonly move: Float64Array;
  readonly end?: "flat" | "bound" | "target" | "precision" | "steps" | "stopped" | "diverged";
}

/** How much of the decrease that the slope promises a step must bring (Armijo's condition). */
const SUFFICIENT = 1e-4;
/** The first step, and the longest one, of a coordinate that has two bounds: as a share of what lies between them. */
const FIRST_MOVE = 0.1;
const LONGEST_MOVE = 0.25;
const MAX_HALVINGS = 60;
/** A slope so small changes the loss by the square of it, which single precision does not show: it is as good as none. */
const ALMOST_FLAT = 1e-4;
/** How near to a bound, in scales, a coordinate counts as being at it. */
const AT_BOUND = 1e-6;

const isFinitePoint = ({ loss, gradient }: Evaluation): boolean =>
  Number.isFinite(loss) && gradient.every(Number.isFinite);

/**
 * Goes down by projected gradients: x ← P(x − η s² ∇f), where P cuts off at the bounds and s are the scales. Without a
 * learning rate, η is the first of Barzilai and Borwein's two step sizes, which measures the curvature along the last step,
 * halved until the loss falls as much as the slope promises; so the loss falls at every step and nothing has to be tuned.
 *
 *   η = ⟨Δx, Δx⟩ / ⟨Δx, Δ∇f⟩        both in scaled coordinates, x / s and s ∇f
 *
 * @see Birgin, Martínez & Raydan 2000, SIAM Journal on Optimization 10(4), spectral projected gradients; here each step
 *   must improve on the last one and not only on the worst of ten, so that what is drawn never rises.
 */
export async function* descend<E extends Evaluation>(
  start: Float64Array,
  problem: DescentProblem<E>,
): AsyncGenerator<DescentPoint<E>, void> {
  const { scales, learningRate, tolerance, epsilon } = problem;
  const isFixedRate = learningRate !== undefined;
  const n = start.length;
  const scaled = (slope: Float64Array): Float64Array => slope.map((g, i) => g * scales[i]!);
  let point: Float64Array = start.slice();
  let here = await problem.evaluate(point);
  let steepest = 0;
  let rate = learningRate ?? 0;
  for (let step = 0; ; step++) {
    const last = (end: NonNullable<DescentPoint<E>["end"]>): DescentPoint<E> => ({
      ...{ point, here, stepSize: 0, move: new Float64Array(n), end },
    });
    if (!isFinitePoint(here)) return yield last("diverged");
    const slopes = scaled(problem.slopeOf(here));
    steepest = Math.max(steepest, steepestOf(slopes, problem));
    if (problem.isReached(here)) return yield last("target");
    const free = freeSlope(point, slopes, steepest, problem);
    const levelled = (least: number) => last(isHeld(point, slopes, least * steepest, problem) ? "bound" : "flat");
    if (free <= tolerance) return yield levelled(tolerance);
    if (step >= problem.maxSteps) return yield last("steps");
    if (problem.isStopped()) return yield last("stopped");

    if (step === 0 && !isFixedRate) rate = FIRST_MOVE / steepestOf(scaled(here.gradient), problem);
    if (!isFixedRate) rate = careful(rate, point, here.gradient, problem);
    let next = moved(point, here.gradient, rate, problem);
    let there = await problem.evaluate(next);
    if (!isFixedRate) {
      const slack = epsilon * Math.abs(here.loss);
      const isBetter = () =>
        isFinitePoint(there) && there.loss <= here.loss + SUFFICIENT * promise(here.gradient, point, next) + slack;
      for (let halvings = 0; halvings < MAX_HALVINGS && !isBetter() && !problem.isStopped(); halvings++) {
        rate /= 2;
        next = moved(point, here.gradient, rate, problem);
        there = await problem.evaluate(next);
      }
      if (!(isBetter() && there.loss < here.loss)) {
        if (problem.isStopped()) return yield last("stopped");
        return yield free <= ALMOST_FLAT ? levelled(ALMOST_FLAT) : last("precision");
      }
    }
    const move = next.map((x, i) => x - point[i]!);
    yield { point, here, stepSize: rate, move };
    if (!isFixedRate) rate = nextRate(rate, move, here, there, scales);
    point = next;
    here = there;
  }
}

/** The rate, or a smaller one, with which no coordinate that has two bounds goes more than a quarter of the way between them. */
function careful(rate: number, point: Float64Array, gradient: Float64Array, { low, high, scales }: Box): number {
  return gradient.reduce((least, g, i) => {
    const most = LONGEST_MOVE * (high[i]! - low[i]!);
    const room = g > 0 ? point[i]! - low[i]! : high[i]! - point[i]!; // a bound that is nearer ends the move by itself
    const slope = scales[i]! ** 2 * Math.abs(g);
    return room > most && Number.isFinite(most) && least * slope > most ? most / slope : least;
  }, rate);
}

/** P(x − η s² g) */
function moved(point: Float64Array, gradient: Float64Array, rate: number, { low, high, scales }: Box): Float64Array {
  return point.map((x, i) => {
    if (!(low[i]! < high[i]!)) return x;
    return Math.min(high[i]!, Math.max(low[i]!, x - rate * scales[i]! ** 2 * gradient[i]!));
  });
}

/** The greatest slope of a coordinate that may move. */
function steepestOf(slopes: Float64Array, { low, high }: Box): number {
  return slopes.reduce((most, g, i) => (low[i]! < high[i]! ? Math.max(most, Math.abs(g)) : most), 0);
}

/** The change of the loss that the slope promises for a step. */
function promise(gradient: Float64Array, from: Float64Array, to: Float64Array): number {
  return gradient.reduce((sum, g, i) => sum + g * (to[i]! - from[i]!), 0);
}

/** How far the bounds would let a step of the slope's own length go, where the steepest slope has the length 1: |P(z − g / G) − z| */
function freeSlope(point: Float64Array, slopes: Float64Array, steepest: number, { low, high, scales }: Box): number {
  if (steepest === 0) return 0;
  return slopes.reduce((most, g, i) => {
    if (!(low[i]! < high[i]!)) return most;
    const room = (g > 0 ? point[i]! - low[i]! : high[i]! - point[i]!) / scales[i]!;
    return Math.max(most, Math.min(Math.abs(g) / steepest, room));
  }, 0);
}

/** Whether a bound keeps a coordinate from going down a slope steeper than `least`. */
function isHeld(point: Float64Array, slopes: Float64Array, least: number, { low, high, scales }: Box): boolean {
  return slopes.some((g, i) => {
    if (!(low[i]! < high[i]!) || Math.abs(g) <= least) return false;
    return (g > 0 ? point[i]! - low[i]! : high[i]! - point[i]!) <= AT_BOUND * scales[i]!;
  });
}

/** Barzilai and Borwein's step size; four times the last one where the function does not curve upwards. */
function nextRate(rate: number, move: Float64Array, here: Evaluation, there: Evaluation, scales: Float64Array): number {
  let length = 0;
  let curvature = 0;
  for (const [i, dx] of move.entries()) {
    length += (dx / scales[i]!) ** 2;
    curvature += dx * (there.gradient[i]! - here.gradient[i]!);
  }
  const next = length / curvature;
  return next > 0 && Number.isFinite(next) ? next : 4 * rate;
}
