import type { Device } from "../backends/backend.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import type { Loss } from "../loss/reduction.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import { ones } from "../tensor/create.ts";
import { deviceOr } from "../tensor/device.ts";
import { gradientsOf } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { CallNames } from "./calls.ts";
import { runOnce } from "./with-compiled.ts";
import { presentParams } from "./with-weights.ts";

export interface CaptureOptions {
  /** With it, and `targets`, gradients are captured too. */
  readonly loss?: Loss | undefined;
  readonly targets?: Tensor | undefined;
  /** Where to run; the default device otherwise. */
  readonly device?: Device | undefined;
}

/** What went into a layer and came out of it. A layer that is called twice gives a second entry, `path#2`. */
export interface LayerCapture {
  readonly path: string;
  readonly input: Tensor;
  readonly output: Tensor;
  /** Gradient of the loss for the output, if a loss was given. */
  readonly outputGrad?: Tensor;
}

export interface Capture {
  /** In the order in which the layers finished: containers after what they hold. */
  readonly layers: ReadonlyMap<string, LayerCapture>;
  readonly output: Tensor;
  readonly loss?: Tensor;
  readonly inputGrad?: Tensor;
  /** Gradient of the loss for each parameter, by path. */
  readonly paramGrads?: Readonly<Record<string, Tensor>>;
}

const optionNames: OptionNames<CaptureOptions> = { loss: true, targets: true, device: true };

/**
 * Runs the model once, as in evaluation, and keeps every activation; with a loss, every gradient too. The numbers are
 * those of the run itself, not of a second computation.
 *
 * @param x inputs as the network sees them (after preprocessing): [batch, ...]
 */
export async function capture(model: Layer, x: Tensor, options: CaptureOptions = {}): Promise<Capture> {
  checkNames("capture", optionNames, options);
  const { loss, targets } = options;
  const device = await deviceOr(options.device);
  const paths: string[] = [];
  const paramPaths = [...presentParams(model).keys()];
  const result = await runOnce(
    device,
    (input: Tensor) => {
      const calls: { input: Tensor; output: Tensor }[] = [];
      const names = new CallNames();
      const onCall = (path: string, into: Tensor, output: Tensor): void => {
        paths.push(names.next(path));
        calls.push({ input: into, output });
      };
      const output = model.call(input, new Run({ onCall }));
      if (loss === undefined || targets === undefined) return { calls, output };
      const value = loss(output, targets);
      const seed = ones(value.shape, { dtype: value.dtype });
      const weights = [...presentParams(model).values()];
      const wrt = [input, ...weights, ...calls.map((call) => call.output)];
      const [inputGrad, ...grads] = gradientsOf([value], [seed], wrt);
      const paramGrads = grads.slice(0, weights.length);
      return {
        calls,
        output,
        loss: value,
        inputGrad: inputGrad!,
        paramGrads,
        outputGrads: grads.slice(weights.length),
      };
    },
    x,
  );
  const layers = new Map<string, LayerCapture>();
  result.calls.forEach((call, i) => {
    const outputGrad = result.outputGrads?.[i];
    layers.set(paths[i]!, { path: paths[i]!, ...call, ...(outputGrad && { outputGrad }) });
  });
  if (result.loss === undefined) return { layers, output: result.output };
  const paramGrads = Object.fromEntries(paramPaths.map((path, i) => [path, result.paramGrads![i]!]));
  return { layers, output: result.output, loss: result.loss, inputGrad: result.inputGrad!, paramGrads };
}
