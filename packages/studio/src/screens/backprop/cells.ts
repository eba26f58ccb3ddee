import { Activation, activationCurve, openCell, Rescale, type UpdateLine } from "glassnet";
import { give } from "../../worker/handler.ts";
import type { Session } from "../../worker/session.ts";
import { StudioError } from "../../worker/trouble.ts";
import { Bench, type Pass } from "./bench.ts";
import { isElementwise, lossParts, named, scalesOf, silencedIn, slopesOf } from "./matrices.ts";
import type { QuestionParams } from "./question.ts";
import type { Op } from "./tape.ts";

/** @file One number of an operation, opened to the sum that it is. */

/** Which number: the unit (row) and the input (column) of the operation's layer. The input behind the last is the bias. */
export interface CellParams {
  /** Place on the tape. */
  readonly at: number;
  readonly focus: number;
  readonly unit: number;
  /** `null` for the input whose weight has the greatest gradient. */
  readonly index: number | null;
}

/** A number as a sum of products. */
export interface Opened {
  readonly left: Float64Array<ArrayBuffer>;
  readonly right: Float64Array<ArrayBuffer>;
  readonly products: Float64Array<ArrayBuffer>;
  readonly bias: number | null;
  /** Of the products and the bias, in f64. */
  readonly sum: number;
  /** As the library computed it. */
  readonly value: number;
  /** How far the two may differ by rounding. */
  readonly bound: number;
}

/** An activation around a point, to draw. */
export interface Curve {
  readonly z: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  readonly at: number;
  readonly value: number;
  readonly slope: number;
}

/** What the optimizer does with one entry. */
export interface Update {
  readonly before: number;
  readonly grad: number;
  readonly after: number;
  readonly rate: number;
  readonly lines: readonly UpdateLine[];
  readonly isFrozen: boolean;
}

export interface CellView {
  /** The operation that it belongs to. */
  readonly id: string;
  readonly unit: number;
  readonly index: number;
  /** What the terms run over: inputs of the layer, its units, examples of the batch, outputs; or there is one only. */
  readonly over: "inputs" | "units" | "examples" | "outputs" | "losses" | "one";
  readonly opened: Opened | null;
  readonly curve: Curve | null;
  readonly update: Update | null;
  /** For the loss and its gradient: prediction or probability, target and the share 1/N of the mean. */
  readonly loss: {
    readonly output: number;
    readonly guess: number;
    readonly target: number;
    readonly mean: number;
  } | null;
}

const POINTS = 121;
const F32_HALF_ULP = 2 ** -24;

function sumOf(
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  value: number,
  bias: number | null = null,
  bound?: number,
): Opened {
  const products = Float64Array.from(left as Float64Array, (x, i) => x * right[i]!);
  let sum = bias ?? 0;
  let size = Math.abs(sum);
  for (const product of products) {
    sum += product;
    size += Math.abs(product);
  }
  return {
    left: give(Float64Array.from(left as Float64Array)),
    right: give(Float64Array.from(right as Float64Array)),
    products: give(products),
    ...{ bias, sum, value },
    bound: bound ?? (products.length + 4) * F32_HALF_ULP * size,
  };
}

/** The input whose weight has the greatest gradient at a unit. */
function strongest(grad: ArrayLike<number>, x: ArrayLike<number>, unit: number, inputs: number): number {
  let best = 0;
  for (let i = 1; i < inputs; i++) {
    if (Math.abs(grad[unit * inputs + i]!) > Math.abs(grad[unit * inputs + best]!)) best = i;
  }
  if (grad[unit * inputs + best] !== 0) return best;
  let brightest = 0; // a unit that is switched off: the greatest input says more than the first
  for (let i = 1; i < inputs; i++) if (Math.abs(x[i]!) > Math.abs(x[brightest]!)) brightest = i;
  return brightest;
}

const clamp = (x: number, count: number): number => Math.max(0, Math.min(count - 1, x));

/** @throws StudioError "not-there" for an operation that the tape does not have. */
export async function cellOf(session: Session, question: QuestionParams, params: CellParams): Promise<CellView> {
  const bench = Bench.of(session);
  const pass = await bench.pass(session, question);
  const op = pass.tape[params.at];
  if (op === undefined)
    throw new StudioError("not-there", `the tape has ${pass.tape.length} operations, got ${params.at}`);
  const focus = clamp(params.focus, pass.batch);
  const { id } = op;
  if (op.call === null) return lossCell(session, pass, op, focus, params.unit);
  const call = pass.record.calls[op.call]!;
  const { kind, inSize, outSize, hasBias, linear } = pass.calls[op.call]!;
  const nothing = { id, opened: null, curve: null, update: null, loss: null } as const;
  if (kind === "linear") {
    const unit = clamp(params.unit, outSize);
    const weight = named(call, "weight")!;
    const index = clamp(
      params.index ?? strongest(weight.grad, call.input.data, unit, inSize),
      inSize + (hasBias ? 1 : 0),
    );
    if (op.kind === "update") {
      const next = await bench.next(session, question);
      const rate = session.teacher.learningRate;
      const isBias = index === inSize;
      const entry = isBias ? unit : unit * inSize + index;
      const found = await next.update(isBias ? named(call, "bias")!.path : weight.path, entry, rate);
      const layer = session.info().model.layers.find(({ path }) => path === linear);
      const isFrozen = layer?.frozen.includes(unit) ?? false;
      const { before, grad, after, lines } = found;
      return {
        ...nothing,
        unit,
        index,
        over: "one",
        update: { before, grad, after, rate, isFrozen, lines: isFrozen ? [] : lines },
      };
    }
    const cell =
      op.kind === "forward"
        ? ({ of: "output", example: focus, unit } as const)
        : op.kind === "back"
          ? ({ of: "inputGrad", example: focus, index: clamp(index, inSize) } as const)
          : index === inSize
            ? ({ of: "biasGrad", unit } as const)
            : ({ of: "weightGrad", unit, index } as const);
    const { terms, value, bound, bias } = openCell(call, cell);
    const opened = sumOf(
      terms.map(({ left }) => left),
      terms.map(({ right }) => right),
      value,
      op.kind === "forward" && hasBias ? bias : null,
      bound,
    );
    const over = op.kind === "forward" ? "inputs" : op.kind === "back" ? "units" : "examples";
    return { ...nothing, unit, index: op.kind === "back" ? clamp(index, inSize) : index, over, opened };
  }
  const unit = clamp(params.unit, outSize);
  const at = (numbers: { readonly data: ArrayLike<number> }, size: number, i: number): number =>
    numbers.data[focus * size + i]!;
  const base = { ...nothing, unit, index: unit };
  if (call.layer instanceof Activation) {
    const z = Float64Array.from({ length: inSize }, (_, i) => at(call.input, inSize, i));
    if (!isElementwise(call.layer)) return mixedCell(call.layer, base, z, op.kind === "forward", call, focus, outSize);
    const slope = slopesOf(call.layer, z, silencedIn(session, linear))[unit]!;
    const value = at(call.output, outSize, unit);
    const curve = curveOf(call.layer, z[unit]!, value, slope);
    if (op.kind === "forward") return { ...base, over: "one", curve };
    const opened = sumOf([at(call.outputGrad, outSize, unit)], [slope], at(call.inputGrad!, inSize, unit));
    return { ...base, over: "one", opened, curve };
  }
  if (op.kind === "forward") {
    const factor = call.layer instanceof Rescale ? scalesOf(call.layer, inSize)[unit]! : 1;
    const value = at(call.output, outSize, unit);
    const x = at(call.input, inSize, unit);
    const bias = call.layer instanceof Rescale ? offsetOf(call.layer, unit) : null;
    return kind === "other"
      ? { ...base, over: "one" }
      : { ...base, over: "one", opened: sumOf([factor], [x], value, bias) };
  }
  if (kind === "other" || call.inputGrad === undefined) return { ...base, over: "one" };
  const factor = call.layer instanceof Rescale ? scalesOf(call.layer, inSize)[unit]! : 1;
  const opened = sumOf([at(call.outputGrad, outSize, unit)], [factor], at(call.inputGrad, inSize, unit));
  return { ...base, over: "one", opened };
}

const offsetOf = ({ offset }: Rescale, unit: number): number =>
  typeof offset === "number" ? offset : offset[unit % offset.length]!;

/** Softmax mixes its inputs: what goes back to one of them is a sum over all outputs. */
function mixedCell(
  { name }: Activation,
  base: Omit<CellView, "over">,
  z: Float64Array,
  isForward: boolean,
  call: Pass["record"]["calls"][number],
  focus: number,
  size: number,
): CellView {
  const y = Float64Array.from({ length: size }, (_, i) => call.output.data[focus * size + i]!);
  const { unit } = base;
  if (isForward) return { ...base, over: "one" };
  const { slopes } = activationCurve(name, z);
  // ∂yⱼ/∂zᵤ: yⱼ (1[j = u] − yᵤ) for softmax, 1[j = u] − e^yᵤ for its logarithm; the diagonal is the library's slope.
  const share = name === "softmax" ? y[unit]! : Math.exp(y[unit]!);
  const right = y.map((value, j) => (j === unit ? slopes[unit]! : name === "softmax" ? -value * share : -share));
  const left = y.map((_, j) => call.outputGrad.data[focus * size + j]!);
  return { ...base, over: "outputs", opened: sumOf(left, right, call.inputGrad!.data[focus * size + unit]!) };
}

function curveOf({ name }: Activation, z: number, value: number, slope: number): Curve {
  const reach = Math.max(4, Math.ceil(1.25 * Math.abs(z)));
  const points = Float64Array.from({ length: POINTS }, (_, i) => reach * ((2 * i) / (POINTS - 1) - 1));
  const { values } = activationCurve(name, points);
  return { z: give(points), values: give(Float64Array.from(values)), at: z, value, slope };
}

/** The loss as the mean that it is, or its gradient for one output. */
async function lossCell(
  session: Session,
  pass: Pass,
  { id, kind }: Op,
  focus: number,
  wanted: number,
): Promise<CellView> {
  const { outputs, targets, probabilities, losses } = await lossParts(session, pass);
  const unit = clamp(wanted, outputs);
  const at = focus * outputs + unit;
  const output = pass.record.output.data[at]!;
  const target = targets[at]!;
  const guess = probabilities?.[at] ?? output;
  const mean = 1 / losses.length;
  const loss = { output, guess, target, mean };
  const nothing = { id, unit, index: unit, curve: null, update: null, loss };
  if (kind === "loss") {
    const share = new Float64Array(losses.length).fill(mean);
    return { ...nothing, over: "losses", opened: sumOf(share, losses, pass.record.loss) };
  }
  const { loss: name } = session.settings;
  const difference = guess - target;
  const left =
    name === "meanSquaredError" ? 2 * difference : name === "meanAbsoluteError" ? Math.sign(difference) : difference;
  // The probability and its difference to 1 are rounded before they are subtracted.
  const bound = 8 * F32_HALF_ULP * mean * (1 + Math.abs(guess) + Math.abs(target));
  return { ...nothing, over: "one", opened: sumOf([left], [mean], pass.record.outputGrad.data[at]!, null, bound) };
}
