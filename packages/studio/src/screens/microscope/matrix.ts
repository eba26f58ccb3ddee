import { paramsOf } from "glassnet";
import { give } from "../../worker/handler.ts";
import type { Session } from "../../worker/session.ts";
import { type Blocks, blocks } from "./blocks.ts";
import { modelAt } from "./model-at.ts";
import { layerOf } from "./neuron.ts";

/** The weights of a layer as a picture of bounded size. */
export interface Matrix extends Blocks {
  readonly layer: string;
  readonly step: number;
}

const most = { rows: 64, columns: 112 };

export async function matrix(
  session: Session,
  { layer: path, step }: { layer: string; step: number | null },
): Promise<Matrix> {
  const { inFeatures, outFeatures } = layerOf(session, path, 0);
  const at = await modelAt(session, step);
  const name = `${path}.weight`;
  const weights =
    (at.isNow ? undefined : session.log.at(at.step)?.weights.get(name)) ??
    paramsOf(session.project.model).get(name)!.value.stored!;
  const small = blocks(weights, outFeatures, inFeatures, most);
  return { ...small, cells: give(small.cells), layer: path, step: at.step };
}
