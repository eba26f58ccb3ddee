import { softmax } from "glassnet";
import { strongest } from "../../draw/edges.ts";
import { numbersOf } from "../../worker/core/example.ts";
import { linearAt } from "../../worker/core/weights.ts";
import type { ExampleParams } from "../../worker/example.ts";
import { give } from "../../worker/handler.ts";
import type { Session } from "../../worker/session.ts";
import { StudioError } from "../../worker/trouble.ts";
import { chooseUnits } from "./choose-units.ts";

/** @file In the worker: everything that the picture of the network shows for one example, in one answer. */

/** A unit of the picture: column 0 is the input, the others are the linear layers. */
export interface Spot {
  readonly column: number;
  readonly unit: number;
}

export interface LookParams {
  readonly example: ExampleParams;
  /** The class that is explained; the predicted one for `null`. */
  readonly classIndex: number | null;
  /** Circles that there is room for, column by column: input first. */
  readonly room: readonly number[];
  /** Units that were shown before, column by column. */
  readonly before: readonly (readonly number[])[];
  /** A unit whose connections alone are drawn. */
  readonly focus: Spot | null;
}

/** A column of the picture. */
export interface LookColumn {
  /** Path of the linear layer; `null` for the input. */
  readonly path: string | null;
  /** Units of the layer that are shown, in their order. */
  readonly units: readonly number[];
  /** What all its units give on: the input as the network sees it, activations, or what the model gives. */
  readonly values: Float32Array<ArrayBuffer>;
}

/** What a connection carries: weight × what its source gives. */
export interface LookEdge {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** The connections between two columns. */
export interface LookGap {
  readonly total: number;
  readonly edges: readonly LookEdge[];
}

/** One example in the network. */
export interface Look {
  /** The example as it is stored. */
  readonly stored: Float32Array<ArrayBuffer>;
  readonly columns: readonly LookColumn[];
  readonly gaps: readonly LookGap[];
  readonly outputs: Float32Array<ArrayBuffer>;
  readonly probabilities: Float32Array<ArrayBuffer> | null;
  readonly predicted: number;
  /** The true class, where the data know it. */
  readonly target: number | null;
  /** Weighted sums and activations, by path of the linear layer. */
  readonly sums: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
  readonly step: number;
}

/** Connections that are drawn in one gap, and those of one unit. */
const EDGES = 36;
export const FOCUS_EDGES = 12;

export async function look(session: Session, params: LookParams): Promise<Look> {
  const { example, room, before, focus } = params;
  const stored = session.stored(example);
  const x = session.input(example);
  const inside = await (await session.insight()).look(x);
  const layers = session.info().model.layers;
  const calls = layers.map(({ path }) => {
    const call = inside.layers.get(path);
    if (call === undefined) throw new StudioError("not-there", `the model never calls its layer "${path}"`);
    return call;
  });
  const outputs = await numbersOf(inside.output, session);
  const { classNames, outputs: kind = "logits" } = session.project;
  const isLogits = classNames !== undefined && kind === "logits";
  const probabilities = isLogits ? await numbersOf(softmax(inside.output), session) : null;
  const predicted = outputs.reduce((best, value, i) => (value > outputs[best]! ? i : best), 0);
  const inputs: Float32Array<ArrayBuffer>[] = [];
  const sums: Record<string, Float32Array<ArrayBuffer>> = {};
  for (const [i, call] of calls.entries()) {
    inputs.push(await numbersOf(call.input, session));
    sums[layers[i]!.path] = await numbersOf(call.output, session);
  }
  const values = [...inputs, give(outputs.slice())];
  const weights = layers.map(({ path }) => linearAt(session, path).weight.value.stored!);
  /** What source `from` of column `gap` gives to unit `to` of the next. */
  const carried = (gap: number, from: number, to: number): number =>
    weights[gap]![to * layers[gap]!.inFeatures + from]! * inputs[gap]![from]!;

  const shown: number[][] = values.map(() => []);
  const last = values.length - 1;
  const classIndex = Math.min(params.classIndex ?? predicted, outputs.length - 1);
  const magnitudes = outputs.map((_, i) => (i === classIndex ? Number.MAX_VALUE : (probabilities?.[i] ?? 1)));
  shown[last] = chooseUnits(magnitudes, room[last] ?? 10, { always: classIndex });
  for (let column = last - 1; column >= 0; column--) {
    const isBelowFocus = focus?.column === column + 1;
    const readers = isBelowFocus ? [focus.unit] : column === last - 1 ? [classIndex] : shown[column + 1]!;
    const scores = Float64Array.from(inputs[column]!, (_, from) => {
      let score = 0;
      for (const to of readers) score += Math.abs(carried(column, from, to));
      return score;
    });
    shown[column] = chooseUnits(scores, room[column] ?? 16, {
      before: isBelowFocus ? [] : (before[column] ?? []),
      always: focus?.column === column ? focus.unit : undefined,
    });
  }
  const gaps = layers.map(({ inFeatures, outFeatures }, gap): LookGap => {
    const pairs: LookEdge[] = [];
    for (const from of shown[gap]!) {
      if (focus?.column === gap && from !== focus.unit) continue;
      for (const to of shown[gap + 1]!) {
        if (focus?.column === gap + 1 && to !== focus.unit) continue;
        const value = carried(gap, from, to);
        if (value !== 0) pairs.push({ from, to, value });
      }
    }
    const isAside = focus !== null && focus.column !== gap && focus.column !== gap + 1;
    const places = strongest(
      Float64Array.from(pairs, ({ value }) => value),
      focus === null ? EDGES : FOCUS_EDGES,
    );
    return { total: inFeatures * outFeatures, edges: isAside ? [] : places.map((place) => pairs[place]!) };
  });
  const targets = stored.targets;
  return {
    stored: give(Float32Array.from(stored.inputs.data)),
    columns: values.map((column, i) => ({
      path: layers[i - 1]?.path ?? null,
      units: shown[i]!,
      values: column,
    })),
    gaps,
    outputs,
    probabilities,
    predicted,
    target: targets !== null && targets.shape.length === 1 && targets.dtype !== "f32" ? targets.data[0]! : null,
    sums,
    step: session.teacher.step,
  };
}
