import { type Attribution, ablation, type Evidence, evidence, gradientTimesInput } from "glassnet";
import type { LayerInfo } from "../../worker/protocol.ts";
import type { Session } from "../../worker/session.ts";
import { StudioError } from "../../worker/trouble.ts";
import { DRAWS, type QuestionParams, type Removal, type RemovalParams } from "./removal.ts";

/** @file In the worker: why a class, and whether that holds. */

const versusOf = ({ versus }: QuestionParams): { versus?: number } => (versus === null ? {} : { versus });

/** The evidence, and the answer that the network gave when it was taken. */
export interface EvidenceAnswer extends Evidence {
  /** Which layer's units the terms are: the path of the linear layer that makes them; `null` if they are the inputs. */
  readonly unitsOf: string | null;
  readonly step: number;
}

/** The layer whose units speak for a class: the last hidden one. */
export function speakersOf(session: Session): LayerInfo | undefined {
  return session.info().model.layers.at(-2);
}

export async function evidenceFor(session: Session, params: QuestionParams): Promise<EvidenceAnswer> {
  const { model } = await session.current();
  const { classIndex } = params;
  const found = await evidence(model, session.input(params.example), {
    classIndex,
    ...versusOf(params),
    device: session.device,
  });
  return { ...found, unitsOf: speakersOf(session)?.path ?? null, step: session.teacher.step };
}

/** What each pixel adds to the logit, or to the difference of two. */
export interface PixelEvidence extends Attribution {
  readonly step: number;
}

export async function pixelsFor(session: Session, params: QuestionParams): Promise<PixelEvidence> {
  const { model } = await session.current();
  const options = { classIndex: params.classIndex, ...versusOf(params), device: session.device };
  const { values, shape, sum, output } = await gradientTimesInput(model, session.input(params.example), options);
  return { values, shape, sum, output, step: session.teacher.step };
}

/**
 * Removes the strongest units of the last hidden layer, and as many random ones of those that are active, 200 times: removing a unit
 * that says nothing would prove nothing.
 */
export async function remove(session: Session, params: RemovalParams): Promise<Removal> {
  const { model } = await session.current();
  const speakers = speakersOf(session);
  if (speakers === undefined)
    throw new StudioError("not-there", "the network has no hidden layer to remove units from");
  const x = session.input(params.example);
  const call = (await (await session.insight()).look(x)).layers.get(speakers.activationPath ?? speakers.path)!;
  const activations = await call.output.data({ device: session.device });
  const active = [...activations].filter((y) => y !== 0).length;
  if (active === 0) throw new StudioError("not-there", `no unit of ${speakers.path} is active for this picture`);
  const count = Math.min(params.count, active);
  const options = { classIndex: params.classIndex, ...versusOf(params), device: session.device };
  const found = await ablation(model, x, {
    ...options,
    layer: speakers.activationPath ?? speakers.path,
    count,
    draws: DRAWS,
    among: "active",
  });
  return { ...found, unitsOf: speakers.path, active, count, step: session.teacher.step };
}
