import { type Dataset, type LinearProbe, linearProbes, sliceRows } from "glassnet";
import type { Session } from "../../worker/session.ts";
import { StudioError } from "../../worker/trouble.ts";

/** @file In the worker: what each layer knows. */

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
