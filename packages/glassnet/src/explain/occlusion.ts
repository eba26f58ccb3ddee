import { ShapeError, UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { formatShape, type Shape, sizeOf, stridesOf } from "../core/shape.ts";
import type { Layer } from "../nn/layer.ts";
import { deviceOr } from "../tensor/device.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Attribution, type Baseline, baselineOf, sumOf } from "./attribution.ts";
import { checkSingle } from "./calls.ts";
import { type LongWork, longWorkNames, Progress } from "./long-work.ts";
import { MaskedInputs } from "./masked-inputs.ts";
import { type OutputChoice, outputChoiceNames } from "./output-choice.ts";

export interface OcclusionOptions extends OutputChoice, LongWork {
  /** What the covered inputs become. 0 by default. */
  readonly baseline?: Baseline | undefined;
  /**
   * Size of what is covered at once, on the last axes of an example: [4, 4] for a square of an image in all its channels.
   * Single inputs by default.
   */
  readonly window?: Shape | undefined;
  /** How far the window moves at a time, on the same axes. By default its own size, so that windows do not overlap. */
  readonly stride?: Shape | undefined;
}

/** `values` of an input: the mean drop over the windows that cover it. */
export interface Occlusion extends Attribution {
  /** What the explained number loses when a window is covered, one for each place, row-major. */
  readonly drops: Float64Array;
  /** How many places the window has on each axis. At the far edges it may stick out. */
  readonly grid: Shape;
  readonly window: Shape;
  readonly stride: Shape;
}

const optionNames: OptionNames<OcclusionOptions> = {
  ...longWorkNames,
  ...outputChoiceNames,
  baseline: true,
  window: true,
  stride: true,
};

/**
 * Occlusion: what the explained number loses when an input, or a window of them, is replaced by a baseline. It asks the
 * network itself and needs no gradient, so it also works where inputs are indices.
 *
 *   dropₚ = f(x) − f(x with window p covered)
 *
 * @param x one example as the network sees it: [1, ...]
 * @throws UsageError for a class, window or stride that there is not; the signal's reason if stopped.
 * @example const { values } = await occlusion(model, digit, { classIndex: 3, window: [4, 4], stride: [2, 2] });
 * @see Zeiler & Fergus 2014, arXiv:1311.2901, section 4.2.
 */
export async function occlusion(model: Layer, x: Tensor, options: OcclusionOptions): Promise<Occlusion> {
  checkNames("occlusion", optionNames, options);
  const where = "occlusion";
  checkSingle(where, x);
  const shape = x.shape.slice(1);
  const window = checkWindow("window", shape, options.window ?? shape.map(() => 1));
  const stride = checkWindow("stride", shape, options.stride ?? window);
  const baseline = baselineOf(where, x, options.baseline);
  const grid = shape.map((n, axis) => Math.max(1, Math.ceil((n - window[axis]!) / stride[axis]!) + 1));
  const places = sizeOf(grid);
  const device = await deviceOr(options.device);
  const progress = new Progress(options, places + 1);
  const covered = coverOf(shape, grid, window, stride);
  const outputs = await MaskedInputs.with({ where, model, x, baseline, choice: options, device, progress }, (masked) =>
    // The first variant is the example itself.
    masked.outputs(places + 1, (i, mask) => {
      if (i > 0) covered(i - 1, (input) => mask.fill(1, input, input + 1));
    }),
  );
  const output = outputs[0]!;
  const drops = outputs.subarray(1).map((without) => output - without);
  const values = new Float64Array(sizeOf(shape));
  const counts = new Float64Array(values.length);
  for (let place = 0; place < places; place++) {
    covered(place, (input) => {
      values[input]! += drops[place]!;
      counts[input]!++;
    });
  }
  for (let i = 0; i < values.length; i++) if (counts[i]! > 0) values[i]! /= counts[i]!;
  return { values, shape, sum: sumOf(values), output, drops, grid, window, stride };
}

/** Calls back with every input, as a position in the example, that the window covers at a place. */
function coverOf(shape: Shape, grid: Shape, window: Shape, stride: Shape) {
  const strides = stridesOf(shape);
  const gridStrides = stridesOf(grid);
  return (place: number, see: (input: number) => void): void => {
    const walk = (axis: number, at: number): void => {
      if (axis === shape.length) {
        see(at);
        return;
      }
      const begin = (Math.floor(place / gridStrides[axis]!) % grid[axis]!) * stride[axis]!;
      const end = Math.min(begin + window[axis]!, shape[axis]!);
      for (let i = begin; i < end; i++) walk(axis + 1, at + i * strides[axis]!);
    };
    walk(0, 0);
  };
}

/** Sizes for every axis: those that are given are for the last ones, and the axes before are covered whole. */
function checkWindow(name: string, shape: Shape, given: Shape): Shape {
  if (given.length > shape.length) {
    const what = `the ${name} has more axes than an example: ${formatShape(given)} for ${formatShape(shape)}`;
    throw new ShapeError("shape-mismatch", "occlusion", what);
  }
  const sizes = [...shape.slice(0, shape.length - given.length), ...given];
  const wrong = sizes.findIndex((n, axis) => !(Number.isInteger(n) && n >= 1 && n <= Math.max(1, shape[axis]!)));
  if (wrong < 0) return sizes;
  const what = `${name} must be whole numbers from 1 up to the example's ${formatShape(shape)}, got ${formatShape(given)}`;
  throw new UsageError("invalid-option", "occlusion", what, { details: { axis: wrong } });
}
