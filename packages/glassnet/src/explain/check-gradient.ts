import type { Device, LoadedProgram } from "../backends/backend.ts";
import { alternatives, UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { sizeOf } from "../core/shape.ts";
import type { Loss } from "../loss/reduction.ts";
import type { Layer } from "../nn/layer.ts";
import { deviceOr } from "../tensor/device.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { DoubleLoss, noiseOf, STEPS, TOLERANCE } from "./double-loss.ts";

export interface CheckGradientOptions {
  readonly loss: Loss;
  readonly targets: Tensor;
  /** Path of the parameter, such as `layers.1.weight`. */
  readonly param: string;
  /** Which of its entries, laid end to end. */
  readonly index: number;
  /** Where to compute; the default device otherwise. It must know f64. */
  readonly device?: Device | undefined;
}

/** One gradient beside the difference quotient of the loss, (above − below) / 2h, both in f64. */
export interface EntryCheck {
  /** The library's gradient. */
  readonly analytic: number;
  /** The difference quotient. */
  readonly numeric: number;
  /** How far the entry was moved, h. */
  readonly step: number;
  /** The loss as it is, and with the entry moved up and down by h. */
  readonly loss: number;
  readonly above: number;
  readonly below: number;
  /** |analytic − numeric| / max(|analytic|, |numeric|); 0 if both are 0. */
  readonly relativeError: number;
  /** Decimal figures in which the two agree, 15 at most. */
  readonly digits: number;
  /** Whether they agree to 1e-6 of their size, or as well as the rounding of the loss lets one see. */
  readonly agrees: boolean;
}

const optionNames: OptionNames<CheckGradientOptions> = {
  loss: true,
  targets: true,
  param: true,
  index: true,
  device: true,
};

/**
 * Compares one gradient of the loss for a batch with finite differences, in f64: the entry is moved up and down, and the loss is
 * computed anew.
 *
 * @param x inputs as the network sees them: [batch, ...]
 * @throws UsageError for a parameter or an entry that there is not.
 * @example const { analytic, numeric, digits } = await checkGradient(model, x, { loss, targets, param: "layers.1.weight", index: 5 });
 * @see `checkGradients`, for all of them.
 */
export async function checkGradient(model: Layer, x: Tensor, options: CheckGradientOptions): Promise<EntryCheck> {
  checkNames("checkGradient", optionNames, options);
  const where = "checkGradient";
  const { loss, targets, param: path, index } = options;
  const device = await deviceOr(options.device);
  return DoubleLoss.with({ where, model, x, loss, targets, device }, async (double) => {
    const param = double.params.get(path);
    if (param === undefined) {
      const what = `the model has no parameter "${path}": expected ${alternatives([...double.params.keys()])}`;
      throw new UsageError("invalid-option", where, what);
    }
    checkEntry(where, path, index, sizeOf(param.shape));
    const { grads, loss: at } = await double.gradients();
    const analytic = grads[[...double.params.keys()].indexOf(path)]![index]!;
    const program = await double.entryMoved(param);
    let best: EntryCheck | undefined;
    for (const step of STEPS) {
      const check = { ...(await differenceOf(device, program, index, step, analytic)), loss: at };
      if (check.agrees) return check;
      if (best === undefined || check.relativeError < best.relativeError) best = check;
    }
    return best!;
  });
}

/** @throws UsageError unless a parameter of this size has such an entry. */
export function checkEntry(where: string, path: string, index: number, size: number): void {
  if (Number.isInteger(index) && index >= 0 && index < size) return;
  const what = `index must be 0 to ${size - 1} in ${path}, got ${index}`;
  throw new UsageError("invalid-option", where, what, { details: { path, index, size } });
}

async function differenceOf(
  device: Device,
  program: LoadedProgram,
  entry: number,
  step: number,
  analytic: number,
): Promise<Omit<EntryCheck, "loss">> {
  const rows = { index: Int32Array.of(entry, entry), delta: Float64Array.of(step, -step) };
  const { perStep } = await device.run(program, { steps: 2, rows });
  const [above, below] = [perStep.loss![0]!, perStep.loss![1]!];
  const numeric = (above - below) / (2 * step);
  const difference = Math.abs(analytic - numeric);
  const size = Math.max(Math.abs(analytic), Math.abs(numeric));
  const relativeError = difference === 0 ? 0 : difference / size;
  const digits = relativeError === 0 ? 15 : Math.max(0, Math.min(15, Math.floor(-Math.log10(relativeError))));
  const agrees = difference <= TOLERANCE * size + noiseOf(above, step);
  return { analytic, numeric, step, above, below, relativeError, digits, agrees };
}
