import { fromArray, type Layer, paramsOf, withWeights } from "glassnet";
import type { Session } from "../../worker/session.ts";

/** A model with the weights of one moment, and after how many steps that was. */
export interface ModelAt {
  readonly model: Layer;
  readonly step: number;
  /** Whether these are the weights of now. */
  readonly isNow: boolean;
}

/** The model as it was at the last kept step up to `step`; with the weights of now for `null`, or if none were kept. */
export async function modelAt(session: Session, step: number | null): Promise<ModelAt> {
  const { model } = await session.current();
  const now = { model, step: session.teacher.step, isNow: true };
  if (step === null || step >= now.step) return now;
  const kept = session.log.at(step);
  if (kept === undefined || kept.step >= now.step) return now;
  const values = [...paramsOf(model)].flatMap(([path, { dtype, shape }]) => {
    const data = kept.weights.get(path);
    return data === undefined ? [] : [[path, fromArray({ dtype, shape, data })] as const];
  });
  return { model: withWeights(model, Object.fromEntries(values)), step: kept.step, isNow: false };
}
