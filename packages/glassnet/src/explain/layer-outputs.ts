import { allocate, type TypedArray } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { formatType, type Shape, sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { encode } from "../data/encode.ts";
import { Flatten } from "../nn/flatten.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import { elementsOf } from "../tensor/compute.ts";
import { deviceOr } from "../tensor/device.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { CallNames, layersByPath, missingCall, pathOfCall } from "./calls.ts";
import { rowsOf } from "./data-pass.ts";
import { type LongWork, longWorkNames, Progress } from "./long-work.ts";
import { withCompiled } from "./with-compiled.ts";

export interface LayerOutputsOptions extends LongWork {
  /**
   * Which layers, by path (`path#2` is a second call); "input" is what the network reads. By default "input" and every
   * layer that holds no others and changes what it reads.
   */
  readonly layers?: readonly string[] | undefined;
  /** Rows of one run; it changes speed and memory. 256 by default. */
  readonly batchSize?: number | undefined;
}

/** What a layer gave for every row of a data set. */
export interface LayerOutput {
  /** [rows, ...] */
  readonly shape: Shape;
  readonly data: TypedArray;
}

/** The name under which the input of the network is found among layers. */
export const INPUT = "input";

const optionNames: OptionNames<LayerOutputsOptions> = { ...longWorkNames, layers: true, batchSize: true };

/**
 * What layers give for every row of a data set, as in evaluation.
 *
 * @throws UsageError listing the calls that the model makes, for one that it does not; the signal's reason if stopped.
 * @example const hidden = (await layerOutputs(model, digits.test, { layers: ["layers.2"] })).get("layers.2");
 */
export function layerOutputs(
  model: Layer,
  data: Dataset,
  options: LayerOutputsOptions = {},
): Promise<Map<string, LayerOutput>> {
  checkNames("layerOutputs", optionNames, options);
  return collectOutputs("layerOutputs", model, data, options);
}

/** `layerOutputs` on behalf of another function. */
export async function collectOutputs(
  where: string,
  model: Layer,
  data: Dataset,
  options: LayerOutputsOptions,
): Promise<Map<string, LayerOutput>> {
  const found = new Map<string, { shape: Shape; data: TypedArray }>();
  await eachLayerOutput(
    where,
    model,
    data,
    options,
    (x) => x,
    (name, output, first) => {
      const row = sizeOf(output.shape.slice(1));
      const shape = [data.size, ...output.shape.slice(1)];
      const all = found.get(name) ?? { shape, data: allocate(output.dtype, sizeOf(shape)) };
      found.set(name, all);
      all.data.set(output.stored!, first * row);
    },
  );
  return found;
}

/** Calls `see` with what `reduce` (in the traced program) makes of each layer's output, batch by batch. */
export async function eachLayerOutput(
  where: string,
  model: Layer,
  data: Dataset,
  options: LayerOutputsOptions,
  reduce: (output: Tensor) => Tensor,
  see: (name: string, output: Tensor, first: number) => void,
): Promise<void> {
  const device = await deviceOr(options.device);
  const progress = new Progress(options, data.size);
  let names: readonly string[] = [];
  const run = (inputs: Tensor): Tensor[] => {
    const found = callsOf(where, model, encode(data.preprocessing, inputs), options.layers);
    names = [...found.keys()];
    return [...found.values()].map(reduce);
  };
  await withCompiled(device, run, async (compiled) => {
    for (const { inputs, first, size } of rowsOf(where, data, options.batchSize)) {
      const outputs = await compiled(inputs);
      await elementsOf(outputs, { device });
      outputs.forEach((output, i) => {
        see(names[i]!, output, first);
      });
      await progress.advance(size);
    }
  });
}

/** What was wanted of one run. Called inside a trace. */
function callsOf(where: string, model: Layer, x: Tensor, wanted: readonly string[] | undefined): Map<string, Tensor> {
  const layers = layersByPath(model);
  const names = new CallNames();
  const made = new Map<string, Tensor>([[INPUT, x]]);
  const telling = new Map<string, Tensor>([[INPUT, x]]);
  const onCall = (path: string, input: Tensor, output: Tensor): void => {
    const name = names.next(path);
    made.set(name, output);
    const layer = layers.get(pathOfCall(path, layers));
    const isLeaf = layer !== undefined && layersByPath(layer).size === 1;
    if (isLeaf && output !== input && !(layer instanceof Flatten)) telling.set(name, output);
  };
  model.call(x, new Run({ onCall }));
  const chosen = wanted === undefined ? telling : new Map(wanted.map((name) => [name, made.get(name)]));
  for (const [name, output] of chosen) {
    if (output === undefined) missingCall(where, name, [...made.keys()]);
    if (output.shape[0] === x.shape[0]) continue;
    throw new ShapeError("shape-mismatch", where, `layer "${name}" gives no row for each input`, {
      operands: { input: formatType(x), output: formatType(output) },
    });
  }
  return chosen as Map<string, Tensor>;
}
