import { ADAM } from "../workloads/answer.ts";
import { CLASSES, type LayerSpec, type Network, paramSpecs, product } from "../workloads/network.ts";
import type { OptimizerSpec } from "../workloads/workload.ts";
import { OnnxGraph } from "./onnx-model.ts";

/**
 * @file A training step as an ONNX graph: forward, backward and update are ordinary operations, since the runtime
 * differentiates nothing. Inputs are the batch and the state, outputs the loss and the next state.
 */

/** A tensor that one run gives and the next one takes: it enters as `name` and leaves as `next name`. */
export interface StateSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Index of the initial parameter it begins with; zeros otherwise. */
  readonly param?: number;
}

export interface TrainingModel {
  readonly bytes: Uint8Array;
  readonly states: readonly StateSpec[];
}

export const nextOf = (name: string): string => `next ${name}`;

/** Gradients of a layer: of its input, if anybody wants it, and of its parameters. */
interface Grads {
  readonly input?: string;
  readonly params: readonly string[];
}

/** The value of a layer, and how gradients go back through it. */
interface Applied {
  readonly value: string;
  readonly shape: readonly number[];
  readonly backward: (grad: string, wantsInput: boolean) => Grads;
}

/** Whether `trainingModel` can write it. */
export const isWritable = (network: Network): boolean => network.layers.every(({ kind }) => kind !== "transformer");

export function trainingModel(network: Network, batch: number, optimizer: OptimizerSpec): TrainingModel {
  const graph = new OnnxGraph();
  const states: StateSpec[] = [];
  const state = (name: string, shape: readonly number[], param?: number): string => {
    states.push({ name, shape, ...(param !== undefined && { param }) });
    return graph.input(name, shape);
  };
  let count = 0;
  const params = network.layers.map((layer) =>
    paramSpecs(layer).map(({ shape }) => ({ name: state(`p${count}`, shape, count), index: count++, shape })),
  );
  const targets = graph.input("targets", [batch, CLASSES]); // one-hot

  let value = graph.input("inputs", [batch, ...network.inputShape]);
  let shape: readonly number[] = [batch, ...network.inputShape];
  const applied = network.layers.map((layer, i) => {
    const result = apply(
      graph,
      layer,
      value,
      shape,
      params[i]!.map(({ name }) => name),
    );
    ({ value, shape } = result);
    return result;
  });

  const logs = graph.add("LogSoftmax", [value], { axis: -1 });
  const picked = graph.add("ReduceSum", [graph.add("Mul", [logs, targets])], { keepdims: 0 });
  graph.output("loss", graph.add("Mul", [picked, graph.scalar(-1 / batch)]), []);
  const error = graph.add("Sub", [graph.add("Exp", [logs]), targets]);
  let grad = graph.add("Mul", [error, graph.scalar(1 / batch)]);

  const update = updater(graph, optimizer, state);
  for (let i = applied.length - 1; i >= 0; i--) {
    const { input, params: grads } = applied[i]!.backward(grad, i > 0);
    for (const [k, param] of params[i]!.entries()) update(param, grads[k]!);
    if (input !== undefined) grad = input;
  }
  return { bytes: graph.finish(), states };
}

/** Adam alone, on one tensor with the gradient `grad`. */
export function adamModel(size: number): TrainingModel {
  const graph = new OnnxGraph();
  const states: StateSpec[] = [{ name: "p0", shape: [size], param: 0 }];
  const state = (name: string, shape: readonly number[]): string => {
    states.push({ name, shape });
    return graph.input(name, shape);
  };
  const param = { name: graph.input("p0", [size]), index: 0, shape: [size] };
  const update = updater(graph, { kind: "adam", learningRate: ADAM.learningRate }, state);
  update(param, graph.input("grad", [size]));
  return { bytes: graph.finish(), states };
}

interface ParamValue {
  readonly name: string;
  readonly index: number;
  readonly shape: readonly number[];
}

/** Scalars that Adam takes anew at every step: η/(1−β₁ᵗ) and 1/√(1−β₂ᵗ). */
export function adamScalars(t: number): { readonly rate: number; readonly rootCorrection: number } {
  return { rate: ADAM.learningRate / (1 - ADAM.beta1 ** t), rootCorrection: 1 / Math.sqrt(1 - ADAM.beta2 ** t) };
}

function updater(
  graph: OnnxGraph,
  { kind, learningRate }: OptimizerSpec,
  state: (name: string, shape: readonly number[]) => string,
): (param: ParamValue, grad: string) => void {
  const op = (name: string, ...inputs: readonly string[]): string => graph.add(name, inputs);
  if (kind === "sgd") {
    const rate = graph.scalar(learningRate);
    return ({ name, shape }, grad) => {
      graph.output(nextOf(name), op("Sub", name, op("Mul", grad, rate)), shape);
    };
  }
  const { beta1, beta2, epsilon } = ADAM;
  const [b1, b2, rest1, rest2, eps] = [beta1, beta2, 1 - beta1, 1 - beta2, epsilon].map((x) => graph.scalar(x)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const rate = graph.input("rate", []);
  const rootCorrection = graph.input("rootCorrection", []);
  return ({ name, index, shape }, grad) => {
    const [m, v] = [`m${index}`, `v${index}`];
    const nextM = op("Add", op("Mul", state(m, shape), b1), op("Mul", grad, rest1));
    const nextV = op("Add", op("Mul", state(v, shape), b2), op("Mul", op("Mul", grad, grad), rest2));
    const root = op("Add", op("Mul", op("Sqrt", nextV), rootCorrection), eps);
    graph.output(nextOf(name), op("Sub", name, op("Div", op("Mul", nextM, rate), root)), shape);
    graph.output(nextOf(m), nextM, shape);
    graph.output(nextOf(v), nextV, shape);
  };
}

function sumOver(graph: OnnxGraph, x: string, axes: readonly number[]): string {
  return graph.add("ReduceSum", [x, graph.constant(axes, [axes.length], "int64")], { keepdims: 0 });
}

/** One layer on x of `shape`. */
export function apply(
  graph: OnnxGraph,
  layer: LayerSpec,
  x: string,
  shape: readonly number[],
  params: readonly string[],
): Applied {
  const batch = shape[0]!;
  switch (layer.kind) {
    case "linear": {
      const [weight, bias] = params as [string, string];
      return {
        value: graph.add("Gemm", [x, weight, bias], { transB: 1 }),
        shape: [batch, layer.out],
        backward: (grad, wantsInput) => ({
          ...(wantsInput && { input: graph.add("Gemm", [grad, weight]) }),
          params: [graph.add("Gemm", [grad, x], { transA: 1 }), sumOver(graph, grad, [0])],
        }),
      };
    }
    case "conv": {
      const [weight, bias] = params as [string, string];
      const { padding, kernel } = layer;
      const pads = [padding, padding, padding, padding];
      const [, , height, width] = shape as readonly [number, number, number, number];
      const grown = 2 * padding - kernel + 1;
      const swap = (y: string): string => graph.add("Transpose", [y], { perm: [1, 0, 2, 3] });
      return {
        value: graph.add("Conv", [x, weight, bias], { kernel_shape: [kernel, kernel], pads }),
        shape: [batch, layer.out, height + grown, width + grown],
        // The kernel's gradient correlates input and gradient, with the batch in place of the channels.
        backward: (grad, wantsInput) => ({
          ...(wantsInput && {
            input: graph.add("ConvTranspose", [grad, weight], { kernel_shape: [kernel, kernel], pads }),
          }),
          params: [swap(graph.add("Conv", [swap(x), swap(grad)], { pads })), sumOver(graph, grad, [0, 2, 3])],
        }),
      };
    }
    case "relu": {
      const value = graph.add("Relu", [x]);
      return {
        value,
        shape,
        backward: (grad) => {
          const zero = graph.scalar(0);
          return { input: graph.add("Where", [graph.add("Greater", [value, zero]), grad, zero]), params: [] };
        },
      };
    }
    case "maxPool": {
      const [, channels, height, width] = shape as readonly [number, number, number, number];
      const window = { kernel_shape: [2, 2], strides: [2, 2] };
      const [value, indices] = graph.addMany("MaxPool", [x], 2, window) as [string, string];
      return {
        value,
        shape: [batch, channels, Math.floor(height / 2), Math.floor(width / 2)],
        backward: (grad) => ({
          input: graph.add("MaxUnpool", [grad, indices, graph.constant(shape, [shape.length], "int64")], window),
          params: [],
        }),
      };
    }
    case "flatten": {
      const flat = [batch, product(shape.slice(1))];
      const reshape = (y: string, to: readonly number[]): string =>
        graph.add("Reshape", [y, graph.constant(to, [to.length], "int64")]);
      return {
        value: reshape(x, flat),
        shape: flat,
        backward: (grad) => ({ input: reshape(grad, shape), params: [] }),
      };
    }
    case "transformer":
      throw new Error("the gradient of a transformer is not written as an ONNX graph here");
  }
}
