import {
  Activation,
  activationCurve,
  type Backpropagation,
  fromArray,
  type Layer,
  type Optimizer,
  paramsOf,
  Rescale,
  scalar,
  sigmoid,
  softmax,
  type TypedArray,
  zeros,
} from "glassnet";
import { give } from "../../worker/handler.ts";
import type { Session } from "../../worker/session.ts";
import type { Pass } from "./bench.ts";
import { pictureWidth } from "./picture-width.ts";
import { denseTargets } from "./question.ts";

/** @file The matrices of an operation: what goes in, and what comes out. */

/** What a matrix holds; the page has a symbol and a name for each. */
export type MatrixRole =
  | ("weights" | "input" | "bias" | "sum" | "activation" | "same" | "output" | "target" | "probability" | "singleLoss")
  | ("outputGrad" | "sumGrad" | "slope" | "inputGrad" | "inputs" | "weightGrad" | "change" | "newWeights" | "weightsT");

export interface Matrix {
  readonly role: MatrixRole;
  readonly rows: number;
  readonly columns: number;
  /** Row by row. */
  readonly data: Float32Array<ArrayBuffer>;
  /** A vector whose numbers are pixels of a picture so wide. */
  readonly width?: number;
}

const part = (data: ArrayLike<number>, example: number, size: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: size }, (_, i) => data[example * size + i]!);

const column = (role: MatrixRole, data: Float32Array<ArrayBuffer>, width?: number): Matrix => ({
  ...{ role, rows: data.length, columns: 1, data: give(data) },
  ...(width !== undefined && { width }),
});

/** Weights and biases side by side: the bias is the weight of an input that is always 1. */
function besideBias(weights: ArrayLike<number>, biases: ArrayLike<number> | undefined, rows: number) {
  const columns = weights.length / rows;
  const wide = columns + (biases === undefined ? 0 : 1);
  const data = new Float32Array(rows * wide);
  for (let u = 0; u < rows; u++) {
    for (let i = 0; i < columns; i++) data[u * wide + i] = weights[u * columns + i]!;
    if (biases !== undefined) data[u * wide + columns] = biases[u]!;
  }
  return { rows, columns: wide, data: give(data) };
}

const transposed = (data: ArrayLike<number>, rows: number, columns: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: rows * columns }, (_, k) => data[(k % rows) * columns + Math.floor(k / rows)]!);

export const named = (call: Backpropagation["calls"][number], name: string) =>
  call.params.find((param) => param.name === name);

/** The slopes of an activation at a unit's weighted sums, by the library; 0 for silenced units. */
export function slopesOf(layer: Activation, z: ArrayLike<number>, silenced: readonly number[]): Float64Array {
  const { slopes } = activationCurve(layer.name, z);
  for (const unit of silenced) slopes[unit] = 0;
  return slopes;
}

/** Units of a linear layer that were silenced by hand. */
export const silencedIn = (session: Session, layer: string | null): readonly number[] =>
  session.info().model.layers.find(({ path }) => path === layer)?.silenced ?? [];

/** Whether each output stands for itself in the activation: not so for softmax. */
export const isElementwise = ({ name }: Activation): boolean => name !== "softmax" && name !== "logSoftmax";

/** What the loss makes of the outputs of all examples: targets, probabilities where it has them, and single losses. */
export async function lossParts(session: Session, { question, record, batch }: Pass) {
  const outputs = record.output.data.length / batch;
  const { device, settings } = session;
  const y = fromArray({ dtype: "f32", shape: [batch, outputs], data: Float32Array.from(record.output.data) });
  const probabilities =
    settings.loss === "crossEntropy" ? softmax(y) : settings.loss === "binaryCrossEntropy" ? sigmoid(y) : null;
  const single = question.loss(y, question.targets, { reduction: "none" });
  return {
    outputs,
    targets: await denseTargets(question, outputs, session),
    probabilities: probabilities && Float32Array.from((await probabilities.data({ device })) as TypedArray),
    losses: Float32Array.from((await single.data({ device })) as TypedArray),
  };
}

/** What the optimizer makes of a parameter: the weights after the step, by its own rule. */
export async function updatedParam(session: Session, model: Layer, path: string, grad: TypedArray, rate: number) {
  const { teacher, device } = session;
  const rule: Optimizer = teacher.optimizer();
  const { value } = paramsOf(model).get(path)!;
  const kept = await teacher.slots();
  const slots = Object.fromEntries(
    rule.slots.map((name) => {
      const found = kept[`${path}/${name}`];
      return [name, found === undefined ? zeros(value.shape, { dtype: value.dtype }) : fromArray(found)];
    }),
  );
  const numbers = Object.entries(rule.scalars(teacher.stepsOfRule + 1, rate));
  const scalars = Object.fromEntries(numbers.map(([name, x]) => [name, scalar(x, { dtype: value.dtype })]));
  const [after] = rule.update(
    value,
    fromArray({ dtype: "f32", shape: value.shape, data: grad as Float32Array }),
    slots,
    scalars,
  );
  return (await after.data({ device })) as TypedArray;
}

/** The matrices of one operation for one example of the batch. The last is what the operation gives. */
export async function matricesOf(session: Session, pass: Pass, at: number, focus: number): Promise<Matrix[]> {
  const { record, calls, tape, batch } = pass;
  const { kind, call: index } = tape[at]!;
  const outputs = record.output.data.length / batch;
  if (index === null) {
    const { targets, probabilities, losses } = await lossParts(session, pass);
    const given = [
      column("output", part(record.output.data, focus, outputs)),
      ...(probabilities === null ? [] : [column("probability", part(probabilities, focus, outputs))]),
      column("target", part(targets, focus, outputs)),
    ];
    const perExample = losses.length / batch;
    const result =
      kind === "loss"
        ? column("singleLoss", part(losses, focus, perExample))
        : column("outputGrad", part(record.outputGrad.data, focus, outputs));
    return [...given, result];
  }
  const call = record.calls[index]!;
  const { inSize, outSize, linear } = calls[index]!;
  const isFirst = calls.slice(0, index).every((before) => before.kind === "flatten");
  const width = isFirst ? pictureWidth(session.project.inputShape) : undefined;
  const input = (role: MatrixRole): Matrix => column(role, part(call.input.data, focus, inSize), width);
  const arriving = column("sumGrad", part(call.outputGrad.data, focus, outSize));
  if (calls[index]!.kind === "linear") {
    const weight = named(call, "weight")!;
    const bias = named(call, "bias");
    switch (kind) {
      case "forward":
        return [
          { role: "weights", rows: outSize, columns: inSize, data: give(Float32Array.from(weight.data)) },
          input("input"),
          ...(bias === undefined ? [] : [column("bias", Float32Array.from(bias.data))]),
          column("sum", part(call.output.data, focus, outSize)),
        ];
      case "weights":
        return [
          {
            role: "sumGrad",
            rows: outSize,
            columns: batch,
            data: give(transposed(call.outputGrad.data, outSize, batch)),
          },
          { role: "inputs", rows: batch, columns: inSize, data: give(Float32Array.from(call.input.data)) },
          { role: "weightGrad", ...besideBias(weight.grad, bias?.grad, outSize) },
        ];
      case "back":
        return [
          { role: "weightsT", rows: inSize, columns: outSize, data: give(transposed(weight.data, inSize, outSize)) },
          arriving,
          column("inputGrad", part(call.inputGrad!.data, focus, inSize), width),
        ];
      case "update":
      case "slope":
      case "loss":
      case "lossGrad": {
        const rate = session.teacher.learningRate;
        const after = await updatedParam(session, pass.question.model, weight.path, weight.grad, rate);
        const biasAfter = bias && (await updatedParam(session, pass.question.model, bias.path, bias.grad, rate));
        const change = (to: ArrayLike<number>, from: ArrayLike<number>) =>
          Float32Array.from(from as TypedArray, (before, i) => to[i]! - before);
        return [
          { role: "weights", ...besideBias(weight.data, bias?.data, outSize) },
          { role: "weightGrad", ...besideBias(weight.grad, bias?.grad, outSize) },
          {
            role: "change",
            ...besideBias(change(after, weight.data), biasAfter && change(biasAfter, bias!.data), outSize),
          },
          { role: "newWeights", ...besideBias(after, biasAfter, outSize) },
        ];
      }
    }
  }
  const isActivation = call.layer instanceof Activation;
  if (kind === "forward") {
    const result = column(isActivation ? "activation" : "same", part(call.output.data, focus, outSize), width);
    return [input(isActivation ? "sum" : "input"), result];
  }
  const handed =
    call.inputGrad === undefined ? [] : [column("inputGrad", part(call.inputGrad.data, focus, inSize), width)];
  const z = part(call.input.data, focus, inSize);
  const given = { ...arriving, role: "outputGrad" as const };
  if (call.layer instanceof Activation && isElementwise(call.layer)) {
    const slopes = Float32Array.from(slopesOf(call.layer, z, silencedIn(session, linear)));
    return [given, column("slope", slopes), ...handed];
  }
  if (call.layer instanceof Rescale)
    return [given, column("slope", Float32Array.from(scalesOf(call.layer, inSize))), ...handed];
  return [given, ...handed];
}

/** The factor of each number that goes through a `Rescale`. */
export const scalesOf = ({ scale }: Rescale, size: number): number[] =>
  Array.from({ length: size }, (_, i) => (typeof scale === "number" ? scale : scale[i % scale.length]!));
