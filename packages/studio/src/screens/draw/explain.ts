import {
  type Attribution,
  ablation,
  type Dataset,
  type Evidence,
  evidence,
  gradientTimesInput,
  type LinearProbe,
  linearProbes,
  sliceRows,
} from "glassnet";
import type { LayerInfo } from "../../worker/protocol.ts";
import type { Session } from "../../worker/session.ts";
import { StudioError } from "../../worker/trouble.ts";
import { DRAWS, type QuestionParams, type Removal, type RemovalParams } from "./removal.ts";

/** @file In the worker: why a class, whether that holds, and what each layer knows. */

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

/** A probe, and which layer it read. */
export interface Probed extends LinearProbe {
  /** Path of the linear layer behind whose activation it read; `null` for the pixels. */
  readonly unitsOf: string | null;
  /** The pull that served it best on the rows that were kept apart. */
  readonly ridge: number;
}

export interface Probes {
  readonly probes: readonly Probed[];
  readonly training: number;
  readonly validation: number;
  /** Share that the network itself gets right. */
  readonly step: number;
}

/** Pulls that are tried: a probe of many pixels needs a stronger one than a probe of few units. */
export const RIDGES = [1e-3, 1e-2, 1e-1, 1] as const;
/** Rows of each part at most: enough for the comparison, and quick. */
export const PROBE_ROWS = 2000;

const firstRows = (data: Dataset, rows: number): Dataset => (data.size <= rows ? data : sliceRows(data, 0, rows));

/** A linear probe for the pixels and each hidden layer, a layer a turn. */
export async function* probe(session: Session): AsyncGenerator<{ done: number; of: number }, Probes, undefined> {
  const { training, validation } = session.data;
  if (validation === null)
    throw new StudioError("no-training-data", "no examples were kept apart to measure probes with");
  const { preprocessing } = session.project;
  const parts = [training, validation].map((part) => ({ ...firstRows(part, PROBE_ROWS), preprocessing }));
  const model = await session.copyModel();
  const { step } = session.teacher;
  const hidden = session.info().model.layers.filter(({ isOutput }) => !isOutput);
  const places = [
    { layer: "input", unitsOf: null },
    ...hidden.map(({ path, activationPath }) => ({ layer: activationPath ?? path, unitsOf: path })),
  ];
  const of = places.length * RIDGES.length;
  const probes: Probed[] = [];
  let done = 0;
  for (const { layer, unitsOf } of places) {
    let best: Probed | undefined;
    for (const ridge of RIDGES) {
      yield { done: done++, of };
      const options = { layers: [layer], ridge, device: session.device };
      const [found] = await linearProbes(model, parts[0]!, parts[1]!, options);
      if (best === undefined || found!.validationAccuracy > best.validationAccuracy)
        best = { ...found!, unitsOf, ridge };
    }
    probes.push(best!);
  }
  return { probes, training: parts[0]!.size, validation: parts[1]!.size, step };
}
