import { gradients, type VjpTable } from "../autodiff/gradients.ts";
import { vjp } from "../autodiff/vjp.ts";
import type { ArrayData } from "../core/array.ts";
import { isFloat, type TypedArray } from "../core/dtype.ts";
import { Rng } from "../core/random.ts";
import { GraphBuilder } from "../ir/builder.ts";
import type { Value, ValueOf } from "../ir/graph.ts";
import { infer } from "../ops/all.ts";
import { Ops } from "../ops/operations.ts";
import { computeSync } from "../tensor/compute.ts";
import { Tensor, upcomingId } from "../tensor/tensor.ts";
import { record, withFrame } from "../tensor/trace.ts";
import { GradientError, type GradientFacts } from "./gradient-error.ts";
import { graphFunction, widened } from "./graph-function.ts";
import { differentiate } from "./numeric-derivative.ts";

/**
 * @file Gradients against differences, in f64. Comparing every element would take two evaluations for each; instead the
 * function is walked along a random direction u and its outputs are weighed by random numbers v, so that two scalars
 * are compared: ⟨vjp(v), u⟩ and d/dt ⟨f(x + tu), v⟩. An error anywhere shows with probability 1. The idea is that of
 * autograd's `check_grads`.
 */

export interface GradientCheckOptions {
  /** How the function is called in errors; its own name by default. */
  readonly name?: string;
  /** 1 checks the gradient, 2 (the default) the gradient of the gradient too, and so on. */
  readonly order?: number;
  /** How many random directions are tried at each order. 3 by default. */
  readonly directions?: number;
  readonly seed?: number;
  /** Largest step, in units of the largest element of each operand. 1e-3 by default. */
  readonly eps?: number;
  /** Error that is let pass, relative to the sum of the magnitudes of all terms. 1e-8 by default. */
  readonly tolerance?: number;
}

export interface GraphCheckOptions extends GradientCheckOptions {
  /** The rules to check; the library's by default. */
  readonly rules?: VjpTable;
}

/** A function of graph values. A composition uses the operations `b`; a single primitive is emitted by `builder`. */
export type GraphFunction = (
  inputs: readonly Value[],
  b: Ops<Value>,
  builder: GraphBuilder,
) => Value | readonly Value[];

/**
 * Checks the gradients of a function of tensors at `inputs`, for all of them that are floats, in f64.
 *
 * @throws GradientError with both derivatives, the order and the seed if they disagree.
 * @example
 * expectGradient((x: Tensor) => x.tanh().mul(x), [tensor([0.1, -2])]);
 */
export function expectGradient<const Inputs extends readonly Tensor[]>(
  f: (...inputs: Inputs) => Tensor | readonly Tensor[],
  inputs: Inputs,
  options: GradientCheckOptions = {},
): void {
  computeSync(inputs);
  const data = inputs.map(({ dtype, shape, stored }) => widened({ dtype, shape, data: stored! }));
  const startId = upcomingId();
  const stand = data.map((type) => new Tensor(type, undefined));
  const result = withFrame({ variables: new Map(), startId }, () => f(...(stand as readonly Tensor[] as Inputs)));
  const outputs = result instanceof Tensor ? [result] : result;
  const recorded = record(
    outputs,
    (tensor) => (stand.includes(tensor) ? `x${stand.indexOf(tensor)}` : undefined),
    () => undefined,
  );
  const entries = stand.map((tensor) => recorded.valueFor(tensor) as ValueOf<"input">);
  const built = { builder: recorded.builder, inputs: entries, outputs: outputs.map(recorded.valueFor) };
  check(built, data, { name: f.name, ...options });
}

/**
 * As `expectGradient`, for functions that build graphs; the gradient rules may be replaced.
 *
 * @throws GradientError if the rules do not give the derivative.
 * @example
 * expectGraphGradient(([x], b) => b.tanh(x!), [{ dtype: "f64", shape: [2], data: Float64Array.of(0.1, -2) }]);
 */
export function expectGraphGradient(
  f: GraphFunction,
  inputs: readonly ArrayData[],
  options: GraphCheckOptions = {},
): void {
  const builder = new GraphBuilder(infer);
  const data = inputs.map(widened);
  const entries = data.map((type, i) => builder.input(type, `x${i}`));
  const result = f(entries, new Ops(builder), builder);
  const outputs = Array.isArray(result) ? (result as readonly Value[]) : [result as Value];
  check({ builder, inputs: entries, outputs }, data, { name: f.name, ...options });
}

interface Built {
  readonly builder: GraphBuilder;
  readonly inputs: readonly ValueOf<"input">[];
  readonly outputs: readonly Value[];
}

function check({ builder, inputs, outputs }: Built, data: readonly ArrayData[], options: GraphCheckOptions): void {
  const { order: lastOrder = 2, seed = 0, directions = 3, rules = vjp } = options;
  const rng = Rng.seeded(seed);
  let entries = inputs;
  let results = outputs.filter(({ dtype }) => isFloat(dtype));
  let point = data.map((x) => x.data);
  for (let order = 1; order <= lastOrder && results.length > 0; order++) {
    const seeds = results.map((value, i) => builder.input(value, `grad${order}.${i}`));
    const targets = entries.filter(({ dtype }) => isFloat(dtype));
    const grads = gradients(builder, results, seeds, targets, rules);
    const found = grads.filter((g) => g !== null);
    const value = graphFunction(entries, results);
    const gradient = graphFunction([...entries, ...seeds], found);
    const weigh = () => results.map(({ dtype, shape }) => rng.normal(shape, 0, 1, dtype as "f32" | "f64").data);
    for (let i = 0; i < directions; i++) {
      const weights = weigh();
      const flowing = gradient([...point, ...weights]);
      const terms = entries.map((entry) => {
        const at = targets.indexOf(entry);
        const g = at < 0 ? null : grads[at]!;
        return g === null ? undefined : flowing[found.indexOf(g)];
      });
      const along = {
        point,
        weights,
        terms,
        directions: entries.map((entry, at) => directionOf(rng, entry, point[at]!)),
      };
      compare(value, along, order, { ...options, seed });
    }
    // The gradient is a function of the cotangents as well, so these join the operands of the next order.
    entries = [...entries, ...seeds];
    point = [...point, ...weigh()];
    results = found;
  }
}

/** Random numbers of the size of the data; nothing for data that cannot move. */
function directionOf(rng: Rng, { dtype, shape }: Value, data: TypedArray): Float64Array | undefined {
  if (!isFloat(dtype)) return undefined;
  let largest = 0;
  for (const x of data) if (Number.isFinite(x)) largest = Math.max(largest, Math.abs(x));
  const scale = largest === 0 ? 1 : largest;
  return rng.normal(shape, 0, 1, "f64").data.map((x) => x * scale);
}

interface Line {
  readonly point: readonly TypedArray[];
  readonly weights: readonly TypedArray[];
  /** The gradient for each operand; undefined is none. */
  readonly terms: readonly (TypedArray | undefined)[];
  readonly directions: readonly (TypedArray | undefined)[];
}

type Measured = Pick<GradientFacts, "analytic" | "numeric" | "uncertainty" | "relativeError"> & { fits: boolean };

function measure(
  f: (data: readonly TypedArray[]) => TypedArray[],
  { point, weights, terms, directions }: Line,
  { eps = 1e-3, tolerance = 1e-8 }: GradientCheckOptions,
): Measured {
  const analytic = dot(terms, directions);
  const mass = dot(terms, directions, Math.abs);
  let size = 0; // of the numbers whose differences are taken
  const along = (t: number) => {
    const results = f(point.map((x, i) => moved(x, directions[i], t)));
    size = Math.max(size, dot(results, weights, Math.abs));
    return dot(results, weights);
  };
  const allowance = (value: number) => tolerance * Math.max(mass, Math.abs(value));
  const { value, uncertainty, step } = differentiate(along, eps, (d) => allowance(d));
  // Values are rounded, so no difference of them is surer than this.
  const noise = (16 * Number.EPSILON * size) / step;
  const error = Math.abs(analytic - value);
  return {
    analytic,
    numeric: value,
    uncertainty,
    relativeError: error === 0 ? 0 : error / Math.max(Math.abs(analytic), Math.abs(value)),
    fits: error <= allowance(value) + noise, // false for NaN
  };
}

function compare(
  f: (data: readonly TypedArray[]) => TypedArray[],
  line: Line,
  order: number,
  options: GraphCheckOptions & { readonly seed: number },
): void {
  const { fits, ...measured } = measure(f, line, options);
  if (fits) return;
  const alone = (at: number): Line => ({
    ...line,
    directions: line.directions.map((u, i) => (i === at ? u : undefined)),
  });
  const operands = line.directions.flatMap((u, at) =>
    u === undefined || measure(f, alone(at), options).fits ? [] : [at],
  );
  const where = options.name === undefined || options.name === "" ? "the function" : options.name;
  throw new GradientError({ where, order, ...measured, operands, seed: options.seed });
}

function moved(x: TypedArray, direction: TypedArray | undefined, t: number): TypedArray {
  return direction === undefined ? x : (x as Float64Array).map((value, i) => value + t * direction[i]!);
}

/** Σ aᵢbᵢ over all arrays, of the products as `map` makes them; what is missing counts as 0. */
function dot(
  a: readonly (TypedArray | undefined)[],
  b: readonly (TypedArray | undefined)[],
  map: (product: number) => number = (product) => product,
): number {
  let sum = 0;
  a.forEach((x, k) => {
    const y = b[k];
    if (x === undefined || y === undefined) return;
    for (let i = 0; i < x.length; i++) sum += map(x[i]! * y[i]!);
  });
  return sum;
}
