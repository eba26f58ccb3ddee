import type { Device } from "../backends/backend.ts";
import { isFloat, type TypedArray } from "../core/dtype.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import type { Shape } from "../core/shape.ts";
import type { Loss } from "../loss/reduction.ts";
import { checkLoss } from "../loss/single-number.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import { elementsOf } from "../tensor/compute.ts";
import { ones } from "../tensor/create.ts";
import { deviceOr } from "../tensor/device.ts";
import { gradientsOf } from "../tensor/grad.ts";
import type { Key } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { paramsOf } from "../tensor/variable.ts";
import { CallNames, layersByPath } from "./calls.ts";
import { runOnce } from "./with-compiled.ts";
import { behind, presentParams } from "./with-weights.ts";

export interface BackpropagationOptions {
  readonly loss: Loss;
  readonly targets: Tensor;
  /** With it, layers behave as in training, such as in step 5 of a training with seed 0: `keyOf(0, 4)`. */
  readonly key?: Key | undefined;
  /** Where to compute; the default device otherwise. */
  readonly device?: Device | undefined;
}

/** Numbers with their shape. */
export interface Numbers {
  readonly shape: Shape;
  readonly data: TypedArray;
}

/** A parameter of a call, and its gradient. */
export interface ParamNumbers extends Numbers {
  /** Path in the model, such as `layers.1.weight`. */
  readonly path: string;
  /** Name in its layer, such as `weight`. */
  readonly name: string;
  /** Gradient of the loss, through all calls if the layer is called more than once. */
  readonly grad: TypedArray;
}

/** One call of a layer that holds no others: forward values, and what came back. */
export interface BackpropagationCall {
  /** Path of the layer; `path#2` is its second call. */
  readonly path: string;
  readonly layer: Layer;
  /** Whether the model calls the layer more than once: the gradients of its parameters then sum over all calls. */
  readonly isRepeated: boolean;
  readonly input: Numbers;
  readonly output: Numbers;
  /** δ: gradient of the loss for what the layer gave. */
  readonly outputGrad: Numbers;
  /** What this call hands back: the part of the gradient for its input that goes through it. Nothing for indices. */
  readonly inputGrad?: Numbers;
  /** The layer's own parameters. */
  readonly params: readonly ParamNumbers[];
}

/** A pass forward and back, call by call. */
export interface Backpropagation {
  /** In the order of the forward pass; the gradients were computed in the opposite one. */
  readonly calls: readonly BackpropagationCall[];
  readonly output: Numbers;
  /** Gradient of the loss for the model's output: where the way back begins. */
  readonly outputGrad: Numbers;
  readonly loss: number;
  /** Gradient of the loss for the inputs; nothing if they are indices. */
  readonly inputGrad?: Numbers;
}

interface Call {
  readonly path: string;
  readonly layer: Layer;
}

const optionNames: OptionNames<BackpropagationOptions> = { loss: true, targets: true, key: true, device: true };

/**
 * Runs a batch forward and back, and keeps what each call of a layer read and gave, the gradient that arrived at it, the one that
 * it handed back, and the gradients of its parameters. The numbers are those of the run itself.
 *
 * @param x inputs as the network sees them: [batch, ...]
 * @throws GraphError unless the loss is a single number.
 * @example const { calls, loss } = await backpropagation(model, x, { loss: crossEntropy, targets });
 * @see `capture`, which keeps containers too and gives tensors; Rumelhart, Hinton & Williams 1986, Nature 323.
 */
export async function backpropagation(
  model: Layer,
  x: Tensor,
  options: BackpropagationOptions,
): Promise<Backpropagation> {
  checkNames("backpropagation", optionNames, options);
  const device = await deviceOr(options.device);
  const layers = layersByPath(model);
  const owned = ownParams(model, layers);
  let calls: Call[] = [];
  const run = (input: Tensor, targets: Tensor) => {
    const made: (Call & { input: Tensor; output: Tensor })[] = [];
    const names = new CallNames();
    const onCall = (path: string, into: Tensor, output: Tensor): void => {
      const call = names.next(path);
      const layer = layers.get(path)!;
      if (layersByPath(layer).size === 1) made.push({ path: call, layer, input: into, output });
    };
    const { key } = options;
    const output = model.call(input, new Run({ onCall, training: key !== undefined, ...(key && { key }) }));
    const loss = options.loss(output, targets);
    checkLoss("backpropagation", loss);
    calls = made.map(({ path, layer }) => ({ path, layer }));
    const params = presentParams(model);
    const isDifferentiable = isFloat(input.dtype);
    const wrt = [output, ...(isDifferentiable ? [input] : []), ...made.map((call) => call.output), ...params.values()];
    const grads = gradientsOf([loss], [ones(loss.shape, { dtype: loss.dtype })], wrt);
    const first = isDifferentiable ? 2 : 1;
    const outputGrads = grads.slice(first, first + made.length);
    return {
      output,
      loss,
      outputGrad: grads[0]!,
      ...(isDifferentiable && { inputGrad: grads[1]! }),
      inputs: made.map((call) => call.input),
      outputs: made.map((call) => call.output),
      outputGrads,
      inputGrads: made.map((call, i) =>
        isFloat(call.input.dtype) ? gradientsOf([call.output], [outputGrads[i]!], [call.input]) : [],
      ),
      params: [...params.values()],
      paramGrads: grads.slice(first + made.length),
    };
  };
  const found = await runOnce(device, run, x, options.targets);
  const tensors = [found.output, found.loss, found.outputGrad, ...found.inputs, ...found.outputs, ...found.outputGrads];
  tensors.push(...found.inputGrads.flat(), ...found.params, ...found.paramGrads);
  if (found.inputGrad !== undefined) tensors.push(found.inputGrad);
  await elementsOf(tensors, { device });

  const numbers = ({ shape, stored }: Tensor): Numbers => ({ shape, data: stored! });
  const paths = [...presentParams(model).keys()];
  return {
    calls: calls.map(({ path, layer }, i): BackpropagationCall => {
      const [inputGrad] = found.inputGrads[i]!;
      return {
        path,
        layer,
        isRepeated: calls.filter((call) => call.layer === layer).length > 1,
        input: numbers(found.inputs[i]!),
        output: numbers(found.outputs[i]!),
        outputGrad: numbers(found.outputGrads[i]!),
        ...(inputGrad !== undefined && { inputGrad: numbers(inputGrad) }),
        params: (owned.get(layer) ?? []).map(({ path: param, name }) => {
          const at = paths.indexOf(param);
          return { path: param, name, ...numbers(found.params[at]!), grad: found.paramGrads[at]!.stored! };
        }),
      };
    }),
    output: numbers(found.output),
    outputGrad: numbers(found.outputGrad),
    loss: found.loss.stored![0]!,
    ...(found.inputGrad !== undefined && { inputGrad: numbers(found.inputGrad) }),
  };
}

/** The parameters of each layer, by path in the model and by name in the layer; a shared one stands at both. */
function ownParams(model: Layer, layers: ReadonlyMap<string, Layer>): Map<Layer, { path: string; name: string }[]> {
  const paths = new Map([...paramsOf(behind(model).model)].map(([path, param]) => [param, path]));
  return new Map(
    [...layers.values()].map((layer) => [
      layer,
      [...paramsOf(layer)].map(([name, param]) => ({ path: paths.get(param)!, name })),
    ]),
  );
}
