import type { Device, LoadedProgram } from "../backends/backend.ts";
import { Pace } from "../backends/pace.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { Rng } from "../core/random.ts";
import { sizeOf } from "../core/shape.ts";
import type { Loss } from "../loss/reduction.ts";
import type { Layer } from "../nn/layer.ts";
import { deviceOr } from "../tensor/device.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { DoubleLoss, noiseOf, STEPS, TOLERANCE } from "./double-loss.ts";

/** How well the gradients of one parameter agree with finite differences. */
export interface GradientCheck {
  readonly path: string;
  readonly size: number;
  /** Entries whose gradient is not 0: each was compared by itself. */
  readonly compared: number;
  /** Entries whose gradient is exactly 0: moved all together, in random directions, they must not change the loss. */
  readonly zeros: number;
  /** Largest |analytic − numeric| / max(|analytic|, |numeric|, scale), with the parameter's largest gradient / 1000 as scale. */
  readonly maxError: number;
  /** Where it was: index into the parameter, laid end to end. */
  readonly worst?: { readonly index: number; readonly analytic: number; readonly numeric: number };
  /** Largest slope found among the zeros; 0 if they are right. */
  readonly zeroSlope: number;
  /**
   * Whether every entry agrees to 1e-6 of its size, or as well as the rounding of the loss lets one see: where a network
   * is sure of its answer, gradients are so small that their last digits drown in it.
   */
  readonly agrees: boolean;
}

export interface CheckOptions {
  readonly loss: Loss;
  readonly targets: Tensor;
  /** Where to compute; the default device otherwise. It must know f64. */
  readonly device?: Device | undefined;
  /** Called as the comparison goes on. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const DIRECTIONS = 8;

const optionNames: OptionNames<CheckOptions> = { loss: true, targets: true, device: true, onProgress: true };

/**
 * Compares every gradient of the loss for one batch with finite differences, in f64: each entry that is not 0 is moved
 * up and down by itself. Entries that the library says are 0 (a black pixel's weights, a dead unit's) are moved together.
 *
 * @param x inputs as the network sees them: [batch, ...]
 */
export async function checkGradients(model: Layer, x: Tensor, options: CheckOptions): Promise<GradientCheck[]> {
  checkNames("checkGradients", optionNames, options);
  const { loss, targets, onProgress } = options;
  const device = await deviceOr(options.device);
  return DoubleLoss.with({ where: "checkGradients", model, x, loss, targets, device }, async (double) => {
    const { grads } = await double.gradients();
    let total = 0;
    for (const grad of grads) for (const g of grad) if (g !== 0) total++;
    let done = 0;
    const report = (n: number) => {
      done += n;
      onProgress?.(done, total);
    };
    const results: GradientCheck[] = [];
    for (const [path, param] of double.params) {
      const single = await double.entryMoved(param);
      const together = await double.allMoved(param);
      results.push(await checkOne(device, path, grads[results.length]!, sizeOf(param.shape), single, together, report));
    }
    return results;
  });
}

async function checkOne(
  device: Device,
  path: string,
  grad: Float64Array,
  size: number,
  single: LoadedProgram,
  together: LoadedProgram,
  report: (n: number) => void,
): Promise<GradientCheck> {
  const alive: number[] = [];
  const zeros: number[] = [];
  grad.forEach((g, i) => {
    (g === 0 ? zeros : alive).push(i);
  });
  const largest = grad.reduce((max, g) => Math.max(max, Math.abs(g)), 0);
  const scale = Math.max(largest / 1000, 1e-12);

  let maxError = 0;
  let worst: GradientCheck["worst"];
  let agrees = true;
  const compare = async (entries: readonly number[], [step, ...smaller]: readonly number[]): Promise<void> => {
    const again: number[] = [];
    await eachSlope(device, single, entries, step!, (entry, numeric, loss) => {
      const analytic = grad[entry]!;
      const size = Math.max(Math.abs(analytic), Math.abs(numeric), scale);
      const difference = Math.abs(analytic - numeric);
      const isClose = difference <= TOLERANCE * size + noiseOf(loss, step!);
      if (!isClose && smaller.length > 0) {
        again.push(entry);
        return;
      }
      agrees &&= isClose;
      const error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / size;
      if (error > maxError || worst === undefined) {
        maxError = error;
        worst = { index: entry, analytic, numeric };
      }
      report(1);
    });
    if (again.length > 0) await compare(again, smaller);
  };
  await compare(alive, STEPS);

  let zeroSlope = 0;
  const rng = Rng.seeded(0).fold(path);
  const step = STEPS.at(-1)!;
  for (let k = 0; k < (zeros.length > 0 ? DIRECTIONS : 0); k++) {
    const up = new Float64Array(size);
    for (const entry of zeros) up[entry] = rng.next() < 0.5 ? step : -step;
    const direction = new Float64Array(2 * size);
    direction.set(up);
    direction.set(
      up.map((d) => -d),
      size,
    );
    const { perStep } = await device.run(together, { steps: 2, rows: { direction } });
    const [above, below] = [perStep.loss![0]!, perStep.loss![1]!];
    const slope = Math.abs(above - below) / (2 * step);
    agrees &&= slope <= noiseOf(above, step);
    zeroSlope = Math.max(zeroSlope, Number.isNaN(slope) ? Number.POSITIVE_INFINITY : slope);
  }
  return {
    path,
    size,
    compared: alive.length,
    zeros: zeros.length,
    maxError,
    ...(worst && { worst }),
    zeroSlope,
    agrees,
  };
}

/** The slope of the loss along each entry by itself, a few entries a call. */
async function eachSlope(
  device: Device,
  single: LoadedProgram,
  entries: readonly number[],
  step: number,
  see: (entry: number, slope: number, loss: number) => void,
): Promise<void> {
  const pace = new Pace();
  for (let begin = 0; begin < entries.length; ) {
    const count = Math.max(1, Math.floor(pace.steps(2 * (entries.length - begin)) / 2));
    const batch = entries.slice(begin, begin + count);
    const index = Int32Array.from({ length: 2 * batch.length }, (_, i) => batch[i >> 1]!);
    const delta = Float64Array.from({ length: 2 * batch.length }, (_, i) => (i % 2 === 0 ? step : -step));
    const { perStep } = await pace.run(device, single, 2 * batch.length, { index, delta });
    const losses = perStep.loss!;
    batch.forEach((entry, i) => {
      see(entry, (losses[2 * i]! - losses[2 * i + 1]!) / (2 * step), losses[2 * i]!);
    });
    begin += batch.length;
  }
}
