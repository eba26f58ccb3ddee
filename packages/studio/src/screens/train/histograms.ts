import {
  type ArrayData,
  type Compiled,
  compile,
  type Dataset,
  fromArray,
  inputsOf,
  type Layer,
  paramsOf,
  Run,
  type Tensor,
  takeRows,
  valueAndGrad,
  withWeights,
} from "glassnet";
import { lossOf } from "../../worker/network.ts";
import type { Session } from "../../worker/session.ts";
import type { Weights } from "../../worker/weight-log.ts";
import { thinned } from "./course.ts";
import { type Histogram, histogramOf } from "./histogram.ts";

export const spreadKinds = ["weights", "activations", "gradients"] as const;
export type SpreadKind = (typeof spreadKinds)[number];

/** How the numbers of a layer are spread, at one step. */
export type Spread = Readonly<Record<SpreadKind, Histogram>>;

/** Spreads of every linear layer at the kept steps, the oldest first, and now. */
export interface Spreads {
  readonly steps: readonly number[];
  /** By path of the linear layer; one for each of the steps. */
  readonly layers: Readonly<Record<string, readonly Spread[]>>;
  /** Kept steps that are not counted yet: ask again. */
  readonly missing: number;
  /** Examples whose activations and gradients are counted. */
  readonly rows: number;
}

export const SPREAD_ROWS = 128;
export const SPREAD_BINS = 48;
/** Ridges that are shown. */
const MAX_STEPS = 9;
/** Kept steps that are counted at one request: it has to be quick. */
const AT_ONCE = 2;

type Looked = { readonly outputs: readonly Tensor[]; readonly grads: Readonly<Record<string, Tensor>> };

interface Kept {
  parts: readonly unknown[];
  compiled: Compiled<[Tensor, Tensor, Readonly<Record<string, Tensor>>], never> | undefined;
  paths: readonly string[];
  rows: readonly [Tensor, Tensor] | undefined;
  found: Map<number, Readonly<Record<string, Spread>>>;
}

/** Activations of every linear layer (behind its activation), and the gradient of the mean loss for all weights. */
function prepare(session: Session): Kept {
  const kept = session.own<Kept>("train/spreads", () => ({
    ...{ parts: [], compiled: undefined, paths: [], rows: undefined, found: new Map() },
  }));
  const { project, data, settings } = session;
  const parts = [project.model, data.training, settings.loss, JSON.stringify(project.preprocessing), session.log];
  if (kept.compiled !== undefined && parts.every((part, i) => part === kept.parts[i])) return kept;
  void kept.compiled?.release();
  const training: Dataset = { ...data.training, preprocessing: project.preprocessing };
  const count = Math.min(SPREAD_ROWS, training.size);
  const some = takeRows(
    training,
    Array.from({ length: count }, (_, i) => Math.floor((i * training.size) / count)),
  );
  const loss = lossOf(settings.loss, training);
  const layers = session.info().model.layers;
  const shown = layers.map(({ path, activationPath }) => activationPath ?? path);
  const { model } = project;
  const look = (x: Tensor, answers: Tensor, weights: Readonly<Record<string, Tensor>>): Looked => {
    const outputs = new Map<string, Tensor>();
    withWeights(model, weights).call(x, new Run({ onCall: (path, _, output) => void outputs.set(path, output) }));
    const ofWeights = (w: Readonly<Record<string, Tensor>>): Tensor => loss(withWeights(model, w).call(x), answers);
    const { grads } = valueAndGrad(ofWeights)(weights);
    return { outputs: shown.map((path) => outputs.get(path)!), grads: grads as Readonly<Record<string, Tensor>> };
  };
  kept.compiled = compile(look as never, { device: session.device }) as never;
  kept.parts = parts;
  kept.paths = layers.map(({ path }) => path);
  kept.rows = [inputsOf(some), fromArray(some.targets)];
  kept.found = new Map();
  return kept;
}

const asTensors = (model: Layer, weights: Weights): Record<string, Tensor> =>
  Object.fromEntries(
    [...paramsOf(model)].map(([path, { dtype, shape }]) => [
      path,
      fromArray({ dtype, shape, data: weights.get(path)! } as ArrayData),
    ]),
  );

async function spreadAt(session: Session, kept: Kept, weights: Weights): Promise<Readonly<Record<string, Spread>>> {
  const { device, project } = session;
  const { outputs, grads } = (await kept.compiled!(...kept.rows!, asTensors(project.model, weights))) as Looked;
  const spreads: Record<string, Spread> = {};
  for (const [i, path] of kept.paths.entries()) {
    spreads[path] = {
      weights: histogramOf(weights.get(`${path}.weight`)!, SPREAD_BINS),
      activations: histogramOf(await outputs[i]!.data({ device }), SPREAD_BINS),
      gradients: histogramOf(await grads[`${path}.weight`]!.data({ device }), SPREAD_BINS, true),
    };
  }
  return spreads;
}

export async function spreadsOf(session: Session): Promise<Spreads> {
  const { model } = await session.current();
  const { step } = session.teacher;
  const kept = prepare(session);
  const steps = thinned(
    session.log.steps.filter((past) => past < step),
    MAX_STEPS - 1,
  );
  let missing = 0;
  let counted = 0;
  for (const past of steps) {
    if (kept.found.has(past)) continue;
    if (counted === AT_ONCE) {
      missing++;
      continue;
    }
    kept.found.set(past, await spreadAt(session, kept, session.log.at(past)!.weights));
    counted++;
  }
  for (const past of kept.found.keys()) if (!session.log.steps.includes(past)) kept.found.delete(past);
  const now: Weights = new Map([...paramsOf(model)].map(([path, { value }]) => [path, value.stored!]));
  const present = await spreadAt(session, kept, now);
  const there = steps.filter((past) => kept.found.has(past));
  return {
    steps: [...there, step],
    layers: Object.fromEntries(
      kept.paths.map((path) => [path, [...there.map((past) => kept.found.get(past)![path]!), present[path]!]]),
    ),
    missing,
    rows: kept.rows![0].shape[0]!,
  };
}
