import {
  type ConfusionTable,
  confusionTable,
  type Dataset,
  fromArray,
  type Layer,
  predict,
  type SavedModel,
  type Tensor,
} from "glassnet";
import type { Device } from "glassnet/engine";
import { Failure } from "./failure.ts";
import type { Messages } from "./messages/index.ts";
import { lossOf } from "./recipe.ts";

/** What a network says about every example of a set, and how good that is. */
export interface Outcome {
  readonly loss: number;
  readonly accuracy: number;
  readonly confusion: ConfusionTable;
  /** Probabilities (or scores) of the classes, row by row. */
  readonly probabilities: Float32Array;
  readonly predicted: Int32Array;
  readonly classes: number;
}

export type OutputKind = NonNullable<SavedModel["outputs"]>;

/** Outputs as what is shown: probabilities of logits, scores as they stand. */
export function shownOutputs(kind: OutputKind, outputs: Tensor): Tensor {
  return kind === "logits" ? outputs.softmax() : outputs;
}

/** @throws Failure if a row of outputs holds something else than finite numbers. */
export function checkFinite(
  { probabilities, classes = probabilities.length }: { probabilities: Float32Array; classes?: number },
  path: string,
  m: Messages,
): void {
  let count = 0;
  for (let i = 0; i < probabilities.length; i += classes) {
    if (!probabilities.subarray(i, i + classes).every(Number.isFinite)) count++;
  }
  if (count > 0) throw new Failure(m.models.notFinite(path, String(count)), m.models.notFiniteHint);
}

/** One pass over the set, from which everything else follows. */
export async function outcomeOf(model: Layer, data: Dataset, kind: OutputKind, device: Device): Promise<Outcome> {
  const outputs = await predict(model, data, { device });
  const classes = outputs.shape.at(-1)!;
  const loss = lossOf(kind === "logits" ? "cross-entropy" : "mse")(outputs, fromArray(data.targets));
  const probabilities = Float32Array.from(await shownOutputs(kind, outputs).data({ device }));
  const predicted = Int32Array.from(await outputs.argmax({ axis: -1 }).data({ device }));
  const confusion = confusionTable(data.targets.data, predicted, classes);
  return {
    loss: await loss.item({ device }),
    accuracy: confusion.accuracy,
    confusion,
    probabilities,
    predicted,
    classes,
  };
}

/** The share of the predictions of a class that are right, and the share of its examples that are found. */
export interface ClassQuality {
  readonly precision: number;
  readonly recall: number;
  readonly examples: number;
}

/** By class; NaN where nothing was predicted, or there are no examples. */
export function classQualities({ counts }: ConfusionTable): ClassQuality[] {
  return counts.map((row, k) => {
    const examples = row.reduce((sum, n) => sum + n, 0);
    const predicted = counts.reduce((sum, other) => sum + other[k]!, 0);
    return { precision: row[k]! / predicted, recall: row[k]! / examples, examples };
  });
}
