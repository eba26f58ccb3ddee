import {
  type Contributions,
  contributions,
  type Dataset,
  type Evidence,
  encode,
  evidence,
  fromArray,
  type Layer,
  type SavedModel,
  sliceRows,
  type Tensor,
} from "glassnet";
import type { Device } from "glassnet/engine";
import type { Card } from "./card.ts";
import { printEvidence } from "./evidence-report.ts";
import type { Messages } from "./messages/index.ts";
import { endsInSigmoid, type LinearPlace, linearPlaces } from "./network.ts";
import { printNeuron } from "./neuron.ts";
import { largest } from "./numbers.ts";
import { type OutputKind, shownOutputs } from "./outcome.ts";
import type { Terminal } from "./terminal.ts";

/** What a network says about one digit. */
export interface Decision {
  readonly index: number;
  /** The input as the network sees it: [1, ...] */
  readonly x: Tensor;
  readonly pixels: ArrayLike<number>;
  readonly label: number;
  readonly predicted: number;
  /** The class that comes second. */
  readonly runnerUp: number;
  /** Probabilities, or scores. */
  readonly probabilities: Float32Array;
  readonly kind: OutputKind;
}

export type Digitizer = Pick<SavedModel, "model" | "preprocessing" | "outputs">;

export async function decide(saved: Digitizer, data: Dataset, index: number, device: Device): Promise<Decision> {
  const row = sliceRows(data, index, index + 1);
  const x = encode(saved.preprocessing, fromArray(row.inputs));
  const kind = saved.outputs ?? "logits";
  const outputs = await shownOutputs(kind, saved.model.call(x)).data({ device });
  const probabilities = Float32Array.from(outputs);
  const [predicted, runnerUp] = largest(probabilities, 2) as [number, number];
  const pixels = row.inputs.data;
  return { index, x, pixels, label: row.targets.data[0]!, predicted, runnerUp, probabilities, kind };
}

export function cardOf(decision: Decision, title: string): Card {
  return { ...decision, title };
}

/** The parts of an explanation. */
export interface Reasons {
  readonly own: Evidence;
  /** Against the class that comes second. */
  readonly versus: Evidence;
  /** The hidden neuron that says most, or the output itself where there are no hidden ones. */
  readonly neuron: Contributions;
  readonly place: LinearPlace;
}

export async function reasonsOf(
  model: Layer,
  { x, predicted, runnerUp }: Decision,
  device: Device,
  choice: { readonly classIndex?: number | undefined; readonly versus?: number | undefined } = {},
): Promise<Reasons> {
  const { classIndex = predicted, versus = classIndex === runnerUp ? predicted : runnerUp } = choice;
  const own = await evidence(model, x, { classIndex, device });
  const other = await evidence(model, x, { classIndex, versus, device });
  const places = linearPlaces(model);
  const place = places.at(-2) ?? places.at(-1)!;
  const unit = places.length > 1 ? ((own.for[0] ?? own.against[0])?.index ?? 0) : classIndex;
  const neuron = await contributions(model, x, { layer: place.path, unit, device });
  return { own, versus: other, neuron, place };
}

/** Prints the evidence for and against, also against the runner-up, and one neuron's sum. */
export function printReasons(
  terminal: Terminal,
  { model, outputs }: Digitizer,
  reasons: Reasons,
  top: number,
  m: Messages,
): void {
  const from = linearPlaces(model).length - 1;
  const meaning = outputs !== "scores" ? "logit" : endsInSigmoid(model) ? "beforeSigmoid" : "output";
  printEvidence(terminal, reasons.own, { from, top, meaning }, m);
  terminal.print();
  printEvidence(terminal, reasons.versus, { from, top, meaning }, m);
  terminal.print();
  printNeuron(
    terminal,
    reasons.neuron,
    { number: reasons.place.number, isPixels: reasons.place.isFirst, top: top + 2 },
    m,
  );
}
