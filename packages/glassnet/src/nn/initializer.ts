import { UsageError } from "../core/errors.ts";
import type { Rng } from "../core/random.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { fromArray, full } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Makes the start value of a parameter. Kernels are [out, in, …]: what lies behind the first two axes is the window. */
export type Initializer = (shape: Shape, rng: Rng) => Tensor;

/** How many inputs feed one output, and how many outputs one input feeds. */
function fansOf(shape: Shape): { fanIn: number; fanOut: number } {
  const window = sizeOf(shape.slice(2));
  const [out = 1, input = out] = shape;
  return { fanIn: input * window, fanOut: out * window };
}

export const constant =
  (x: number): Initializer =>
  (shape) =>
    full(shape, x);

export const zeros = (): Initializer => constant(0);

export const uniform =
  (low: number, high: number): Initializer =>
  (shape, rng) =>
    fromArray(rng.uniform(shape, low, high));

export const normal =
  (mean = 0, std = 1): Initializer =>
  (shape, rng) =>
    fromArray(rng.normal(shape, mean, std));

/** Uniform with the variance `scale(fanIn, fanOut)`: between ±√(3 · variance). */
const uniformOf =
  (variance: (fanIn: number, fanOut: number) => number): Initializer =>
  (shape, rng) => {
    const { fanIn, fanOut } = fansOf(shape);
    const limit = Math.sqrt(3 * variance(fanIn, fanOut));
    return uniform(-limit, limit)(shape, rng);
  };

const normalOf =
  (variance: (fanIn: number, fanOut: number) => number): Initializer =>
  (shape, rng) => {
    const { fanIn, fanOut } = fansOf(shape);
    return normal(0, Math.sqrt(variance(fanIn, fanOut)))(shape, rng);
  };

const glorot = (fanIn: number, fanOut: number) => 2 / (fanIn + fanOut);
const he = (fanIn: number) => 2 / fanIn;
const lecun = (fanIn: number) => 1 / fanIn;

/** Uniform with variance 2 / (fanIn + fanOut). For tanh and sigmoid. @see Glorot & Bengio 2010, equation 16. */
export const glorotUniform = (): Initializer => uniformOf(glorot);
/** Normal with variance 2 / (fanIn + fanOut). @see Glorot & Bengio 2010, section 4.2.1. */
export const glorotNormal = (): Initializer => normalOf(glorot);
/** Uniform with variance 2 / fanIn. For ReLU. @see He et al. 2015, arXiv:1502.01852, equation 10. */
export const heUniform = (): Initializer => uniformOf(he);
/** Normal with variance 2 / fanIn. For ReLU. @see He et al. 2015, arXiv:1502.01852, equation 10. */
export const heNormal = (): Initializer => normalOf(he);
/** Uniform with variance 1 / fanIn. @see LeCun et al. 1998, Efficient BackProp, section 4.6. */
export const lecunUniform = (): Initializer => uniformOf(lecun);
/** Normal with variance 1 / fanIn. @see LeCun et al. 1998, Efficient BackProp, section 4.6. */
export const lecunNormal = (): Initializer => normalOf(lecun);

/** Uniform in ±1/√fanIn whatever the rank: PyTorch's start for linear and convolution layers, biases included. */
export function torchUniform(fanIn: number): Initializer {
  if (!(fanIn > 0)) throw new UsageError("invalid-option", "torchUniform", `fanIn must be positive, got ${fanIn}`);
  return uniform(-1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn));
}
