import { type Device, openDevice } from "glassnet";
import type { Arena, Point } from "../../game/arena.ts";
import { type GameStep, type Outcome, summaryOf, walkSteps } from "../../game/descent.ts";
import { LossField } from "../../game/losses.ts";
import { Terrain } from "../../game/terrain.ts";
import { give } from "../../worker/handler.ts";
import type { Session } from "../../worker/session.ts";
import { MOST_STEPS, type WalkSettings } from "./walk-params.ts";

/** A whole walk, number by number; the n-th entry of each list belongs to the n-th step. */
export interface Descent {
  readonly settings: WalkSettings;
  readonly outcome: Outcome;
  /** Places, the last one among them: x and y in turns. */
  readonly at: Float64Array;
  readonly losses: Float64Array;
  /** x and y in turns. */
  readonly gradients: Float64Array;
  /** Where each step ends: x and y in turns. */
  readonly to: Float64Array;
  /** 1 where a wall changed the move. */
  readonly blocked: Uint8Array;
  readonly walked: Float64Array;
  readonly straight: number;
  readonly shortest: number;
  /** Way over shortest way; `null` if the goal was not reached. */
  readonly ratio: number | null;
}

/** How far a walk is. */
export interface DescentProgress {
  readonly steps: number;
}

/** How long one turn of a walk may be, in milliseconds. */
const TURN_MS = 12;

/** In f64: programs so small are quickest on the reference backend. */
export const referenceDevice = (session: Session): Promise<Device> =>
  session.own("game reference", () => openDevice({ backend: "reference" }));

/** Walks from the start of an arena, a few milliseconds at a time. */
export async function* descend(
  session: Session,
  { arena, settings }: { readonly arena: Arena; readonly settings: WalkSettings },
): AsyncGenerator<DescentProgress, Descent, undefined> {
  const device = await referenceDevice(session);
  const steps: GameStep[] = [];
  let since = performance.now();
  for await (const step of walkSteps(arena, { ...settings, device, maxSteps: MOST_STEPS })) {
    steps.push(step);
    if (performance.now() - since < TURN_MS) continue;
    yield { steps: steps.length };
    since = performance.now();
  }
  return packed(arena, settings, steps);
}

function packed(arena: Arena, settings: WalkSettings, steps: readonly GameStep[]): Descent {
  const { outcome, straight, shortest, ratio } = summaryOf(arena, steps);
  const pairs = (pick: (step: GameStep) => Point): Float64Array<ArrayBuffer> =>
    give(Float64Array.from(steps.flatMap((step) => [pick(step).x, pick(step).y])));
  return {
    settings,
    outcome,
    at: pairs(({ at }) => at),
    losses: give(Float64Array.from(steps, ({ loss }) => loss)),
    gradients: pairs(({ gradient }) => gradient),
    to: pairs(({ to }) => to),
    blocked: give(Uint8Array.from(steps, ({ isBlocked }) => Number(isBlocked))),
    walked: give(Float64Array.from(steps, ({ walked }) => walked)),
    straight,
    shortest,
    ratio: ratio ?? null,
  };
}

/** The loss at the middles of fields of a grid over the plane, row by row. */
export interface LossMap {
  readonly columns: number;
  readonly rows: number;
  /** Infinite where no way leads to the goal, as inside of walls. */
  readonly losses: Float32Array;
}

const COLUMNS = 60;

export async function lossMap(
  session: Session,
  { arena, loss }: { readonly arena: Arena; readonly loss: WalkSettings["loss"] },
): Promise<LossMap> {
  const rows = Math.max(1, Math.round((COLUMNS * arena.height) / arena.width));
  const field = new LossField(new Terrain(arena), loss, await referenceDevice(session));
  const points = Array.from({ length: COLUMNS * rows }, (_, i) => ({
    x: (((i % COLUMNS) + 0.5) * arena.width) / COLUMNS,
    y: ((Math.floor(i / COLUMNS) + 0.5) * arena.height) / rows,
  }));
  return { columns: COLUMNS, rows, losses: give(Float32Array.from(await field.many(points))) };
}
