import { type Linear, linearLayers, type TypedArray } from "glassnet";
import { give, type Handlers } from "../handler.ts";
import type { Session } from "../session.ts";
import { StudioError } from "../trouble.ts";

/** Weights of a layer, or of some of its units. */
export interface LayerWeights {
  readonly layer: string;
  /** Which units the rows belong to. */
  readonly units: readonly number[];
  readonly inFeatures: number;
  /** Row by row: units × inFeatures. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** One for each unit; zeros if the layer has no bias. */
  readonly biases: Float32Array<ArrayBuffer>;
  /** Steps done when the weights were these. */
  readonly step: number;
  /** With `since`: the step from which changes are counted, which is the last kept one up to it. */
  readonly since: number | null;
}

/** @throws StudioError "not-there" unless the model has such a linear layer. */
export function linearAt(session: Session, path: string): Linear<number, number> {
  const layer = linearLayers(session.project.model).get(path);
  if (layer === undefined) throw new StudioError("not-there", `the model has no linear layer "${path}"`);
  return layer;
}

/** @throws StudioError "not-there" unless the layer has all of these units. */
export function checkUnits({ outFeatures }: Linear<number, number>, units: readonly number[]): void {
  const bad = units.find((unit) => !(Number.isInteger(unit) && unit >= 0 && unit < outFeatures));
  if (bad !== undefined) throw new StudioError("not-there", `the layer has units 0 to ${outFeatures - 1}, got ${bad}`);
}

const storedOf = (x: { readonly value: { readonly stored: TypedArray | undefined } }): TypedArray => x.value.stored!;

export const weightHandlers = {
  /**
   * Weights and biases of a layer: of all units, or of `units`. With `since`, their signed change since that step. With `at`, as
   * they were at the last kept step up to it.
   */
  weights: async (
    session: Session,
    params: { layer: string; units?: readonly number[]; since?: number; at?: number },
  ): Promise<LayerWeights> => {
    await session.current();
    const layer = linearAt(session, params.layer);
    const { inFeatures, outFeatures } = layer;
    const units = params.units ?? Array.from({ length: outFeatures }, (_, unit) => unit);
    checkUnits(layer, units);
    const then = params.at === undefined ? undefined : session.log.at(params.at);
    const before = params.since === undefined ? undefined : session.log.at(params.since);
    const rowsOf = (name: "weight" | "bias", width: number): Float32Array<ArrayBuffer> => {
      const variable = layer[name];
      const rows = new Float32Array(units.length * width);
      if (variable === undefined) return rows;
      const path = `${params.layer}.${name}`;
      const now = then?.weights.get(path) ?? storedOf(variable);
      const past = before?.weights.get(path);
      units.forEach((unit, i) => {
        const row = now.subarray(unit * width, (unit + 1) * width);
        rows.set(row, i * width);
        if (past === undefined) return;
        for (let k = 0; k < width; k++) rows[i * width + k]! -= past[unit * width + k]!;
      });
      return give(rows);
    };
    return {
      ...{ layer: params.layer, units, inFeatures },
      weights: rowsOf("weight", inFeatures),
      biases: rowsOf("bias", 1),
      step: then?.step ?? session.teacher.step,
      since: before?.step ?? null,
    };
  },

  /** The steps at which weights were kept: for `since` and `at`. */
  keptSteps: ({ log }: Session): readonly number[] => log.steps,

  /**
   * What the optimizer keeps beside the weights of one unit, by its own names (`m` and `v`, `velocity`), and the numbers of its next
   * step. Before the first step all are zero, and none are here.
   */
  slots: async (
    session: Session,
    params: { layer: string; unit: number },
  ): Promise<{
    readonly weight: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
    readonly bias: Readonly<Record<string, number>>;
    readonly scalars: Readonly<Record<string, number>>;
    readonly step: number;
  }> => {
    const layer = linearAt(session, params.layer);
    checkUnits(layer, [params.unit]);
    const n = layer.inFeatures;
    const slots = await session.teacher.slots();
    const weight: Record<string, Float32Array<ArrayBuffer>> = {};
    const bias: Record<string, number> = {};
    const rule = session.teacher.optimizer();
    for (const name of rule.slots) {
      const ofWeight = slots[`${params.layer}.weight/${name}`]?.data;
      if (ofWeight !== undefined) {
        weight[name] = give(Float32Array.from(ofWeight.subarray(params.unit * n, (params.unit + 1) * n)));
      }
      const ofBias = slots[`${params.layer}.bias/${name}`]?.data;
      if (ofBias !== undefined) bias[name] = ofBias[params.unit]!;
    }
    const { teacher } = session;
    const scalars = rule.scalars(teacher.stepsOfRule + 1, teacher.learningRate);
    return { weight, bias, scalars, step: teacher.step };
  },
} satisfies Handlers;
