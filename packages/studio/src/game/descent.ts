import { type Device, openDevice, Rng } from "glassnet";
import { type Arena, distance, lengthOf, type Point } from "./arena.ts";
import { type GameLoss, LossField } from "./losses.ts";
import { Terrain } from "./terrain.ts";

export interface DescentOptions {
  /** What is made small. */
  readonly loss: GameLoss;
  /** How far a slope of 1 leads: each step is −rate · gradient. */
  readonly rate: number;
  /** Share of the last step's direction that is kept, from 0 (none) to below 1. 0 by default. */
  readonly momentum?: number;
  /** Standard deviation of what is added to both parts of each gradient. 0 by default. */
  readonly noise?: number;
  /** Where the noise comes from. 0 by default. */
  readonly seed?: number;
  /** 2,000 by default. */
  readonly maxSteps?: number;
  /** Where to compute; the reference backend by default, which is quickest for programs so small. */
  readonly device?: Device;
}

/**
 * How a walk ended:
 *
 * - "goal": it came within the character's radius of the goal
 * - "stuck": walls stop it, or there is no slope: it does not move any more
 * - "overshoot": it goes on moving without coming nearer: the rate is too large for the slope
 * - "diverged": it left the plane by more than its size, or its numbers are no longer finite
 * - "steps": `maxSteps` steps were made
 */
export type Outcome = "goal" | "stuck" | "overshoot" | "diverged" | "steps";

/** One step of a walk, with everything that led to it. */
export interface GameStep {
  /** Steps made before it, counted from 0. */
  readonly step: number;
  readonly at: Point;
  readonly loss: number;
  /** Where the loss rises most steeply, as long as the slope. */
  readonly gradient: Point;
  /** The length of the gradient. */
  readonly slope: number;
  /** Where it stands afterwards; where it stood, at the last point. */
  readonly to: Point;
  /** Whether a wall changed the move. */
  readonly isBlocked: boolean;
  /** Length of the way up to here. */
  readonly walked: number;
  /** At the last point: how the walk ended. */
  readonly outcome?: Outcome;
}

export interface Walk {
  readonly steps: readonly GameStep[];
  /** All places, from the start to the last. */
  readonly path: readonly Point[];
  readonly outcome: Outcome;
  readonly length: number;
  /** The straight distance from the start to the goal. */
  readonly straight: number;
  /** The shortest way from the start to the goal around the walls; infinite if there is none. */
  readonly shortest: number;
  /** Way over shortest way, with what is left to the centre of the goal counted in; only if the goal was reached. */
  readonly ratio?: number;
}

/** Steps without coming nearer after which a walk that still moves is said to overshoot. */
const PATIENCE = 100;

/** A step shorter than this share of the radius is none. */
const AT_REST = 1e-4;

/**
 * Walks against the gradient of a loss, step by step:
 *
 *   v ← momentum · v + gradient + noise        x ← x − rate · v, as far as walls let it
 *
 * The gradient is the library's, in f64. A loop over it can draw each step and stop at any time.
 *
 * @throws RangeError for an arena that cannot be played, or options out of range.
 */
export async function* walkSteps(arena: Arena, options: DescentOptions): AsyncGenerator<GameStep, void> {
  const { loss, rate, momentum = 0, noise = 0, seed = 0, maxSteps = 2000 } = options;
  checkOptions({ rate, momentum, noise, maxSteps });
  const device = options.device ?? (await openDevice({ backend: "reference" }));
  const terrain = new Terrain(arena);
  const field = new LossField(terrain, loss, device);
  const rng = Rng.seeded(seed).fold("noise");
  const { goal, radius, width, height } = arena;
  let at = arena.start;
  let velocity: Point = { x: 0, y: 0 };
  let walked = 0;
  let least = Number.POSITIVE_INFINITY;
  let sinceLeast = 0;
  for (let step = 0; ; step++) {
    const { loss: value, gradient } = await field.at(at);
    const slope = Math.hypot(gradient.x, gradient.y);
    const here = { step, at, loss: value, gradient, slope, walked };
    const last = (outcome: Outcome): GameStep => ({ ...here, to: at, isBlocked: false, outcome });
    if (distance(at, goal) <= radius) return yield last("goal");
    const beyond = Math.max(-at.x, at.x - width, -at.y, at.y - height);
    if (!(Number.isFinite(slope) && beyond <= Math.max(width, height))) return yield last("diverged");
    if (step >= maxSteps) return yield last("steps");
    sinceLeast = value < least - 1e-9 ? 0 : sinceLeast + 1;
    least = Math.min(least, value);
    if (sinceLeast > PATIENCE) return yield last("overshoot");

    const [dx, dy] = noise > 0 ? rng.normal([2], 0, noise, "f64").data : [0, 0];
    velocity = {
      x: momentum * velocity.x + gradient.x + dx!,
      y: momentum * velocity.y + gradient.y + dy!,
    };
    const wanted = { x: at.x - rate * velocity.x, y: at.y - rate * velocity.y };
    const to = terrain.move(at, wanted);
    const isBlocked = to.x !== wanted.x || to.y !== wanted.y;
    // A wall takes the momentum that led into it.
    if (isBlocked) velocity = { x: (at.x - to.x) / rate, y: (at.y - to.y) / rate };
    const way = distance(at, to);
    if (noise === 0 && way < AT_REST * Math.max(radius, 1e-3)) return yield last("stuck");
    yield { ...here, to, isBlocked };
    walked += way;
    at = to;
  }
}

/** A whole walk by `walkSteps`, with its way measured against the straight and the shortest one. */
export async function walk(arena: Arena, options: DescentOptions): Promise<Walk> {
  const steps: GameStep[] = [];
  for await (const step of walkSteps(arena, options)) steps.push(step);
  return summaryOf(arena, steps);
}

/** What a list of steps amounts to; they may be the first part of a walk. */
export function summaryOf(arena: Arena, steps: readonly GameStep[]): Walk {
  const terrain = new Terrain(arena);
  const path = steps.map(({ at }) => at);
  const outcome = steps.at(-1)?.outcome ?? "steps";
  const length = lengthOf(path);
  const straight = distance(arena.start, arena.goal);
  const shortest = terrain.walkingDistance(arena.start);
  const left = distance(path.at(-1) ?? arena.start, arena.goal);
  const isMeasured = outcome === "goal" && shortest > 0;
  return { steps, path, outcome, length, straight, shortest, ...(isMeasured && { ratio: (length + left) / shortest }) };
}

function checkOptions(numbers: { rate: number; momentum: number; noise: number; maxSteps: number }): void {
  const { rate, momentum, noise, maxSteps } = numbers;
  const fail = (name: string, expected: string, got: number): never => {
    throw new RangeError(`${name} must be ${expected}, got ${got}`);
  };
  if (!(rate > 0 && Number.isFinite(rate))) fail("rate", "a finite number above 0", rate);
  if (!(momentum >= 0 && momentum < 1)) fail("momentum", "at least 0 and below 1", momentum);
  if (!(noise >= 0 && Number.isFinite(noise))) fail("noise", "a finite number of at least 0", noise);
  if (!(Number.isInteger(maxSteps) && maxSteps >= 1)) fail("maxSteps", "a whole number of at least 1", maxSteps);
}
